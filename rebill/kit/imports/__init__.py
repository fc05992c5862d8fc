"""Tables in and out: reads CSV and XLSX, maps their columns to fields, and says of every line what became of it.

In:   a file as somebody else made it (any delimiter, encoding, decimal mark, order of columns) and an `EntitySpec`.
Does: `reading` opens a table, `mapping` proposes and checks which column is which field, `running` yields each line
      as accepted or rejected, `spreadsheet` writes tables that no spreadsheet can take for formulas.
Out:  values of the right type per field, or the line, column, value, reason and remedy. It knows no business noun.
"""

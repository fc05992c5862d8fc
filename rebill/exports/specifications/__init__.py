"""The specification of a bill: each of its calls, as a table, a workbook, or an annex in PDF."""

"""Purchase invoices as a source: what a supplier bills us for our customers, passed on to them.

In:   invoices of suppliers as Finvoice, UBL, CII, Factur-X or tables; who of ours each row is for, and price groups.
Does: keeps the original, splits the rows to end customers, prices them; every row is re-billed, left over or excluded.
Out:  claims of the kind REBILLED; what stays, and what the supplier is owed.
"""

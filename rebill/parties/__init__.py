"""Who sells and who is invoiced.

In:   sellers and customers, entered by hand or imported.
Does: keeps their names, addresses, ids, terms and look; warns where an identifier's checksum fails.
Out:  parties with everything an invoice must say about them.
"""

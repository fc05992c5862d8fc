"""The portal: what a seller's customers see of their own invoices, calls and subscriptions.

In: the stages' queries, for one customer at a time. Does: lets people in by a mailed link, shows, hands out files.
Out: pages in the seller's colour and the customer's language.
"""

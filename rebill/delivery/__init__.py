"""Sending issued documents, each once, and knowing what became of it.

In:   issued invoices whose document is made.
Does: queues a dispatch per document and channel, attempts it, retries with back-off, asks where the answer is unclear.
Out:  dispatches with what the receiver's side said.
"""

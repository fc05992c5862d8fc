"""rebill bills what partners resell: every stage of the way from a source to an export, in one direction.

    sources → charges → runs → invoices → delivery → exports

What is sold becomes a charge; a run turns charges into drafts; approved drafts become invoices; invoices are
delivered and exported. `pipeline.py` shows the whole flow on one page. Parties, the catalogue and subscriptions
stand before the sources; `kit` and `rules` stand under everything.
"""

# The one place that states the order of the stages. Data flows from left to right, imports point from right to left.
PIPELINE = (
    "access",
    "parties",
    "catalogue",
    "subscriptions",
    "sources",
    "charges",
    "runs",
    "invoices",
    "delivery",
    "exports",
)

"""How long the law has a seller keep the documents it issued."""

from datetime import date

# Whole years after the one in which a document was issued: art. 52 AWR (nl), art. 60 WBTW (be), § 14b UStG (de),
# kirjanpitolaki 2:10 (fi). Books that end with another month than December are kept correspondingly longer.
YEARS_KEPT = {"NL": 7, "BE": 10, "DE": 8, "FI": 6}


def kept_until(*, country: str, issued_on: date) -> date | None:
    """The last day on which the document must still be there, in a country whose law is known; else None."""
    years = YEARS_KEPT.get(country)
    return None if years is None else date(issued_on.year + years, 12, 31)

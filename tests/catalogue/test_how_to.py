"""The pieces of code in the how-to pages work, one after the other."""

import re

import pytest

from rebill.catalogue.checks import check_catalogue
from rebill.parties.checks import check_seller
from tests.paths import DOCS

CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("set-up-a-seller.md", "products-and-prices.md")


@pytest.mark.django_db
def test_a_seller_is_set_up_and_prices_its_products_as_the_pages_say():
    pieces = [piece for page in PAGES for piece in CODE.findall((DOCS / "how-to" / page).read_text("utf-8"))]
    session: dict[str, object] = {}

    for piece in pieces:
        exec(piece, session)

    assert len(pieces) == 10
    acting = session["acting"]
    assert check_seller(acting=acting) == []
    assert check_catalogue(acting=acting) == []

"""The commands and the pieces of code in the how-to pages work, one after the other."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rebill.catalogue.checks import check_catalogue
from rebill.interfaces.cli.app import run
from rebill.parties.checks import check_seller
from rebill.parties.models import Seller
from tests.factories import acting_of
from tests.paths import DOCS

CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^\$ rebill (.*?[^\\])$", re.MULTILINE | re.DOTALL)
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def page(name: str) -> str:
    return (DOCS / "how-to" / name).read_text("utf-8")


@pytest.mark.django_db(transaction=True)
def test_a_seller_is_set_up_and_prices_its_products_as_the_pages_say(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("logo.svg").write_text(LOGO)
    typed = [shlex.split(words.replace("\\\n", " ")) for words in TYPED.findall(page("set-up-a-seller.md"))]
    pieces = CODE.findall(page("products-and-prices.md"))

    codes = [run(words) for words in typed]
    acting = acting_of(Seller.objects.get())
    session: dict[str, object] = {"acting": acting, "now": datetime(2026, 11, 1, 8, tzinfo=UTC)}
    for piece in pieces:
        exec(piece, session)

    assert (len(typed), set(codes)) == (8, {0})
    assert len(pieces) > 3
    assert check_seller(acting=acting) == []
    assert check_catalogue(acting=acting) == []

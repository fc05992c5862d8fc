"""The page of settings names every variable that is read, and none that is not."""

import re

from tests.architecture.source import PROJECT

NAMED = re.compile(r"^\| `((?:REBILL_|DATABASE_)[A-Z_]+)` \|", re.MULTILINE)


def test_the_page_of_settings_names_what_is_read():
    sources = [
        *(PROJECT / "rebill" / "config").glob("*.py"),
        *(PROJECT / "rebill" / "interfaces" / "cli").glob("*.py"),
    ]
    read = {name for path in sources for name in re.findall(r"\"((?:REBILL_|DATABASE_URL)[A-Z_]*)\"", path.read_text())}
    page = (PROJECT / "docs" / "reference" / "settings.md").read_text("utf-8")

    assert set(NAMED.findall(page)) == read

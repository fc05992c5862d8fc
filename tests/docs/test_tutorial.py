"""What the tutorial types works as it is typed, and prints what the tutorial shows.

With REBILL_WRITE_DOCS=1 the page is rewritten with what was printed; look at the difference before you keep it.
"""

import os

import pytest

from rebill.interfaces.cli.app import run
from tests.docs.console import ROOT, Terminal, Typed, fits, rewritten, typed_on

PAGE = ROOT / "docs" / "tutorial" / "one-month.md"


@pytest.fixture
def terminal(tmp_path, settings, monkeypatch, capsys) -> Terminal:
    """In a fresh clone, with nothing in the database; the data folder stands beside the samples."""
    clone, home = tmp_path / "rebill", tmp_path / "noordwal"
    clone.mkdir()
    (clone / "docs").symlink_to(ROOT / "docs")
    settings.REBILL_DATA = home / "rebill-data"
    settings.EMAIL_FILE_PATH = str(home / "rebill-data" / "mail")
    settings.EMAIL_BACKEND = "rebill.delivery.channels.email.folder.EmailBackend"
    monkeypatch.setenv("COLUMNS", "100")

    def rebill(words: list[str]) -> str:
        capsys.readouterr()
        with monkeypatch.context() as here:
            here.chdir(shell.folder)
            run(words)
        shown = capsys.readouterr()
        return shown.out + shown.err

    shell = Terminal(clone, rebill)
    return shell


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_every_command_prints_what_the_tutorial_shows(terminal):
    page = PAGE.read_text("utf-8")
    typed = typed_on(page)

    printed = [terminal.type(each.command) for each in typed]

    if os.environ.get("REBILL_WRITE_DOCS"):
        PAGE.write_text(rewritten(page, printed), "utf-8")
    differing = [
        "\n".join([f"$ {each.command}", *output])
        for each, output in zip(typed, printed, strict=True)
        if not fits(each.shown, output)
    ]
    if differing:
        pytest.fail("\n\n".join(["These print something else:", *differing]), pytrace=False)


def test_a_command_may_go_on_in_the_next_line():
    page = "```console\n$ rebill sellers add x \\\n> --name X\nMade.\n$ ls\n```\n"

    assert typed_on(page) == [Typed("rebill sellers add x \\\n--name X", ("Made.",)), Typed("ls", ())]


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        (("a", "b"), ("a", "b"), True),
        (("a",), ("a", "b"), False),
        (("a", "…"), ("a", "b", "c"), True),
        (("…", "c"), ("a", "b", "c"), True),
        (("…", "d"), ("a", "b", "c"), False),
        ((), ("a",), False),
    ],
)
def test_a_long_output_may_be_shortened(shown, printed, expected):
    assert fits(shown, printed) is expected

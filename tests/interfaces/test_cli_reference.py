"""The page of all commands says what the commands say."""

from tests.interfaces.command_reference import PAGE, written


def test_the_page_of_commands_is_what_the_commands_say():
    told = "run `python -m tests.interfaces.command_reference`"

    assert PAGE.read_text("utf-8") == written(), told


def test_every_command_has_a_section():
    page = written()

    for command in ("rebill prepare", "rebill drafts approve", "rebill invoices withdraw", "rebill check"):
        assert f"# {command}\n" in page

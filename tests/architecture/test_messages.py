"""Every text on screen is collected for translation and translated, with its placeholders, into every language."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.architecture.source import PROJECT

LANGUAGES = ("nl", "de", "fi")


def catalogue(locale: Path, language: str) -> Catalog:
    """The texts of a language, none when it has no file."""
    path = locale / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, ignore_obsolete=True)


def texts(messages: Catalog) -> set[tuple[str | None, object]]:
    return {(message.context, message.id) for message in messages if message.id}


def is_translated(message: Message) -> bool:
    parts = message.string if isinstance(message.string, tuple | list) else [message.string]
    return not message.fuzzy and all(parts)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The texts as `make messages` would collect them now, in a copy of the package."""
    if not shutil.which("xgettext") or not shutil.which("msgmerge"):
        pytest.skip("gettext is not installed")
    copy = tmp_path_factory.mktemp("messages")
    shutil.copytree(PROJECT / "rebill", copy / "rebill", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "rebill" / "locale").mkdir(exist_ok=True)
    chosen = [option for language in LANGUAGES for option in ("--locale", language)]
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", *chosen],
        cwd=copy / "rebill",
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "rebill.config.settings",
            "PYTHONPATH": str(copy),
            "REBILL_DATA": str(copy / "data"),
        },
        check=True,
        capture_output=True,
    )
    return copy / "rebill" / "locale"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_collected(collected, language):
    committed = texts(catalogue(PROJECT / "rebill" / "locale", language))

    assert committed == texts(catalogue(collected, language)), "run make messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    messages = catalogue(PROJECT / "rebill" / "locale", language)

    untranslated = [message.id for message in messages if message.id and not is_translated(message)]
    mistaken = [(message.id, str(error)) for message, errors in messages.check() for error in errors]

    assert untranslated == []
    assert mistaken == []

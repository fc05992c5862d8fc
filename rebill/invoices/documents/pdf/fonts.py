"""The fonts that documents can be set in: those that come as Python packages, and none of the machine's own.

So a document looks the same on every machine, and its bytes stay the same. `pip install fontpkg-<family>` adds one.
"""

from functools import lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path

import typst

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _

_ENTRY_POINTS = "fontpkg.family"
# What Typst itself brings comes last: it sets a letter that none of the others has.
_FALLBACKS = ("Inter", "Libertinus Serif")


class UnknownFont(Invalid):
    """No installed package brings this font."""


@lru_cache(maxsize=1)
def font_folders() -> tuple[Path, ...]:
    """Where the installed font packages keep their files."""
    return tuple(sorted(Path(str(files(point.load()))) for point in entry_points(group=_ENTRY_POINTS)))


def load_fonts(*folders: Path) -> typst.Fonts:
    """All installed fonts, and those in `folders` (a seller's template may bring its own)."""
    return typst.Fonts(include_system_fonts=False, font_paths=[*font_folders(), *folders])


def families_for(font: str) -> tuple[str, ...]:
    """The font and what to take for letters that it lacks."""
    return tuple(dict.fromkeys((font, *_FALLBACKS)))


@lru_cache(maxsize=1)
def installed_families() -> tuple[str, ...]:
    """The fonts that a look can choose from."""
    return tuple(sorted(load_fonts().families()))


def check_font(font: str) -> None:
    """Refuses a font that is not installed, naming those that are."""
    families = installed_families()
    if font not in families:
        raise UnknownFont(
            _("The font %(font)r is not installed; there are %(families)s.", font=font, families=", ".join(families))
        )

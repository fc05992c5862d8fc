"""A golden picture of a document in each language: small, grey, and compared by eye-sized patches.

A patch is the mean of 6 × 6 dots, so another version of the rasteriser makes no difference and a line that moved does.
After a change of the layout that is meant, look at every new picture that `python -m
tests.invoices.test_documents_pictures` draws.
"""

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.invoices.document_examples import (
    english_reverse_charge,
    finnish_credit_note,
    german_invoice,
    nauta_invoice,
)
from tests.invoices.document_reading import RENDER, picture

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = {
    "nl": nauta_invoice,
    "de": german_invoice,
    "fi": finnish_credit_note,
    "en": english_reverse_charge,
}
DPI = 60
PATCH = 6
# Of 255 shades. A word that is missing makes a difference of some 60, a rasteriser's version one of some 10.
SHADES_MAX = 25


def difference(one: Image.Image, other: Image.Image) -> int:
    """The largest difference between two patches at the same place; 255 when the pictures are not of one size."""
    if one.size != other.size:
        return 255
    patches = ImageChops.difference(one.reduce(PATCH), other.reduce(PATCH))
    _, largest = patches.getextrema()
    return int(largest)


@pytest.mark.parametrize("language", EXAMPLES)
def test_a_document_looks_as_it_did(language, tmp_path):
    drawn = picture(RENDER(EXAMPLES[language]()), dpi=DPI)

    with Image.open(GOLDEN / f"{language}.png") as golden:
        found = difference(drawn, golden.convert("L"))

    drawn.save(tmp_path / f"{language}.png")
    assert found <= SHADES_MAX, f"differs by {found} shades; drawn now: {tmp_path / language}.png"


@pytest.mark.parametrize("language", EXAMPLES)
def test_a_golden_picture_is_small(language):
    assert (GOLDEN / f"{language}.png").stat().st_size < 25_000


@pytest.mark.parametrize("changes", [{"copy": True}, {"closing": "Tot ziens."}, {"payment": None}, {"number": ""}])
def test_another_document_looks_different(changes):
    one, other = (picture(RENDER(content), dpi=DPI) for content in (nauta_invoice(), nauta_invoice(**changes)))

    assert difference(one, other) > SHADES_MAX


def test_other_weights_of_the_same_letters_look_the_same():
    drawn = picture(RENDER(nauta_invoice()), dpi=DPI)
    # Twice as many dots brought back to as many: what another way of smoothing letters does.
    smoothed = picture(RENDER(nauta_invoice()), dpi=2 * DPI).resize(drawn.size, Image.Resampling.BOX)

    assert difference(drawn, smoothed) <= SHADES_MAX


if __name__ == "__main__":
    for name, example in EXAMPLES.items():
        # Sixteen shades, evenly apart, make half the file.
        shades = picture(RENDER(example()), dpi=DPI).point([round(shade / 17) * 17 for shade in range(256)])
        shades.quantize(16, dither=Image.Dither.NONE).save(GOLDEN / f"{name}.png", optimize=True)

"""The words for the parts of a price: tiers, flat amounts and packages, as they stand on a line."""

_FLAT = {"en": "flat amount", "nl": "vast bedrag", "de": "Grundbetrag", "fi": "perusmaksu"}
_PACKAGE = {"en": "packages of {size}", "nl": "per {size}", "de": "je {size}", "fi": "{size} kpl:n erissä"}
_CREDITED = {"en": "already credited", "nl": "al gecrediteerd", "de": "bereits gutgeschrieben", "fi": "jo hyvitetty"}


def credited_text(language: str) -> str:
    """What is said of an amount that a credit note gave back before a correction did."""
    return _CREDITED.get(language, _CREDITED["en"])


def label_text(label: str, language: str) -> str:
    """The words for a label of `rules.pricing`: `tier:0-5` is 0–5, `tier:5-` is > 5; empty for a price in one part."""
    kind, _, rest = label.partition(":")
    if kind == "package":
        return _PACKAGE.get(language, _PACKAGE["en"]).format(size=rest)
    low, _, high = rest.partition("-")
    reach = f"{low}–{high}" if high else f"> {low}"
    if kind == "tier":
        return reach
    if kind == "flat":
        words = _FLAT.get(language, _FLAT["en"])
        return f"{words} {reach}" if rest else words
    return label

"""Many numbers at once: most are known by their form and only cut, the odd ones are asked of the rule one by one."""

from typing import Any

import polars as pl

from rebill.sources.usage.numbers import AS_DIALLED, Dialling, Unprefixed, bare_text, number_of, patterns_of

_PLAIN = r"^\+?[0-9]*$"


def numbers_of(texts: pl.Series, dialling: Dialling) -> pl.Series:
    """What `number_of` says of each text, in their order; empty for those that are missing."""
    frame = pl.DataFrame({"text": texts.fill_null("")})
    is_plain = pl.col("text").str.contains(_PLAIN)
    if not frame.select(is_plain.all()).item():
        odd = frame.filter(~is_plain).unique()
        bare = odd.with_columns(dialled=pl.Series([bare_text(text) for text in odd["text"]], dtype=pl.String))
        frame = frame.join(bare, on="text", how="left", maintain_order="left")
        frame = frame.with_columns(dialled=pl.coalesce("dialled", "text"))
    else:
        frame = frame.with_columns(dialled="text")
    frame = frame.with_columns(number=_by_form(frame["dialled"], dialling))
    rest = frame.filter(pl.col("number").is_null()).select("text").unique()
    if rest.is_empty():
        return frame["number"].alias(texts.name)
    asked = rest.with_columns(asked=pl.Series([number_of(text, dialling) for text in rest["text"]], dtype=pl.String))
    frame = frame.join(asked, on="text", how="left", maintain_order="left")
    return frame.select(pl.coalesce("number", "asked"))["number"].alias(texts.name)


def _by_form(dialled: pl.Series, dialling: Dialling) -> pl.Series:
    """The numbers whose form says what they are; null for all others."""
    patterns = patterns_of(dialling.country)
    text = pl.col("text")
    for prefix in reversed(dialling.strip):
        is_prefixed = pl.col("text").str.starts_with(prefix) & (pl.col("text").str.len_bytes() > len(prefix))
        text = pl.when(is_prefixed).then(pl.col("text").str.slice(len(prefix))).otherwise(text)
    frame = pl.DataFrame({"text": dialled}).select(text=text)
    text = pl.col("text")
    has_prefixes = dialling.unprefixed is not Unprefixed.DIGITS
    is_abroad = text.str.contains(f"{patterns.abroad}[1-9]") if has_prefixes else pl.lit(False)
    has_plus = text.str.starts_with("+")
    cut = pl.when(has_plus).then(text.str.slice(1)).when(is_abroad).then(text.str.replace(patterns.abroad, ""))
    frame = frame.with_columns(
        is_explicit=has_plus | is_abroad,
        digits=cut.otherwise(text),
        is_short=text.str.contains(patterns.short) if patterns.short else pl.lit(False),
    )
    digits = pl.col("digits")
    is_number = digits.str.contains(patterns.international) & ~digits.str.contains(patterns.again)
    answer: Any = pl.when(text == "").then(pl.lit("")).when(pl.col("is_explicit") & is_number).then(digits)
    is_open = ~pl.col("is_explicit") & ~pl.col("is_short")
    if patterns.home and has_prefixes:
        at_home = pl.lit(patterns.country_code) + text.str.slice(1)
        answer = answer.when(is_open & text.str.contains(patterns.home)).then(at_home)
    if not has_prefixes:
        answer = answer.when(is_open & text.str.contains("^[0-9]+$")).then(digits)
    elif dialling.unprefixed is Unprefixed.INTERNATIONAL:
        is_foreign = digits.str.contains(patterns.foreign) & ~digits.str.contains(patterns.national)
        is_foreign &= ~digits.str.contains(patterns.again)
        answer = answer.when(is_open & (is_number | is_foreign)).then(digits)
    elif patterns.home:
        is_bare = text.str.contains(patterns.bare) & ~text.str.starts_with(patterns.country_code)
        answer = answer.when(is_open & is_bare & ~text.str.starts_with("0")).then(pl.lit(patterns.country_code) + text)
    answer = answer.when(~pl.col("is_explicit") & pl.col("is_short")).then(pl.lit(AS_DIALLED) + text)
    return frame.select(number=answer.otherwise(None))["number"]

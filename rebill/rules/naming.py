"""Which of the names of a thing is read where: the reader's language, else the nearest that there is."""

from collections.abc import Mapping

# Spoken by nearly everyone who has none of the other languages.
COMMON_LANGUAGE = "en"


def name_in(names: Mapping[str, str], *languages: str) -> str:
    """The name in the first of these languages that has one, else in English, else in the alphabetically first
    language; empty where there is no name at all. The order in which the names are kept says nothing."""
    for language in (*languages, COMMON_LANGUAGE, *sorted(names)):
        if name := names.get(language):
            return name
    return ""

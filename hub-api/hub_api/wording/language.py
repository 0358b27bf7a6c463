"""Which language a caller reads: Swedish or English, by `Accept-Language`; on a terminal by its own settings."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Language(StrEnum):
    SV = "sv"
    EN = "en"


_OURS: Final = {"sv": Language.SV, "en": Language.EN, "*": Language.EN}


@lru_cache(maxsize=128)
def preferred(accept_language: bytes) -> Language:
    """The best of the two; English where the header names neither."""
    best, weight = Language.EN, 0.0
    for choice in accept_language.decode("latin-1").split(","):
        tag, _, quality = choice.partition(";")
        language = _OURS.get(tag.strip().partition("-")[0].lower())
        asked = _weight(quality)
        if language is not None and asked > weight:
            best, weight = language, asked
    return best


def of_terminal(environment: Mapping[str, str]) -> Language:
    """The language in which a terminal asks for messages, as POSIX has it: the first of these that is set decides."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return Language.SV if value.lower().startswith("sv") else Language.EN
    return Language.EN


def _weight(quality: str) -> float:
    text = quality.strip()
    if not text:
        return 1.0
    try:
        return float(text.removeprefix("q="))
    except ValueError:
        return 0.0

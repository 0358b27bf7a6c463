"""Texts as they may be recorded."""

import re
from functools import cache
from typing import Final

_HALF: Final = re.compile("[\ud800-\udfff]")


def holds_nul(text: str) -> bool:
    """Whether it holds the character with the number 0, which has no place in PostgreSQL's text."""
    return "\0" in text


def holds_half_a_character(text: str) -> bool:
    """Whether it holds one half of a surrogate pair, which has no form in UTF-8."""
    return _HALF.search(text) is not None


def matches(pattern: str, text: str) -> bool:
    """Whether a text is of the form that a type's pattern describes, to its last sign: `$` alone would let a line's end
    stand after it."""
    return _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)

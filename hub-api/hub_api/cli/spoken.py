"""What the command line says, in the language of whoever reads it: the words of two catalogues, English and Swedish.

What a catalogue does not hold is said in English: a sentence half in each language is worse than either.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from hub_api.wording.language import Language
from hub_api.wording.swedish.terminal import MESSAGES
from hub_api.wording.swedish.terminal_help import HELP

_HOLE: Final = "{}"
_SPACES: Final = re.compile(r"\s+")


def said_in(language: Language, text: str) -> str:
    """A message, and what it quotes of others of ours."""
    if language is not Language.SV:
        return text
    for form, swedish in _forms():
        if found := form.fullmatch(text):
            return swedish.format(*(said_in(language, part) for part in found.groups()))
    return text


def helped_in(language: Language, text: str) -> str:
    """A help text: its first paragraph and its examples. What stands between them is in English alone, and it is said
    where."""
    if language is not Language.SV:
        return text
    paragraphs = text.split("\n\n")
    first = HELP.get(_SPACES.sub(" ", paragraphs[0]).strip())
    if first is None:
        return text
    examples = [each for each in paragraphs[1:] if "\b" in each]
    more = ["Utförligare på engelska, med --language en före kommandot."] if len(paragraphs) - len(examples) > 1 else []
    return "\n\n".join((first, *more, *(each.replace("Example", "Exempel") for each in examples))).replace(
        "Exempels:", "Exempel:"
    )


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The most particular first: a hole takes whatever there is."""
    ordered = sorted(MESSAGES, key=lambda english: len(english.replace(_HOLE, "")), reverse=True)
    return tuple((_form(english), MESSAGES[english]) for english in ordered)


def _form(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, english.split(_HOLE))), re.DOTALL)


def catalogue() -> Mapping[str, str]:
    return MESSAGES | HELP

"""A refusal in the words of a closed catalogue, English and Swedish; nothing else of it ever leaves the hub (C7).

The English words stand where the refusal is raised, the Swedish ones in `swedish/`. Where a refusal names
something, its words are a template: the braces say of which kind it is, and only what has the form of that kind is
repeated. A sentence that the catalogue does not hold is not told at all; the rule still is.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from domain.errors import OutOfBounds, Refusal
from domain.vocabulary import Compartment, Purpose, Role
from hub_api.wording.labels import WAITS
from hub_api.wording.language import Language
from hub_api.wording.swedish.codes import CODES
from hub_api.wording.swedish.reasons import REASONS
from hub_api.wording.swedish.remedies import REMEDIES

WITHHELD: Final = "…"
"""Stands where a caller sent, as a code or an identifier, what is none: it may be content."""
_HOLE: Final = re.compile(r"\{([a-z]+)\}")
_NUMBER: Final = re.compile(r"[0-9]{1,7}")
_SLUG: Final = re.compile(r"(?=.{1,80}\Z)[a-z0-9]+(?:[.-][a-z0-9]+)*")


class Hole(Struct, frozen=True):
    """One kind of thing that a refusal may name: what is said of it in each language, or nothing if it is none."""

    english: Callable[[str], str | None]
    swedish: Callable[[str], str | None]


def _same(form: re.Pattern[str]) -> Hole:
    """An identifier or a name of ours: the same in both languages."""

    def said(value: str) -> str | None:
        return value if form.fullmatch(value) else None

    return Hole(said, said)


def _code(kind: type[StrEnum]) -> Hole:
    """One or several of a closed list of codes."""
    swedish: Mapping[str, str] = {code.value: word for code, word in CODES[kind].items()}

    def listed(value: str) -> list[str] | None:
        codes = value.split(", ")
        return codes if all(code in swedish for code in codes) else None

    def in_english(value: str) -> str | None:
        return None if listed(value) is None else value

    def in_swedish(value: str) -> str | None:
        codes = listed(value)
        return None if codes is None else ", ".join(swedish[code] for code in codes)

    return Hole(in_english, in_swedish)


def _word(words: Mapping[str, str]) -> Hole:
    """One of a few words of ours."""
    return Hole(lambda value: value if value in words else None, words.get)


def _listed(words: Mapping[str, tuple[str, str]]) -> Hole:
    """One or several of what is waited for, in words."""

    def said(value: str, place: int) -> str | None:
        codes = value.split(", ")
        return ", ".join(words[code][place] for code in codes) if all(code in words for code in codes) else None

    return Hole(lambda value: said(value, 1), lambda value: said(value, 0))


HOLES: Final[Mapping[str, Hole]] = {
    "unit": _same(_SLUG),
    "agency": _same(_SLUG),
    "ground": _same(_SLUG),
    "role": _code(Role),
    "purpose": _code(Purpose),
    "compartments": _code(Compartment),
    "authority": _word({"social services": "socialtjänsten", "the Police": "polisen"}),
    "waits": _listed({str(what): words for what, words in WAITS.items()}),
    "command": _same(re.compile(r"[a-z]{1,40}\.[a-z_]{1,40}")),
    "least": _same(_NUMBER),
    "most": _same(_NUMBER),
    "field": _same(re.compile(r"`\$(?:[.\[\]…]|[a-z_]{1,40}){0,20}`")),
}


class _Template(Struct, frozen=True):
    """The words of a refusal that names something."""

    form: re.Pattern[str]
    holes: tuple[str, ...]
    english: str
    swedish: str

    def said(self, values: tuple[str, ...], language: Language) -> str:
        swedish = language is Language.SV
        named = {}
        for name, value in zip(self.holes, values, strict=True):
            hole = HOLES[name]
            named[name] = (hole.swedish if swedish else hole.english)(value) or WITHHELD
        return (self.swedish if swedish else self.english).format_map(named)


class _Words(Struct, frozen=True):
    """A part of the catalogue, ready to be looked up."""

    plain: Mapping[str, str]
    templates: tuple[_Template, ...]

    def said(self, english: str, language: Language) -> str:
        if english in self.plain:
            return self.plain[english] if language is Language.SV else english
        for template in self.templates:
            if named := template.form.fullmatch(english):
                return template.said(named.groups(), language)
        return ""


def _ready(words: Mapping[str, str]) -> _Words:
    naming = {english: swedish for english, swedish in words.items() if _HOLE.search(english)}
    return _Words(
        plain={english: swedish for english, swedish in words.items() if english not in naming},
        templates=tuple(_template(english, swedish) for english, swedish in naming.items()),
    )


def _template(english: str, swedish: str) -> _Template:
    between = _HOLE.split(english)[::2]
    return _Template(
        form=re.compile("(.*)".join(map(re.escape, between)), re.DOTALL),
        holes=tuple(_HOLE.findall(english)),
        english=english,
        swedish=swedish,
    )


_REASONS: Final = _ready(REASONS)
_REMEDIES: Final = _ready(REMEDIES)


def told(refusal: Refusal, language: Language) -> tuple[str, str]:
    """Why, and what would make it possible: in that language, and in no other words than the catalogue's."""
    return _REASONS.said(refusal.reason, language), _REMEDIES.said(refusal.remedy, language)


def in_one_line(refusal: Refusal, language: Language) -> str:
    """The rule, of which field if it is of one, why, and in brackets what would make it possible."""
    reason, remedy = told(refusal, language)
    field = f"{refusal.field}: " if isinstance(refusal, OutOfBounds) else ""
    return f"{refusal.rule}: {field}{reason}" + (f" ({remedy})" if remedy else "")

"""The parameters of addresses: how each is described in the reference, and how it is read; both by the same bounds."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NoReturn

from msgspec import Struct

from domain.bounds import LONGEST_IDENTIFIER
from domain.identifiers import asked_for
from domain.vocabulary import Instant, StaffId, UnitId
from hub_api.http.problems import QUERY, Misfit
from hub_api.http.times import from_address
from hub_api.wording.speakable import LONGEST_SPOKEN, as_written

LONGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50
LONGEST_CURSOR: Final = 200
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_A_NAME: Final = re.compile(r"[A-Za-z_-]{1,40}")


class Parameter(Struct, frozen=True, kw_only=True):
    """A parameter in the query of an address: what it is, and what it should be where it is not."""

    name: str
    description: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any] = str
    en: str = ""
    sv: str = ""


def _limit(text: str) -> int:
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= LONGEST_PAGE:
        raise ValueError
    return int(text)


def _unit(text: str) -> UnitId:
    if not 1 <= len(text) <= LONGEST_IDENTIFIER:
        raise ValueError
    return UnitId(text)


def _identifier(text: str) -> str:
    if not 1 <= len(text) <= LONGEST_IDENTIFIER:
        raise ValueError
    return asked_for(text)


def _alias(text: str) -> str:
    if not 1 <= len(text) <= LONGEST_CURSOR:
        raise ValueError
    return text


def _reference(text: str) -> str:
    if not 1 <= len(text) <= LONGEST_SPOKEN:
        raise ValueError
    return as_written(text)


_TIME_EN: Final = "RFC 3339 with its offset, or microseconds since 1970, between 1900 and 2200"
_TIME_SV: Final = "enligt RFC 3339 med sin förskjutning, eller mikrosekunder sedan 1970, mellan 1900 och 2200"
AFTER: Final = Parameter(
    name="after",
    description="The `next` of the page before; 409 for one that the hub did not give to your unit for this list.",
    schema={"type": "string", "minLength": 1, "maxLength": LONGEST_CURSOR},
)
LIMIT: Final = Parameter(
    name="limit",
    description="At most so many items.",
    schema={"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": USUAL_PAGE},
    read=_limit,
    en=f"a whole number from 1 to {LONGEST_PAGE}",
    sv=f"ett heltal mellan 1 och {LONGEST_PAGE}",
)
AS_OF: Final = Parameter(
    name="as_of",
    description="As it was known then: RFC 3339 with offset, or microseconds since 1970 UTC; between 1900 and 2200.",
    schema={"type": "string", "minLength": 1, "maxLength": 40},
    read=from_address,
    en=_TIME_EN,
    sv=_TIME_SV,
)
REFERENCE: Final = Parameter(
    name="reference",
    description="The reference that was spoken, such as K7PM-2RXD, however it is spaced and in large or small letters.",
    schema={"type": "string", "minLength": 1, "maxLength": LONGEST_SPOKEN},
    read=_reference,
    en=f"a reference of 1 to {LONGEST_SPOKEN} signs, such as K7PM-2RXD",
    sv=f"en referens på 1 till {LONGEST_SPOKEN} tecken, till exempel K7PM-2RXD",
)
AS_UNIT: Final = Parameter(
    name="as_unit",
    description="As that unit could see it then; 409 for one that no agreement names.",
    schema={"type": "string", "minLength": 1, "maxLength": LONGEST_IDENTIFIER},
    read=_unit,
    en=f"the name of a unit, of 1 to {LONGEST_IDENTIFIER} signs",
    sv=f"namnet på en enhet, med 1 till {LONGEST_IDENTIFIER} tecken",
)


MATTER: Final = Parameter(
    name="matter",
    description="Looks at that matter alone, lists that showed it among them; 404 for one that is not there for you.",
    schema={"type": "string", "minLength": 1, "maxLength": LONGEST_CURSOR},
    read=_alias,
    en="the alias of a case, consultation, referral, report or meeting",
    sv="aliaset för ett ärende, en konsultation, en remiss, en anmälan eller ett möte",
)
PERSON: Final = Parameter(
    name="person",
    description="Looks by that member of staff alone, named as sign-in does, however it is spelt.",
    schema={"type": "string", "minLength": 1, "maxLength": LONGEST_IDENTIFIER},
    read=_identifier,
    en=f"the name of a member of staff, of 1 to {LONGEST_IDENTIFIER} signs",
    sv=f"namnet på någon i personalen, med 1 till {LONGEST_IDENTIFIER} tecken",
)
UNIT: Final = Parameter(
    name="unit",
    description="Looks by that unit alone; 409 for one that no agreement has ever named, if it has no look here.",
    schema={"type": "string", "minLength": 1, "maxLength": LONGEST_IDENTIFIER},
    read=_identifier,
    en=f"the name of a unit, of 1 to {LONGEST_IDENTIFIER} signs",
    sv=f"namnet på en enhet, med 1 till {LONGEST_IDENTIFIER} tecken",
)
FROM: Final = Parameter(
    name="from",
    description="From then on: RFC 3339 with offset, or microseconds since 1970 UTC; between 1900 and 2200.",
    schema={"type": "string", "minLength": 1, "maxLength": 40},
    read=from_address,
    en=_TIME_EN,
    sv=_TIME_SV,
)
TO: Final = Parameter(
    name="to",
    description="Before then, and not at it: a time like `from`, and later than that.",
    schema={"type": "string", "minLength": 1, "maxLength": 40},
    read=from_address,
    en=_TIME_EN,
    sv=_TIME_SV,
)


def state_among(states: Iterable[str]) -> Parameter:
    """The parameter that asks a list for those that are in one of these states."""
    return _one_of("state", states, "Those alone that are shown as being in that state.")


def kind_among(kinds: Iterable[str]) -> Parameter:
    """The parameter that asks a list for those of one of these kinds."""
    return _one_of("kind", kinds, "Those alone that are shown as being of that kind.")


def _one_of(name: str, codes: Iterable[str], description: str) -> Parameter:
    known = tuple(str(code) for code in codes)

    def code(text: str) -> str:
        if text not in known:
            raise ValueError
        return text

    listed = ", ".join(known)
    return Parameter(
        name=name,
        description=description,
        schema={"type": "string", "enum": list(known)},
        read=code,
        en=f"one of {listed}",
        sv=f"något av {listed}",
    )


class Query:
    """What stood in the query of one address, each parameter as it is read; None for one that did not."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    @property
    def after(self) -> str | None:
        return self._values.get(AFTER.name)

    @property
    def limit(self) -> int:
        limit: int = self._values.get(LIMIT.name, USUAL_PAGE)
        return limit

    @property
    def as_of(self) -> Instant | None:
        return self._values.get(AS_OF.name)

    @property
    def reference(self) -> str | None:
        return self._values.get(REFERENCE.name)

    @property
    def as_unit(self) -> UnitId | None:
        return self._values.get(AS_UNIT.name)

    @property
    def matter(self) -> str | None:
        return self._values.get(MATTER.name)

    @property
    def person(self) -> StaffId | None:
        return self._values.get(PERSON.name)

    @property
    def unit(self) -> UnitId | None:
        return self._values.get(UNIT.name)

    @property
    def state(self) -> str | None:
        return self._values.get("state")

    @property
    def kind(self) -> str | None:
        return self._values.get("kind")

    @property
    def start(self) -> Instant | None:
        return self._values.get(FROM.name)

    @property
    def end(self) -> Instant | None:
        return self._values.get(TO.name)


def read(given: list[tuple[str, str]], known: tuple[Parameter, ...]) -> Query:
    """The parameters that were given: those known and no others, each once, each within its bounds; else `Misfit`."""
    by_name = {parameter.name: parameter for parameter in known}
    values: dict[str, Any] = {}
    for name, text in given:
        if name not in by_name:
            _unknown(name, by_name)
        if name in values:
            raise Misfit(QUERY, name, "it stands there twice", "den står där två gånger")
        parameter = by_name[name]
        try:
            values[name] = parameter.read(text)
        except ValueError:
            raise Misfit(QUERY, name, parameter.en, parameter.sv) from None
    query = Query(values)
    if query.start is not None and query.end is not None and query.end <= query.start:
        raise Misfit(QUERY, TO.name, "later than `from`", "senare än `from`")
    return query


def _unknown(name: str, known: Mapping[str, Parameter]) -> NoReturn:
    """C7: what has not the form of a name is not repeated."""
    there = ", ".join(known)
    raise Misfit(
        QUERY,
        name if _A_NAME.fullmatch(name) else "",
        f"this address knows no such parameter; there are: {there}" if known else "this address takes no parameters",
        f"adressen har ingen sådan parameter; det finns: {there}" if known else "adressen tar inga parametrar",
    )

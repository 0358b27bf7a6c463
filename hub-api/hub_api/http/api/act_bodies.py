"""One act on a timeline, as it leaves the hub: who, when, in which words, and the parts that were opened.

A part that is not opened is simply not there: no mark, no empty field, no count of it.
"""

import logging
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from domain.act import Fact, Principal
from domain.case.risk import RiskAssessed, limits_of
from domain.errors import UnusableValue, is_of_value
from domain.event import compartments
from domain.registry import stored_name
from domain.vocabulary import AgencyId, Because, Channel, Compartment, GroundId, Instant, Ref, StaffId, UnitId
from hub_api.access.aliases import within
from hub_api.access.seen import LEFT_OUT, OpenedBy
from hub_api.commands.references import NAMED
from hub_api.http.api.released_acts import is_notice, released
from hub_api.reads.gateway import Seen
from hub_api.wording.labels import label
from hub_api.wording.language import Language
from hub_api.wording.sentences import sentence

_log: Final = logging.getLogger("samrad.http")
NEVER_SHOWN: Final = frozenset({"keys", "tag", "known_by"})
"""Fields of a record that are the hub's own means: ids of keys, whose number would count parts, a caller's tag, and by
which case the writer of minutes knows the person."""


class By(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who acted. The member of staff is named within their own unit only (B5)."""

    agency: AgencyId
    unit: UnitId
    person: StaffId | UnsetType = UNSET
    written_by: StaffId | UnsetType = UNSET


class ActBody(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One act on the timeline. Times are microseconds since 1970-01-01 UTC: happened, known, recorded (D1)."""

    act: Ref
    event: str
    sentence: str
    by: By
    happened: Instant
    known: Instant
    recorded: Instant
    channel: Channel
    ground: GroundId | UnsetType = UNSET
    because: Because | UnsetType = UNSET
    fields: dict[str, Any] = {}
    parts: dict[Compartment, dict[str, Any]] = {}
    words: dict[str, str] = {}
    """The codes among what is shown, in words, by field."""
    limits: str | UnsetType = UNSET
    """What an instrument that is named is not made for (D7)."""
    disposed: frozenset[Compartment] = frozenset()
    could: frozenset[str] | UnsetType = UNSET
    """In a replay as a unit: the parts that it could open then; `narrow`, on every act, stands for whereabouts and
    their kin, whether there are any or not (R10)."""
    opened: frozenset[str] | UnsetType = UNSET
    """In a replay as a unit: the parts that it was in fact shown."""
    opened_by: tuple[OpenedBy, ...] = ()
    """In a replay as a unit: to whom there each of those parts was shown, when at first and at last, how many times."""


NAMES_A_MATTER: Final = frozenset(NAMED)
"""Fields that name another matter, by the alias that it has everywhere; what else is named has one for each matter."""


def aggregate(seen: Seen) -> Ref:
    """The identifier of what was looked at."""
    match seen:
        case Seen(stream=ref):
            return ref


def timeline(seen: Seen, principal: Principal, language: Language) -> tuple[ActBody, ...]:
    """All acts that were seen, in their order."""
    return tuple(_told(seen, principal, language))


def _told(seen: Seen, principal: Principal, language: Language) -> Iterator[ActBody]:
    could, opened = seen.could, seen.opened
    for fact, as_told in released(seen.facts, principal):
        try:
            yield _act(
                as_told,
                principal,
                language,
                could=could.get(fact.id, UNSET),
                opened=opened.get(fact.version, UNSET),
                opened_by=seen.opened_by.get(fact.version, ()),
            )
        except Exception as error:
            if not is_of_value(error):
                raise
            # One act that cannot be put into words does not take all the others with it.
            _log.error(LEFT_OUT, UnusableValue.__name__, fact.position, type(error).__name__)


def _act(
    fact: Fact,
    principal: Principal,
    language: Language,
    *,
    could: frozenset[str] | UnsetType,
    opened: frozenset[str] | UnsetType,
    opened_by: tuple[OpenedBy, ...],
) -> ActBody:
    act, own = fact.act, fact.act.by.unit == principal.unit
    fields, parts = shown_parts(fact)
    return ActBody(
        act=within(fact.stream, act.id),
        event=stored_name(type(fact.event)),
        sentence=sentence(fact.event, language),
        by=By(
            agency=act.by.agency,
            unit=act.by.unit,
            person=act.by.person if own else UNSET,
            written_by=act.written_by if own and act.written_by is not None else UNSET,
        ),
        happened=act.happened,
        known=act.known,
        recorded=fact.committed,
        channel=act.channel,
        ground=UNSET if act.ground is None else act.ground,
        because=UNSET if act.because is None else act.because,
        fields=fields,
        parts=parts,
        words={} if is_notice(fact, principal) else _in_words((fields, *parts.values()), language),
        limits=limits_of(fact.event.instrument)[language is Language.EN]
        if isinstance(fact.event, RiskAssessed)
        else UNSET,
        disposed=fact.disposed,
        could=could,
        opened=opened,
        opened_by=opened_by,
    )


def _in_words(shown: Iterable[dict[str, Any]], language: Language) -> dict[str, str]:
    words: dict[str, str] = {}
    for part in shown:
        for name, value in part.items():
            if isinstance(value, StrEnum):
                words[name] = label(value, language)
            elif isinstance(value, frozenset) and value and all(isinstance(code, StrEnum) for code in value):
                words[name] = ", ".join(sorted(label(code, language) for code in value))
    return words


def named_within(matter: Ref, value: Any) -> Any:
    """A field's value with each identifier as it is named within that matter (A2)."""
    if isinstance(value, Ref):
        return within(matter, value)
    return tuple(named_within(matter, each) for each in value) if isinstance(value, tuple) else value


def shown_parts(fact: Fact) -> tuple[dict[str, Any], dict[Compartment, dict[str, Any]]]:
    """The fields of a fact's record, and its parts that were opened."""
    marks = compartments(type(fact.event))
    fields: dict[str, Any] = {}
    parts: dict[Compartment, dict[str, Any]] = {}
    for name in fact.event.__struct_fields__:
        value, mark = getattr(fact.event, name), marks.get(name)
        if value is None or value is UNSET:
            continue
        if mark is None:
            if name not in NEVER_SHOWN:
                fields[name] = value if name in NAMES_A_MATTER else named_within(fact.stream, value)
        elif mark in fact.shown:
            parts.setdefault(mark, {})[name] = value
    return fields, parts

"""The flat audit trail: one row for each act and each look, with ids and codes only.

Acts and looks are two logs, so they are two sets of views, each with its own runner. Whose rows an auditor is given
is asked here and nowhere else: an agency's auditor sees the acts and looks of that agency and the grants to its
units, hidden and non-existent alike; a regional auditor sees all (F). A row whose record was disposed of keeps its
place and says nothing else.
"""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from msgspec import Struct

import domain.case.events as case
from domain.access import ALL_LOOKS, AskedFor, CommandRefused, Looked
from domain.act import Fact
from domain.event import Event
from domain.vocabulary import AgencyId, Compartment, Instant, Kind, Ref, Role, StaffId, TableRow, UnitId
from projections.store import Views, ViewSet
from projections.view import Flat, Row, View, code, instant, number, ref

_WHO = (
    code("agency", optional=True),
    code("unit", optional=True),
    code("staff", optional=True),
    code("role", optional=True),
    code("purpose", optional=True),
)

ACT_TRAIL = View(
    "act_trail",
    (
        ref("stream"),
        number("position", key=True),
        instant("committed"),
        code("kind"),
        number("version"),
        *_WHO,
        code("what", optional=True),
        ref("act", optional=True),
        ref("person", optional=True),
        code("ground", optional=True),
        code("channel", optional=True),
        code("written_by", optional=True),
        instant("happened", optional=True),
        instant("known", optional=True),
    ),
    indexes=(("agency", "position"),),
)
GRANTED = View(
    "granted", (ref("stream"), number("position", key=True), code("unit", key=True)), indexes=(("unit", "position"),)
)
LOOK_TRAIL = View(
    "look_trail",
    (
        ref("stream"),
        number("position", key=True),
        instant("committed"),
        *_WHO,
        code("event", optional=True),
        code("what", optional=True),
        code("rule", optional=True),
        ref("about", optional=True),
        number("judged_at", optional=True),
        instant("as_of", optional=True),
        code("as_unit", optional=True),
    ),
    indexes=(("agency", "position"), ("unit", "position"), ("staff", "position"), ("about", "position")),
)
LOOKED_AT = View(
    "looked_at",
    (
        ref("stream"),
        number("position", key=True),
        ref("subject", key=True),
        number("denied", key=True),
        number("parts"),
        number("compartments"),
    ),
    indexes=(("subject", "position"),),
)

_GRANTS: Final[tuple[type[Event], ...]] = (
    case.Opened,
    case.Assigned,
    case.AssignmentEnded,
    case.Disclosed,
    case.DisclosureEnded,
    case.NoteExpedited,
)
"""The acts by which a unit is let in or out: an auditor of its agency sees them, whoever made them."""


_UNSAID: Final = frozenset({TableRow.STAFF_BLOCK, TableRow.LABEL})


class Agency(Struct, frozen=True):
    """The mandate of an agency's own auditor: that agency, and the units it has had."""

    id: AgencyId
    units: frozenset[UnitId]


class Region(Struct, frozen=True):
    """The mandate of a regional auditor."""


class OwnLooks(Struct, frozen=True):
    """No mandate: a unit knows its own looks (F), and of acts nothing by this way."""

    unit: UnitId


Mandate: TypeAlias = Agency | Region | OwnLooks


class ActRow(Struct, frozen=True):
    """One act on the trail. What is None was disposed of, or was not said."""

    stream: Ref
    position: int
    committed: Instant
    kind: Kind
    version: int
    agency: AgencyId | None
    unit: UnitId | None
    staff: StaffId | None
    role: str | None
    purpose: str | None
    what: str | None
    act: Ref | None
    person: Ref | None
    ground: str | None
    channel: str | None
    written_by: StaffId | None
    happened: Instant | None
    known: Instant | None


class LookRow(Struct, frozen=True):
    """One look or refusal. `what` names the answer or the command, `about` the one matter that it was about, if it was
    about one; `judged_at` is the store's position then."""

    stream: Ref
    position: int
    committed: Instant
    agency: AgencyId | None
    unit: UnitId | None
    staff: StaffId | None
    role: str | None
    purpose: str | None
    event: str | None
    what: str | None
    rule: str | None
    about: Ref | None
    judged_at: int | None
    as_of: Instant | None
    as_unit: UnitId | None


def _who(fact: Fact) -> Row:
    by = fact.act.by
    return (by.agency, by.unit, by.person, by.role.value, by.purpose.value)


def _act_rows(fact: Fact) -> Iterator[tuple[str, Row]]:
    place = (fact.stream.hex, fact.position, fact.committed, fact.kind.value, fact.version)
    # C9, F: a block and a label are for who set them alone, no auditor among them; the row keeps the place of the act
    # and says no more.
    if Compartment.RECORD in fact.disposed or fact.event.row in _UNSAID:
        yield "act_trail", place + (None,) * (len(ACT_TRAIL.columns) - len(place))
        return
    act, person = fact.act, fact.event.subject()
    yield (
        "act_trail",
        (
            *place,
            *_who(fact),
            fact.event.name,
            act.id.hex,
            None if person is None else person.hex,
            act.ground,
            act.channel.value,
            act.written_by,
            act.happened,
            act.known,
        ),
    )
    if isinstance(fact.event, _GRANTS):
        for unit in fact.event.addressees():
            yield "granted", (fact.stream.hex, fact.position, unit)


def _look_rows(fact: Fact) -> Iterator[tuple[str, Row]]:
    place = (fact.stream.hex, fact.position, fact.committed)
    match fact.event:
        case _ if fact.disposed & {Compartment.RECORD, Compartment.ACCESS}:
            yield "look_trail", place + (None,) * (len(LOOK_TRAIL.columns) - len(place))
        case Looked() as look:
            matter = look.about()
            about = None if matter is None else matter.hex
            looked = (look.name, look.what, None, about, look.position, look.as_of, look.as_unit)
            yield "look_trail", (*place, *_who(fact), *looked)
            yield from _looked_at(fact, look)
        case CommandRefused() as refused:
            about = None if refused.stream is None else refused.stream.hex
            tail = (refused.name, refused.command, refused.rule, about, None, None, None)
            yield "look_trail", (*place, *_who(fact), *tail)
        case _:
            pass


def _looked_at(fact: Fact, look: Looked) -> Iterator[tuple[str, Row]]:
    """What was looked at, one row for each stream: how many parts, in which compartments (a bit set)."""
    seen: dict[Ref, list[tuple[int, int]]] = {}
    for each in look.seen:
        seen.setdefault(each.stream, []).extend(each.parts)
    for subject, parts in seen.items():
        bits = reduce(or_, (bits for _, bits in parts), 0)
        yield "looked_at", (fact.stream.hex, fact.position, subject.hex, 0, len(parts), bits)
    for subject in set(look.denied):
        yield "looked_at", (fact.stream.hex, fact.position, subject.hex, 1, 0, 0)


ACT_TRAILING = Flat(frozenset(Kind) - {Kind.ACCESS}, (ACT_TRAIL, GRANTED), _act_rows)
LOOK_TRAILING = Flat(frozenset({Kind.ACCESS}), (LOOK_TRAIL, LOOKED_AT), _look_rows)


class Trail:
    """What an auditor is given of the trail, oldest first. Positions are the hub's own: for ordering and for going on
    with the next page; they leave the hub only inside an opaque token, or to a regional auditor."""

    def __init__(self, views: Views, acts: ViewSet, looks: ViewSet) -> None:
        self._views = views
        self._acts = acts
        self._looks = looks

    def acts(
        self, mandate: Mandate, *, stream: Ref | None = None, after: int = 0, limit: int = 100
    ) -> tuple[ActRow, ...]:
        """The acts within the mandate, of one case or of all."""
        with self._views.living(self._acts) as living:
            trail, granted = living.tables["act_trail"].c, living.tables["granted"].c

            def page(asked: sa.Select[Any], columns: Any) -> sa.Select[Any]:
                asked = asked.where(columns.position > after)
                if stream is not None:
                    asked = asked.where(columns.stream == stream.hex)
                return asked.order_by(columns.position).limit(limit)

            rows = sa.select(*trail)
            match mandate:
                case Agency(agency, units):
                    own = page(sa.select(trail.position).where(trail.agency == agency), trail).subquery()
                    let_in = page(
                        sa.select(granted.position).where(granted.unit.in_(sorted(units))), granted
                    ).subquery()
                    rows = rows.where(trail.position.in_(sa.union(sa.select(own.c[0]), sa.select(let_in.c[0]))))
                case OwnLooks():
                    rows = rows.where(sa.false())
                case Region():
                    pass
            return tuple(_act(row) for row in living.connection.execute(page(rows, trail)))

    def looks(
        self, mandate: Mandate, asked_for: AskedFor = ALL_LOOKS, *, after: int = 0, limit: int = 100
    ) -> tuple[LookRow, ...]:
        """The looks and refusals within the mandate that are asked for."""
        with self._views.living(self._looks) as living:
            trail = living.tables["look_trail"].c
            asked = sa.select(*trail).where(trail.position > after, *_wanted(trail, asked_for))
            match mandate:
                case Agency(agency):
                    asked = asked.where(trail.agency == agency)
                case OwnLooks(unit):
                    asked = asked.where(trail.unit == unit)
                case Region():
                    pass
            if asked_for.subject is not None:
                # Not the lists that showed it: by them one would find out who is kept from it (C9).
                asked = asked.where(trail.about == asked_for.subject.hex)
            found = living.connection.execute(asked.order_by(trail.position).limit(limit))
            return tuple(_look(row) for row in found)


def _wanted(trail: Any, asked_for: AskedFor) -> Iterator[sa.ColumnElement[bool]]:
    if asked_for.staff is not None:
        yield trail.staff == asked_for.staff
        yield trail.role != Role.CALLER.value  # A4: the tag of a caller's key is nobody's name
    if asked_for.unit is not None:
        yield trail.unit == asked_for.unit
    if asked_for.start is not None:
        yield trail.committed >= asked_for.start
    if asked_for.end is not None:
        yield trail.committed < asked_for.end


def _act(row: sa.Row[Any]) -> ActRow:
    values = row._mapping
    return ActRow(
        **{
            **values,
            "stream": Ref(values["stream"]),
            "kind": Kind(values["kind"]),
            "act": _maybe(values["act"]),
            "person": _maybe(values["person"]),
        }
    )


def _look(row: sa.Row[Any]) -> LookRow:
    values = row._mapping
    return LookRow(**{**values, "stream": Ref(values["stream"]), "about": _maybe(values["about"])})


def _maybe(found: str | None) -> Ref | None:
    return None if found is None else Ref(found)

"""Lists per unit: its cases, consultations, referrals, reports and meetings, its inbox, and what a spoken reference or
a caller's key leads to; and what waits in all of that, with the unit's tasks (`waits.py`).

Only ids and codes. The order key is the position of the first fact that the unit may see; it is for ordering and for
going on with the next page, and leaves the hub only inside an opaque token, since positions count what others do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from domain.act import Fact
from domain.needtoknow.model import GrantKind
from domain.needtoknow.standing import decides_access
from domain.vocabulary import Compartment, Instant, Kind, Ref, Role, UnitId
from domain.waiting import Addressed
from projections import upcoming, waits
from projections.members import KNOWN, KnowingUnits, fold, held_until
from projections.readers import Readers, UnitReaders, rows_of
from projections.store import Views, ViewSet
from projections.view import Folded, Row, Rows, View, code, in_range, instant, is_text, number, ref

UNIT_STREAM = View(
    "unit_stream",
    (
        code("unit", key=True),
        ref("stream", key=True),
        code("readers", key=True),
        code("kind"),
        number("since"),
        instant("since_at"),
        number("latest"),
        number("owner"),
        number("addressee"),
        instant("participant_until", optional=True),
        instant("receiver_until", optional=True),
        code("status"),
    ),
    indexes=(("unit", "kind", "since"),),
)
INBOX = View(
    "inbox",
    (
        code("unit", key=True),
        ref("stream", key=True),
        ref("item", key=True),
        code("kind"),
        code("what"),
        number("position"),
        instant("since"),
        instant("start"),
        instant("until"),
    ),
    indexes=(("unit", "position"),),
)
REFERENCE = View("reference", (code("unit", key=True), ref("reference", key=True), ref("stream", key=True)))
CALLER_KEY = View("caller_key", (ref("tag", key=True), code("unit", key=True), ref("stream", key=True)))


class Listed(Struct, frozen=True):
    """One aggregate in a unit's list, as `readers` know it. The two `until` are the latest ends of its grants, past
    ones too: a grant that is over leaves the case in the list, as ended (R4)."""

    stream: Ref
    readers: Readers
    kind: Kind
    since: int
    since_at: Instant
    latest: int
    owner: bool
    addressee: bool
    participant_until: Instant | None
    receiver_until: Instant | None
    status: str


class InboxEntry(Struct, frozen=True):
    """One thing that waits for a unit; `item` is the act that put it there, and of an invitation its event."""

    stream: Ref
    item: Ref
    kind: Kind
    what: Addressed
    position: int
    since: Instant
    until: Instant


class _State(Struct):
    members: KnowingUnits
    waits: waits.AggregateWaits
    kind: Kind = Kind.CASE


def _fold(state: _State, fact: Fact) -> None:
    state.kind = fact.kind
    reading = fold(state.members, fact)
    if reading:
        waits.fold(state.waits, fact, reading, state.members.standing)


def _rows(stream: Ref, state: _State) -> Rows:
    members = state.members
    return {
        "unit_stream": set(_members(stream, state)),
        "inbox": {
            (
                each.unit,
                stream.hex,
                item.hex,
                state.kind.value,
                each.what,
                each.position,
                in_range(each.since),
                in_range(each.start),
                in_range(each.until),
            )
            for (item, _), each in members.inbox.waits.items()
            if is_text(each.unit)
        },
        "reference": set(_called(stream, members.references)),
        "caller_key": {(tag, unit, stream) for unit, tag, stream in _called(stream, members.tags)},
        "upcoming": set(upcoming.rows(stream, _known(state), members.standing)),
        **waits.rows(stream, state.waits, members.standing),
    }


def _known(state: _State) -> Iterator[tuple[UnitReaders, int, Any]]:
    for reader, member in state.members.known.items():
        yield reader, member.since, state.waits.known.get(reader)


def _called(stream: Ref, names: Mapping[str, Iterable[UnitId]]) -> Iterator[Row]:
    for name, units in names.items():
        for unit in units:
            if is_text(name) and is_text(unit):
                yield (unit, name, stream.hex)


def _members(stream: Ref, state: _State) -> Iterator[Row]:
    members = state.members
    held = held_until(members)
    for reader, member in members.known.items():
        if not is_text(reader.unit):
            continue
        yield (
            reader.unit,
            stream.hex,
            reader.rows_for(members.standing).value,
            state.kind.value,
            member.since,
            member.since_at,
            member.latest,
            int(member.owner),
            int(member.addressee),
            in_range(held.get((reader.unit, GrantKind.ASSIGNMENT))),
            in_range(held.get((reader.unit, GrantKind.DISCLOSURE))),
            member.status,
        )


def _for_its_owner(stream: Ref, facts: Sequence[Fact]) -> Rows:
    """Where it cannot be said who may know of it: the unit that began it finds it in its list, and nobody else."""
    nothing: dict[str, set[Row]] = {view.name: set() for view in _VIEWS}
    first = facts[0]
    if Compartment.RECORD in first.disposed or not is_text(first.act.by.unit):
        return nothing
    row = (
        first.act.by.unit,
        stream.hex,
        Readers.EVERYONE.value,
        first.kind.value,
        first.position,
        first.committed,
        first.position,
        1,
        0,
        None,
        None,
        KNOWN,
    )
    return {**nothing, UNIT_STREAM.name: {row}}


_VIEWS: Final = (UNIT_STREAM, INBOX, REFERENCE, CALLER_KEY, waits.WAITS, waits.TASKS, upcoming.UPCOMING)


LISTS = Folded(
    frozenset({Kind.CASE, Kind.CONSULTATION, Kind.REFERRAL, Kind.REPORT, Kind.MEETING}),
    _VIEWS,
    lambda: _State(KnowingUnits(), waits.AggregateWaits()),
    _fold,
    _rows,
    needs=lambda fact: decides_access(type(fact.event)),
    shut=_for_its_owner,
)


class Lists:
    """What a unit's lists select. Each item is decided by need-to-know before anything of it is shown."""

    def __init__(self, views: Views, view_set: ViewSet) -> None:
        self._views = views
        self._set = view_set

    def page(
        self, unit: UnitId, role: Role, kind: Kind, *, limit: int = 50, before: int | None = None
    ) -> tuple[Listed, ...]:
        """The unit's aggregates of one kind, as that role there knows them, newest first; the next page goes on
        `before` the last one's `since`."""
        with self._views.living(self._set) as living:
            rows = living.tables["unit_stream"].c
            asked = sa.select(*(rows[column.name] for column in UNIT_STREAM.columns[1:])).where(
                rows.unit == unit, rows.kind == kind.value, rows.readers.in_(rows_of(role))
            )
            if before is not None:
                asked = asked.where(rows.since < before)
            return tuple(
                _listed(row) for row in living.connection.execute(asked.order_by(rows.since.desc()).limit(limit))
            )

    def inbox(
        self, unit: UnitId, role: Role, now: Instant, *, limit: int = 50, after: int = 0
    ) -> tuple[InboxEntry, ...]:
        """What waits for the unit at `now`, longest first; the next page goes on `after` the last one's `position`.
        All of it is addressed to the unit, and ends by what everyone there reads."""
        if not rows_of(role):
            return ()
        with self._views.living(self._set) as living:
            rows = living.tables["inbox"].c
            asked = _inbox(rows, unit, now).where(rows.position > after)
            return _waits(living.connection.execute(asked.order_by(rows.position).limit(limit)))

    def inbox_of(self, unit: UnitId, role: Role, now: Instant, streams: Sequence[Ref]) -> tuple[InboxEntry, ...]:
        """What waits for the unit in those aggregates, the longest first."""
        if not rows_of(role) or not streams:
            return ()
        with self._views.living(self._set) as living:
            rows = living.tables["inbox"].c
            asked = _inbox(rows, unit, now).where(rows.stream.in_([stream.hex for stream in streams]))
            # Ordered here: an order asked for would have the database look through all that waits, by its index.
            return tuple(sorted(_waits(living.connection.execute(asked)), key=lambda each: each.position))

    def by_reference(self, unit: UnitId, reference: str) -> tuple[Ref, ...]:
        """What one of its parties knows by that reference: one aggregate, or none."""
        with self._views.living(self._set) as living:
            rows = living.tables["reference"].c
            return _refs(
                living.connection.execute(
                    sa.select(rows.stream).where(rows.unit == unit, rows.reference == reference).order_by(rows.stream)
                )
            )

    def by_caller_key(self, unit: UnitId, tag: str) -> tuple[Ref, ...]:
        """The consultations at that service whose anonymous caller holds the key with this tag (A4)."""
        with self._views.living(self._set) as living:
            rows = living.tables["caller_key"].c
            return _refs(
                living.connection.execute(
                    sa.select(rows.stream).where(rows.tag == tag, rows.unit == unit).order_by(rows.stream)
                )
            )

    def for_caller(self, tag: str) -> tuple[Ref, ...]:
        """The consultation whose anonymous caller holds the key with this tag, whoever was asked (A4)."""
        with self._views.living(self._set) as living:
            rows = living.tables["caller_key"].c
            return _refs(
                living.connection.execute(
                    sa.select(rows.stream).where(rows.tag == tag).distinct().order_by(rows.stream)
                )
            )


def _inbox(rows: Any, unit: UnitId, now: Instant) -> sa.Select[Any]:
    return sa.select(rows.stream, rows.item, rows.kind, rows.what, rows.position, rows.since, rows.until).where(
        rows.unit == unit, rows.start <= now, rows.until > now
    )


def _waits(found: Iterable[Any]) -> tuple[InboxEntry, ...]:
    return tuple(
        InboxEntry(Ref(stream), Ref(item), Kind(kind), what, position, since, until)
        for stream, item, kind, what, position, since, until in found
    )


def _listed(row: sa.Row[Any]) -> Listed:
    values = row._mapping
    flags = {name: bool(values[name]) for name in ("owner", "addressee")}
    codes = {"readers": Readers(values["readers"]), "kind": Kind(values["kind"])}
    return Listed(**{**values, **flags, **codes, "stream": Ref(values["stream"])})


def _refs(found: Iterable[sa.Row[str]]) -> tuple[Ref, ...]:
    return tuple(Ref(stream) for (stream,) in found)

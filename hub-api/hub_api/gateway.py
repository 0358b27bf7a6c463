"""The one gateway for reads of case data: snapshot → records → decide each part → open the allowed → access record.

Nothing leaves it before the access record is durable; if that cannot be written, nothing leaves (invariant 4). What
one may not see is looked for by the same steps as what is not there, and ends in the same answer.
"""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Final, Literal, get_args

import msgspec
from msgspec import Struct

from domain.access import Looked
from domain.act import Fact, Principal
from domain.agreement.state import Directory
from domain.errors import NotThere, Refusal
from domain.identifiers import normal_form
from domain.needtoknow.model import NO_GRANT, Action, Outcome, Resource
from domain.ports import Snapshot
from domain.vocabulary import AgencyId, Compartment, Instant, Kind, Purpose, Ref, Role, StaffId, UnitId
from hub_api.boards import Boards
from hub_api.core import Core
from hub_api.limits import Attempts
from hub_api.replays import Opened, could_open, readers_of
from hub_api.seen import InInbox, Seen, SeenPage, from_bits, is_nothing
from hub_api.sight import is_kept_from, sight
from hub_api.speakable import caller_tag
from hub_api.steps import ACTS_ON_A_PAGE, IN_LISTS
from hub_api.trail_redaction import redacted
from projections.lists import Waits
from projections.published import Table, published
from projections.trail import Agency, LookRow, Mandate, Own, Region

__all__ = ["Gateway", "Seen", "SeenPage", "TrailPage", "Which"]

Which = Literal["cases", "consultations", "referrals", "reports", "meetings", "inbox"]
KINDS: Final[dict[Which, Kind]] = {
    "cases": Kind.CASE,
    "consultations": Kind.CONSULTATION,
    "referrals": Kind.REFERRAL,
    "reports": Kind.REPORT,
    "meetings": Kind.MEETING,
}
LISTS: Final = frozenset[str]((*get_args(Which), "tasks", "board"))


class TrailPage(Struct, frozen=True, kw_only=True):
    """One page of who looked; `next` is an opaque cursor, None at the end."""

    items: tuple[LookRow, ...]
    next: str | None


class Gateway(Boards):
    """Every look goes through here. The `…_now` forms answer in the caller's thread; the others in a reader's."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self._caller_secret = core.vault.secret(b"caller-key")
        self._callers = Attempts(core.clock, core.vault.secret(b"caller-attempts"))

    # One aggregate.

    async def look(
        self, principal: Principal, kind: Kind, stream: Ref, *, what: str, as_of: Instant | None = None
    ) -> Seen:
        """One aggregate as this principal may see it; as of an earlier time, what they could see then and still may."""
        return await self._in_reader(partial(self.look_now, principal, kind, stream, what=what, as_of=as_of))

    def look_now(
        self, principal: Principal, kind: Kind, stream: Ref, *, what: str, as_of: Instant | None = None
    ) -> Seen:
        snapshot = self._core.log.snapshot()
        seen = self._see(snapshot, principal, kind, stream, as_of)
        self._leave_trail(principal, what, snapshot, () if seen is None else (seen,), denied=stream, as_of=as_of)
        if seen is None:
            raise NotThere
        return seen

    async def by_reference(self, principal: Principal, kind: Kind, reference: str, *, what: str) -> Seen:
        """The consultation, referral or report that its parties call by that reference."""
        return await self._in_reader(partial(self.by_reference_now, principal, kind, reference, what=what))

    def by_reference_now(self, principal: Principal, kind: Kind, reference: str, *, what: str) -> Seen:
        self._refresh(principal.unit)
        found = self._core.lists.by_reference(principal.unit, reference)
        stream = found[0] if found else self._core.entropy.ref()
        return self.look_now(principal, kind, stream, what=what)

    async def answer_for_key(self, caller_key: str, source: bytes = b"") -> Seen:
        """The consultation that an anonymous caller's key belongs to, as the caller may read it (A4). `source` is where
        the caller comes from: attempts are limited for each by itself."""
        return await self._in_reader(partial(self.answer_for_key_now, caller_key, source))

    def answer_for_key_now(self, caller_key: str, source: bytes = b"") -> Seen:
        tag = caller_tag(self._caller_secret, caller_key)
        if not self._callers.allow(source, tag.encode()):
            # The same words however long the wait is: its length would tell of others behind the same address.
            raise Refusal("A4", "too many keys were tried", remedy="wait a quarter of an hour")
        self._refresh()
        found = self._core.lists.for_caller(tag)
        stream = found[0] if found else self._core.entropy.ref()
        return self.look_now(_caller(tag), Kind.CONSULTATION, stream, what="answer")

    # Lists.

    async def page(
        self, principal: Principal, which: Which, *, what: str, after: str | None = None, limit: int = 50
    ) -> SeenPage:
        """A page of one of the unit's lists, each item decided anew."""
        return await self._in_reader(partial(self.page_now, principal, which, what=what, after=after, limit=limit))

    def page_now(
        self, principal: Principal, which: Which, *, what: str, after: str | None = None, limit: int = 50
    ) -> SeenPage:
        self._refresh(principal.unit)
        snapshot = self._core.log.snapshot()
        start = None if after is None else self._cursors.open(principal, which, after)
        page: list[Seen] = []
        last, acts, more = 0, 0, None
        for place, kind, stream in self._listed(principal, which, start):
            seen = self._see(snapshot, principal, kind, stream, None, IN_LISTS)
            if seen is None:
                continue
            acts += len(seen.facts)
            if page and (len(page) == limit or acts > ACTS_ON_A_PAGE):
                more = self._cursors.make(principal, which, last)
                break
            page.append(seen)
            last = place
        if which == "inbox":
            page = self._with_items(principal, page)
        self._leave_trail(principal, what, snapshot, page)
        return SeenPage(items=tuple(page), next=more)

    def _listed(self, principal: Principal, which: Which, start: int | None) -> Iterable[tuple[int, Kind, Ref]]:
        """The streams that the views list for that role in the unit, page after page until there are no more."""
        if which == "inbox":
            yield from self._waiting(principal, start or 0)
            return
        kind = KINDS[which]
        while rows := self._core.lists.page(principal.unit, principal.role, kind, before=start):
            for row in rows:
                yield row.since, kind, row.stream
            start = rows[-1].since

    def _waiting(self, principal: Principal, start: int) -> Iterable[tuple[int, Kind, Ref]]:
        met: set[Ref] = set()
        while rows := self._core.lists.inbox(principal.unit, principal.role, self._core.now(), after=start):
            for row in rows:
                if row.stream not in met:
                    met.add(row.stream)
                    yield row.position, row.kind, row.stream
            start = rows[-1].position

    def _with_items(self, principal: Principal, page: list[Seen]) -> list[Seen]:
        """What of each waits in the inbox: of the views' rows those whose act this principal sees."""
        if not page:
            return page
        rows = self._core.lists.inbox_of(principal.unit, principal.role, page[0].at, [seen.stream for seen in page])
        waits: dict[Ref, list[Waits]] = {}
        for row in rows:
            waits.setdefault(row.stream, []).append(row)
        return [msgspec.structs.replace(seen, inbox=_items(seen, waits.get(seen.stream, []))) for seen in page]

    # The trail, replay, and what is public among those who take part.

    async def trail(self, principal: Principal, *, after: str | None = None, limit: int = 50) -> TrailPage:
        """Who looked: a unit its own looks, an auditor by mandate (F)."""
        return await self._in_reader(partial(self.trail_now, principal, after=after, limit=limit))

    def trail_now(
        self, principal: Principal, *, subject: Ref | None = None, after: str | None = None, limit: int = 50
    ) -> TrailPage:
        self._refresh(principal.unit, looks=True)
        snapshot = self._core.log.snapshot()
        start = 0 if after is None else self._cursors.open(principal, "trail", after)
        mandate, now = self._mandate(principal), self._core.now()
        barred: dict[Ref, bool] = {}
        shown: list[LookRow] = []
        more = False
        while not more and (rows := self._core.trail.looks(mandate, subject=subject, after=start, limit=limit + 1)):
            for row in rows:
                if not self._may_see_look(principal, row, now) or self._is_barred(principal, row, snapshot, barred):
                    continue
                more = len(shown) == limit
                if more:
                    break
                shown.append(row)
            start = rows[-1].position
        self._leave_trail(principal, "trail", snapshot, ())
        following = self._cursors.make(principal, "trail", shown[-1].position) if more else None
        is_there = cache(partial(self._is_there, principal, snapshot, now))
        return TrailPage(items=tuple(redacted(row, principal, is_there) for row in shown), next=following)

    def _is_there(self, principal: Principal, snapshot: Snapshot, now: Instant, stream: Ref) -> bool:
        """Whether there is such a matter for this principal: hidden and absent ones are looked for alike (F)."""
        if not self._core.access.may_know(principal, stream, snapshot.position):
            return False
        policy = self._core.register.policy_at(now)
        return not is_nothing(sight(policy, principal, snapshot, snapshot.stream(stream), now))

    async def replay(
        self, principal: Principal, stream: Ref, *, as_of: Instant | None = None, as_unit: UnitId | None = None
    ) -> Seen:
        """For auditors: the acts up to a time, and beside each what a unit could then open and what it did open."""
        return await self._in_reader(partial(self.replay_now, principal, stream, as_of=as_of, as_unit=as_unit))

    def replay_now(
        self, principal: Principal, stream: Ref, *, as_of: Instant | None = None, as_unit: UnitId | None = None
    ) -> Seen:
        self._refresh(principal.unit, looks=True)  # what a unit opened is asked of the trail, which lags
        snapshot = self._core.log.snapshot()
        audits = principal.role in (Role.AUDITOR, Role.REGIONAL_AUDITOR)
        history = snapshot.stream(stream) if audits and self._may_know(snapshot, principal, stream) else ()
        seen = self._see(snapshot, principal, history[0].kind, stream, as_of) if history else None
        named, readers = self._asked_as(as_unit, seen, as_of)
        if seen is not None and named is not None and readers is not None:
            known = [fact for fact in history if fact.committed <= seen.at]
            seen = msgspec.structs.replace(
                seen,
                could=self._could_open(principal, readers, known, seen),
                opened=self._did_open(principal, history, named, seen),
            )
        unknown = as_unit is not None and readers is None
        shown = () if seen is None or unknown else (seen,)
        # What is no unit is not put on the trail: it is whatever somebody wrote.
        said = None if unknown else named
        self._leave_trail(principal, "replay", snapshot, shown, denied=stream, as_of=as_of, as_unit=said)
        if audits and unknown:  # whatever it is asked of: no answer tells that there is something, nor an empty one
            unit = named or ""
            raise Refusal(
                "B1", f"no agreement in force names the unit {unit}", remedy="choose a unit that an agreement names"
            )
        if seen is None:
            raise NotThere
        return seen

    async def statistics(self, principal: Principal, table: int) -> Table:
        """A published table (E1): public among those who take part."""
        return await self._in_reader(partial(self.statistics_now, principal, table))

    def statistics_now(self, principal: Principal, table: int) -> Table:
        self._refresh()
        made = published(table, self._core.statistics.counts())
        self._leave_trail(principal, f"table {table}", self._core.log.snapshot(), ())
        return made

    async def directory(self, principal: Principal) -> Directory:
        """Who is party to the cooperation today: public among those who take part."""
        return await self._in_reader(partial(self.directory_now, principal))

    def directory_now(self, principal: Principal) -> Directory:
        directory = self._core.register.directory.at(self._core.now())
        self._leave_trail(principal, "directory", self._core.log.snapshot(), ())
        return directory

    def _asked_as(
        self, as_unit: UnitId | None, seen: Seen | None, as_of: Instant | None
    ) -> tuple[UnitId | None, tuple[Principal, ...] | None]:
        """The unit that a replay is asked for, and as whom anybody there could have looked; None, if there was no such
        unit as far as whoever asks may know."""
        if as_unit is None:
            return None, None
        then = self._core.now() if as_of is None else as_of
        named = UnitId(normal_form(as_unit))
        return named, readers_of(named, self._core.register.directory.at(then), () if seen is None else seen.facts)

    def _could_open(
        self, auditor: Principal, readers: Sequence[Principal], known: Sequence[Fact], seen: Seen
    ) -> dict[Ref, frozenset[str]]:
        """Of the acts shown, the parts that the unit could open at that time. An agency's own auditor is told of that
        agency's units alone (F)."""
        if auditor.role is Role.AUDITOR and any(reader.agency != auditor.agency for reader in readers):
            return {}
        return could_open(self._core.register.policy_at(seen.at), readers, known, seen.at, seen.facts)

    def _did_open(
        self, auditor: Principal, history: Sequence[Fact], unit: UnitId, seen: Seen
    ) -> dict[int, frozenset[str]]:
        """What the unit was in fact shown up to that time, by version of the stream; of an agency's own auditor's
        agency alone (F)."""
        mandate = self._mandate(auditor)
        if isinstance(mandate, Agency) and unit not in mandate.units:
            return {}
        opened, after = Opened(history, self._core.register.policy_at), 0
        while rows := self._core.trail.looks(mandate, subject=seen.stream, after=after):
            for row in rows:
                if row.unit == unit and row.committed <= seen.at:
                    opened.add(
                        row, ((version, from_bits(parts)) for version, parts in self._shown_by(row, seen.stream))
                    )
            after = rows[-1].position
        return opened.of(seen.facts)

    def _shown_by(self, row: LookRow, stream: Ref) -> Iterable[tuple[int, int]]:
        for look in self._core.looks.log.read(row.position - 1, 1):
            if isinstance(look.event, Looked):
                for seen in look.event.seen:
                    if seen.stream == stream:
                        yield from seen.parts

    def _mandate(self, principal: Principal) -> Mandate:
        if principal.role is Role.REGIONAL_AUDITOR:
            return Region()
        if principal.role is Role.AUDITOR:
            units = self._core.register.directory.at(self._core.now()).units()
            return Agency(principal.agency, frozenset(unit.id for unit in units if unit.agency == principal.agency))
        return Own(principal.unit)

    def _is_barred(self, principal: Principal, row: LookRow, snapshot: Snapshot, barred: dict[Ref, bool]) -> bool:
        """C9: for who is blocked from a case, what colleagues tried in it is not there either. A list is no case."""
        if normal_form(row.staff or "") == normal_form(principal.person) or row.what in LISTS:
            return False
        for stream in self._tried_at(row):
            if stream not in barred:
                barred[stream] = is_kept_from(self._core.access, principal, snapshot, stream)
        return any(barred[stream] for stream in self._tried_at(row))

    def _tried_at(self, row: LookRow) -> tuple[Ref, ...]:
        """What a look or a refused command was about."""
        if row.about is not None:
            return (row.about,)
        looks = (fact.event for fact in self._core.looks.log.read(row.position - 1, 1))
        return tuple(
            stream
            for look in looks
            if isinstance(look, Looked)
            for stream in (*(seen.stream for seen in look.seen), *look.denied)
        )

    def _may_see_look(self, principal: Principal, row: LookRow, now: Instant) -> bool:
        resource = Resource(
            kind=Kind.ACCESS,
            row=Compartment.ACCESS,
            owner=row.unit or UnitId(""),
            owner_agency=row.agency or AgencyId(""),
        )
        action = Action.AUDIT if principal.role in (Role.AUDITOR, Role.REGIONAL_AUDITOR) else Action.READ
        decision = self._core.register.policy_at(now).decide(principal, action, resource, NO_GRANT, now)
        return decision.outcome is Outcome.ALLOW


def _items(seen: Seen, waits: Iterable[Waits]) -> tuple[InInbox, ...]:
    acts = {known: fact.act.id for fact in seen.facts for known in (fact.id, fact.act.id)}
    return tuple(InInbox(each.what, acts[each.item], each.since) for each in waits if each.item in acts)


def _caller(tag: str) -> Principal:
    """Someone without a name: known by the tag of their key alone, and in no unit of the cooperation (A4)."""
    return Principal(
        person=StaffId(tag),
        agency=AgencyId(""),
        unit=UnitId("caller"),
        role=Role.CALLER,
        purpose=Purpose.ADVICE,
        assurance=3,
    )

"""Looks at the looks: who looked at what, within whose mandate, and what of it is told to whom; and for auditors the
replay of a matter, beside it what a unit could open and what its people did open (F, R10)."""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Any

import msgspec
from msgspec import Struct

from domain.access import ALL_LOOKS, LISTS, AskedFor, Looked
from domain.act import Fact, Principal
from domain.errors import NotThere, Refusal
from domain.identifiers import normal_form
from domain.needtoknow.model import NO_GRANT, Action, Resource, Verdict
from domain.needtoknow.standing import Standing
from domain.ports import Snapshot
from domain.vocabulary import AgencyId, Compartment, Instant, Kind, Ref, Role, UnitId
from hub_api.access.seen import Seen, from_bits, is_nothing
from hub_api.access.sight import is_kept_from, sight
from hub_api.reads.look import Steps
from hub_api.reads.replay import BY_MANDATE, WITHOUT_MANDATE, Naming, OpenedInLooks, could_open, readers_of
from hub_api.reads.trail_redaction import redacted
from projections.trail import Agency, LookRow, Mandate, OwnLooks, Region


class TrailPage(Struct, frozen=True, kw_only=True):
    """One page of who looked; `next` is an opaque cursor, None at the end."""

    items: tuple[LookRow, ...]
    next: str | None


class Audits(Steps):
    """The part of the gateway that tells who looked, and replays."""

    # Who looked.

    async def trail(
        self, principal: Principal, asked_for: AskedFor = ALL_LOOKS, *, after: str | None = None, limit: int = 50
    ) -> TrailPage:
        """Who looked: a unit its own looks, an auditor by mandate (F); of those, what is asked for."""
        return await self._in_reader(partial(self.trail_now, principal, asked_for, after=after, limit=limit))

    def trail_now(
        self, principal: Principal, asked_for: AskedFor = ALL_LOOKS, *, after: str | None = None, limit: int = 50
    ) -> TrailPage:
        self._refresh(principal.unit, looks=True)
        snapshot, now = self._core.log.snapshot(), self._core.now()
        which = "trail" if asked_for == ALL_LOOKS else f"trail {asked_for}"
        start = self._after(principal, which, after)
        is_there = cache(partial(self._is_there, principal, snapshot, now))
        matter = asked_for.subject
        if matter is not None and not is_there(matter):
            self._leave_trail(principal, "trail", snapshot, (), denied=matter)
            raise NotThere
        shown, more = self._looks(principal, asked_for, start, limit, snapshot)
        self._leave_trail(principal, "trail", snapshot, (), about=matter)
        if not shown and after is None:
            self._refuse_nobodys_name(asked_for.unit)
        following = self._cursors.make(principal, which, shown[-1].position) if more else None
        return TrailPage(items=tuple(redacted(row, principal, is_there) for row in shown), next=following)

    def _looks(
        self, principal: Principal, asked_for: AskedFor, start: int, limit: int, snapshot: Snapshot
    ) -> tuple[list[LookRow], bool]:
        """A page of what this principal may see of the trail, and whether there is more."""
        mandate, now = self._mandate(principal), self._core.now()
        barred: dict[Ref, bool] = {}
        shown: list[LookRow] = []
        while rows := self._core.trail.looks(mandate, asked_for, after=start, limit=limit + 1):
            for row in rows:
                if not self._may_see_look(principal, row, now) or self._is_barred(principal, row, snapshot, barred):
                    continue
                if len(shown) == limit:
                    return shown, True
                shown.append(row)
            start = rows[-1].position
        return shown, False

    def _refuse_nobodys_name(self, unit: UnitId | None) -> None:
        """An auditor who misspelt a unit would find that nobody there had looked. Only what was shown decides, and what
        all may read: a guest without a look is refused like a name that is nobody's (B1)."""
        if unit is not None and not self._core.register.directory.ever_named(unit):
            raise Refusal(
                "B1",
                f"no agreement has ever named the unit {unit}, and no look by it is among those asked for",
                remedy="choose a unit that an agreement names",
            )

    def _is_there(self, principal: Principal, snapshot: Snapshot, now: Instant, stream: Ref) -> bool:
        """Whether there is such a matter for this principal: hidden and absent ones are looked for alike (F)."""
        if not self._core.access.may_know(principal, stream, snapshot.position):
            return False
        policy = self._core.register.policy_at(now)
        return not is_nothing(sight(policy, principal, snapshot, snapshot.stream(stream), now))

    # Replay.

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
            naming = BY_MANDATE if self._has_mandate(principal, snapshot, seen) else WITHOUT_MANDATE
            known = [fact for fact in history if fact.committed <= seen.at]
            seen = msgspec.structs.replace(
                seen,
                could=self._could_open(principal, naming, readers, known, seen),
                **self._did_open(principal, naming, history, named, seen),
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

    def _has_mandate(self, auditor: Principal, snapshot: Snapshot, seen: Seen) -> bool:
        """Whether the auditor has a mandate in force for the case (R10), or for that to which they see a referral, a
        report or a meeting belong."""
        case = seen.stream if seen.kind is Kind.CASE else Standing.of(seen.facts).case
        return case is not None and Standing.of(snapshot.stream(case)).has_mandate(auditor, self._core.now())

    def _could_open(
        self, auditor: Principal, naming: Naming, readers: Sequence[Principal], known: Sequence[Fact], seen: Seen
    ) -> dict[Ref, frozenset[str]]:
        """Of the acts shown, the parts that the unit could open at that time. An agency's own auditor is told of that
        agency's units alone (F)."""
        if auditor.role is Role.AUDITOR and any(reader.agency != auditor.agency for reader in readers):
            return {}
        return could_open(naming, self._core.register.policy_at(seen.at), readers, known, seen.at, seen.facts)

    def _did_open(
        self, auditor: Principal, naming: Naming, history: Sequence[Fact], unit: UnitId, seen: Seen
    ) -> dict[str, Any]:
        """What the unit was in fact shown up to that time, and whom there and when, by version of the stream; of an
        agency's own auditor's agency alone (F)."""
        mandate = self._mandate(auditor)
        if isinstance(mandate, Agency) and unit not in mandate.units:
            return {}
        opened, after = OpenedInLooks(naming, history, self._core.register.policy_at), 0
        asked_for = AskedFor(subject=seen.stream, unit=unit)
        while rows := self._core.trail.looks(mandate, asked_for, after=after):
            for row in rows:
                if row.committed <= seen.at:
                    opened.add(
                        row, ((version, from_bits(parts)) for version, parts in self._shown_by(row, seen.stream))
                    )
            after = rows[-1].position
        return {"opened": opened.of(seen.facts), "opened_by": opened.by_whom(seen.facts)}

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
        return OwnLooks(principal.unit)

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
        return decision.outcome is Verdict.ALLOW

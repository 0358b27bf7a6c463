"""The steps of every look: snapshot → records → decide each part → open the allowed → access record.

Nothing leaves before the access record is durable; if that cannot be written, nothing leaves (invariant 4). What one
may not see is looked for by the same steps as what is not there, and ends in the same answer.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, Final, TypeVar

from adapters.store.application import LogSnapshot
from adapters.telemetry import trace
from domain.access import Looked
from domain.act import Fact, Principal
from domain.case.risk import ToShare, memos_to_share
from domain.case.state import Case
from domain.labelling import Labelled
from domain.needtoknow.visible import Sight, Visible
from domain.needtoknow.withholding import withhold
from domain.open_items import waits_known_to
from domain.vocabulary import Compartment, Instant, Kind, Ref, UnitId
from domain.waiting import Waiting
from hub_api.access.core import Core
from hub_api.access.cursors import Cursors
from hub_api.access.freshness import refresh
from hub_api.access.own_writes import NOTHING
from hub_api.access.seen import Seen, etag_of, is_nothing, known_of, shown_of
from hub_api.access.sight import both, sight, sight_then
from hub_api.reads.board import FIRST, UrgencyRank, place_of

READERS: Final = 16
NO_CONTENT: Final = frozenset[Compartment]()
IN_LISTS: Final = frozenset({Compartment.COORDINATION})
"""Lists show records, times and tasks, and by what the unit itself calls the matter; other content is opened one
aggregate at a time."""
ACTS_ON_A_PAGE: Final = 10_000
"""A page ends before its access record, which lists every part shown, would outgrow what one record holds."""

T = TypeVar("T")


class Steps:
    """What all looks have in common; the gateway is made of it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._etag_secret = core.vault.secret(b"etag")
        self._cursors = Cursors(core.vault.secret(b"cursor"))
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    def close(self) -> None:
        """Let the looks that are under way end."""
        self._readers.shutdown()

    def _see(
        self,
        snapshot: LogSnapshot,
        principal: Principal,
        kind: Kind,
        stream: Ref,
        as_of: Instant | None,
        open_at_most: frozenset[Compartment] | None = None,
    ) -> Seen | None:
        """Read the records, decide each part, open what is allowed; None where nothing is there for this principal."""
        if not self._may_know(snapshot, principal, stream):
            return None
        now = self._core.now()
        allowed, folded, etag = self._known(snapshot, principal, kind, stream, now, as_of)
        if is_nothing(allowed):
            return None
        opened = tuple([_opened(snapshot, sight, open_at_most) for sight in allowed.facts])
        at = now if as_of is None else as_of
        state, (waits, to_share) = known_of(kind, allowed, partial(self._follows, principal, kind, at), folded)
        return Seen(
            stream=stream,
            kind=kind,
            facts=opened,
            existence=allowed.existence,
            grants=allowed.grants,
            state=state,
            etag=etag(),
            at=at,
            waits=waits,
            to_share=to_share,
        )

    def _known(
        self,
        snapshot: LogSnapshot,
        principal: Principal,
        kind: Kind,
        stream: Ref,
        now: Instant,
        as_of: Instant | None,
    ) -> tuple[Visible, Callable[[], Any] | None, Callable[[], str]]:
        """All that is there, its state if that is known already, and its ETag. As of an earlier time nothing is taken
        from what was known before."""
        if as_of is None:
            known = self._core.observing.know(principal, stream, snapshot, now, acts=True)
            return known.visible() if known.kind is kind else Visible(), known.state, known.etag
        register = self._core.register
        history = snapshot.stream(stream)
        if history and history[0].kind is not kind:
            history = ()
        allowed = both(
            sight_then(register.policy_at(as_of), principal, snapshot, history, as_of),
            sight(register.policy_at(now), principal, snapshot, history, now),
        )
        return allowed, None, partial(etag_of, self._etag_secret, principal, allowed)

    def _follows(
        self, principal: Principal, kind: Kind, at: Instant, state: Any
    ) -> tuple[tuple[Waiting, ...], tuple[ToShare, ...]]:
        """What waits, and what should be shared, by what is known."""
        directory = self._core.register.directory
        waits = waits_known_to(principal.unit, state, kind, at, directory)
        return waits, memos_to_share(state, at, directory) if isinstance(state, Case) else ()

    def _refresh(self, unit: UnitId | None = None, *, looks: bool = False) -> None:
        """Before the views are read: they are to hold what that unit did itself, and with `looks` what it looked at."""
        refresh(self._core.follower, NOTHING if unit is None else self._core.own.last(unit, looks=looks))

    def _may_know(self, snapshot: LogSnapshot, principal: Principal, stream: Ref) -> bool:
        """False if there is certainly nothing there for this principal: told by what they have, and nothing is read."""
        return self._core.access.may_know(principal, stream, snapshot.position)

    def _leave_trail(
        self,
        principal: Principal,
        what: str,
        snapshot: LogSnapshot,
        shown: Iterable[Seen],
        *,
        denied: Ref | None = None,
        as_of: Instant | None = None,
        as_unit: UnitId | None = None,
        about: Ref | None = None,
    ) -> None:
        """The access record, durable when this returns. `about` is a matter of which no act was shown."""
        seen = tuple(shown_of(each.stream, each.facts) for each in shown)
        seen = seen if about is None else (*seen, shown_of(about, ()))
        self._core.looks.write_now(
            principal,
            Looked(
                what=what,
                position=snapshot.position,
                seen=seen,
                denied=(denied,) if denied is not None and not seen else (),
                as_of=as_of,
                as_unit=as_unit,
            ),
            trace(),
        )

    def _instant(
        self, principal: Principal, which: str, as_of: Instant | None, after: str | None
    ) -> tuple[Instant, Instant | None, UrgencyRank]:
        """Of which instant a page is, as of which time it is read, and after which place it goes on. All pages of one
        list are of the instant of the first, or things would move between them."""
        if after is None:
            return self._core.now() if as_of is None else as_of, as_of, FIRST
        at, place = place_of(self._cursors.open(principal, which, after))
        return at, at, place

    def _after(self, principal: Principal, which: str, after: str | None) -> int:
        """Where a list goes on: behind the place of that cursor, or from its beginning."""
        return 0 if after is None else self._cursors.open(principal, which, after)

    async def _in_reader(self, look: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, copy_context().run, look)


def _opened(snapshot: LogSnapshot, sight: Sight, at_most: frozenset[Compartment] | None) -> Fact:
    """The fact with the parts that may be opened; one of an older form, too, without what its record does not tell."""
    # By its label a unit knows a matter again, so it is opened wherever the matter is shown.
    if at_most is None or isinstance(sight.fact.event, Labelled):
        at_most = sight.allowed
    return withhold(snapshot.open(sight.fact, sight.allowed & at_most), sight.withheld, own=True)

"""Looks at what waits: the board and the tasks of a unit. The views select and order by what everyone of the
principal's role knows in the unit; each item is decided anew, and what waits in it follows from what the principal
sees of it, and from nothing else."""

from collections.abc import Iterator
from functools import partial

from domain.act import Principal
from domain.closing import OF_MATTERS, left_open
from domain.errors import NotThere
from domain.meeting.events import MeetingStatus
from domain.meeting.waiting import OwnTask
from domain.meeting.waiting import tasks as own_tasks
from domain.time import EARLIEST as LEAST
from domain.vocabulary import FOREVER, Instant, Kind, Ref, Role, UnitId
from hub_api.access.seen import ANY, Seen, SeenPage, Wanted
from hub_api.reads.board import FIRST, Board, Closing, LeftOpen, SeenTask, TaskPage, UrgencyRank, limits_at, number_of
from hub_api.reads.look import ACTS_ON_A_PAGE, IN_LISTS, NO_CONTENT, Steps

_AUDITORS = frozenset({Role.AUDITOR, Role.REGIONAL_AUDITOR})


class Boards(Steps):
    """The part of the gateway that tells what waits."""

    async def board(
        self, principal: Principal, *, as_of: Instant | None = None, after: str | None = None, limit: int = 50
    ) -> Board:
        """What waits in all that the unit did, was sent or coordinates, as of a time: what is overdue first, then the
        longest wait. What is disclosed puts nothing on the board: that would depend on the purpose of the look."""
        return await self._in_reader(partial(self.board_now, principal, as_of=as_of, after=after, limit=limit))

    def board_now(
        self, principal: Principal, *, as_of: Instant | None = None, after: str | None = None, limit: int = 50
    ) -> Board:
        self._refresh(principal.unit)
        snapshot = self._core.log.snapshot()
        at, then, begins = self._instant(principal, f"board {as_of}", as_of, after)
        page: list[Seen] = []
        last, acts, more = FIRST, 0, None
        limits = limits_at(self._core.register.directory, at)
        urgent = self._core.urgency.at(principal.unit, principal.role, at, limits, after=begins, batch=limit + 1)
        for found in urgent:
            seen = self._see(snapshot, principal, found.kind, found.stream, then, NO_CONTENT)
            if seen is None or not seen.waits:
                continue
            acts += len(seen.facts)
            if page and (len(page) == limit or acts > ACTS_ON_A_PAGE):
                more = self._cursors.make(principal, f"board {as_of}", number_of(at, last))
                break
            page.append(seen)
            last = found.place
        self._leave_trail(principal, "board", snapshot, page, as_of=then)
        return Board(items=tuple(page), at=at, next=more)

    async def tasks(
        self, principal: Principal, *, as_of: Instant | None = None, after: str | None = None, limit: int = 50
    ) -> TaskPage:
        """The unit's tasks that are still to be done, by when they are due (D4)."""
        return await self._in_reader(partial(self.tasks_now, principal, as_of=as_of, after=after, limit=limit))

    def tasks_now(
        self, principal: Principal, *, as_of: Instant | None = None, after: str | None = None, limit: int = 50
    ) -> TaskPage:
        self._refresh(principal.unit)
        snapshot = self._core.log.snapshot()
        at, then, begins = self._instant(principal, f"tasks {as_of}", as_of, after)
        meetings: dict[Ref, Seen | None] = {}
        page: list[SeenTask] = []
        last, more = FIRST, None
        following = (begins.since, begins.position)
        rows = self._core.waited.tasks(principal.unit, principal.role, at, after=following, batch=limit + 1)
        for row in rows:
            if row.stream not in meetings:
                meetings[row.stream] = self._see(snapshot, principal, Kind.MEETING, row.stream, then, IN_LISTS)
            seen = meetings[row.stream]
            task = None if seen is None else _task(seen, principal.unit, row.task)
            if seen is None or task is None:
                continue
            if len(page) == limit:
                more = self._cursors.make(principal, f"tasks {as_of}", number_of(at, last))
                break
            page.append(SeenTask(seen, task))
            last = UrgencyRank(False, row.due, row.position)
        shown = {each.seen.stream: each.seen for each in page}
        self._leave_trail(principal, "tasks", snapshot, shown.values(), as_of=then)
        return TaskPage(items=tuple(page), at=at, next=more)

    async def upcoming(
        self,
        principal: Principal,
        *,
        start: Instant | None = None,
        end: Instant | None = None,
        after: str | None = None,
        limit: int = 50,
        wanted: Wanted = ANY,
    ) -> SeenPage:
        """The meetings to come that the unit may know of, by when they begin: those that are not over, or those that
        begin from `start` on and before `end` and were not held."""
        return await self._in_reader(
            partial(self.upcoming_now, principal, start=start, end=end, after=after, limit=limit, wanted=wanted)
        )

    def upcoming_now(
        self,
        principal: Principal,
        *,
        start: Instant | None = None,
        end: Instant | None = None,
        after: str | None = None,
        limit: int = 50,
        wanted: Wanted = ANY,
    ) -> SeenPage:
        self._refresh(principal.unit)
        snapshot = self._core.log.snapshot()
        which = f"upcoming {start} {end}{wanted.name}"
        at, then, begins = self._instant(principal, which, None, after)
        rows = self._core.upcoming.after(
            principal.unit,
            principal.role,
            start=LEAST if start is None else start,
            end=FOREVER if end is None else end,
            not_over=at if start is None else LEAST,
            place=(LEAST, 0) if after is None else (begins.since, begins.position),
        )
        page: list[Seen] = []
        last, acts, more = None, 0, None
        for row in rows:
            seen = self._see(snapshot, principal, Kind.MEETING, row.stream, then, IN_LISTS)
            if seen is None or not _is_to_come(seen):
                continue
            acts += len(seen.facts)
            if last is not None and (len(page) == limit or acts > ACTS_ON_A_PAGE):
                more = self._cursors.make(principal, which, number_of(at, last))
                break
            last = UrgencyRank(False, row.start, row.since)
            if wanted.fits(seen):
                page.append(seen)
        self._leave_trail(principal, "upcoming", snapshot, page, as_of=then)
        return SeenPage(items=tuple(page), next=more)

    async def closing(self, principal: Principal, case: Ref) -> Closing:
        """Before a case is closed: what is open in what belongs to it, as far as this principal may know (D2, D4)."""
        return await self._in_reader(partial(self.closing_now, principal, case))

    def closing_now(self, principal: Principal, case: Ref) -> Closing:
        snapshot = self._core.log.snapshot()
        seen = self._see(snapshot, principal, Kind.CASE, case, None, NO_CONTENT)
        items: list[LeftOpen] = []
        # An auditor closes nothing, and needs to be asked nothing.
        asks = seen is not None and principal.role not in _AUDITORS
        for stream in self._core.access.matters_of(case, snapshot.position) if asks else ():
            for matter in (self._see(snapshot, principal, kind, stream, None, NO_CONTENT) for kind in OF_MATTERS):
                items += () if matter is None else self._left_open(principal, case, matter)
        shown = () if seen is None else {case: seen, **{each.seen.stream: each.seen for each in items}}.values()
        self._leave_trail(principal, "closing preview", snapshot, shown, denied=case)
        if seen is None:
            raise NotThere
        return Closing(case=seen, items=tuple(items))

    def _left_open(self, principal: Principal, case: Ref, matter: Seen) -> Iterator[LeftOpen]:
        directory = self._core.register.directory
        for wait in left_open(case, principal.unit, matter.state, matter.kind, matter.at, directory):
            yield LeftOpen(matter, wait)


def _is_to_come(seen: Seen) -> bool:
    """Whether the meeting, as this principal sees it, has a time and was neither held nor called off."""
    return seen.state.start is not None and seen.state.status in (MeetingStatus.SCHEDULED, MeetingStatus.CALLED)


def _task(seen: Seen, unit: UnitId, ref: Ref) -> OwnTask | None:
    """The task as the unit sees it, if it sees it."""
    return next((task for task in own_tasks(seen.state, unit, seen.at) if task.id == ref), None)

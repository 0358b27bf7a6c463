"""Proof that a hub is what was written: every hash, place and seal of both logs, and every row of every view."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, Self, TypeAlias

from msgspec import Struct

from adapters.store.application import CoordinationLog
from adapters.store.differences import Difference, Tell, stop
from adapters.store.high_water import HighWater
from adapters.store.verification import Checked, verify
from domain.act import Fact
from domain.errors import StoreBehind, Tampered, Unreadable
from domain.vocabulary import Ref
from hub_api.runtime.hub import Hub
from projections.catalogue import ACTS, LOOKS
from projections.errors import Gap, LogBehind, ViewsUnusable
from projections.rebuild import Behind, DisposedMeanwhile, Rebuild
from projections.set_aside import SetAside, set_aside
from projections.store import Views, ViewSet

ATTEMPTS: Final = 5
"""Aggregates that are disposed of while they are compared are compared again; few are, and seldom just then."""
PATIENCE: Final = 30.0
"""Seconds for which views that lag are waited for, where other processes keep them: longer than a list waits."""
PAUSE: Final = 0.1
Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being proved, how far that has come, and how far it goes."""
_WRONG: Final = (Tampered, Unreadable, Gap, LogBehind, Behind, ViewsUnusable)
"""What a log or its views can be found to be; anything else, such as a store that is away, ends the proof."""


class Proven(Struct, frozen=True):
    """What was found right. `disposed` counts the parts that no key opens any more, as the log says; `views` those that
    could be compared."""

    records: int
    looks: int
    disposed: int
    views: int
    set_aside: dict[str, tuple[SetAside, ...]]
    """By log, the acts that views are made without; a rebuild is made without the same."""


class Provable(Struct, frozen=True, kw_only=True):
    """What is proved: a hub that is open, or the parts of one that nothing must be wrong with to be opened."""

    log: CoordinationLog
    looks_log: CoordinationLog
    views: Views
    catch_up: Callable[[ViewSet], bool]
    """Bring a set of views as far as its log, or see whether it is."""
    views_at: str
    marks: HighWater | None = None
    """Of an open hub they were compared when it was opened."""

    @classmethod
    def of(cls, hub: Hub) -> Self:
        """An open hub."""
        return cls(
            log=hub.log,
            looks_log=hub.looks_log,
            views=hub.views,
            catch_up=lambda _: hub.follower.catch_up(),
            views_at="the views" if hub.parts.folder is None else "views.db",
        )


def prove(hub: Hub | Provable, progress: Progress, tell: Tell = stop) -> Proven:
    """Walk both logs and make all views anew beside the living ones. `tell` is told each difference; unless told
    otherwise, the first one is raised."""
    proved = Provable.of(hub) if isinstance(hub, Hub) else hub
    for log in (proved.log, proved.looks_log):
        _begin(log, proved.marks, tell)
    acts = _last(verify(proved.log, tell), "acts", progress)
    looks = _last(verify(proved.looks_log, tell), "looks", progress)
    views = 0
    for view_set, log in ((ACTS, proved.log), (LOOKS, proved.looks_log)):
        difference = _difference(proved, view_set, log, progress)
        if difference is None:
            views += len(view_set.views)
        else:
            tell(difference)
    disposed = acts.disposed + looks.disposed
    return Proven(acts.position, looks.position, disposed, views, set_aside(proved.views, (ACTS, LOOKS)))


def _begin(log: CoordinationLog, marks: HighWater | None, tell: Tell) -> None:
    """What opening the log does, where it was opened to be proved: a key that the log has disposed of opens nothing."""
    if marks is None:
        return
    name = log.rows.name
    try:
        log.finish_disposals()
    except (Tampered, Unreadable) as error:
        tell(Difference(name, log.last(), type(error).__name__, f"its disposals cannot be read: {error}"))
    try:
        marks.check(name.partition(".")[0], log.rows)
    except StoreBehind as error:
        tell(Difference(name, log.last() + 1, type(error).__name__, str(error)))


def _wait(proved: Provable, view_set: ViewSet) -> None:
    until = time.monotonic() + PATIENCE
    while not proved.catch_up(view_set) and time.monotonic() < until:
        time.sleep(PAUSE)


def stream_of(log: CoordinationLog, stream: Ref) -> Sequence[Fact]:
    """One stream as it is now, for who builds views from the whole log and has to fold it again."""
    return log.snapshot().stream(stream)


def _last(walk: Iterator[Checked], name: str, progress: Progress) -> Checked:
    checked = Checked(0, 0, 0)
    for checked in walk:
        progress(name, checked.position, checked.last)
    return checked


def _difference(proved: Provable, view_set: ViewSet, log: CoordinationLog, progress: Progress) -> Difference | None:
    """What is wrong with a set of views, or with the log that they are made from."""
    try:
        _wait(proved, view_set)
        return _compared(proved, view_set, log, progress)
    except _WRONG as error:
        return Difference(f"{proved.views_at} of {view_set.name}", log.last(), type(error).__name__, str(error))


def _compared(proved: Provable, view_set: ViewSet, log: CoordinationLog, progress: Progress) -> Difference | None:
    building = Rebuild(
        proved.views,
        view_set,
        log,
        lambda position, last: progress(f"views of {view_set.name}", position, last),
        partial(stream_of, log),
        log.prove,
    )
    for attempt in range(ATTEMPTS):
        rebuilt = building.beside()
        try:
            _wait(proved, view_set)
            found = building.compare(rebuilt)
        except DisposedMeanwhile:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        finally:
            building.discard(rebuilt)
        break
    if found is None:
        return None
    what = f"the row of {found.row} is not what the log gives"
    return Difference(f"{proved.views_at}, {found.view}", 0, Tampered.__name__, what)

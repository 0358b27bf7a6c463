"""Proof that a hub is what was written: every hash, place and seal of both logs, and every row of every view."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeAlias

from msgspec import Struct

from adapters.application import CoordinationLog
from adapters.verify import Checked, verify
from domain.act import Fact
from domain.errors import Tampered
from domain.vocabulary import Ref
from hub_api.hub import Hub
from projections.rebuild import DisposedMeanwhile, Rebuild
from projections.sets import ACTS, LOOKS
from projections.store import ViewSet

ATTEMPTS: Final = 5
"""Aggregates that are disposed of while they are compared are compared again; few are, and seldom just then."""
PATIENCE: Final = 30.0
"""Seconds for which views that lag are waited for, where other processes keep them: longer than a list waits."""
PAUSE: Final = 0.1
Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being proved, how far that has come, and how far it goes."""


class Proven(Struct, frozen=True):
    """What was found right. `disposed` counts the parts that no key opens any more, as the log says."""

    records: int
    looks: int
    disposed: int
    views: int


def prove(hub: Hub, progress: Progress) -> Proven:
    """Walk both logs and make all views anew beside the living ones; the first difference is an error that names it."""
    acts = _last(verify(hub.log), "acts", progress)
    looks = _last(verify(hub.looks_log), "looks", progress)
    _wait(hub)
    views = sum(_views(hub, each, log, progress) for each, log in ((ACTS, hub.log), (LOOKS, hub.looks_log)))
    return Proven(acts.position, looks.position, acts.disposed + looks.disposed, views)


def _wait(hub: Hub) -> None:
    until = time.monotonic() + PATIENCE
    while not hub.follower.catch_up() and time.monotonic() < until:
        time.sleep(PAUSE)


def stream_of(log: CoordinationLog, stream: Ref) -> Sequence[Fact]:
    """One stream as it is now, for who builds views from the whole log and has to fold it again."""
    return log.snapshot().stream(stream)


def _last(walk: Iterator[Checked], name: str, progress: Progress) -> Checked:
    checked = Checked(0, 0, 0)
    for checked in walk:
        progress(name, checked.position, checked.last)
    return checked


def _views(hub: Hub, view_set: ViewSet, log: CoordinationLog, progress: Progress) -> int:
    building = Rebuild(
        hub.views,
        view_set,
        log,
        lambda position, last: progress(f"views of {view_set.name}", position, last),
        partial(stream_of, log),
        log.prove,
    )
    for attempt in range(ATTEMPTS):
        rebuilt = building.beside()
        try:
            _wait(hub)
            difference = building.compare(rebuilt)
        except DisposedMeanwhile:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        finally:
            building.discard(rebuilt)
        break
    if difference is not None:
        place = "the views" if hub.parts.folder is None else "views.db"
        raise Tampered(
            f"{place}, {difference.view}: the row of {difference.row} is not what the log gives; "
            "`samrad rebuild` makes it again"
        )
    return len(view_set.views)

"""Proof that a hub is what was written: every hash, place and seal of both logs, and every row of every view."""

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
from projections.rebuild import Moved, Rebuild
from projections.sets import ACTS, LOOKS
from projections.store import ViewSet

ATTEMPTS: Final = 5
"""Where other processes record and project meanwhile, views move while they are made anew beside."""
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
    hub.follower.catch_up()
    views = sum(_views(hub, each, log, progress) for each, log in ((ACTS, hub.log), (LOOKS, hub.looks_log)))
    return Proven(acts.position, looks.position, acts.disposed + looks.disposed, views)


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
    )
    for attempt in range(ATTEMPTS):
        rebuilt = building.beside()
        try:
            hub.follower.catch_up()
            difference = building.compare(rebuilt)
        except Moved:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        finally:
            building.discard(rebuilt)
        break
    if difference is not None:
        place = "the views" if hub.parts.folder is None else "views.db"
        raise Tampered(f"{place}, {difference.view}: a row is not what the log gives; `samrad rebuild` makes it again")
    return len(view_set.views)

"""`samrad restore`: an empty store written anew from Kafka alone, to the same bytes."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from msgspec import Struct

from adapters.kafka.frames import Frames
from adapters.kafka.topics import Use, check
from adapters.postgresql.connect import connect
from adapters.postgresql.read_only_log import Marks
from adapters.postgresql.restore import Framed, restore
from adapters.postgresql.vault import PostgresKeys
from adapters.store.high_water import HighWater
from adapters.store.outcomes import Tip
from adapters.vault.master_keys import DrawerKeys, EpochKeys, MasterKeys
from domain.errors import SamradError
from hub_api.runtime.open_parts import LOGS
from hub_api.runtime.servers.addresses import broker, carriage, database, topic
from hub_api.runtime.servers.opening import MARKS, MASTER
from hub_api.runtime.servers.settings import Production

BY: Final = "`samrad restore`"
PAGE: Final = 5_000
Progress = Callable[[str, int, int], None]


class Restored(Struct, frozen=True):
    """One log, written anew: how far, and how far it had come before, as far as the high-water mark knows."""

    log: str
    position: int
    had_come_to: int | None

    @property
    def missing(self) -> int | None:
        """How many were accepted and never reached Kafka, at least, since the mark lags; None without marks: it cannot
        be told."""
        return None if self.had_come_to is None else max(0, self.had_come_to - self.position)


def restore_all(settings: Production, progress: Progress, *, accept_loss: bool) -> list[Restored]:
    """Write both logs anew. With `accept_loss` what the topics lack is given up, so that `serve` takes commands again;
    else `serve` refuses them while the store ends before its mark."""
    store = database(settings, "store", BY)
    marks = None if settings.keys is None else HighWater(settings.keys / MARKS, witness=settings.witness)
    if accept_loss and marks is None:
        settings.needed("keys", f"{BY} --accept-loss")
    from_kafka = broker(settings, BY)
    for log in LOGS:
        check(from_kafka, topic(settings, log), Use.READ)
    keys = PostgresKeys(partial(connect, database(settings, "vault", BY), "samrad restore"), _epochs(settings))
    restored, tips = [], list[Tip]()
    try:
        for log in LOGS:
            frames = Frames(from_kafka, topic(settings, log), carriage(settings, log, BY))
            try:
                tip = restore(store, log, _framed(frames, Marks(keys), partial(progress, log)))
            finally:
                frames.close()
            restored.append(Restored(log, tip[0], None if marks is None else marks.mark(log)))
            tips.append(tip)
    finally:
        keys.close()
    if marks is not None and accept_loss:  # when all is there: who has to begin again is told the same losses
        _settle(marks, restored, tips)
    return restored


def _settle(marks: HighWater, restored: Sequence[Restored], tips: Sequence[Tip]) -> None:
    for each, (position, chain, _) in zip(restored, tips, strict=True):
        if each.missing:
            marks.give_up(each.log, position, chain)


def _framed(frames: Frames, marks: Marks, progress: Callable[[int, int], None]) -> Iterator[Framed]:
    last, position = frames.last(), 0
    while position < last:
        page = frames.read(position, PAGE)
        if not page:
            raise SamradError(f"{frames.topic} gives nothing after position {position}, and holds {last}")
        for frame, disposal in zip(page, marks.of(page), strict=True):
            yield Framed(frame, disposal)
        position += len(page)
        progress(position, last)


def _epochs(settings: Production) -> EpochKeys:
    """The projections' keys are enough: no content is opened."""
    if settings.projection_keys is not None:
        return DrawerKeys.load(settings.projection_keys)
    keys = settings.needed("keys", BY)
    return MasterKeys.load(keys / MASTER, None)

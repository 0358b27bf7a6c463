"""Where the watch is put: around the append of a group, and around the log that a runner reads.

Neither the writer nor the runner knows of it. Not watched, the append is the recorder's own and the log the log's own.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from adapters.store.mapper import StoredFact
from adapters.store.outcomes import Outcome
from adapters.store.record import HEADER_SIZE, PLACE_SIZE, Prepared
from adapters.telemetry.current import SIZE
from adapters.telemetry.disabled import UNWATCHED
from domain.act import Fact
from domain.ports import Batch, Log, Watch

Appending: TypeAlias = Callable[[Sequence[Prepared]], list[Outcome]]

_END = HEADER_SIZE - 1
_TRACE = slice(_END - SIZE, _END)
_IN_FRAME = slice(PLACE_SIZE + _END - SIZE, PLACE_SIZE + _END)


def trace_of(frame: bytes) -> bytes:
    """The trace that a stored frame carries: zeros if it has none."""
    return frame[_IN_FRAME]


def appending(watch: Watch, log: str, append: Appending) -> Appending:
    """The append of a log of that name, watched: each group is a batch."""
    if watch is UNWATCHED:
        return append

    def watched(group: Sequence[Prepared]) -> list[Outcome]:
        with watch.batch(
            "append", log, [prepared.rows[0].body[_TRACE] for prepared in group if prepared.rows], len(group)
        ):
            return append(group)

    return watched


def followed(watch: Watch, name: str, log: Log) -> Log:
    """The log of that name as a runner is to read it, watched."""
    return log if watch is UNWATCHED else WatchedLog(watch, name, log)


class WatchedLog:
    """A log as a runner reads it, which tells when a batch that was read has come into the views.

    A runner writes a batch and then asks for what comes after it: who asks for more has written what they had, and who
    asks for the same again has failed.
    """

    def __init__(self, watch: Watch, name: str, log: Log) -> None:
        self._watch = watch
        self._name = name
        self._log = log
        self._batch: Batch | None = None
        self._reaches = 0

    def read(self, after: int, limit: int) -> Sequence[Fact]:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.ended(failed=after < self._reaches)
        facts = self._log.read(after, limit)
        self._watch.waits("view", self._name, len(facts) if len(facts) < limit else self._log.last() - after)
        if facts:
            self._reaches = facts[-1].position
            traces = (fact.header[_TRACE] for fact in facts if isinstance(fact, StoredFact))
            self._batch = self._watch.batch("view", self._name, traces, len(facts), facts[0].committed)
        return facts

    def last(self) -> int:
        return self._log.last()

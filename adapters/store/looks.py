"""The second log: who looked and what was refused, written before the first byte of an answer leaves (invariant 4).

Each writing process has one random stream of its own, so that looks never wait for each other's versions. What could
not be written is no look: whoever waits for it answers 503.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

from adapters.store.application import CoordinationLog
from adapters.store.writer import Writer
from domain.act import Act, Principal
from domain.errors import NotRecorded
from domain.event import Event
from domain.ports import Append, Clock, Draft, Entropy, Recorded, Verdict
from domain.vocabulary import Kind, Ref, UnitId


def _tell_nobody(unit: UnitId, position: int) -> None:
    """A trail of which nobody waits for their own looks."""


class Looks:
    """The writing end of the log of looks; it owns its writing thread."""

    _ATTEMPTS = 3

    def __init__(
        self,
        log: CoordinationLog,
        clock: Clock,
        entropy: Entropy,
        written: Callable[[UnitId, int], None] = _tell_nobody,
    ) -> None:
        """`written` is told of each look whose it is and where it stands."""
        self._written = written
        self._writer = Writer(log)
        self._clock = clock
        self._entropy = entropy
        self._lock = threading.Lock()
        self._stream = entropy.ref()
        self._version = 0

    @property
    def log(self) -> CoordinationLog:
        return self._writer.log

    async def write(self, by: Principal | Act, event: Event, trace: bytes = b"") -> Ref:
        """The look is on the trail when this returns; `NotRecorded` if it cannot be."""
        act = self._act(by)
        for _ in range(self._ATTEMPTS):
            stream, future = self._submit(act, event, trace)
            try:
                verdict = await asyncio.wrap_future(future)
            except NotRecorded:
                self._leave(stream)
                raise
            if isinstance(verdict, Recorded):
                self._written(act.by.unit, verdict.position)
                return verdict.ids[0]
            self._leave(stream)
        raise NotRecorded("a look could not be written to the trail")

    def write_now(self, by: Principal | Act, event: Event, trace: bytes = b"") -> Ref:
        """The same for who has no event loop: the demo, the command line."""
        act = self._act(by)
        for _ in range(self._ATTEMPTS):
            stream, future = self._submit(act, event, trace)
            try:
                verdict = future.result()
            except NotRecorded:
                self._leave(stream)
                raise
            if isinstance(verdict, Recorded):
                self._written(act.by.unit, verdict.position)
                return verdict.ids[0]
            self._leave(stream)
        raise NotRecorded("a look could not be written to the trail")

    def stop(self) -> None:
        """Write what was accepted, then end."""
        self._writer.stop()

    def _act(self, by: Principal | Act) -> Act:
        if isinstance(by, Act):
            return by
        now = self._clock.now()
        return Act(id=self._entropy.ref(), by=by, now=now, happened=now, known=now)

    def _submit(self, act: Act, event: Event, trace: bytes) -> tuple[Ref, Future[Verdict]]:
        with self._lock:
            stream = self._stream
            draft = Draft(stream, Kind.ACCESS, self._version + 1, act, event)
            future = self._writer.submit(Append((draft,), trace=trace))
            self._version += 1
            return stream, future

    def _leave(self, stream: Ref) -> None:
        """A version of this stream was not written, so those after it cannot be: begin another stream."""
        with self._lock:
            if self._stream == stream:
                self._stream = self._entropy.ref()
                self._version = 0

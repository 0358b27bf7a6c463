"""The one writing thread of a log: it takes what has gathered and commits it as one group.

Commands are decided and sealed where they come in; only appending is done here. A group that cannot be written fails
as a whole, with the same clear error for each of its commands, and the next group is tried anew. A command whose last
attempt must not meet another one runs inside the thread, under the append lock (`call`).
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from adapters.store.application import CoordinationLog
from adapters.store.record import Prepared
from domain.errors import NotRecorded
from domain.ports import Append, Verdict

T = TypeVar("T")
_LARGEST_GROUP = 1000


class _Asked:
    """Sealed commands that wait for their verdicts together."""

    def __init__(self, prepared: Sequence[Prepared]) -> None:
        self.prepared = prepared
        self.future: Future[list[Verdict]] = Future()


class _Called:
    """A function that waits for the thread."""

    def __init__(self, function: Callable[[CoordinationLog], Any]) -> None:
        self.function = function
        self.future: Future[Any] = Future()


class Writer:
    """Starts its thread at once; `stop` appends what was accepted before and takes no more."""

    def __init__(self, log: CoordinationLog) -> None:
        self._log = log
        self._waiting: queue.SimpleQueue[_Asked | _Called | None] = queue.SimpleQueue()
        self._accepting = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"writer of {log.rows.name}", daemon=True)
        self._thread.start()

    @property
    def log(self) -> CoordinationLog:
        return self._log

    def submit(self, append: Append) -> Future[Verdict]:
        """Seal a command here and hand it to the thread. Its verdict comes when it is durable."""
        verdict: Future[Verdict] = Future()
        together = self.submit_together([self._log.prepare(append)])
        together.add_done_callback(partial(_first_of, verdict))
        return verdict

    def submit_together(self, prepared: Sequence[Prepared]) -> Future[list[Verdict]]:
        """Hand sealed commands to the thread at once. Their verdicts come when they are durable; each command stands
        or falls by itself."""
        asked = _Asked(prepared)
        self._accept(asked)
        return asked.future

    def call(self, function: Callable[[CoordinationLog], T]) -> Future[T]:
        """Run a function inside the thread, under the append lock: it reads the log as it is and appends to it with
        `log.append`; what it appended stands when its future has a result, and not if it raises."""
        called = _Called(function)
        self._accept(called)
        return called.future

    def append_now(self, append: Append) -> Verdict:
        """Append one command in the calling thread, for whoever writes alone: a load, the demo."""
        return self._log.append([append])[0]

    def stop(self) -> None:
        """Finish what was accepted, then end. Done again, it does nothing."""
        with self._accepting:
            if not self._stopped:
                self._stopped = True
                self._waiting.put(None)
        self._thread.join()

    def _accept(self, work: _Asked | _Called) -> None:
        with self._accepting:
            if self._stopped:
                raise NotRecorded("the log takes no more commands: it is being closed")
            self._waiting.put(work)

    def _run(self) -> None:
        work: _Asked | _Called | None = self._waiting.get()
        while work is not None:
            if isinstance(work, _Called):
                self._do(work)
                work = self._waiting.get()
            else:
                work = self._append(work)

    def _append(self, first: _Asked) -> _Asked | _Called | None:
        """Append a group; what comes next, if it does not belong to the group."""
        group = [first]
        following: _Asked | _Called | None = None
        waits = False
        size = len(first.prepared)
        while size < _LARGEST_GROUP:
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                waits = True
                break
            if not isinstance(following, _Asked):
                break
            group.append(following)
            size += len(following.prepared)
        else:
            waits = True
        asked = [one for one in group if one.future.set_running_or_notify_cancel()]
        try:
            verdicts = iter(self._log.append_prepared([prepared for one in asked for prepared in one.prepared]))
        except Exception as error:  # noqa: BLE001 - it is told to each of those who wait, and the thread goes on
            for one in asked:
                one.future.set_exception(error)
        else:
            for one in asked:
                one.future.set_result(list(islice(verdicts, len(one.prepared))))
        return self._waiting.get() if waits else following

    def _do(self, called: _Called) -> None:
        if not called.future.set_running_or_notify_cancel():
            return
        try:
            with self._log.exclusive():
                result = called.function(self._log)
        except BaseException as error:  # noqa: BLE001 - it is told to who waits, and the thread goes on
            called.future.set_exception(error)
        else:
            called.future.set_result(result)


def _first_of(verdict: Future[Verdict], together: Future[list[Verdict]]) -> None:
    error = together.exception()
    if error is None:
        verdict.set_result(together.result()[0])
    else:
        verdict.set_exception(error)

"""Between an event loop and the writing thread: what one turn of the loop has decided is one group, both ways.

Handed over one by one, each command would wake the thread, which shares one interpreter with the loop, and each would
pay for a flush of its own. The answers of a group come back to the loop at once, so that those who go on are decided
in one turn again.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from adapters.store.record import Prepared
from adapters.store.writer import Writer
from domain.errors import NotRecorded
from domain.ports import Append, Verdict

Noted = Callable[[Verdict], None]


class _Waiting:
    """A sealed command, who is to be told first, and whoever waits for its verdict."""

    def __init__(self, prepared: Prepared, noted: Noted, answer: "asyncio.Future[Verdict]") -> None:
        self.prepared = prepared
        self.noted = noted
        self.answer = answer


class Turns:
    """Any number of event loops may share it; each is its own turn."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._gathered: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}

    async def append(self, append: Append, noted: Noted) -> Verdict:
        """Seal a command here and have it appended with all that this turn decides. `noted` is told the verdict by the
        writing thread, once it is durable and before the caller is, who may go away meanwhile."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(self._writer.log.prepare(append), noted, loop.create_future())
        gathered = self._gathered.get(loop)
        if gathered is None:
            self._gathered[loop] = [waiting]
            loop.call_soon(self._hand_over, loop)
        else:
            gathered.append(waiting)
        return await waiting.answer

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        group = self._gathered.pop(loop)
        try:
            appended = self._writer.submit_together([waiting.prepared for waiting in group])
        except NotRecorded as error:
            _answer(group, error)
            return
        appended.add_done_callback(partial(_note, group))
        asyncio.wrap_future(appended, loop=loop).add_done_callback(partial(_answered, group))


def _note(group: list[_Waiting], appended: Future[list[Verdict]]) -> None:
    if appended.exception() is None:
        for waiting, verdict in zip(group, appended.result(), strict=True):
            waiting.noted(verdict)


def _answered(group: list[_Waiting], appended: "asyncio.Future[list[Verdict]]") -> None:
    _answer(group, appended.exception() or appended.result())


def _answer(group: list[_Waiting], came: list[Verdict] | BaseException) -> None:
    for number, waiting in enumerate(group):
        if waiting.answer.done():  # the caller went away
            continue
        if isinstance(came, BaseException):
            waiting.answer.set_exception(came)
        else:
            waiting.answer.set_result(came[number])

"""Deadlines of a connection: for the head of a request, its body, and an answer that nobody takes.

Without them whoever sends half a request, or a byte now and then, holds a connection for as long as they like, and
keeps the process from ending when it is told to. uvicorn itself bounds the pause between two requests, and no more.
"""

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar, Final

from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hub_api.http import problems
from hub_api.wording.language import Language, preferred


class Deadlines(Struct, frozen=True, kw_only=True):
    """Seconds."""

    head: float = 10.0
    """From the connection, or the first byte after an answer, to the end of the head."""
    body: float = 30.0
    """From there to the end of the body."""
    taken: float = 30.0
    """For which an answer may lie here because its caller does not read it."""
    ending: float = 3.0
    """All of these, once the process has been told to end."""


ENDS: Final = 20
"""Seconds in which a process that is told to end answers what it has accepted."""


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's own protocol with the deadlines. What comes too late is answered with 408 where nothing was answered
    yet, and the connection ends; a command whose body did not come whole was never begun."""

    deadlines: ClassVar[Deadlines] = Deadlines()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._awaited: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None
        self._ending = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._await(self.deadlines.head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._came()
        self._taken()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._awaited is None and not self._under_way():
            self._await(self.deadlines.head)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._await(self.deadlines.body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._came()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._lies_here()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._lies_here()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._taken()

    def shutdown(self) -> None:
        """The process is told to end: what came whole is answered, and the rest is not waited for much longer."""
        self._ending = True
        super().shutdown()
        if self._awaited is not None:
            self._await(self.deadlines.ending)
        if self.transport.get_write_buffer_size():
            self._lies_here()

    def _under_way(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _await(self, seconds: float) -> None:
        self._came()
        within = min(seconds, self.deadlines.ending) if self._ending else seconds
        self._awaited = self.loop.call_later(within, self._too_late)

    def _came(self) -> None:
        if self._awaited is not None:
            self._awaited.cancel()
            self._awaited = None

    def _too_late(self) -> None:
        self._awaited = None
        if self.transport.is_closing():
            return
        if not (self._under_way() and self.cycle.response_started) and not self._answered_early():
            self.transport.write(self._told())
        if self._under_way():  # whoever waits for the rest is told that it does not come
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
        self._lies_here()

    def _answered_early(self) -> bool:
        """Whether the answer is out already, and only the rest of the body did not come."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_complete and cycle.more_body

    def _told(self) -> bytes:
        asked = b"".join(value for name, value in self.headers or () if name == b"accept-language")
        told = problems.fixed(problems.TOO_SLOW, preferred(asked) if asked else Language.EN)
        head = [b"HTTP/1.1 %d %s" % (told.status_code, HTTPStatus(told.status_code).phrase.encode())]
        head.extend(name + b": " + value for name, value in told.raw_headers)
        return b"\r\n".join((*head, b"connection: close", b"", told.body))

    def _lies_here(self) -> None:
        if self._untaken is None or self._ending:
            self._taken()
            within = self.deadlines.ending if self._ending else self.deadlines.taken
            self._untaken = self.loop.call_later(within, self._not_taken)

    def _taken(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None

    def _not_taken(self) -> None:
        self._untaken = None
        if self.transport.get_write_buffer_size():
            self.transport.abort()

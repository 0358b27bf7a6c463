"""Walk a whole log and say where it is not what was written: every hash, place, form and seal."""

from collections.abc import Iterator

from msgspec import Struct

from adapters.application import CoordinationLog
from adapters.mapper import names_keys
from adapters.outcomes import Stored
from adapters.record import GENESIS, PLACE_SIZE, TOPIC, Body, chain, decode, place
from domain.errors import SamradError, Tampered
from domain.vocabulary import Compartment, Instant

_PAGE = 500
_EVERYTHING = frozenset(Compartment)


class Checked(Struct, frozen=True):
    """So far all is right: up to this position of so many; `disposed` parts could not be opened, as the log says."""

    position: int
    last: int
    disposed: int


class _Walk:
    """What the next row has to continue."""

    def __init__(self, log: CoordinationLog) -> None:
        self._log = log
        self._position = 0
        self._chain = GENESIS
        self._committed: Instant = 0
        self._versions: dict[bytes, int] = {}
        self.disposed = 0

    def step(self, row: Stored, columns: tuple[str, bytes | None, int, bytes]) -> None:
        self._place(row)
        topic, tag, disposal, stored_chain = columns
        self._chain = chain(self._chain, row.frame)
        if stored_chain != self._chain:
            raise Tampered("the chain's hash is another")
        body = decode(row.frame[PLACE_SIZE:])
        if self._versions.get(row.stream, 0) + 1 != row.version:
            raise Tampered("the version is not the next one of its stream")
        self._versions[row.stream] = row.version
        self._columns(body, topic, tag)
        fact = self._log.open(self._log.fact(row), _EVERYTHING)
        self.disposed += len(fact.disposed)
        if bool(disposal) != names_keys(type(fact.event)):
            raise Tampered("the mark of a disposal is not the event's")

    def _place(self, row: Stored) -> None:
        position, committed = place(row.frame)
        if position != self._position + 1 or row.position != position:
            raise Tampered(f"position {self._position + 1} is missing")
        if committed < self._committed:
            raise Tampered("the committed time goes back")
        self._position, self._committed = position, committed

    def _columns(self, body: Body, topic: str, tag: bytes | None) -> None:
        if topic != TOPIC:
            raise Tampered("the topic is another")
        if (tag or b"") != body.tag:
            raise Tampered("the request tag is not the frame's")


def verify(log: CoordinationLog) -> Iterator[Checked]:
    """Page by page; stops at the first difference with an error that names the position and what differs."""
    walk = _Walk(log)
    last = log.last()
    position = 0
    try:
        while position < last:
            rows = log.rows.rows(position, _PAGE)
            if not rows:
                raise Tampered(f"{log.rows.name}, position {position + 1}: it is missing")
            beside = log.rows.columns(position, len(rows))  # others record meanwhile
            for row, columns in zip(rows, beside, strict=True):
                _step(walk, log.rows.name, row, columns)
            position = rows[-1].position
            yield Checked(position, last, walk.disposed)
    except Tampered as error:
        if str(error).startswith(f"{log.rows.name}, "):
            raise
        raise Tampered(f"{log.rows.name}, after position {position}: {error}") from error


def _step(walk: _Walk, name: str, row: Stored, columns: tuple[str, bytes | None, int, bytes]) -> None:
    try:
        walk.step(row, columns)
    except SamradError as error:
        if str(error).startswith(f"{name}, "):
            raise
        raise type(error)(f"{name}, position {row.position}: {error}") from error

"""What a log asks of the store behind it, whichever that is: SQLite in a folder, or PostgreSQL."""

import os
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, StoredEvent

from adapters.store.outcomes import Outcome, PlacedFrame, Stored, Tip
from adapters.store.record import TOPIC, Prepared, Row
from domain.errors import NotRecorded
from domain.vocabulary import Ref


@dataclass(frozen=True)
class SealedEvent(StoredEvent):
    """What our mapper hands to the library's event store: a stored event that knows its row and request."""

    row: Row
    tag: bytes


class Rows(ApplicationRecorder):
    """One log's rows, appended and read. Any thread may call it."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What the log is called in messages; up to the first dot, also in the high-water marks."""

    @abstractmethod
    def when_committed(self, tell: Callable[[int, bytes], None]) -> None:
        """After each commit, tell the last position and its chain hash."""

    @abstractmethod
    def append(self, group: Sequence[Prepared]) -> list[Outcome]:
        """Append a group of commands in one transaction, each whole or not at all, with an outcome for each.

        If the transaction fails, nothing of the group is recorded and the store goes on.
        """

    @abstractmethod
    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the append lock: nobody, in no process, appends in between; all that is appended inside stands or
        falls together."""

    @abstractmethod
    def end(self) -> Tip:
        """The last position, its chain hash and its committed time; 0, the genesis and 0 of an empty log."""

    def last(self) -> int:
        """The last position."""
        return self.end()[0]

    def frames(self, after: int, limit: int) -> list[PlacedFrame]:
        """The frames after a position, in order, and nothing beside them."""
        return [PlacedFrame(row.position, row.frame) for row in self.rows(after, limit)]

    @abstractmethod
    def rows(self, after: int, limit: int) -> list[Stored]:
        """The rows after a position, in order."""

    @abstractmethod
    def rows_of(self, stream: bytes, upto: int, first: int = 1) -> list[Stored]:
        """The rows of a stream as of a position, from that version on."""

    @abstractmethod
    def rows_tagged(self, tag: bytes) -> list[Stored]:
        """The rows of the request with that tag, in order."""

    @abstractmethod
    def disposals(self, after: int) -> list[Stored]:
        """The rows after a position that name keys."""

    @abstractmethod
    def columns(self, after: int, limit: int) -> list[tuple[str, bytes | None, int, bytes]]:
        """What stands beside the frames: topic, request tag, mark of a disposal, chain hash."""

    @abstractmethod
    def chain_at(self, position: int) -> bytes | None:
        """The chain hash at a position."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection; done again, it does nothing."""


class _TakenBack(Exception):
    """Ends the transaction of a record that nobody is to see."""


def takes_records(rows: Rows) -> bool:
    """Whether the store would record now: a record of nothing is appended, and taken back before anybody could see it.
    On SQLite that tells of a lock or a file that is gone, not of a disk: pages are written when they are committed."""
    stream = os.urandom(16)
    nothing = Prepared((Row(Ref(stream.hex()), stream, 1, TOPIC, bytes(256)),), b"")
    try:
        with rows.exclusive():
            rows.append([nothing])
            raise _TakenBack
    except _TakenBack:
        return True
    except NotRecorded:
        return False


def tell_nobody(position: int, chain: bytes) -> None:
    """A log that nobody marks."""


def row_of(event: StoredEvent) -> Row:
    """The row in which the library's event is stored."""
    if isinstance(event, SealedEvent):
        return event.row
    stream = stream_of(event.originator_id)
    return Row(Ref(stream.hex()), stream, event.originator_version, event.topic, event.state)


def stream_of(originator_id: UUID | str) -> bytes:
    """The stream that the library calls by this id."""
    return (originator_id if isinstance(originator_id, UUID) else UUID(originator_id)).bytes

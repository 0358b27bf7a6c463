"""Walk a whole log and say where it is not what was written: every hash, place, form and seal.

Whoever walks says what becomes of a difference. Unless told otherwise the first one is raised; an operator is told all
of them, each with the matter that it is in, so that it is known whom it concerns: by kind and stream, never by content.
After a difference the walk goes on from what stands there, so that one changed record is one difference.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Final, TypeAlias

from msgspec import Struct

from adapters.store.application import CoordinationLog
from adapters.store.differences import Difference, Tell, stop
from adapters.store.mapper import names_keys
from adapters.store.outcomes import Stored
from adapters.store.record import GENESIS, PLACE_SIZE, TOPIC, Body, chain, decode, kind_of, place
from adapters.store.spilled import Spilled
from domain.errors import SamradError, Tampered, Unreadable
from domain.vocabulary import Compartment, Instant

_PAGE: Final = 500
_EVERYTHING: Final = frozenset(Compartment)
Columns: TypeAlias = tuple[str, bytes | None, int, bytes]


class Checked(Struct, frozen=True):
    """So far the log has been walked: up to this position of so many; `disposed` parts could not be opened, as the log
    says."""

    position: int
    last: int
    disposed: int


def difference_in(place: str, row: Stored, error: SamradError) -> Difference:
    """What is wrong with a row, and the matter that its own columns and frame name."""
    what = str(error).removeprefix(f"{place}, position {row.position}: ")
    kind = kind_of(row.frame)
    return Difference(place, row.position, type(error).__name__, what, kind and kind.value, row.stream.hex())


def verify(log: CoordinationLog, tell: Tell = stop) -> Iterator[Checked]:
    """Page by page, up to where the log ended when the walk began; `tell` is told each difference."""
    with closing(Spilled()) as versions:
        walk = _Walk(log, tell, versions)
        while walk.position < walk.last:
            walk.page(walk.position, min(_PAGE, walk.last - walk.position))
            yield Checked(walk.position, walk.last, walk.disposed)


class _Walk:
    """What the next row has to continue."""

    def __init__(self, log: CoordinationLog, tell: Tell, versions: Spilled) -> None:
        self._log = log
        self._name = log.rows.name
        self._tell = tell
        self._chain: bytes | None = GENESIS  # None where the row before is missing
        self._committed: Instant = 0
        self._versions = versions  # the last one of each stream
        self._missing = 0  # so many versions may be lacking in the streams that go on after a gap
        self.last = log.last()  # what is recorded from now on is left to the next walk
        self.position = 0
        self.disposed = 0

    def page(self, after: int, limit: int) -> None:
        """Check so many rows. Where the file itself is damaged, halves of them are tried, down to the record that
        cannot be read."""
        try:
            rows, columns = self._log.rows.rows(after, limit), self._log.rows.columns(after, limit)
        except Tampered as error:
            if limit == 1:
                return self._lack(after + 1, f"it cannot be read: {str(error).removeprefix(f'{self._name}, ')}")
            self.page(after, limit // 2)
            left = after + limit - max(after + limit // 2, self.position)
            if left > 0:
                self.page(after + limit - left, left)
            return None
        for row, beside in zip(rows, columns, strict=False):  # one of the two may have been asked a moment later
            if row.position <= self.last:
                self.step(row, beside)
        return self.reach(self.last if len(rows) < limit else rows[-1].position)

    def step(self, row: Stored, columns: Columns) -> None:
        """Check one row, and go on from it whatever it is."""
        self.reach(row.position - 1)
        try:
            self._check(row, columns)
        except (Tampered, Unreadable) as error:
            self._tell(difference_in(self._name, row, error))
        self.position, self._chain = row.position, columns[3]
        self._versions[row.stream] = row.version

    def reach(self, position: int) -> None:
        """Every row up to that position was asked for; those that were not there are missing."""
        if position > self.position:
            alone = position == self.position + 1
            self._lack(position, "it is missing" if alone else f"it is missing, as are all up to position {position}")

    def _lack(self, upto: int, what: str) -> None:
        first, self._chain = self.position + 1, None
        self._missing += upto - self.position
        self.position = upto
        self._tell(Difference(self._name, first, Tampered.__name__, what))

    def _check(self, row: Stored, columns: Columns) -> None:
        topic, tag, disposal, stored_chain = columns
        self._place(row)
        if self._chain is not None and stored_chain != chain(self._chain, row.frame):
            raise Tampered("the chain's hash is another")
        body = decode(row.frame[PLACE_SIZE:])
        self._version(row)
        self._columns(body, topic, tag)
        fact = self._log.open(self._log.fact(row), _EVERYTHING)
        self.disposed += len(fact.disposed)
        if bool(disposal) != names_keys(type(fact.event)):
            raise Tampered("the mark of a disposal is not the event's")

    def _place(self, row: Stored) -> None:
        position, committed = place(row.frame)
        if row.position != position:
            raise Tampered(f"the row holds the frame of position {position}")
        before, self._committed = self._committed, max(self._committed, committed)
        if committed < before:
            raise Tampered("the committed time goes back")

    def _version(self, row: Stored) -> None:
        lacking = row.version - (self._versions.get(row.stream) or 0) - 1
        if not 0 <= lacking <= self._missing:
            raise Tampered("the version is not the next one of its stream")
        self._missing -= lacking

    def _columns(self, body: Body, topic: str, tag: bytes | None) -> None:
        if topic != TOPIC:
            raise Tampered("the topic is another")
        if (tag or b"") != body.tag:
            raise Tampered("the request tag is not the frame's")

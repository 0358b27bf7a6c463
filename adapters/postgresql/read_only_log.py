"""A log of the store as a process reads it that seals nothing: opened as far as its keys go."""

import threading
from collections.abc import Iterable, Sequence
from typing import Final

from adapters.postgresql.reading import PostgresReading
from adapters.postgresql.vault import PostgresKeys
from adapters.store.chained import prove_place
from adapters.store.mapper import Mapper, hub_stream, named_keys
from adapters.store.outcomes import Stored
from adapters.store.record import RECORD_KEY
from adapters.system import SystemEntropy
from domain.act import Fact
from domain.errors import Tampered
from domain.vocabulary import Compartment, Kind, Ref

_NAMES_KEYS: Final = (hub_stream(Kind.HUB), Compartment.RECORD)
"""Under which scope every record is sealed that names keys: `adapters.store.mapper.scope_of`."""
_KEYS_AT_ONCE: Final = 20_000


class OpenedLog:
    """The port `Log` over the store, streams to fold again from, and facts of frames that came another way."""

    def __init__(self, rows: PostgresReading, keys: PostgresKeys) -> None:
        self._rows = rows
        self._keys = keys
        self._disposed: set[bytes] = set()
        self._disposals_read = 0
        self._lock = threading.Lock()
        self._facts = Mapper(keys, SystemEntropy(), self._is_disposed, rows.name)
        self._disposal_facts = Mapper(keys, SystemEntropy(), lambda _: False, rows.name)

    def read(self, after: int, limit: int) -> Sequence[Fact]:
        """The facts after a position; a gap is an error."""
        rows = self._rows.rows(after, limit)
        for expected, row in enumerate(rows, after + 1):
            if row.position != expected:
                raise Tampered(f"position {expected} is missing from {self._rows.name}")
        return self._opened(rows)

    def last(self) -> int:
        """The last position in the store."""
        return self._rows.last()

    def stream(self, stream: Ref) -> Sequence[Fact]:
        """All facts of a stream, in order."""
        return self._opened(self._rows.rows_of(bytes.fromhex(stream.hex), self.last()))

    def expect(self, frames: Iterable[bytes]) -> None:
        """These frames are about to be opened: let go of keys that were deleted, and fetch theirs all at once."""
        self._keys.refresh()
        self._keys.prefetch(frame[RECORD_KEY] for frame in frames)

    def fact_of(self, frame: bytes) -> Fact:
        """The fact of a frame."""
        return self._facts.fact_of(frame)

    def prove(self, fact: Fact) -> None:
        """`Tampered` if the record of that fact does not continue the chain, or came otherwise than it is stored."""
        prove_place(self._rows, fact)

    def _opened(self, rows: Sequence[Stored]) -> list[Fact]:
        self.expect(row.frame for row in rows)
        return [self._facts.to_fact(row.position, row.stream, row.version, row.frame) for row in rows]

    def _is_disposed(self, key_id: bytes) -> bool:
        with self._lock:
            if key_id not in self._disposed:
                self._read_disposals()
            return key_id in self._disposed

    def _read_disposals(self) -> None:
        """What names keys is recorded under a key of the hub's own: by that it is found, since this role reads no
        column that would tell it."""
        while page := self._rows.record_keys(self._disposals_read, _KEYS_AT_ONCE):
            self._keys.prefetch(key_id for _, key_id in page)
            for position, key_id in page:
                if self._keys.is_of(key_id, _NAMES_KEYS):
                    (row,) = self._rows.rows(position - 1, 1)
                    fact = self._disposal_facts.to_fact(row.position, row.stream, row.version, row.frame)
                    self._disposed.update(named_keys(fact.event))
            self._disposals_read = page[-1][0]


class Marks:
    """Tells of frames which of them name keys that are disposed of, for a store that is written anew: the one thing
    beside a record that does not stand open in its frame."""

    def __init__(self, keys: PostgresKeys) -> None:
        self._keys = keys
        self._facts = Mapper(keys, SystemEntropy(), lambda _: True, "the log")

    def of(self, frames: Sequence[bytes]) -> list[bool]:
        """For each frame. One whose own key is gone names none: what disposes is kept as long as the log."""
        self._keys.prefetch(frame[RECORD_KEY] for frame in frames)
        return [bool(named_keys(self._facts.fact_of(frame).event)) for frame in frames]

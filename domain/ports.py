"""How the core meets the world: few methods each, fulfilled in `adapters/`."""

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Literal, Protocol

from msgspec import Struct

from domain.act import Act, Fact
from domain.event import Event
from domain.vocabulary import Compartment, Instant, Kind, Ref, UnitId


class Clock(Protocol):
    """Now, in microseconds UTC. Seeded only by the demo and tests."""

    def now(self) -> Instant: ...


class Entropy(Protocol):
    """Where identifiers, keys, nonces and salts come from. Seeded only by the demo and tests."""

    def bytes(self, length: int) -> bytes: ...

    def ref(self) -> Ref: ...


class Scope(Struct, frozen=True, gc=False):
    """What one key seals: an aggregate (or the hub), a subject, a compartment, of one owning unit.

    `single` is the act's id where the part has a key of its own, because it has a purge date or is about several
    persons.
    """

    stream: Ref
    compartment: Compartment
    owner: UnitId
    subject: Ref | None = None
    single: Ref | None = None


class KeyInfo(Struct, frozen=True):
    """A key as the vault tells of it: its opaque id and what it seals, without the key."""

    id: Ref
    scope: Scope


class Draft(Struct, frozen=True, gc=False):
    """An event that is to be appended as version `version` of its stream."""

    stream: Ref
    kind: Kind
    version: int
    act: Act
    event: Event


class Append(Struct, frozen=True):
    """One command's events: all or none. `tag` is the HMAC of principal and idempotency key; b"" if it has none.
    `trace` is the W3C trace context as 25 bytes (trace id, span id, flags); b"" if there is none."""

    drafts: tuple[Draft, ...]
    tag: bytes = b""
    trace: bytes = b""


class Recorded(Struct, frozen=True):
    """The command is on the log: the events' ids and their last position."""

    ids: tuple[Ref, ...]
    position: int


class Repeated(Struct, frozen=True):
    """The same request was recorded before: as this, with that SHA-256 of its content."""

    ids: tuple[Ref, ...]
    position: int
    request: str


class Conflict(Struct, frozen=True):
    """Another command was recorded in one of the streams first; nothing of this one was."""


Verdict = Recorded | Repeated | Conflict


class Snapshot(Protocol):
    """The log as of one position, for one read. Facts come with their `record` open and all else shut."""

    @property
    def position(self) -> int: ...

    def stream(self, stream: Ref) -> Sequence[Fact]: ...

    def cases_of(self, consultation: Ref) -> frozenset[Ref]:
        """The cases to which the consultation was linked (A2)."""
        ...

    def open(self, fact: Fact, compartments: frozenset[Compartment]) -> Fact:
        """The fact with those of its sealed compartments opened; `shown` and `disposed` tell what came of it."""
        ...


class KnownSnapshot(Snapshot, Protocol):
    """A snapshot in which a stream is read on from a record that was read before."""

    def read_whole(self, stream: Ref) -> tuple[Sequence[Fact], bytes]:
        """The facts of a stream, in order, and the mark of its last record, by which `read_on` goes on."""
        ...

    def read_on(self, stream: Ref, version: int, mark: bytes) -> tuple[Sequence[Fact], bytes] | None:
        """The facts after a version and the mark of the last of them; None if the record of that version is not the one
        with that mark, or one after it is missing: then the stream is to be read as a whole."""
        ...


class Log(Protocol):
    """The one order of all facts. `after` is a position; a gap is an error, never skipped."""

    def read(self, after: int, limit: int) -> Sequence[Fact]: ...

    def last(self) -> int: ...


Step = Literal["append", "relay", "view"]
"""The ways of a record that are watched: into the store, to Kafka, into the views."""


class WatchedRequest(Protocol):
    """One request over HTTP that is under way."""

    def ended(self, method: str, route: str, status: int) -> None:
        """`route` is a template of ours, never an address that somebody sent."""
        ...


class Batch(Protocol):
    """Records that are carried together, from when it is made. In a `with` it ends with it."""

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def ended(self, *, failed: bool = False) -> None: ...


class Watch(Protocol):
    """What the hub tells of its own running: how long, how many, how far behind; never of whom, nor of what (C7).

    Logs are called `acts` and `looks`. A trace is 25 bytes, as in `Append`; what has none is told by zeros or b"".
    """

    def request(self) -> WatchedRequest: ...

    def refused(self, rule: str, *, look: bool) -> None:
        """A command, or a look, that a rule forbade."""
        ...

    def batch(self, step: Step, log: str, traces: Iterable[bytes], size: int, oldest: Instant | None = None) -> Batch:
        """So many records, or commands, are carried now; `oldest` is when the first of them was committed."""
        ...

    def waits(self, step: Step, log: str, records: int) -> None:
        """So many records wait for that step."""
        ...

    def set_aside(self, log: str, records: int) -> None:
        """The views are made without so many acts of that log, whose values they cannot hold."""
        ...

    def alarm(self, part: str, error: str) -> None:
        """Something that nobody asked for went wrong in that part of the hub."""
        ...

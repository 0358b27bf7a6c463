"""Who can possibly know of which stream, and who is kept out of it: asked before the stream is read.

To read a hidden case and to judge each of its acts takes longer the more of them there are, and takes no time where
there is none. So absence is decided from what the principal has: whether their unit (for an auditor their agency) was
ever named in the stream, and whether they are blocked from it or from its case (C9). "No" is certain; after "possibly"
the full decision follows. The index is a fold of the log and as fresh as the log itself: whoever asks names the
position at which they look. What it does not know yet, after a start or a record that cannot be read, is "possibly".

It holds no stream and no unit, but marks of them in a filter of fixed size; beside it the blocks in force, and of what
belongs to a case, or was linked to some, which those are.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Final, Protocol

from msgspec import Struct

from domain.act import Fact, Principal
from domain.case import events as case
from domain.errors import SamradError
from domain.identifiers import in_normal_form, normal_form
from domain.meeting import events as meeting
from domain.needtoknow.standing import Standing
from domain.needtoknow.visible import WITHOUT_STANDING
from domain.referral import events as referral
from domain.report import events as report
from domain.vocabulary import Ref, Role, StaffId
from hub_api.access.bloom_filter import BloomFilter

_log: Final = logging.getLogger("samrad.hub")
PAGE: Final = 500
AT_ONCE: Final = 5_000
"""Records that whoever asks folds themselves; more than that are folded beside, and until then all is possible."""

_OF_A_CASE: Final = (referral.Proposed, report.Considered, meeting.Requested)
_BLOCKED: Final = (case.StaffBlocked, meeting.StaffBlocked)
_LIFTED: Final = (case.StaffBlockLifted, meeting.StaffBlockLifted)
_EXISTS: Final = b"*"
_PUBLIC: Final = b"+"


class IndexSnapshot(Protocol):
    """Of a snapshot of the log, what the index asks."""

    def stream(self, stream: Ref) -> Sequence[Fact]: ...


class IndexLog(Protocol):
    """Of the log, what the index asks."""

    def last(self) -> int: ...

    def opened(self, after: int, limit: int) -> Sequence[tuple[Ref, Fact | None]]: ...

    def snapshot(self, position: int) -> IndexSnapshot: ...


class KnownAccess(Struct, frozen=True):
    """All that the index knows at a position, to go on from after a start."""

    position: int
    marks: bytes
    blocks: dict[bytes, dict[str, str]]
    cases: dict[bytes, tuple[bytes, ...]]
    unsure: tuple[bytes, ...]


class AccessIndex:
    """Any thread may ask it. `known` is what another one knew of the same log."""

    def __init__(self, log: IndexLog, secret: bytes, known: KnownAccess | None = None) -> None:
        self._log = log
        self._marks = BloomFilter(secret, None if known is None else known.marks)
        self._blocks: dict[bytes, dict[str, str]] = {} if known is None else known.blocks
        self._cases: dict[bytes, tuple[bytes, ...]] = {} if known is None else known.cases
        self._unsure: set[bytes] = set() if known is None else set(known.unsure)
        self._position = 0 if known is None else known.position
        self._folding = threading.Lock()
        self._starting = threading.Lock()
        self._catching_up: threading.Thread | None = None
        self._ended = threading.Event()

    @property
    def position(self) -> int:
        """The last position that it holds."""
        return self._position

    def may_know(self, principal: Principal, stream: Ref, at: int) -> bool:
        """False if there is certainly nothing of the stream for the principal at that position."""
        if not self._holds(at):
            return True
        key = _key(stream)
        if self._is_unsure(key):
            return True
        who = _normal(principal)
        return not self._is_kept_out(who.person, key) and self._is_named(who, key)

    def is_kept_out(self, staff: StaffId, stream: Ref, at: int) -> bool | None:
        """C9: whether that member of staff is blocked from the stream or from a case of it; None if it is not known."""
        key = _key(stream)
        if not self._holds(at) or self._is_unsure(key):
            return None
        return self._is_kept_out(normal_form(staff), key)

    def matters_of(self, case: Ref, at: int) -> tuple[Ref, ...]:
        """What belongs to a case, or was linked to it, in the order in which it came to: of all that is recorded, and
        for whoever asks to decide on. As long as the index does not hold that position, what it knows so far."""
        self._holds(at)
        key = _key(case)
        with self._folding:
            return tuple(Ref(stream.hex()) for stream, cases in self._cases.items() if key in cases)

    def catch_up(self) -> None:
        """Fold all that was recorded, however much it is: page after page, so that whoever asks for little is not kept
        waiting for much."""
        while not self._ended.is_set() and self._position < (last := self._log.last()):
            with self._folding:
                if not self._fold_until(min(last, self._position + PAGE)):
                    return

    def known(self) -> KnownAccess:
        """All that it knows now."""
        with self._folding:
            return KnownAccess(
                self._position,
                bytes(self._marks),
                {stream: dict(blocks) for stream, blocks in self._blocks.items()},
                dict(self._cases),
                tuple(self._unsure),
            )

    def stop(self) -> None:
        """Fold no more beside."""
        self._ended.set()
        if self._catching_up is not None:
            self._catching_up.join()

    def _is_named(self, principal: Principal, key: bytes) -> bool:
        return any(key + mark in self._marks for mark in (_PUBLIC, *_marks_of(principal)))

    def _is_kept_out(self, staff: str, key: bytes) -> bool:
        return any(staff in self._blocks[of].values() for of in self._places(key) if of in self._blocks)

    def _is_unsure(self, key: bytes) -> bool:
        return any(of in self._unsure for of in self._places(key))

    def _places(self, key: bytes) -> tuple[bytes, ...]:
        """The stream, and the cases that it belongs to."""
        return (key, *self._cases.get(key, ()))

    # Folding.

    def _holds(self, at: int) -> bool:
        """Whether it holds all up to a position, once a little that is missing has been folded."""
        if self._position >= at:
            return True
        if at - self._position > AT_ONCE:
            self._go_on_beside()
            return False
        with self._folding:
            return self._fold_until(at)

    def _go_on_beside(self) -> None:
        with self._starting:
            if (self._catching_up is None or not self._catching_up.is_alive()) and not self._ended.is_set():
                self._catching_up = threading.Thread(target=self._beside, name="access index", daemon=True)
                self._catching_up.start()

    def _beside(self) -> None:
        try:
            self.catch_up()
        except SamradError as error:  # the next who asks tries again
            _log.error("the index of who may know of what is not complete: %s", type(error).__name__)

    def _fold_until(self, position: int) -> bool:
        """Fold up to a position; False where the log has a gap, which those tell who prove it: here all is possible."""
        while self._position < position:
            found = self._log.opened(self._position, min(PAGE, position - self._position))
            if not found:
                return False
            for stream, fact in found:
                if fact is None or not self._folded(fact):
                    self._unsure.add(_key(stream))
                self._position += 1
        return True

    def _folded(self, fact: Fact) -> bool:
        """Fold one record; False if its values are such that this cannot be done: all of its stream is possible."""
        try:
            self._fold(fact)
        except (ValueError, TypeError, AttributeError):
            return False
        return True

    def _fold(self, fact: Fact) -> None:
        key, event, marks = _key(fact.stream), fact.event, self._marks
        marks.add(key + _EXISTS)
        if fact.kind in WITHOUT_STANDING:
            marks.add(key + _PUBLIC)
            return
        marks.add(key + _of_agency(fact.act.by.agency))
        for text in {fact.act.by.unit, *event.addressees(), *_texts(event)}:
            marks.add(key + _of_text(text))
        if isinstance(event, _OF_A_CASE):
            if event.case is not None:
                self._cases[key] = (_key(event.case),)
        elif isinstance(event, case.ConsultationLinked):
            linked = self._cases.get(_key(event.consultation), ())
            self._cases[_key(event.consultation)] = (*linked, *({key} - set(linked)))
        elif isinstance(event, _BLOCKED):
            if name := normal_form(event.staff):
                self._blocks.setdefault(key, {})[fact.act.id.hex] = name
        elif isinstance(event, _LIFTED):
            self._lift(key, event.block)
        elif key in self._blocks and "keys" in event.__struct_fields__:
            self._fold_blocks_again(key, fact)

    def _lift(self, key: bytes, block: Ref) -> None:
        blocks = self._blocks.get(key, {})
        blocks.pop(block.hex, None)
        if not blocks:
            self._blocks.pop(key, None)

    def _fold_blocks_again(self, key: bytes, fact: Fact) -> None:
        """A disposal may have taken the record of a block: who was kept out by it alone is so no more."""
        standing = Standing.of(self._log.snapshot(fact.position).stream(fact.stream))
        self._blocks[key] = {block.hex: staff for block, (staff, _) in standing.blocks.items()}


@lru_cache(maxsize=1024)
def _normal(principal: Principal) -> Principal:
    return in_normal_form(principal)


def _key(stream: Ref) -> bytes:
    return bytes.fromhex(stream.hex)


def _marks_of(principal: Principal) -> tuple[bytes, ...]:
    """The marks by one of which a stream is possible for who reads, or audits."""
    match principal.role:
        case Role.REGIONAL_AUDITOR:
            return (_EXISTS,)
        case Role.AUDITOR:
            return (_of_agency(principal.agency),)
        case Role.CALLER:
            return (_of_text(principal.person), _of_text(principal.unit))  # the tag of their key (A4)
        case _:
            return (_of_text(principal.unit),)


def _of_text(text: str) -> bytes:
    return b"t" + text.encode(errors="surrogatepass")


def _of_agency(agency: str) -> bytes:
    return b"a" + agency.encode(errors="surrogatepass")


def _texts(value: object) -> Iterable[str]:
    """Every text in a record that is no code: all units that it names are among them, wherever they stand in it."""
    if isinstance(value, str):
        if not isinstance(value, Enum):
            yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
    elif isinstance(value, dict):
        for each in value.items():
            yield from _texts(each)
    elif isinstance(value, tuple | list | frozenset | set):
        for each in value:
            yield from _texts(each)

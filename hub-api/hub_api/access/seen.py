"""What one principal sees of one aggregate, and the marks by which a program knows it again, all from `Visible`."""

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from msgspec import Struct

from domain.access import ShownParts as SeenStream
from domain.act import Fact, Principal
from domain.aggregates import AGGREGATES, fold
from domain.case.risk import ToShare
from domain.errors import NotFolded, UnusableValue, is_of_value
from domain.needtoknow.model import Grant
from domain.needtoknow.visible import Sight, Visible
from domain.vocabulary import Compartment, Existence, Instant, Kind, Mark, Ref, StaffId
from domain.waiting import Addressed, Waiting

_log: Final = logging.getLogger("samrad.hub")
LEFT_OUT: Final = "%s: a look is given without what the act at position %d says, its value gives %s"
T = TypeVar("T")
_ACT: Final = (20).to_bytes(4, "big")
"""How long the mark of one act is."""
_BIT: Final = {compartment: 1 << place for place, compartment in enumerate(Compartment)}


class InInbox(Struct, frozen=True):
    """Something that waits in the unit's inbox: what it is, the act that put it there, and since when."""

    what: Addressed
    act: Ref
    since: Instant


class OpenedBy(Struct, frozen=True, kw_only=True):
    """Somebody to whom a part of an act was shown: at first, at last, and in how many answers."""

    person: StaffId
    part: str
    first: Instant
    last: Instant
    times: int = 1


class Seen(Struct, frozen=True, kw_only=True):
    """An aggregate as one principal sees it at `at`; the look is on the trail already. `state` is folded from `facts`,
    which hold only what was opened; `existence` is what may be known to be there and no more; `grants` are the unit's
    own, ended ones too."""

    stream: Ref
    kind: Kind
    facts: tuple[Fact, ...]
    existence: frozenset[Existence]
    grants: tuple[Grant, ...]
    state: Any
    etag: str
    at: Instant
    waits: tuple[Waiting, ...] = ()
    """What waits in it at that instant, as far as this principal can see, the longest wait first."""
    to_share: tuple[ToShare, ...] = ()
    """In a case: of which assessments of risk a memo should be shared, as far as this principal can see (C3)."""
    inbox: tuple[InInbox, ...] = ()
    """In an inbox: which of the acts seen put it there, the longest wait first."""
    could: Mapping[Ref, frozenset[str]] = {}
    """In a replay as a unit: by act, the parts that the unit could open then; `narrow` on every act (R10)."""
    opened: Mapping[int, frozenset[str]] = {}
    """In a replay as a unit: by version, the parts that it was in fact shown."""
    opened_by: Mapping[int, tuple["OpenedBy", ...]] = {}
    """In a replay as a unit: by version, whom there each part was shown, and when."""


class Wanted(Struct, frozen=True):
    """Which items of a list are asked for: by what is shown of them, and by nothing else. `name` tells one such
    question from another."""

    name: str
    fits: Callable[[Seen], bool]


ANY: Final = Wanted("", lambda _: True)


class SeenPage(Struct, frozen=True, kw_only=True):
    """One page of a list; `next` is an opaque cursor, None at the end."""

    items: tuple[Seen, ...]
    next: str | None


def is_nothing(visible: Visible) -> bool:
    """Whether there is nothing there for this principal: as if it did not exist."""
    return not (visible.facts or visible.existence or visible.grants)


def state_of(kind: Kind, visible: Visible) -> Any:
    """The state that the principal may know: the fold of what they may see, and of nothing else."""
    return fold(kind, [sight.fact for sight in visible.facts], visible.marks)


def known_of(
    kind: Kind, visible: Visible, follows: Callable[[Any], T], folded: Callable[[], Any] | None = None
) -> tuple[Any, T]:
    """The state that the principal may know, and what follows from it. An act of whose value either fails is left out
    of both, so that one act does not take all the others with it. `folded` gives the state, if it is known already."""
    try:
        state = state_of(kind, visible) if folded is None else folded()
        return state, follows(state)
    except Exception as error:
        if not (is_of_value(error) or isinstance(error, NotFolded)):
            raise
    aggregate = AGGREGATES[kind]
    state = aggregate.initial
    for sight in visible.facts:
        try:
            known = aggregate.evolve(state, sight.fact)
            follows(aggregate.remember(known, visible.marks))
        except Exception as error:
            if not is_of_value(error):
                raise
            _log.error(LEFT_OUT, UnusableValue.__name__, sight.fact.position, type(error).__name__)
        else:
            state = known
    state = aggregate.remember(state, visible.marks)
    return state, follows(state)


def etag_of(secret: bytes, principal: Principal, visible: Visible) -> str:
    """A mark that changes when what this principal may see changes, and at no other time."""
    return etag_from(digested(begun_digest(secret, principal), visible.facts), visible.marks, visible.grants)


def begun_digest(secret: bytes, principal: Principal) -> hmac.HMAC:
    """The digest behind an ETag before anything is seen. It is never changed: who goes on takes a copy."""
    return hmac.new(secret, principal.unit.encode(), hashlib.sha256)


def digested(digest: hmac.HMAC, sights: Sequence[Sight]) -> hmac.HMAC:
    """The digest after these acts, too."""
    following = digest.copy()
    following.update(b"".join([_ACT + bytes.fromhex(each.fact.id.hex) + _bits_of(each.allowed) for each in sights]))
    return following


def etag_from(digest: hmac.HMAC, marks: Iterable[Mark], grants: Iterable[Grant]) -> str:
    """The ETag of the acts in that digest, with the marks and grants beside them."""
    known = digest.copy()
    said = ",".join(sorted(f"{mark}{person}" for mark, person in marks)).encode()
    for part in (said, *(f"{grant.id}{grant.start}{grant.until}{grant.ended}".encode() for grant in grants)):
        known.update(len(part).to_bytes(4, "big") + part)
    return base64.b32encode(known.digest()[:15]).decode().lower()


def shown_of(stream: Ref, facts: Iterable[Fact]) -> SeenStream:
    """What the access record says of one stream: of each act, which parts were shown."""
    return SeenStream(stream, tuple((fact.version, bits(fact.shown)) for fact in facts))


@lru_cache(maxsize=4096)
def bits(compartments: frozenset[Compartment]) -> int:
    """Compartments as a bit set, in their listed order; the record is always among them."""
    return sum(_BIT[compartment] for compartment in compartments | {Compartment.RECORD})


def from_bits(number: int) -> frozenset[Compartment]:
    """The compartments of a bit set."""
    return frozenset(compartment for compartment, bit in _BIT.items() if number & bit)


@lru_cache(maxsize=4096)
def _bits_of(compartments: frozenset[Compartment]) -> bytes:
    return bits(compartments).to_bytes(4, "big")

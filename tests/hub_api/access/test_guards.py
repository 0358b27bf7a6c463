"""Each guard is missed when it is taken out, by itself: a small story holds with it, and does not without it."""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from msgspec import Struct

from adapters.store import mapper
from adapters.store import verification as verifying
from adapters.store.outcomes import Stored
from adapters.store.record import PLACE_SIZE, decode, encode, frame, place
from adapters.vault import sealing
from adapters.vault.padding import pad, unpad
from adapters.vault.part import Part
from domain.act import Fact
from domain.case.commands import BlockStaff, EndDisclosure, MarkProtection, RecordInformation
from domain.errors import NotRecorded, NotThere, OutOfBounds, SamradError, Tampered
from domain.needtoknow.visible import Sight, Visible
from domain.vocabulary import Compartment, Kind
from hub_api.access import observing
from hub_api.access.access_index import AccessIndex
from hub_api.commands import handler as commander
from hub_api.commands import receipts
from hub_api.commands.handler import Circumstances
from hub_api.reads import gateway
from hub_api.reads import look as steps
from hub_api.runtime.hub import Hub
from tests.adapters.stores import sqlite
from tests.adapters.support import behind_the_back
from tests.hub_api.stand import (
    ASKS,
    DAY,
    KIM,
    PIA,
    RELATED,
    SARA,
    Girl,
    agreed,
    disclosed,
    does,
    finds,
    later,
    opened,
    sent,
)

Patch = pytest.MonkeyPatch


class Guard(Struct, frozen=True):
    """A story that `holds` only with the guard in, and how the guard is `taken_out`."""

    name: str
    holds: Callable[[Path], bool]
    taken_out: Callable[[Patch], None]


@contextmanager
def living(folder: Path) -> Iterator[tuple[Hub, Girl]]:
    made = agreed(folder)
    try:
        yield made, Girl(made)
    finally:
        made.close()


# The gateway's filter.


def everything(_: object, facts: Sequence[Fact]) -> Visible:
    return Visible(facts=tuple(Sight(fact, fact.sealed, cast(Any, None)) for fact in facts))


HARDLY_KNOWN = msgspec.structs.replace(SARA, assurance=1)
"""Of the unit that is in the case, and signed in too weakly for its records: what one has does not decide it."""


def nobody_else_sees_it(folder: Path) -> bool:
    with living(folder) as (made, girl):
        return finds(made, SARA, girl.case) and not finds(made, HARDLY_KNOWN, girl.case)


def without_filter(patch: Patch) -> None:
    patch.setattr(observing, "all_seen", everything)


# The access record.


def nothing_leaves_without_a_trail(folder: Path) -> bool:
    with living(folder) as (made, girl):
        before = made.looks_log.last()
        written = finds(made, SARA, girl.case) and made.looks_log.last() == before + 1
        made.looks.stop()
        try:
            finds(made, SARA, girl.case)
        except NotRecorded:
            return written
        return False


def without_access_record(patch: Patch) -> None:
    patch.setattr(gateway.Gateway, "_leave_trail", lambda *_, **__: None)


# The sealing.


def nothing_can_be_read_in_the_files(folder: Path) -> bool:
    with living(folder) as (made, girl):
        does(made, SARA, RecordInformation(person=girl.person, whereabouts="Ingenstansvägen 1"), girl.case)
    files = {path.name: path.read_bytes() for path in (folder / "data").iterdir()}
    held = b"".join(files.values())
    # The views are caught up at some time of their own, and say by ids and codes who did what.
    staff = any(SARA.person.encode() in content for name, content in files.items() if not name.startswith("views.db"))
    return not staff and not any(word in held for word in (b"Exempelsson", b"Ingenstansv"))


def without_sealing(patch: Patch) -> None:
    def open_as_it_is(key: sealing.Key, header: bytes, compartment: Compartment, part: Part) -> bytes:
        return unpad(part.ciphertext[:-16])

    def seal_nothing(key: sealing.Key, nonce: bytes, header: bytes, compartment: Compartment, content: bytes) -> Part:
        return Part(key.id, nonce, pad(content) + bytes(16))

    patch.setattr(mapper, "seal", seal_nothing)
    patch.setattr(mapper, "open_part", open_as_it_is)


# The binding.


def no_part_can_be_moved(folder: Path) -> bool:
    """Two texts of one unit about one person are under one key: whoever can write to the file exchanges them."""
    with living(folder) as (made, girl):
        for text in ("She goes on Friday.", "She goes on Sunday."):
            does(made, SARA, RecordInformation(person=girl.person, social=text), girl.case)
        rows = made.log.rows.rows(made.log.last() - 2, 2)
        one, other = (decode(row.frame[PLACE_SIZE:]) for row in rows)
        swapped = (
            encode(one.header, (one.parts[0], other.parts[1])),
            encode(other.header, (other.parts[0], one.parts[1])),
        )
        for row, body in zip(rows, swapped, strict=True):
            moved = frame(row.position, place(row.frame)[1], body)
            behind_the_back(
                sqlite(made.log).path, ("UPDATE records SET frame = ? WHERE position = ?", (moved, row.position))
            )
        try:
            finds(made, SARA, girl.case)
        except Tampered:
            return True
        return False


def without_binding(patch: Patch) -> None:
    patch.setattr(sealing, "_bound_to", lambda *_: b"")


# The chain.


def no_time_can_be_changed(folder: Path) -> bool:
    """When it was committed stands in the frame's place, outside every seal: only the chain holds it."""
    with living(folder) as (made, _):
        last = made.log.rows.rows(made.log.last() - 1, 1)[0]
        moved = frame(last.position, place(last.frame)[1] + 1, last.frame[PLACE_SIZE:])
        change = ("UPDATE records SET frame = ? WHERE position = ?", (moved, last.position))
        behind_the_back(sqlite(made.log).path, change)
        try:
            list(verifying.verify(made.log))
        except Tampered:
            return True
        return False


class Anything(bytes):
    """Equal to every hash."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = bytes.__hash__


def without_chain(patch: Patch) -> None:
    patch.setattr(verifying, "chain", lambda *_: Anything())


# The others.


def what_is_hidden_now_was_never_there(folder: Path) -> bool:
    with living(folder) as (made, girl):
        grant = disclosed(made, girl, PIA, last=date(2026, 11, 20))
        during = made.clock.now()
        later(made, 2 * DAY)  # an end is told by its day
        does(made, SARA, EndDisclosure(grant=grant), girl.case)
        seen = made.gateway.look_now(PIA, Kind.CASE, girl.case, what="case", as_of=during)
        return finds(made, SARA, girl.case, as_of=during) and not any(fact.shown for fact in seen.facts)


def who_is_blocked_finds_nothing_and_nothing_is_read(folder: Path) -> bool:
    with living(folder) as (made, girl), pytest.MonkeyPatch.context() as patch:
        does(made, SARA, BlockStaff(staff=RELATED.person), girl.case)
        read: list[object] = []
        rows_of = made.log.rows.rows_of

        def counted(stream: bytes, upto: int, first: int = 1) -> list[Stored]:
            read.append(stream)
            return rows_of(stream, upto, first)

        patch.setattr(made.log.rows, "rows_of", counted)
        return not finds(made, RELATED, girl.case) and not read


def without_index(patch: Patch) -> None:
    patch.setattr(AccessIndex, "may_know", lambda *_: True)


def without_now(patch: Patch) -> None:
    patch.setattr(steps, "both", lambda then, now: then)


def what_is_recorded_can_be_read_again(folder: Path) -> bool:
    with living(folder) as (made, girl):
        try:
            does(made, SARA, MarkProtection(person=girl.person, level=cast(Any, "none at all")), girl.case)
        except SamradError:
            return finds(made, SARA, girl.case)
        return False


def without_form(patch: Patch) -> None:
    patch.setattr(commander, "refuse_unreadable", lambda *_: None)


# The bounds of values.


def no_time_is_beyond_all_clocks(folder: Path) -> bool:
    with living(folder) as (made, _):
        try:
            sent(made, KIM, ASKS, None, circumstances=Circumstances(happened=-62_135_596_800_000_001))
        except OutOfBounds:
            return True
        return False


def without_bounds(patch: Patch) -> None:
    patch.setattr(commander, "refuse_out_of_bounds", lambda *_: None)


def a_request_is_recorded_once(folder: Path) -> bool:
    with living(folder) as (made, _):
        return sent(made, KIM, ASKS, None, key="one").stream == sent(made, KIM, ASKS, None, key="one").stream


def without_tag(patch: Patch) -> None:
    patch.setattr(receipts.Receipts, "tag", lambda *_: b"")


def a_folder_has_one_process(folder: Path) -> bool:
    with living(folder):
        try:
            opened(folder).close()
        except SamradError:
            return True
        return False


def without_lock(patch: Patch) -> None:
    patch.setattr(fcntl, "flock", lambda *_: None)


def what_one_may_not_know_of_cannot_be_acted_on(folder: Path) -> bool:
    with living(folder) as (made, girl):
        try:
            does(made, HARDLY_KNOWN, RecordInformation(person=girl.person, police="?"), girl.case)
        except NotThere:
            return True
        except SamradError:
            return False
        return False


def without_visible_state(patch: Patch) -> None:
    patch.setattr(observing, "all_seen", everything)


GUARDS = (
    Guard("the gateway's filter", nobody_else_sees_it, without_filter),
    Guard("the access record", nothing_leaves_without_a_trail, without_access_record),
    Guard("the sealing", nothing_can_be_read_in_the_files, without_sealing),
    Guard("the binding", no_part_can_be_moved, without_binding),
    Guard("the chain", no_time_can_be_changed, without_chain),
    Guard("what may be known now", what_is_hidden_now_was_never_there, without_now),
    Guard("the index of access", who_is_blocked_finds_nothing_and_nothing_is_read, without_index),
    Guard("the form of an event", what_is_recorded_can_be_read_again, without_form),
    Guard("the bounds of values", no_time_is_beyond_all_clocks, without_bounds),
    Guard("the request tag", a_request_is_recorded_once, without_tag),
    Guard("the lock of the folder", a_folder_has_one_process, without_lock),
    Guard("the visible state", what_one_may_not_know_of_cannot_be_acted_on, without_visible_state),
)


@pytest.mark.parametrize("guard", GUARDS, ids=[guard.name for guard in GUARDS])
def test_a_guard_that_is_taken_out_is_missed(guard: Guard, tmp_path: Path, monkeypatch: Patch) -> None:
    assert guard.holds(tmp_path / "with")
    guard.taken_out(monkeypatch)
    assert not guard.holds(tmp_path / "without")

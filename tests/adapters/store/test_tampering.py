"""Who can write to the file but holds no key can change nothing unseen, even when he knows the format."""

import sqlite3
from contextlib import closing

import pytest

from adapters.store.record import GENESIS, HEADER_SIZE, PLACE_SIZE, chain, decode, encode, frame, place
from adapters.store.verification import verify
from domain.case.events import Disposed
from domain.errors import SamradError, Tampered, Unreadable
from domain.vocabulary import Compartment
from tests.adapters.stores import sqlite
from tests.adapters.support import ENTROPY, Hub, behind_the_back, every_file, information, one, person

EVERYTHING = frozenset(Compartment)
_PART = PLACE_SIZE + HEADER_SIZE
REGIONS = {
    "position": 3,
    "committed": 15,
    "magic": 16,
    "format": 18,
    "kind": 19,
    "schema": 21,
    "stream": 30,
    "version": 41,
    "event id": 45,
    "salt": 60,
    "request tag": 90,
    "trace": 120,
    "count of parts": _PART - 1,
    "key id": _PART + 4,
    "nonce": _PART + 20,
    "length": _PART + 30,
    "ciphertext": _PART + 40,
    "last byte": -1,
}


def frames(hub: Hub) -> list[bytes]:
    return [row.frame for row in hub.log.rows.rows(0, 100)]


def rewrite(hub: Hub, changed: list[bytes]) -> None:
    """Put these frames in the places of those there, columns and chain made to agree, as an attacker would."""
    statements: list[tuple[str, tuple[object, ...]]] = [("DELETE FROM records", ())]
    last = GENESIS
    for content in changed:
        position, _ = place(content)
        last = chain(last, content)
        try:
            body = decode(content[PLACE_SIZE:])
            columns: tuple[object, ...] = (body.stream, body.version, "samrad.record", body.tag or None)
        except SamradError:
            columns = (content[22:38], int.from_bytes(content[38:42], "big"), "samrad.record", None)
        statements.append(("INSERT INTO records VALUES (?, ?, ?, ?, ?, 0, ?, ?)", (position, *columns, content, last)))
    behind_the_back(sqlite(hub.log).path, *statements)


def open_all(hub: Hub) -> None:
    for fact in hub.log.read(0, 10):
        hub.log.open(fact, EVERYTHING)


def two_cases(hub: Hub) -> None:
    first, second, who = ENTROPY.ref(), ENTROPY.ref(), ENTROPY.ref()
    hub.log.append([one(first, 1, information(who)), one(first, 2, information(who)), one(second, 1, person(who))])


@pytest.mark.parametrize("region", REGIONS)
def test_a_flipped_bit_anywhere_in_a_frame_breaks_the_chain(hub: Hub, region: str) -> None:
    two_cases(hub)
    broken = bytearray(frames(hub)[1])
    broken[REGIONS[region]] ^= 1
    behind_the_back(sqlite(hub.log).path, ("UPDATE records SET frame = ? WHERE position = 2", (bytes(broken),)))

    with pytest.raises((Tampered, Unreadable), match="position 2"):
        list(verify(hub.log))


@pytest.mark.parametrize("region", [region for region in REGIONS if region not in ("position", "committed")])
def test_a_flipped_bit_is_refused_even_when_the_chain_is_made_anew(hub: Hub, region: str) -> None:
    two_cases(hub)
    changed = frames(hub)
    broken = bytearray(changed[1])
    broken[REGIONS[region]] ^= 1
    changed[1] = bytes(broken)
    rewrite(hub, changed)

    with pytest.raises(SamradError):
        open_all(hub)


def test_the_chain_alone_notices_a_change_of_committed_time(hub: Hub) -> None:
    two_cases(hub)
    position, committed = place(frames(hub)[0])
    earlier = frame(position, committed - 1, frames(hub)[0][PLACE_SIZE:])
    behind_the_back(sqlite(hub.log).path, ("UPDATE records SET frame = ? WHERE position = 1", (earlier,)))
    with pytest.raises(Tampered, match="position 1: the chain's hash is another"):
        list(verify(hub.log))


def test_verify_notices_that_committed_time_goes_back_even_when_the_chain_is_made_anew(hub: Hub) -> None:
    two_cases(hub)
    changed = frames(hub)
    position, committed = place(changed[1])
    changed[1] = frame(position, committed - 10, changed[1][PLACE_SIZE:])
    rewrite(hub, changed)
    with pytest.raises(Tampered, match="position 2: the committed time goes back"):
        list(verify(hub.log))


@pytest.mark.parametrize(
    ("source", "part", "target", "becomes"),
    [(0, 0, 1, 0), (0, 1, 1, 1), (0, 0, 2, 0), (2, 1, 0, 1), (0, 1, 0, 2), (2, 1, 2, 2)],
    ids=["record-to-version", "part-to-version", "record-to-stream", "part-to-stream", "compartment", "same-length"],
)
def test_a_part_is_refused_anywhere_but_where_it_was_sealed(
    hub: Hub, source: int, part: int, target: int, becomes: int
) -> None:
    two_cases(hub)
    changed = frames(hub)
    moved = decode(changed[source][PLACE_SIZE:]).parts[part]
    body = decode(changed[target][PLACE_SIZE:])
    parts = [moved if index == becomes else kept for index, kept in enumerate(body.parts)]
    changed[target] = changed[target][:PLACE_SIZE] + encode(body.header, tuple(parts))
    rewrite(hub, changed)

    with pytest.raises(Tampered, match="seal"):
        open_all(hub)


def test_a_whole_event_is_refused_in_another_stream_or_version(hub: Hub) -> None:
    two_cases(hub)
    changed = frames(hub)
    first, third = decode(changed[0][PLACE_SIZE:]), decode(changed[2][PLACE_SIZE:])
    forged = first.header[:6] + third.stream + first.header[22:]
    changed[0] = changed[0][:PLACE_SIZE] + encode(forged, first.parts)
    rewrite(hub, [changed[0]])
    with pytest.raises(Tampered, match="seal"):
        hub.log.read(0, 10)


def test_a_part_cannot_be_taken_away(hub: Hub) -> None:
    two_cases(hub)
    changed = frames(hub)
    body = decode(changed[0][PLACE_SIZE:])
    fewer = body.header[:-1] + bytes([len(body.parts) - 1])
    changed[0] = changed[0][:PLACE_SIZE] + encode(fewer, body.parts[:-1])
    rewrite(hub, changed)
    with pytest.raises(Tampered, match="seal"):
        hub.log.read(0, 10)


def test_a_row_that_stands_in_another_place_is_refused(hub: Hub) -> None:
    two_cases(hub)
    behind_the_back(
        sqlite(hub.log).path,
        ("UPDATE records SET frame = (SELECT frame FROM records WHERE position = 1) WHERE position = 2", ()),
    )
    with pytest.raises(Tampered, match="position 2: the row holds the frame of position 1"):
        hub.log.read(0, 10)


@pytest.mark.parametrize("column", ["stream = x'00112233445566778899aabbccddeeff'", "version = 7"])
def test_a_row_whose_columns_say_otherwise_than_its_frame_is_refused(hub: Hub, column: str) -> None:
    two_cases(hub)
    behind_the_back(sqlite(hub.log).path, (f"UPDATE records SET {column} WHERE position = 1", ()))
    with pytest.raises(Tampered, match="position 1: a record stands in another stream or version"):
        hub.log.read(0, 10)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE records SET tag = x'01' WHERE position = 2", "request tag"),
        ("UPDATE records SET topic = 'os.system' WHERE position = 2", "topic"),
        ("UPDATE records SET disposal = 0 WHERE position = 2", "mark of a disposal"),
        ("UPDATE records SET chain = x'00' WHERE position = 2", "chain"),
        ("DELETE FROM records WHERE position = 2", "position 2: it is missing"),
        ("UPDATE records SET version = 9 WHERE position = 2", "version"),
    ],
)
def test_verify_says_what_differs_and_where(hub: Hub, change: str, said: str) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1), one(case, 2, Disposed(keys=())), one(case, 3)])
    assert [checked.position for checked in verify(hub.log)] == [3]
    behind_the_back(sqlite(hub.log).path, (change, ()))
    with pytest.raises(Tampered, match=said):
        list(verify(hub.log))


def test_a_topic_is_never_an_import_path(hub: Hub) -> None:
    hub.log.append([one(ENTROPY.ref(), 1)])
    behind_the_back(sqlite(hub.log).path, ("UPDATE records SET topic = 'os:system'", ()))
    (stored,) = hub.log.rows.select_notifications(1, 1)
    with pytest.raises(Unreadable, match="os:system"):
        hub.log.mapper.to_domain_event(stored)


def test_a_file_that_is_damaged_is_told_as_such(hub: Hub) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, version, information(case)) for version in range(1, 60)])
    hub.close()
    path = hub.data / "acts.db"
    content = bytearray(path.read_bytes())
    content[8 * 4096 : 12 * 4096] = b"\xff" * (4 * 4096)
    path.write_bytes(content)
    with Hub(hub.folder) as again, pytest.raises(Tampered, match=r"acts\.db"):
        list(verify(again.log))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET chain = x'00'",
        "DELETE FROM records",
        "INSERT OR REPLACE INTO records SELECT * FROM records",
        "INSERT OR REPLACE INTO records SELECT 3, stream, version, topic, tag, 0, frame, chain FROM records LIMIT 1",
        "INSERT INTO records SELECT 9, x'00', version, topic, tag, 0, frame, chain FROM records LIMIT 1",
    ],
)
def test_the_table_itself_refuses_to_be_changed(hub: Hub, statement: str) -> None:
    hub.log.append([one(ENTROPY.ref(), 1), one(ENTROPY.ref(), 1)])
    before = frames(hub)
    with closing(sqlite3.connect(sqlite(hub.log).path)) as anyone:
        anyone.execute("PRAGMA recursive_triggers = ON")
        with pytest.raises(sqlite3.IntegrityError, match="a record is"):
            anyone.execute(statement)
    assert frames(hub) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET chain = x'00'",
        "DELETE FROM records",
        "DROP TABLE records",
        "DROP TRIGGER records_are_not_changed",
        "ALTER TABLE records ADD COLUMN more",
        "ATTACH '/tmp/x' AS other",
        "PRAGMA writable_schema = ON",
        "CREATE TABLE other (x)",
    ],
)
def test_the_running_role_may_append_and_nothing_else(hub: Hub, statement: str) -> None:
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        sqlite(hub.log)._writer.execute(statement)


def test_what_is_sealed_is_in_no_file_although_the_key_is_in_the_vault(hub: Hub) -> None:
    two_cases(hub)
    assert b"Hemliga" not in every_file(hub.folder)

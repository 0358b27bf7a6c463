"""The recorder over PostgreSQL beside the one over SQLite: the same verdicts, one order, and nobody who can do more."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.postgresql.reading import PostgresReading
from adapters.postgresql.recorder import PostgresRecorder
from adapters.postgresql.roles import APPEND, OWNER, PROJECT, RELAY
from adapters.store.outcomes import Outcome, Placed
from adapters.store.record import GENESIS, PLACE_SIZE, TOPIC, Prepared, Row, chain, frame
from adapters.store.recorder import SqliteRecorder
from adapters.store.rows import Rows
from adapters.store.verification import verify
from adapters.store.writer import Writer
from adapters.system import SeededClock, SystemClock
from domain.errors import NotRecorded, StoreBehind, Tampered
from domain.ports import Recorded
from tests.adapters.stores import Store, postgresql
from tests.adapters.support import ENTROPY, START, Hub, one, person

_STREAMS = [bytes([number]) * 16 for number in range(3)]
_TAGS = [b"", *(bytes([number]) * 32 for number in (1, 2, 3))]
_ROW = st.tuples(st.sampled_from(_STREAMS), st.integers(1, 4))
_HOW = ("alone", "together", "undone")
_COMMAND = st.tuples(st.lists(_ROW, min_size=1, max_size=3), st.sampled_from(_TAGS))


@pytest.fixture
def recorder(store: Store) -> Iterator[PostgresRecorder]:
    recorder = store.recorder(SeededClock(START, step=1))
    yield recorder
    recorder.close()


def row(stream: bytes | None = None, version: int = 1) -> Row:
    stream = stream or ENTROPY.bytes(16)
    return Row(ENTROPY.ref(), stream, version, TOPIC, ENTROPY.bytes(200))


def command(stream: bytes | None = None, version: int = 1, tag: bytes = b"") -> Prepared:
    return Prepared((row(stream, version),), tag)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(_HOW), st.lists(_COMMAND, min_size=1, max_size=6)), max_size=6))
def test_any_groups_alone_together_or_undone_have_the_same_verdicts_and_leave_the_same_bytes_as_on_sqlite(
    store: Store,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, list[tuple[list[tuple[bytes, int]], bytes]]]],
) -> None:
    store.empty()
    recorders = (
        SqliteRecorder(tmp_path_factory.mktemp("log") / "acts.db", SeededClock(START, step=1)),
        store.recorder(SeededClock(START, step=1)),
    )
    for how, group in steps:
        prepared = [Prepared(tuple(row(*each) for each in rows), tag) for rows, tag in group]
        told = [_appended(recorder, how, prepared) for recorder in recorders]
        assert told[0] == told[1]
    ends = [recorder.end() for recorder in recorders]
    kept = [recorder.rows(0, 100) for recorder in recorders]
    beside = [[(a, b, bool(c), d) for a, b, c, d in recorder.columns(0, 100)] for recorder in recorders]
    for recorder in recorders:
        recorder.close()
    assert ends[0] == ends[1]
    assert kept[0] == kept[1]
    assert beside[0] == beside[1]


class _Undone(Exception):
    """What undoes several appends."""


def _appended(recorder: Rows, how: str, group: list[Prepared]) -> list[object]:
    """The verdicts of a group by itself, or of its halves one after the other, which stand or fall together."""
    if how == "alone":
        return [_plain(outcome) for outcome in recorder.append(group)]
    told: list[object] = []
    with suppress(_Undone), recorder.exclusive():
        for part in filter(None, (group[::2], group[1::2])):
            told += [_plain(outcome) for outcome in recorder.append(part)]
        if how == "undone":
            raise _Undone
    return told


def _plain(outcome: Outcome) -> object:
    return outcome.positions if isinstance(outcome, Placed) else outcome


def test_the_chain_holds_over_every_frame_and_the_end_is_the_last_one(recorder: PostgresRecorder) -> None:
    recorder.append([command() for _ in range(5)])
    recorder.append([command()])
    last = GENESIS
    for stored, (_, _, _, link) in zip(recorder.rows(0, 9), recorder.columns(0, 9), strict=True):
        last = chain(last, stored.frame)
        assert link == last
    assert recorder.end()[:2] == (6, last)
    assert recorder.chain_at(6) == last
    assert recorder.chain_at(7) is None


def test_what_is_refused_leaves_no_hole_and_moves_no_time(store: Store) -> None:
    clock = SeededClock(START)
    recorder = store.recorder(clock)
    stream = ENTROPY.bytes(16)
    recorder.append([command(stream)])
    clock.set(START + 9)
    recorder.append([command(stream), command(stream)])
    assert recorder.end()[2] == START
    recorder.append([command(stream, 2)])
    assert [stored.position for stored in recorder.rows(0, 9)] == [1, 2]
    recorder.close()


def test_a_tailing_reader_under_six_writers_misses_nothing_and_sees_no_gap(store: Store) -> None:
    writers = [store.recorder(SystemClock()) for _ in range(6)]
    reader = PostgresReading(store.url(RELAY), "acts")
    done = threading.Event()
    seen: list[int] = []
    bodies: list[bytes] = []

    def write(recorder: PostgresRecorder) -> list[tuple[int, bytes]]:
        placed = []
        for size in [1, 3, 2, 7, 1, 1, 5, 2] * 6:
            group = [command() for _ in range(size)]
            for prepared, outcome in zip(group, recorder.append(group), strict=True):
                assert isinstance(outcome, Placed)
                placed.append((outcome.positions[0], prepared.rows[0].body))
        return placed

    def tail() -> None:
        ended = False
        while not ended:
            ended = done.is_set()  # what is committed by now must be in the page that is read next
            for stored in reader.frames(len(seen), 10_000):
                seen.append(stored.position)
                bodies.append(stored.frame[PLACE_SIZE:])

    with ThreadPoolExecutor(7) as pool:
        tailing = pool.submit(tail)
        written = [placed for work in [pool.submit(write, each) for each in writers] for placed in work.result()]
        done.set()
        tailing.result()
    assert seen == list(range(1, 6 * 6 * 22 + 1))
    assert dict(zip(seen, bodies, strict=True)) == dict(written)
    for each in (*writers, reader):
        each.close()


def test_who_is_alone_knows_the_end_from_the_last_commit(
    store: Store, recorder: PostgresRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = store.recorder(SeededClock(START), alone=True)
    alone.append([command(), command()])
    with alone.exclusive():
        alone.append([command()])
        assert alone.end()[0] == 2
    with alone.exclusive():
        pass
    monkeypatch.setattr(alone, "_ask", None)
    assert alone.end()[0] == 3
    assert alone.end() == recorder.end()
    monkeypatch.undo()
    alone.close()


def test_what_was_undone_leaves_the_connection_fit_for_what_comes_after(recorder: PostgresRecorder) -> None:
    recorder.append([command(tag=_TAGS[1])])
    with suppress(_Undone), recorder.exclusive():
        recorder.append([command(tag=_TAGS[1])])  # known again, by a question of its own
        raise _Undone
    recorder.append([command()])
    recorder.append([command()])
    assert recorder.end()[0] == 3


def test_nobody_appends_while_somebody_holds_the_append_lock(store: Store, recorder: PostgresRecorder) -> None:
    with recorder.exclusive(), store.connect() as competing:
        competing.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            _append_one(competing)
        recorder.append([command()])
    with store.connect() as next_one:
        _append_one(next_one)
    assert recorder.end()[0] == 2


def _append_one(connection: "psycopg.Connection[tuple[object, ...]]", sizes: str = "{1}") -> None:
    connection.execute(
        "SELECT acts.samrad_append(1, '', %b, %s, %b, %s, '{samrad.record}', '{f}', %b)",
        ([b""], sizes, [ENTROPY.bytes(16)], "{1}", [b"body"]),
    )


@pytest.mark.parametrize("sizes", ["{2}", "{0}", "{}", "{1,1}", "{-1}"])
def test_a_group_that_does_not_add_up_is_refused_whole(store: Store, recorder: PostgresRecorder, sizes: str) -> None:
    with store.connect() as connection, pytest.raises(psycopg.errors.InvalidParameterValue):
        _append_one(connection, sizes)
    assert recorder.end()[0] == 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO acts.records SELECT 2, stream, 9, topic, tag, disposal, frame, chain FROM acts.records",
        "UPDATE acts.records SET chain = chain",
        "DELETE FROM acts.records",
        "TRUNCATE acts.records",
        "UPDATE acts.log_end SET position = 9",
        "DELETE FROM acts.log_end",
        "DROP TABLE acts.records",
        "ALTER TABLE acts.records DISABLE TRIGGER ALL",
        "CREATE TABLE acts.other (x int)",
        "CREATE FUNCTION acts.other() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE samrad_owner",
    ],
)
@pytest.mark.parametrize("role", [APPEND, RELAY, PROJECT])
def test_a_running_role_cannot_write_to_a_table(
    store: Store, recorder: PostgresRecorder, role: str, statement: str
) -> None:
    recorder.append([command()])
    before = recorder.rows(0, 9)
    with store.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())
    assert recorder.rows(0, 9) == before


@pytest.mark.parametrize("role", [RELAY, PROJECT])
def test_who_may_only_read_reads_what_it_needs_and_cannot_append(
    store: Store, recorder: PostgresRecorder, role: str
) -> None:
    recorder.append([command()])
    with closing(PostgresReading(store.url(role), "acts")) as reading:
        assert reading.last() == 1
        assert [each.frame for each in reading.frames(0, 9)] == [row.frame for row in recorder.rows(0, 9)]
        projecting = role == PROJECT
        allowed = {"rows": projecting, "columns": False, "disposals": False, "end": False, "chain_at": projecting}
        questions: dict[str, Callable[[], object]] = {
            "rows": lambda: reading.rows(0, 9),
            "columns": lambda: reading.columns(0, 9),
            "disposals": lambda: reading.disposals(0),
            "end": reading.end,
            "chain_at": lambda: reading.chain_at(1),
        }
        for name, ask in questions.items():
            if allowed[name]:
                ask()
            else:
                with pytest.raises(NotRecorded, match="permission denied"):
                    ask()
    with store.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT acts.samrad_take_turn()")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE acts.records SET chain = chain", "never changed"),
        ("DELETE FROM acts.records", "never changed"),
        ("TRUNCATE acts.records", "never changed"),
        ("INSERT INTO acts.records SELECT 2, stream, 9, topic, tag, false, frame, chain FROM acts.records", "appended"),
        ("UPDATE acts.log_end SET position = 0", "never goes back"),
        ("UPDATE acts.log_end SET position = 2, committed = 0", "never goes back"),
        ("UPDATE acts.log_end SET chain = chain", "never goes back"),
        ("UPDATE acts.log_end SET turn = 'x', chain = 'x'", "never goes back"),
        ("UPDATE acts.log_end SET turn = 'x', committed = committed + 1", "never goes back"),
        ("DELETE FROM acts.log_end", "one end"),
        ("TRUNCATE acts.log_end", "one end"),
    ],
)
def test_the_tables_refuse_to_be_changed_by_their_owner_too(
    store: Store, recorder: PostgresRecorder, statement: str, said: str
) -> None:
    recorder.append([command()])
    before = recorder.rows(0, 9)
    with store.connect(OWNER) as owner, pytest.raises(psycopg.errors.RestrictViolation, match=said):
        owner.execute(statement.encode())
    assert recorder.rows(0, 9) == before


def test_a_table_of_the_same_name_put_before_ours_is_not_written_to(store: Store, recorder: PostgresRecorder) -> None:
    with store.connect(OWNER) as connection:
        connection.execute("CREATE TEMP TABLE records (LIKE acts.records)")
        connection.execute("SET search_path = pg_temp, acts")
        _append_one(connection)
        assert connection.execute("SELECT count(*) FROM pg_temp.records").fetchone() == (0,)
    assert [stored.position for stored in recorder.rows(0, 9)] == [1]


@pytest.fixture
def keeping(store: Store) -> Callable[[Path], Hub]:
    """A hub whose log is in PostgreSQL and whose keys and mark are in a folder."""
    return lambda folder: Hub(folder, rows=lambda _, clock: store.recorder(clock))


def test_an_older_copy_of_the_store_is_noticed(tmp_path: Path, store: Store, keeping: Callable[[Path], Hub]) -> None:
    with keeping(tmp_path) as hub:
        hub.log.append([one(ENTROPY.ref(), 1), one(ENTROPY.ref(), 1)])
        (link,) = (link for _, _, _, link in hub.log.rows.columns(0, 1))
    store.behind_the_back(
        "DELETE FROM acts.records WHERE position = 2",
        f"UPDATE acts.log_end SET position = 1, chain = decode('{link.hex()}', 'hex')",
    )
    with pytest.raises(StoreBehind, match="acts ends at position 1 but had come to 2"):
        keeping(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE acts.records SET tag = '\\x01' WHERE position = 2", "request tag"),
        ("UPDATE acts.records SET topic = 'os.system' WHERE position = 2", "topic"),
        ("UPDATE acts.records SET disposal = true WHERE position = 2", "mark of a disposal"),
        ("UPDATE acts.records SET chain = sha256('') WHERE position = 2", "chain"),
        ("UPDATE acts.records SET frame = overlay(frame PLACING '\\x00' FROM 20) WHERE position = 2", "chain"),
        ("DELETE FROM acts.records WHERE position = 2", "position 2: it is missing"),
        ("DELETE FROM acts.records WHERE position = 3", "position 3: it is missing"),
        ("UPDATE acts.records SET version = 9 WHERE position = 2", "version"),
    ],
)
def test_verify_says_what_differs_and_where(
    tmp_path: Path, store: Store, keeping: Callable[[Path], Hub], change: str, said: str
) -> None:
    with keeping(tmp_path) as hub:
        case = ENTROPY.ref()
        hub.log.append([one(case, 1), one(case, 2, person()), one(case, 3)])
        assert [checked.position for checked in verify(hub.log)] == [3]
        store.behind_the_back(change)
        with pytest.raises(Tampered, match=said):
            list(verify(hub.log))


def test_frame_and_row_are_as_an_offline_program_expects_them(recorder: PostgresRecorder) -> None:
    prepared = command()
    recorder.append([prepared])
    (stored,) = recorder.rows(0, 1)
    assert stored.frame == frame(1, START, prepared.rows[0].body)


def test_a_log_that_is_closed_says_so(store: Store, recorder: PostgresRecorder) -> None:
    recorder.append([command()])
    recorder.close()
    recorder.close()
    with pytest.raises(NotRecorded, match="acts is closed"):
        recorder.rows(0, 1)
    with pytest.raises(NotRecorded, match="acts is closed"):
        recorder.append([command()])


def test_the_last_attempt_of_a_command_reads_and_appends_under_the_lock(
    tmp_path: Path, store: Store, keeping: Callable[[Path], Hub]
) -> None:
    with keeping(tmp_path) as hub:
        writer, case = Writer(hub.log), ENTROPY.ref()
        writer.submit(one(case, 1)).result(10)
        verdict = writer.call(lambda log: log.append([one(case, len(log.snapshot().stream(case)) + 1)])[0]).result(10)
        assert isinstance(verdict, Recorded)
        assert postgresql(hub.log).end()[0] == 2
        writer.stop()

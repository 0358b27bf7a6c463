"""PostgreSQL of our own: it comes up anywhere, lets in only who knows a password, and keeps what was committed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from adapters.postgresql.roles import APPEND, OWNER
from hub_cluster.postgres import Postgres
from hub_cluster.postgres_access import PostgresAccess
from hub_cluster.process import DidNotStart

Start = Callable[..., Postgres]


def test_a_role_enters_with_its_password_and_with_no_other(postgres: PostgresAccess, database: str) -> None:
    with psycopg.connect(postgres.url_of(OWNER, database)) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == (OWNER, database)
    wrong = postgres.url_of(OWNER, database).replace(postgres.password(OWNER), "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_a_database_is_closed_to_every_role_but_its_owner(postgres: PostgresAccess, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(postgres.url_of(APPEND, database))


def test_every_commit_is_on_the_disk_and_passwords_are_salted(postgres: PostgresAccess) -> None:
    for setting, value in {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}.items():
        assert postgres.ask(f"SHOW {setting}") == value
    assert postgres.ask(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{OWNER}'").startswith("SCRAM-SHA-256$")
    assert postgres.ask("SELECT DISTINCT auth_method FROM pg_hba_file_rules") == "scram-sha-256"


def test_what_was_committed_is_there_after_a_power_cut_and_after_a_restart(own_postgres: Start) -> None:
    server = own_postgres()
    database, port = server.database("kept"), server.port
    with psycopg.connect(server.url_of(OWNER, database)) as connection:
        connection.execute("CREATE TABLE mark AS SELECT 1 AS of")
    below = psutil.Process(server.pid).children(recursive=True)
    server.kill()
    assert not server.alive
    assert not [process for process in below if process.is_running()]
    server.up()
    server.restart()
    assert server.port == port
    with psycopg.connect(server.url_of(OWNER, database)) as connection:
        assert connection.execute("TABLE mark").fetchone() == (1,)


def test_a_paused_server_answers_again_when_it_is_resumed(own_postgres: Start) -> None:
    server = own_postgres()
    server.pause()
    with pytest.raises(psycopg.OperationalError, match="timeout"):
        psycopg.connect(server.url_of(OWNER), connect_timeout=2)
    server.resume()
    psycopg.connect(server.url_of(OWNER)).close()


def test_a_folder_is_taken_up_again_with_its_passwords(own_postgres: Start) -> None:
    first = own_postgres("one")
    first.database("kept")
    first.stop()
    second = own_postgres("one", keep=False)
    psycopg.connect(second.url_of(OWNER, "kept")).close()
    second.stop()
    assert not second.folder.exists()


def test_a_taken_port_is_left_to_whoever_has_it(
    own_postgres: Start, postgres: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = iter([postgres.port, postgres.port])
    free = Postgres.start.__globals__["free_port"]
    monkeypatch.setattr("hub_cluster.postgres.free_port", lambda: next(offered, None) or free())
    server = own_postgres()
    assert server.port != postgres.port
    assert server.ask("SHOW port") == str(server.port)


def test_a_port_that_is_asked_for_and_taken_is_one_clear_error(own_postgres: Start, postgres: PostgresAccess) -> None:
    with pytest.raises(
        DidNotStart, match=r"PostgreSQL ended before it was ready; its log is .* says: .*Address already in use"
    ):
        own_postgres(port=postgres.port)


def test_a_folder_with_a_long_path_will_do(own_postgres: Start) -> None:
    server = own_postgres("/".join(["a folder with quite a long name"] * 5))
    psycopg.connect(server.url_of(OWNER)).close()


def test_a_folder_that_only_root_enters_will_do(own_postgres: Start, tmp_path: Path) -> None:
    server = own_postgres(str(tmp_path / "closed"))
    (tmp_path / "closed").chmod(0o700)
    server.restart()
    server.stop()


def test_the_server_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from hub_cluster.postgres import Postgres\n"
        "print(Postgres.start(pathlib.Path(sys.argv[1])).pid, flush=True)\n"
        "time.sleep(100)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "server")],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as asker:
        assert asker.stdout is not None
        server = psutil.Process(int(asker.stdout.readline()))
        asker.send_signal(signal.SIGKILL)
    until = time.monotonic() + 15
    while server.is_running() and time.monotonic() < until:
        time.sleep(0.05)
    assert not server.is_running()

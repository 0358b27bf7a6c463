"""A PostgreSQL server of our own: loopback only, passwords by SCRAM, every commit on the disk."""

import os
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from hub_cluster.ports import LOOPBACK, free_port
from hub_cluster.postgres_access import PLAIN, ROLES, SUPERUSER, PostgresAccess
from hub_cluster.postgres_programs import user_for
from hub_cluster.process import DidNotStart, Process
from hub_cluster.programs import run

READY: Final = 60.0
TRIES: Final = 5
CONNECTIONS: Final = 100

# What commits is on the disk (fsync, full_page_writes and synchronous_commit are PostgreSQL's defaults, said aloud).
# No socket file: its path has a limit that a long temporary folder exceeds.
CONFIGURATION: Final = f"""\
listen_addresses = '{LOOPBACK}'
unix_socket_directories = ''
max_connections = {CONNECTIONS}
shared_buffers = 64MB
fsync = on
full_page_writes = on
synchronous_commit = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_statement = 'none'
log_min_messages = warning
logging_collector = off
"""
ACCESS: Final = f"""\
host all all {LOOPBACK}/32 scram-sha-256
"""


class Postgres(PostgresAccess):
    """A server in one folder, with its data, its log and the passwords of its roles."""

    def __init__(
        self, folder: Path, *, port: int | None = None, roles: Sequence[str] = ROLES, keep: bool = True
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, 0)
        self.data = self.folder / "data"
        self.log = self.folder / "postgresql.log"
        self._wanted = port
        self._needed = tuple(roles)
        self._keep = keep
        self._process: Process | None = None

    @classmethod
    def start(
        cls, folder: Path, *, port: int | None = None, roles: Sequence[str] = ROLES, keep: bool = True
    ) -> "Postgres":
        """A server that answers, with the roles. A folder that holds one is taken up again; `keep=False` removes the
        folder at `stop`."""
        server = cls(folder, port=port, roles=roles, keep=keep)
        server.up()
        return server

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        """Whether the server's process runs."""
        return self._process is not None and self._process.alive

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return None if self._process is None else self._process.pid

    def up(self) -> None:
        """Start it: on the port it had before, else on the one asked for, else on a free one."""
        self._prepare()
        fixed = self.port or self._wanted
        for attempt in range(TRIES):
            self.port = fixed or free_port()
            try:
                self._begin()
                break
            except DidNotStart as error:
                # Somebody was faster at that port: another one will do, unless this one has been told to others.
                if fixed or not error.port_taken or attempt == TRIES - 1:
                    raise
        self.roles(self._needed)

    def stop(self) -> None:
        """End it in order (connections are broken off, what they had not committed is undone)."""
        if self._process is not None:
            self._process.stop()
        if not self._keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """As when the power fails: SIGKILL for the server and all of its processes. `up` begins again."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """Stop and start, on the same port; whoever was connected is not any more."""
        if self._process is not None:
            self._process.stop()
        self.up()

    def pause(self) -> None:
        """The server is there and does not answer."""
        if self._process is not None:
            self._process.pause()

    def resume(self) -> None:
        """It answers again."""
        if self._process is not None:
            self._process.resume()

    def _prepare(self) -> None:
        """Make the data folder, once."""
        if (self.data / "PG_VERSION").exists():
            return
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        user = user_for(self.data)
        secret = self.folder / "first-password"
        secret.touch(mode=0o600)
        secret.write_text(self.password(SUPERUSER))
        if user is not None:
            os.chown(unfinished, *user)
            os.chown(secret, *user)
        try:
            run(
                self._programs / "initdb",
                *("-D", str(unfinished), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={secret}"),
                *("--encoding=UTF8", "--no-locale", "--data-checksums"),
                environment=PLAIN,
                user=user,
            )
        finally:
            secret.unlink()
        (unfinished / "pg_hba.conf").write_text(ACCESS)
        with (unfinished / "postgresql.conf").open("a") as file:
            file.write(CONFIGURATION)
        unfinished.rename(self.data)

    def _begin(self) -> None:
        self._process = Process(
            "PostgreSQL",
            [self._programs / "postgres", "-D", self.data, "-p", str(self.port)],
            log=self.log,
            environment=PLAIN,
            user=user_for(self.data),
            stop_signal=signal.SIGINT,
        )
        self._process.start()
        self._process.wait_until(self._ready, READY)

    def _ready(self) -> bool:
        """Whether our own server says so itself; at the port, another one could answer."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and int(lines[0]) == (self._process and self._process.pid)

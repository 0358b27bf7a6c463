"""The floor: SQLite, AES-GCM and SHA-256 called by hand, writing and reading the very rows that the hub wrote.

Same tables, columns, indexes and settings of durability, the same sizes sealed and opened, as many transactions; no
rule, no decision, no JSON, no triggers. Whatever the hub does more than that is in the ratio.
"""

import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from adapters.sqlite import connect
from adapters.store.record import PLACE_SIZE, decode, frame
from hub_api.runtime.hub import Hub

PAGE = 5_000
INSERT_RECORD = "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_KEY = "INSERT INTO keys (id, epoch, scope, stream, wrapped) VALUES (?, ?, ?, ?, ?)"


class Sample(Struct, frozen=True):
    """One row of the hub's log with its contents as zeros: of each part, the key's id and the length."""

    position: int
    stream: bytes
    version: int
    topic: str
    tag: bytes | None
    disposal: int
    header: bytes
    parts: tuple[tuple[bytes, int], ...]


class ViewRows(Struct, frozen=True):
    """The hub's views as they were written: how the tables are made, and what is in them."""

    schema: tuple[str, ...]
    rows: tuple[tuple[str, list[tuple[object, ...]]], ...]


def log_rows(hub: Hub, after: int = 0) -> list[Sample]:
    """The rows of the hub's log of acts after a position."""
    connection = sqlite3.connect(hub.folder / "acts.db")
    asked = "SELECT position, stream, version, topic, tag, disposal, frame FROM records WHERE position > ? ORDER BY 1"
    found = connection.execute(asked, (after,)).fetchall()
    connection.close()
    samples = []
    for position, stream, version, topic, tag, disposal, stored in found:
        body = decode(stored[PLACE_SIZE:])
        parts = tuple((part.key, len(part.ciphertext) - 16) for part in body.parts)
        samples.append(Sample(position, stream, version, topic, tag, disposal, body.header, parts))
    return samples


def view_rows(hub: Hub) -> ViewRows:
    """The tables and rows of the views of acts."""
    connection = sqlite3.connect(hub.folder / "views.db")
    generation = connection.execute("SELECT living FROM generation WHERE name = 'acts'").fetchone()[0]
    made = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    ours = [(name, table, sql) for name, table, sql in made if re.search(rf"_{generation}$", table)]
    tables = [name for name, table, _ in ours if name == table]
    rows = tuple((name, connection.execute(f"SELECT * FROM {name}").fetchall()) for name in tables)  # noqa: S608 - names of our own tables
    connection.close()
    return ViewRows(tuple(sql for _, _, sql in ours), rows)


class RawLog:
    """The log and its keys, written and read by hand."""

    def __init__(self, folder: Path, like: Hub) -> None:
        self._log = _copy_of(like.folder / "acts.db", folder / "floor-acts.db", "records")
        self._vault = _copy_of(like.folder / "vault.db", folder / "floor-vault.db", "keys")
        self._master = AESGCM(os.urandom(32))
        self._ciphers: dict[bytes, AESGCM] = {}
        self._position = 0
        self._chain = bytes(32)

    def know(self, samples: Iterable[Sample]) -> None:
        """Make the keys of those rows beforehand, durable, so that they exist when the rows are written."""
        self._make_keys(samples)

    def append(self, group: Sequence[Sample]) -> None:
        """New keys in one commit, then the rows in another."""
        self._make_keys(group)
        execute = self._log.execute
        execute("BEGIN IMMEDIATE")
        for row in group:
            self._position += 1
            pieces = [row.header]
            for key, length in row.parts:
                nonce = os.urandom(12)
                sealed = self._ciphers[key].encrypt(nonce, bytes(length), row.header + key)
                pieces += (key, nonce, len(sealed).to_bytes(4, "big"), sealed)
            stored = frame(self._position, 0, b"".join(pieces))
            self._chain = sha256(self._chain + stored).digest()
            columns = (self._position, row.stream, row.version, row.topic, row.tag, row.disposal, stored, self._chain)
            execute(INSERT_RECORD, columns)
        execute("COMMIT")

    def open_all(self) -> int:
        """Read every row, page by page, and open its first part; how many there were."""
        asked = "SELECT position, stream, version, frame FROM records WHERE position > ? ORDER BY position LIMIT ?"
        count = 0
        while rows := self._log.execute(asked, (count, PAGE)).fetchall():
            for _, _, _, stored in rows:
                body = decode(stored[PLACE_SIZE:])
                first = body.parts[0]
                self._ciphers[first.key].decrypt(first.nonce, first.ciphertext, body.header + first.key)
            count += len(rows)
        return count

    def close(self) -> None:
        self._log.close()
        self._vault.close()

    def _make_keys(self, group: Iterable[Sample]) -> None:
        new = {key for row in group for key, _ in row.parts if key not in self._ciphers}
        if not new:
            return
        self._vault.execute("BEGIN IMMEDIATE")
        for key in new:
            self._ciphers[key] = AESGCM(os.urandom(32))
            nonce = os.urandom(12)
            wrapped = nonce + self._master.encrypt(nonce, bytes(256), key)
            self._vault.execute(INSERT_KEY, (key, 1, os.urandom(32), os.urandom(32), wrapped))
        self._vault.execute("COMMIT")


def write_views(path: Path, views: ViewRows) -> None:
    """The same rows into the same tables and indexes, in one transaction, as durable as views are."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    for statement in views.schema:
        connection.execute(statement)
    for name, rows in views.rows:
        if rows:
            connection.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * len(rows[0]))})", rows)  # noqa: S608
    connection.execute("COMMIT")
    connection.close()


def _copy_of(source: Path, target: Path, table: str) -> sqlite3.Connection:
    """An empty table like one of the hub's, with its indexes and without its triggers."""
    target.unlink(missing_ok=True)
    theirs = sqlite3.connect(source)
    asked = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') AND sql IS NOT NULL"
    statements = theirs.execute(asked, (table,)).fetchall()
    theirs.close()
    connection = connect(target)
    for (statement,) in statements:
        connection.execute(statement)
    return connection

"""The key vault: which key seals what, each wrapped under the master key, in a file of its own.

A row tells nobody without the master key what its key seals: the scope is wrapped together with the key, and is found
by an HMAC of it. A new key is pending until `make_durable`, which is one commit for a whole group; nothing may be
recorded under a key before that. A scope may have several keys (two processes made one each, or one was disposed of
and the scope went on); any of them opens what it sealed.
"""

import hmac
import sqlite3
import threading
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from adapters.master import MasterKeys
from adapters.record import pad, unpad
from adapters.sealing import KEY_SIZE, NONCE_SIZE, Key
from adapters.sqlite import connect, readable
from domain.errors import NotRecorded, SamradError, Tampered, Unreadable
from domain.event import decode_ref, encode_ref
from domain.ports import Entropy, KeyInfo, Scope
from domain.vocabulary import Compartment, Ref, UnitId

_TABLES = """
CREATE TABLE IF NOT EXISTS hub (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, wrapped BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS keys (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, epoch INTEGER NOT NULL,
    scope BLOB NOT NULL, stream BLOB NOT NULL, wrapped BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS keys_by_scope ON keys (scope);
CREATE INDEX IF NOT EXISTS keys_by_stream ON keys (stream);
CREATE INDEX IF NOT EXISTS keys_by_epoch ON keys (epoch);
"""
_MOST_CACHED = 100_000
_REWRAPPED_AT_ONCE = 500
_PATIENCE = 30.0

_scope_to_json = msgspec.json.Encoder(enc_hook=encode_ref, order="deterministic")
_scope_from_json = msgspec.json.Decoder(Scope, dec_hook=decode_ref)


class _Row(Struct, frozen=True, gc=False):
    """A key as it is stored."""

    id: bytes
    epoch: int
    scope: bytes
    stream: bytes
    wrapped: bytes


class SqliteVault:
    """The vault over one SQLite file. Any thread may call it."""

    def __init__(self, path: Path, masters: MasterKeys, entropy: Entropy) -> None:
        self._path = path
        self._masters = masters
        self._entropy = entropy
        self._lock = threading.RLock()
        self._by_scope: dict[Scope, Key] = {}
        self._by_id: dict[bytes, Key] = {}
        self._pending: dict[bytes, _Row] = {}
        self._retired: set[bytes] = set()
        self._connection = connect(path)
        try:
            with readable(path):
                self._connection.executescript(_TABLES)
                self._hub_secret = self._open_hub_secret()
        except BaseException:
            self._connection.close()
            raise
        self._index = self.secret(b"vault-index")

    def secret(self, label: bytes) -> bytes:
        """A secret of the hub for one use, 32 bytes; the same at every opening, through every epoch."""
        return HKDF(SHA256(), 32, salt=None, info=b"samrad/" + label).derive(self._hub_secret)

    def keys(self, scopes: Iterable[Scope], made: Ref | None = None) -> list[Key]:
        """The key of each scope, made and pending if there is none. Of a stream that was just `made` no key is stored,
        and none is looked for; if one were, both would open what they sealed."""
        return [self._by_scope.get(scope) or self._find_or_make(scope, scope.stream == made) for scope in scopes]

    def get(self, key_id: bytes) -> Key | None:
        """The key with that id; None if it is not here, or is being disposed of."""
        key = self._by_id.get(key_id)
        if key is not None or key_id in self._retired:
            return key
        with self._lock:
            rows = self._rows("WHERE id = ?", key_id)
            return self._remember(self._unwrap(rows[0])) if rows else None

    def make_durable(self) -> None:
        """Write all pending keys in one commit. If it fails they stay pending, and nothing may be recorded."""
        if not self._pending:
            return
        with self._lock:
            rows = list(self._pending.values())
            try:
                with _transaction(self._connection):
                    self._connection.executemany(
                        "INSERT INTO keys (id, epoch, scope, stream, wrapped) VALUES (?, ?, ?, ?, ?)",
                        [(row.id, row.epoch, row.scope, row.stream, row.wrapped) for row in rows],
                    )
            except sqlite3.Error as error:
                raise NotRecorded(f"{self._path.name} could not be written, nothing was recorded: {error}") from error
            for row in rows:
                del self._pending[row.id]

    def keys_of(
        self,
        stream: Ref,
        owner: UnitId | None = None,
        compartments: Collection[Compartment] | None = None,
        single: Ref | None = None,
    ) -> list[KeyInfo]:
        """The durable keys of a stream, of one owner, of some compartments, of one act, as asked."""
        with self._lock:
            rows = self._rows("WHERE stream = ? ORDER BY number", self._stream_tag(stream))
        found = [self._unwrap(row) for row in rows if row.id not in self._retired]
        return [
            KeyInfo(Ref(key.id.hex()), key.scope)
            for key in found
            if (owner is None or key.scope.owner == owner)
            and (compartments is None or key.scope.compartment in compartments)
            and (single is None or key.scope.single == single)
        ]

    def retire(self, key_ids: Iterable[bytes]) -> None:
        """Use these no more, neither to seal nor to open: the log names their disposal, or is about to.

        Called for every disposal that is read or written, so that no event decided after a disposal is sealed under
        a key that goes with it.
        """
        with self._lock:
            for key_id in key_ids:
                self._retired.add(key_id)
                key = self._by_id.pop(key_id, None)
                if key is not None and self._by_scope.get(key.scope) is key:
                    del self._by_scope[key.scope]

    def present(self, key_ids: Iterable[bytes]) -> list[bytes]:
        """Those of the keys that are stored here still."""
        with self._lock:
            ask = "SELECT 1 FROM keys WHERE id = ?"
            return [key_id for key_id in key_ids if self._connection.execute(ask, (key_id,)).fetchone()]

    def delete(self, key_ids: Iterable[Ref]) -> int:
        """Delete keys so that no byte of them is left in the file or its write-ahead log; how many there were.

        `secure_delete` overwrites them in the file with zeros; the write-ahead log keeps them until it is truncated.
        Done again, it finishes what was interrupted.
        """
        wanted = [bytes.fromhex(ref.hex) for ref in key_ids]
        self.retire(wanted)
        with self._lock:
            deleted = 0
            with _transaction(self._connection):
                for key_id in wanted:
                    pending = self._pending.pop(key_id, None) is not None
                    deleted += self._connection.execute("DELETE FROM keys WHERE id = ?", (key_id,)).rowcount or pending
            self._leave_nothing_behind()
            return deleted

    def rotate(self) -> int:
        """Wrap everything under a new master epoch; how many rows were wrapped anew.

        Killed half way, every key is still readable under its own epoch, and the next call finishes this epoch first
        and makes no further one.
        """
        with self._lock:
            if not self._left_to_rewrap() and self._hub_epoch() == self._masters.newest:
                self._masters.add(self._entropy)
            rewrapped = 0
            while rows := self._left_to_rewrap():
                with _transaction(self._connection):
                    for row in rows:
                        wrapped = self._wrap(self._open_wrapped(row), row.id, row.scope, row.stream)
                        self._connection.execute(
                            "UPDATE keys SET epoch = ?, wrapped = ? WHERE id = ?",
                            (wrapped.epoch, wrapped.wrapped, row.id),
                        )
                rewrapped += len(rows)
            self._store_hub_secret()
            self._leave_nothing_behind()
            return rewrapped

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    # Finding and making keys.

    def _find_or_make(self, scope: Scope, new: bool) -> Key:
        with self._lock:
            known = self._by_scope.get(scope)
            if known is not None:
                return known
            tag = self._scope_tag(scope)
            for row in () if new else self._rows("WHERE scope = ? ORDER BY number", tag):
                if row.id not in self._retired:
                    key = self._remember(self._unwrap(row))
                    break
            else:
                key = self._make(scope, tag)
            self._by_scope[scope] = key
            return key

    def _rows(self, where: str, *values: object) -> list[_Row]:
        with readable(self._path):
            found = self._connection.execute(
                f"SELECT id, epoch, scope, stream, wrapped FROM keys {where}", values
            ).fetchall()
        return [_Row(*row) for row in found]

    def _make(self, scope: Scope, tag: bytes) -> Key:
        secret = self._entropy.bytes(KEY_SIZE)
        key_id = self._entropy.bytes(16)
        content = pad(secret + _scope_to_json.encode(scope))
        self._pending[key_id] = self._wrap(content, key_id, tag, self._stream_tag(scope.stream))
        return self._remember(Key(key_id, scope, AESGCM(secret)))

    def _remember(self, key: Key) -> Key:
        if len(self._by_id) >= _MOST_CACHED:
            self._by_scope.clear()
            self._by_id = {key_id: kept for key_id, kept in self._by_id.items() if key_id in self._pending}
            self._by_scope = {kept.scope: kept for kept in self._by_id.values()}
        self._by_id[key.id] = key
        return key

    def _scope_tag(self, scope: Scope) -> bytes:
        return hmac.digest(self._index, b"scope" + _scope_to_json.encode(scope), "sha256")

    def _stream_tag(self, stream: Ref) -> bytes:
        return hmac.digest(self._index, b"stream" + bytes.fromhex(stream.hex), "sha256")

    # Wrapping under the master key.

    def _wrap(self, content: bytes, key_id: bytes, scope: bytes, stream: bytes) -> _Row:
        epoch = self._masters.newest
        cipher = self._cipher(epoch)
        nonce = self._entropy.bytes(NONCE_SIZE)
        bound = _bound_to(key_id, epoch, scope, stream)
        return _Row(key_id, epoch, scope, stream, nonce + cipher.encrypt(nonce, content, bound))

    def _open_wrapped(self, row: _Row) -> bytes:
        bound = _bound_to(row.id, row.epoch, row.scope, row.stream)
        try:
            return self._cipher(row.epoch).decrypt(row.wrapped[:NONCE_SIZE], row.wrapped[NONCE_SIZE:], bound)
        except InvalidTag:
            raise Tampered(f"a key in {self._path} is not what was stored there") from None

    def _unwrap(self, row: _Row) -> Key:
        content = unpad(self._open_wrapped(row))
        return Key(row.id, _scope_from_json.decode(content[KEY_SIZE:]), AESGCM(content[:KEY_SIZE]))

    def _cipher(self, epoch: int) -> AESGCM:
        cipher = self._masters.cipher(epoch)
        if cipher is None:
            raise Unreadable(f"{self._path} is wrapped under master epoch {epoch}, which {self._masters.path} lacks")
        return cipher

    # The hub's own secret, under the master key too.

    def _open_hub_secret(self) -> bytes:
        with _transaction(self._connection):
            row = self._connection.execute("SELECT epoch, wrapped FROM hub").fetchone()
            if row is None:
                self._hub_secret = self._entropy.bytes(KEY_SIZE)
                self._write_hub_secret()
                return self._hub_secret
        epoch, wrapped = row
        try:
            return self._cipher(epoch).decrypt(wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], b"hub%d" % epoch)
        except InvalidTag:
            raise Unreadable(f"the master key in {self._masters.path} does not open {self._path}") from None

    def _write_hub_secret(self) -> None:
        epoch = self._masters.newest
        nonce = self._entropy.bytes(NONCE_SIZE)
        wrapped = nonce + self._cipher(epoch).encrypt(nonce, self._hub_secret, b"hub%d" % epoch)
        self._connection.execute("INSERT OR REPLACE INTO hub (id, epoch, wrapped) VALUES (1, ?, ?)", (epoch, wrapped))

    def _store_hub_secret(self) -> None:
        with _transaction(self._connection):
            self._write_hub_secret()

    def _hub_epoch(self) -> int:
        epoch: int = self._connection.execute("SELECT epoch FROM hub").fetchone()[0]
        return epoch

    def _left_to_rewrap(self) -> Sequence[_Row]:
        newest = self._masters.newest
        return self._rows("WHERE epoch < ? LIMIT ?", newest, _REWRAPPED_AT_ONCE)

    def _leave_nothing_behind(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                raise SamradError(f"{self._path} is in use elsewhere: deleted keys are still in its write-ahead log")
            time.sleep(0.02)


class _transaction:  # noqa: N801 - read as a word: `with _transaction(connection):`
    """All or nothing, begun for writing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _bound_to(key_id: bytes, epoch: int, scope: bytes, stream: bytes) -> bytes:
    return b"key" + key_id + epoch.to_bytes(4, "big") + scope + stream

"""The key vault, wherever its rows lie: which key seals what, each wrapped under the master key.

A row tells nobody without the master key what its key seals: the scope is wrapped together with the key, and is found
by an HMAC of it. A new key is pending until `make_durable`, which is one commit for a whole group; nothing may be
recorded under a key before that. A scope may have several keys (two processes made one each, or one was disposed of
and the scope went on); any of them opens what it sealed.
"""

import hmac
import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from adapters.vault.key_partitions import Drawer
from adapters.vault.master_keys import EpochKeys, MasterKeys
from adapters.vault.padding import pad, unpad
from adapters.vault.sealing import KEY_SIZE, NONCE_SIZE, Key
from domain.errors import NotRecorded, SamradError, Tampered, Unreadable
from domain.event import decode_ref, encode_ref
from domain.ports import Entropy, KeyInfo, Scope
from domain.vocabulary import Compartment, Ref, UnitId

_MOST_CACHED: Final = 5_000
"""Some 2 KiB each: more would be most of what a serving process holds, for streams that nobody works on any more."""
REWRAPPED_AT_ONCE: Final = 500

_scope_to_json = msgspec.json.Encoder(enc_hook=encode_ref, order="deterministic")
_scope_from_json = msgspec.json.Decoder(Scope, dec_hook=decode_ref)


class StoredKey(Struct, frozen=True, gc=False):
    """A key as it is stored."""

    id: bytes
    epoch: int
    scope: bytes
    stream: bytes
    wrapped: bytes
    drawer: Drawer = Drawer.WHOLE


class StoredReceipt(Struct, frozen=True, gc=False):
    """What is told again of a request whose record is disposed of, sealed under that key of the month in which it was
    recorded (such as 202611). `adapters.store.kept_receipts` seals and opens it."""

    tag: bytes
    month: int
    key: bytes
    sealed: bytes


class KeyReader(ABC):
    """Opens the keys that are stored, and makes none. Any thread may call it."""

    def __init__(self, name: str, epochs: EpochKeys) -> None:
        self._name = name
        self._epochs = epochs
        self._lock = threading.RLock()
        self._by_scope: dict[Scope, Key] = {}
        self._by_id: dict[bytes, Key] = {}
        self._pending: dict[bytes, StoredKey] = {}
        self._retired: set[bytes] = set()
        self.generation = 0
        """Goes up whenever a key is disposed of: what was kept of what it opened is of an earlier generation."""

    @abstractmethod
    def _rows(self, where: str, *values: object) -> list[StoredKey]:
        """The stored keys of an SQL condition with `?` for each value."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the place where the rows lie."""

    def keys(self, scopes: Iterable[Scope], made: Ref | None = None) -> list[Key]:
        """Refused: who only reads seals nothing."""
        raise NotRecorded(f"{self._name} is open for reading alone: nothing is sealed here")

    def get(self, key_id: bytes) -> Key | None:
        """The key with that id; None if it is not here, or is being disposed of."""
        key = self._by_id.get(key_id)
        if key is not None or key_id in self._retired:
            return key
        with self._lock:
            rows = self._rows("WHERE id = ?", key_id)
            return self._remember(self._unwrap(rows[0])) if rows else None

    def retire(self, key_ids: Iterable[bytes]) -> None:
        """Use these no more, neither to seal nor to open: the log names their disposal, or is about to.

        Called for every disposal that is read or written, so that no event decided after a disposal is sealed under
        a key that goes with it.
        """
        with self._lock:
            for key_id in key_ids:
                if key_id not in self._retired:
                    self._retired.add(key_id)
                    self.generation += 1
                key = self._by_id.pop(key_id, None)
                if key is not None and self._by_scope.get(key.scope) is key:
                    del self._by_scope[key.scope]

    def _remember(self, key: Key) -> Key:
        if len(self._by_id) >= _MOST_CACHED:
            self._by_scope.clear()
            self._by_id = {key_id: kept for key_id, kept in self._by_id.items() if key_id in self._pending}
            self._by_scope = {kept.scope: kept for kept in self._by_id.values()}
        self._by_id[key.id] = key
        return key

    def _unwrap(self, row: StoredKey) -> Key:
        content = unpad(self._open_wrapped(row))
        return Key(row.id, _scope_from_json.decode(content[KEY_SIZE:]), AESGCM(content[:KEY_SIZE]))

    def _open_wrapped(self, row: StoredKey) -> bytes:
        cipher = self._cipher(row.epoch, row.drawer)
        try:
            return cipher.decrypt(row.wrapped[:NONCE_SIZE], row.wrapped[NONCE_SIZE:], _bound_to(row))
        except InvalidTag:
            raise Tampered(f"a key in {self._name} is not what was stored there") from None

    def _cipher(self, epoch: int, drawer: Drawer) -> AESGCM:
        cipher = self._epochs.cipher(epoch, drawer)
        if cipher is None:
            of = "" if drawer is Drawer.WHOLE else f" in the drawer {drawer.name.lower()}"
            raise Unreadable(f"{self._name} is wrapped under master epoch {epoch}{of}, which {self._epochs.path} lacks")
        return cipher


class KeyVault(KeyReader):
    """The vault of the process that seals."""

    def __init__(self, name: str, masters: MasterKeys, entropy: Entropy) -> None:
        super().__init__(name, masters)
        self._masters = masters
        self._entropy = entropy
        self._pending_receipts: dict[bytes, StoredReceipt] = {}

    # What a place for the rows gives.

    @abstractmethod
    def _insert(self, rows: Sequence[StoredKey]) -> None:
        """Store new keys, all or none; `NotRecorded` if it cannot."""

    @abstractmethod
    def _erase(self, key_ids: Sequence[bytes]) -> list[bytes]:
        """Delete keys in one commit; those that were stored."""

    @abstractmethod
    def _replace(self, rows: Sequence[StoredKey]) -> None:
        """Store the wrappings of keys anew, all or none."""

    @abstractmethod
    def _hub_row(self) -> tuple[int, bytes] | None:
        """The epoch and the wrapping of the hub's own secret."""

    @abstractmethod
    def _write_hub_row(self, epoch: int, wrapped: bytes) -> None:
        """Store the hub's own secret, instead of what was there."""

    @abstractmethod
    def _count_older(self, epoch: int) -> int:
        """How many keys are stored under an epoch before that."""

    @abstractmethod
    def present(self, key_ids: Iterable[bytes]) -> list[bytes]:
        """Those of the keys that are stored here still."""

    @abstractmethod
    def _insert_receipts(self, rows: Sequence[StoredReceipt]) -> None:
        """Store receipts, all or none; one whose tag is there stays. `NotRecorded` if it cannot."""

    @abstractmethod
    def receipt(self, tag: bytes) -> StoredReceipt | None:
        """The stored receipt of the request with that tag."""

    @abstractmethod
    def erase_receipts(self, before: int) -> int:
        """Delete the receipts of the months before that one; how many there were."""

    def _begin_rotation(self) -> None:
        """From now on nothing is stored under an epoch before the newest."""

    def _leave_nothing_behind(self) -> None:
        """What the place can do so that no copy is left of what was deleted or wrapped anew."""

    def _drawer_of(self, compartment: Compartment) -> Drawer:
        return Drawer.WHOLE

    _hub_drawer = Drawer.WHOLE

    # Opening.

    def _open_hub(self) -> None:
        """Open the hub's secret, or make it; everything that is found by an index waits for this."""
        row = self._hub_row()
        if row is None:
            self._hub_secret = self._entropy.bytes(KEY_SIZE)
            self._wrap_hub_secret()
        else:
            epoch, wrapped = row
            cipher = self._cipher(epoch, self._hub_drawer)
            try:
                self._hub_secret = cipher.decrypt(wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], b"hub%d" % epoch)
            except InvalidTag:
                raise Unreadable(f"the master key in {self._masters.path} does not open {self._name}") from None
        self._index = self.secret(b"vault-index")

    def _wrap_hub_secret(self) -> None:
        epoch = self._masters.newest
        nonce = self._entropy.bytes(NONCE_SIZE)
        sealed = self._cipher(epoch, self._hub_drawer).encrypt(nonce, self._hub_secret, b"hub%d" % epoch)
        self._write_hub_row(epoch, nonce + sealed)

    def secret(self, label: bytes) -> bytes:
        """A secret of the hub for one use, 32 bytes; the same at every opening, through every epoch."""
        return HKDF(SHA256(), 32, salt=None, info=b"samrad/" + label).derive(self._hub_secret)

    # Finding and making keys.

    def keys(self, scopes: Iterable[Scope], made: Ref | None = None) -> list[Key]:
        """The key of each scope, made and pending if there is none. Of a stream that was just `made` no key is stored,
        and none is looked for; if one were, both would open what they sealed."""
        return [self._by_scope.get(scope) or self._find_or_make(scope, scope.stream == made) for scope in scopes]

    def make_durable(self) -> None:
        """Write all pending keys in one commit, and then what is sealed under them here. If it fails they stay
        pending, and nothing may be recorded."""
        if not self._pending and not self._pending_receipts:
            return
        with self._lock:
            rows = list(self._pending.values())
            if rows:
                self._insert(rows)
            for row in rows:
                del self._pending[row.id]
            if self._pending_receipts:
                self._insert_receipts(list(self._pending_receipts.values()))
                self._pending_receipts.clear()

    def keep_receipt(self, row: StoredReceipt) -> None:
        """Keep a receipt: pending, as keys are, until `make_durable`."""
        with self._lock:
            self._pending_receipts[row.tag] = row

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

    def _make(self, scope: Scope, tag: bytes) -> Key:
        secret = self._entropy.bytes(KEY_SIZE)
        key_id = self._entropy.bytes(16)
        content = pad(secret + _scope_to_json.encode(scope))
        stream = self._stream_tag(scope.stream)
        self._pending[key_id] = self._wrap(content, key_id, tag, stream, self._drawer_of(scope.compartment))
        return self._remember(Key(key_id, scope, AESGCM(secret)))

    def _wrap(self, content: bytes, key_id: bytes, scope: bytes, stream: bytes, drawer: Drawer) -> StoredKey:
        epoch = self._masters.newest
        cipher = self._cipher(epoch, drawer)
        nonce = self._entropy.bytes(NONCE_SIZE)
        bound = _bound_to(StoredKey(key_id, epoch, scope, stream, b"", drawer))
        return StoredKey(key_id, epoch, scope, stream, nonce + cipher.encrypt(nonce, content, bound), drawer)

    def _wrap_anew(self, row: StoredKey) -> StoredKey:
        return self._wrap(self._open_wrapped(row), row.id, row.scope, row.stream, row.drawer)

    def _scope_tag(self, scope: Scope) -> bytes:
        return hmac.digest(self._index, b"scope" + _scope_to_json.encode(scope), "sha256")

    def _stream_tag(self, stream: Ref) -> bytes:
        return hmac.digest(self._index, b"stream" + bytes.fromhex(stream.hex), "sha256")

    # Disposing and rotating.

    def delete(self, key_ids: Iterable[Ref]) -> int:
        """Delete keys, so that no byte of them is left that this vault can reach; how many there were. Done again, it
        finishes what was interrupted."""
        wanted = [bytes.fromhex(ref.hex) for ref in key_ids]
        self.retire(wanted)
        with self._lock:
            pending = {key_id for key_id in wanted if self._pending.pop(key_id, None) is not None}
            deleted = len(pending.union(self._erase(wanted)))
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
            self._begin_rotation()
            rewrapped = 0
            while rows := self._left_to_rewrap():
                self._replace([self._wrap_anew(row) for row in rows])
                rewrapped += len(rows)
            self._wrap_hub_secret()
            self._leave_nothing_behind()
            return rewrapped

    def forget_older_epochs(self) -> int:
        """Delete from the master key's file every epoch under which nothing is stored here any more; how many. Then
        what was disposed of is erased: no copy of this vault from before the rotation opens, in whatever backup it
        lies, and none can be restored."""
        with self._lock:
            newest = self._masters.newest
            if self._count_older(newest) or self._hub_epoch() != newest:
                raise SamradError(f"{self._name} still holds keys under older epochs: rotate them first")
            return self._masters.forget_older()

    def _hub_epoch(self) -> int | None:
        row = self._hub_row()
        return None if row is None else row[0]

    def _left_to_rewrap(self) -> list[StoredKey]:
        return self._rows("WHERE epoch < ? LIMIT ?", self._masters.newest, REWRAPPED_AT_ONCE)


def _bound_to(row: StoredKey) -> bytes:
    bound = b"key" + row.id + row.epoch.to_bytes(4, "big") + row.scope + row.stream
    return bound if row.drawer is Drawer.WHOLE else bound + bytes([row.drawer])

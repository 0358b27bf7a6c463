"""The key vault: durable before use, silent without the master key, and gone without a trace when deleted."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.system import SeededEntropy
from adapters.vault.embedded import SqliteVault
from adapters.vault.key_partitions import Drawer
from adapters.vault.key_vault import StoredKey
from adapters.vault.master_keys import MasterKeys
from domain.errors import NotRecorded, SamradError, Unreadable
from domain.ports import Scope
from domain.vocabulary import Compartment, Ref, UnitId
from tests.adapters.support import ENTROPY, SOCIAL, Hub, every_file, one, person

KNOWN = "8ea2b22fe58e3a24b0d22ea869c147deb8a9b173fd2bc3a9ec04d8bc1d961f9a"
"""The secret for aliases of a hub whose own secret is 32 zeros."""


def scope(stream: Ref | None = None, unit: UnitId = SOCIAL) -> Scope:
    return Scope(stream or ENTROPY.ref(), Compartment.RECORD, unit)


def test_nothing_is_recorded_under_a_key_that_could_not_be_made_durable(hub: Hub) -> None:
    assert isinstance(hub.vault, SqliteVault)
    hub.vault._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(NotRecorded, match=r"vault\.db"):
        hub.log.append([one(ENTROPY.ref(), 1)])
    assert hub.log.last() == 0

    hub.vault._connection.execute("PRAGMA query_only = OFF")
    hub.log.append([one(ENTROPY.ref(), 1)])

    with closing(sqlite3.connect(hub.data / "vault.db")) as stored:
        assert stored.execute("SELECT count(*) FROM keys").fetchone()[0] == 2


def test_a_deleted_key_leaves_no_byte_in_any_file(hub: Hub) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1, person())])
    for _ in range(4):
        others = hub.vault.keys([scope() for _ in range(150)])
        hub.vault.make_durable()
    keys = [key.id for key in hub.vault.keys_of(case)] + [Ref(key.id.hex()) for key in others]
    with closing(sqlite3.connect(hub.data / "vault.db")) as stored:
        wrapped = [
            stored.execute("SELECT wrapped, scope FROM keys WHERE id = ?", (key.uuid.bytes,)).fetchone() for key in keys
        ]
    vault_files = [hub.data / "vault.db", hub.data / "vault.db-wal"]
    assert all(bytes(w) in b"".join(f.read_bytes() for f in vault_files) for w, _ in wrapped)

    assert hub.vault.delete(keys) == len(keys)

    left = b"".join(file.read_bytes() for file in vault_files if file.exists())
    for key, (secret, tag) in zip(keys, wrapped, strict=True):
        assert key.uuid.bytes not in left
        assert secret[:24] not in left
        assert secret[-24:] not in left
        assert tag not in left
    assert hub.vault.delete(keys) == 0


SEED_THAT_LEFT_A_COPY = "vault 17"
"""With these ids, SQLite moves a row from page to page before it is deleted, and overwrites only the last place."""


def deleting(folder: Path, fails: pytest.MonkeyPatch | None = None) -> tuple[list[StoredKey], bytes]:
    """Delete the last quarter of a vault's keys: their rows, and what the file holds afterwards."""
    entropy = SeededEntropy(SEED_THAT_LEFT_A_COPY)
    masters = MasterKeys.create(folder / "keys" / "master.json", folder / "data", entropy)
    (folder / "data").mkdir()
    with closing(SqliteVault(folder / "data" / "vault.db", masters, entropy)) as vault:
        for _ in range(4):
            keys = vault.keys([Scope(entropy.ref(), Compartment.RECORD, UnitId("a")) for _ in range(150)])
            vault.make_durable()
        rows = [row for key in keys for row in vault._rows("WHERE id = ?", key.id)]
        if fails is not None:
            fails.setattr(vault, "_leave_nothing_behind", lambda: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                vault.delete([Ref(key.id.hex()) for key in keys])
        else:
            assert vault.delete([Ref(key.id.hex()) for key in keys]) == len(rows) == 150
    return rows, (folder / "data" / "vault.db").read_bytes()


def test_no_copy_is_left_of_a_row_that_was_moved_before_it_was_deleted(tmp_path: Path) -> None:
    rows, left = deleting(tmp_path)
    assert not [row for row in rows for part in (row.id, row.scope, row.stream, row.wrapped) if part[-16:] in left]


def test_copies_that_a_kill_left_are_cleared_away_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, left = deleting(tmp_path, monkeypatch)
    assert [row for row in rows if row.scope[-16:] in left]
    masters = MasterKeys.load(tmp_path / "keys" / "master.json", tmp_path / "data")
    SqliteVault(tmp_path / "data" / "vault.db", masters, ENTROPY).close()
    left = (tmp_path / "data" / "vault.db").read_bytes()
    assert not [row for row in rows if row.scope[-16:] in left]


def test_the_vault_tells_nobody_what_its_keys_seal(hub: Hub) -> None:
    wanted = scope()
    hub.vault.keys([wanted])
    hub.vault.make_durable()
    stored = every_file(hub.data)
    assert SOCIAL.encode() not in stored
    assert wanted.stream.hex.encode() not in stored
    assert wanted.stream.uuid.bytes not in stored


def test_the_master_key_is_never_inside_the_data_folder(tmp_path: Path) -> None:
    for inside in (tmp_path / "master.json", tmp_path / "deep" / "master.json"):
        with pytest.raises(SamradError, match="outside the data folder"):
            MasterKeys.create(inside, tmp_path, ENTROPY)
        with pytest.raises(SamradError, match="outside the data folder"):
            MasterKeys.load(inside, tmp_path)


def test_the_master_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.json"
    with pytest.raises(SamradError, match="no master key file"):
        MasterKeys.load(path, tmp_path / "data")
    MasterKeys.create(path, tmp_path / "data", ENTROPY)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SamradError, match="never written over"):
        MasterKeys.create(path, tmp_path / "data", ENTROPY)
    path.chmod(0o640)
    with pytest.raises(SamradError, match="read by others"):
        MasterKeys.load(path, tmp_path / "data")


@pytest.mark.parametrize("content", ["", "{}", '{"epochs": []}', '{"epochs": [{"epoch": 1, "key": "AAAA"}]}', "[1]"])
def test_a_file_of_something_else_is_no_master_key(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(SamradError, match=r"master\.json"):
        MasterKeys.load(path, tmp_path / "data")


def test_the_files_of_the_hub_are_its_owners_alone(hub: Hub) -> None:
    hub.log.append([one(ENTROPY.ref(), 1)])
    for name in os.listdir(hub.data):
        assert (hub.data / name).stat().st_mode & 0o077 == 0, name


def test_a_secret_of_the_hub_is_the_same_for_ever(hub: Hub) -> None:
    """Aliases, tags and indexes rest on it: with another one nothing that was given out is found again."""
    assert isinstance(hub.vault, SqliteVault)
    hub.vault._hub_secret = bytes(32)
    assert hub.vault.secret(b"alias").hex() == KNOWN
    assert hub.vault.secret(b"tag").hex() != KNOWN


def test_an_epoch_that_is_lacking_is_told_with_the_drawer_that_is_meant(hub: Hub) -> None:
    assert isinstance(hub.vault, SqliteVault)
    with pytest.raises(Unreadable, match=r"under master epoch 9, which"):
        hub.vault._cipher(9, Drawer.WHOLE)
    with pytest.raises(Unreadable, match=r"under master epoch 9 in the drawer projected, which"):
        hub.vault._cipher(9, Drawer.PROJECTED)

"""The key vault: durable before use, silent without the master key, and gone without a trace when deleted."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.master import MasterKeys
from adapters.vault import SqliteVault
from domain.errors import NotRecorded, SamradError, Tampered, Unreadable
from domain.ports import Scope
from domain.vocabulary import Compartment, Ref, UnitId
from tests.adapters.support import ENTROPY, POLICE, SOCIAL, Hub, every_file, one, person


def scope(stream: Ref | None = None, unit: UnitId = SOCIAL) -> Scope:
    return Scope(stream or ENTROPY.ref(), Compartment.RECORD, unit)


def test_a_scope_has_one_key_now_and_after_reopening(tmp_path: Path) -> None:
    wanted = scope()
    with Hub(tmp_path) as hub:
        (first,) = hub.vault.keys([wanted])
        assert hub.vault.keys([wanted]) == [first]
        hub.vault.make_durable()
    with Hub(tmp_path) as hub:
        (again,) = hub.vault.keys([wanted])
        assert (again.id, again.scope) == (first.id, wanted)
        sealed = first.cipher.encrypt(b"n" * 12, b"text", b"")
        assert again.cipher.decrypt(b"n" * 12, sealed, b"") == b"text"
        assert hub.vault.get(first.id) is again
        assert hub.vault.get(b"x" * 16) is None


def test_a_key_that_was_never_made_durable_is_not_there_after_reopening(tmp_path: Path) -> None:
    with Hub(tmp_path) as hub:
        (key,) = hub.vault.keys([scope()])
    with Hub(tmp_path) as hub:
        assert hub.vault.get(key.id) is None


def test_nothing_is_recorded_under_a_key_that_could_not_be_made_durable(hub: Hub) -> None:
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


def test_a_deleted_key_is_used_no_more_and_its_scope_gets_another(hub: Hub) -> None:
    wanted = scope()
    (first,) = hub.vault.keys([wanted])
    hub.vault.make_durable()
    hub.vault.delete([Ref(first.id.hex())])
    assert hub.vault.get(first.id) is None
    assert hub.vault.keys([wanted])[0].id != first.id


def test_the_vault_tells_nobody_what_its_keys_seal(hub: Hub) -> None:
    wanted = scope()
    hub.vault.keys([wanted])
    hub.vault.make_durable()
    stored = every_file(hub.data)
    assert SOCIAL.encode() not in stored
    assert wanted.stream.hex.encode() not in stored
    assert wanted.stream.uuid.bytes not in stored


def test_a_key_that_was_moved_to_another_row_is_refused(hub: Hub) -> None:
    first, second = hub.vault.keys([scope(), scope()])
    hub.vault.make_durable()
    hub.vault.close()
    with closing(sqlite3.connect(hub.data / "vault.db", isolation_level=None)) as stored:
        stored.execute(
            "UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE id = ?) WHERE id = ?", (first.id, second.id)
        )
    with closing(SqliteVault(hub.data / "vault.db", hub.masters, ENTROPY)) as again:
        assert again.get(first.id) is not None
        with pytest.raises(Tampered, match=r"vault\.db"):
            again.get(second.id)


def test_another_master_key_is_refused_at_once_with_one_clear_error(tmp_path: Path) -> None:
    with Hub(tmp_path) as hub:
        hub.log.append([one(ENTROPY.ref(), 1)])
    (hub.keys / "master.json").unlink()
    with pytest.raises(Unreadable, match=r"master\.json does not open .*vault\.db"):
        Hub(tmp_path)


def test_the_hubs_secrets_differ_by_label_and_stay_the_same(tmp_path: Path) -> None:
    with Hub(tmp_path) as hub:
        alias, tag = hub.vault.secret(b"alias"), hub.vault.secret(b"request-tag")
        assert alias != tag
        assert len(alias) == 32
        hub.vault.rotate()
        assert hub.vault.secret(b"alias") == alias
    with Hub(tmp_path) as hub:
        assert hub.vault.secret(b"alias") == alias
        assert alias not in every_file(tmp_path)


def test_rotation_wraps_everything_anew_and_the_old_master_opens_nothing_more(tmp_path: Path) -> None:
    case = ENTROPY.ref()
    with Hub(tmp_path) as hub:
        hub.log.append([one(case, 1, person())])
        assert hub.vault.rotate() == 3
    with Hub(tmp_path) as hub:
        assert hub.masters.newest == 2
        assert hub.log.open(hub.log.read(0, 1)[0], frozenset(Compartment)).shown
    with closing(sqlite3.connect(hub.data / "vault.db")) as stored:
        assert {row[0] for row in stored.execute("SELECT epoch FROM keys UNION SELECT epoch FROM hub")} == {2}


def test_a_rotation_killed_half_way_loses_nothing_and_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.vault._REWRAPPED_AT_ONCE", 4)
    case = ENTROPY.ref()
    with Hub(tmp_path) as hub:
        hub.log.append([one(case, 1, person())])
        hub.vault.keys([scope() for _ in range(20)])
        hub.vault.make_durable()
        calls = iter(range(6))
        wrap = hub.vault._wrap

        def killed(*row: bytes) -> object:
            if next(calls, None) is None:
                raise KeyboardInterrupt
            return wrap(*row)

        monkeypatch.setattr(hub.vault, "_wrap", killed)
        with pytest.raises(KeyboardInterrupt):
            hub.vault.rotate()
        monkeypatch.undo()
    with Hub(tmp_path) as hub:
        assert hub.log.open(hub.log.read(0, 1)[0], frozenset(Compartment)).shown
        assert hub.vault.rotate() == 23 - 4
        assert hub.masters.newest == 2
        assert hub.vault.rotate() == 23
        assert hub.masters.newest == 3


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


def test_of_a_stream_that_was_just_made_no_key_is_looked_for_and_its_keys_are_found_later(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ENTROPY.ref()
    with monkeypatch.context() as blind:
        blind.setattr(hub.vault, "_rows", None)
        hub.log.append([one(case, 1, person())])
        with pytest.raises(TypeError):
            hub.log.append([one(case, 2, person(), unit=POLICE)])
    known = {key.id for key in hub.vault.keys_of(case)}
    with Hub(hub.folder) as again:
        again.log.append([one(case, 2)])
        assert {key.id for key in again.vault.keys_of(case)} == known

"""The vault of several processes: drawers that open apart, deletions that all hear of, rotations while others write."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from adapters.postgresql.rights import let_in, prepare_vault
from adapters.postgresql.roles import APPEND, PROJECT
from adapters.postgresql.vault import PostgresKeys, PostgresVault
from adapters.vault.key_partitions import PROJECTED, Drawer
from adapters.vault.master_keys import DrawerKeys, MasterKeys
from adapters.vault.sealing import Key
from domain.errors import NotRecorded, SamradError, Unreadable
from domain.ports import Scope
from domain.vocabulary import Compartment, Ref
from hub_cluster.postgres_access import PostgresAccess
from tests.adapters.support import ENTROPY, SOCIAL
from tests.adapters.vaults import OnPostgres


class Stand:
    """A vault as the hub has it open, and as a projection has it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.place = OnPostgres(folder, url)
        self.masters = self.place.masters
        self.drawer = folder / "projections" / "keys.json"
        self.masters.write_drawer(Drawer.PROJECTED, self.drawer)
        self.vault = PostgresVault(self.place.connect, self.masters, ENTROPY)
        self.reader = PostgresKeys(self.place.connect, DrawerKeys.load(self.drawer))

    def make(self, *compartments: Compartment) -> list[Key]:
        """A durable key of each compartment, in a stream of their own."""
        case = ENTROPY.ref()
        keys = self.vault.keys([Scope(case, compartment, SOCIAL) for compartment in compartments])
        self.vault.make_durable()
        return keys

    def close(self) -> None:
        self.vault.close()
        self.reader.close()


@pytest.fixture
def stand(tmp_path: Path, vault_url: str) -> Iterator[Stand]:
    made = Stand(tmp_path, vault_url)
    yield made
    made.close()


def test_a_projection_opens_the_keys_of_its_drawer_and_nothing_else(stand: Stand) -> None:
    for key in stand.make(*Compartment):
        if key.scope.compartment in PROJECTED:
            opened = stand.reader.get(key.id)
            assert opened is not None
            sealed = key.cipher.encrypt(b"n" * 12, b"text", b"")
            assert opened.cipher.decrypt(b"n" * 12, sealed, b"") == b"text"
        else:
            with pytest.raises(Unreadable, match="in the drawer sealed"):
                stand.reader.get(key.id)
    assert {Compartment.RECORD, Compartment.COORDINATION, Compartment.ACCESS} == PROJECTED


def test_a_projections_keys_open_neither_the_hubs_secret_nor_anothers_drawer(stand: Stand) -> None:
    keys = DrawerKeys.load(stand.drawer)
    assert keys.cipher(1, Drawer.PROJECTED) is not None
    assert [keys.cipher(1, each) for each in (Drawer.WHOLE, Drawer.SEALED, Drawer.HUB)] == [None] * 3
    held = stand.drawer.read_bytes()
    assert stand.place.master.read_bytes().split(b'"key": ')[1][:44] not in held


def test_a_file_of_one_drawer_is_no_master_key_and_a_master_key_no_file_of_a_drawer(stand: Stand) -> None:
    with pytest.raises(SamradError, match="one drawer, and no master key"):
        MasterKeys.load(stand.drawer, stand.place.folder / "data")
    with pytest.raises(SamradError, match="has no place here"):
        DrawerKeys.load(stand.place.master)
    with pytest.raises(SamradError, match="given to nobody"):
        stand.masters.write_drawer(Drawer.WHOLE, stand.drawer)
    assert stand.drawer.stat().st_mode & 0o777 == 0o600
    stand.drawer.chmod(0o644)
    with pytest.raises(SamradError, match="read by others"):
        DrawerKeys.load(stand.drawer)


def test_a_key_that_was_moved_to_another_drawer_is_refused_there(stand: Stand) -> None:
    (key,) = stand.make(Compartment.SOCIAL)
    stand.place.ask("UPDATE keys SET drawer = ?", int(Drawer.PROJECTED))
    with pytest.raises(SamradError, match="not what was stored there"):
        stand.reader.get(key.id)


def test_a_projection_seals_nothing(stand: Stand) -> None:
    with pytest.raises(NotRecorded, match="reading alone"):
        stand.reader.keys([Scope(ENTROPY.ref(), Compartment.RECORD, SOCIAL)])


def test_invariant_6_a_key_that_the_hub_deletes_is_let_go_of_by_every_process(stand: Stand) -> None:
    gone, kept = stand.make(Compartment.RECORD, Compartment.COORDINATION)
    assert stand.reader.get(gone.id) is not None
    assert stand.reader.get(kept.id) is not None
    stand.vault.delete([Ref(gone.id.hex())])
    assert stand.reader.refresh() == 1
    assert stand.reader.get(gone.id) is None
    assert stand.reader.get(kept.id) is not None
    assert stand.reader.refresh() == 0


def test_invariant_6_of_two_who_delete_at_once_the_later_to_commit_is_heard_of_too(stand: Stand) -> None:
    """A reader goes on after the last number that it saw: a lower one that is committed later would never be read."""
    first, second = stand.make(Compartment.RECORD, Compartment.COORDINATION)
    other = PostgresVault(stand.place.connect, stand.masters, ENTROPY)
    assert stand.reader.get(first.id) is not None
    deleting = threading.Thread(target=other.delete, args=([Ref(second.id.hex())],))
    waits = "SELECT 1 FROM pg_locks WHERE relation = 'vault.gone'::regclass AND NOT granted"
    with stand.vault._line.transaction():
        stand.vault.delete([Ref(first.id.hex())])
        deleting.start()
        while deleting.is_alive() and not stand.place.ask(waits):
            pass
        stand.reader.refresh()
    deleting.join()
    stand.reader.refresh()
    assert stand.reader.get(first.id) is stand.reader.get(second.id) is None
    other.close()


def test_a_key_whose_disposal_was_read_is_not_fetched_again_though_it_still_lies_there(stand: Stand) -> None:
    (key,) = stand.make(Compartment.RECORD)
    stand.reader.retire([key.id])
    stand.reader.prefetch([key.id])
    assert stand.reader.get(key.id) is None


def test_a_batch_of_keys_is_fetched_with_one_question(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [*stand.make(Compartment.RECORD), *stand.make(Compartment.RECORD), *stand.make(Compartment.ACCESS)]
    stand.reader.prefetch([*(key.id for key in keys), b"not there......."])
    monkeypatch.setattr(stand.reader, "_rows", None)
    for key in keys:
        found = stand.reader.get(key.id)
        assert found is not None
        assert found.scope == key.scope


def test_a_rotation_goes_on_while_another_process_seals_and_a_projection_reads(stand: Stand) -> None:
    """Nothing is stored under the old epoch once the rotation has begun, so the old master key can be deleted."""
    other = PostgresVault(stand.place.connect, stand.place.masters, ENTROPY)
    (pending,) = other.keys([Scope(ENTROPY.ref(), Compartment.RECORD, SOCIAL)])
    stand.masters.add(ENTROPY)
    stand.masters.write_drawer(Drawer.PROJECTED, stand.drawer)
    stand.vault.rotate()
    other.make_durable()
    assert stand.place.ask("SELECT epoch FROM keys UNION SELECT epoch FROM hub") == [(2,)]
    assert stand.vault.forget_older_epochs() == 1
    assert stand.reader.get(pending.id) is not None
    assert other.get(pending.id) is not None
    other.close()


def test_a_process_that_is_not_given_the_new_epoch_records_nothing_more(stand: Stand, tmp_path: Path) -> None:
    apart = tmp_path / "apart" / "master.json"
    apart.parent.mkdir()
    apart.write_bytes(stand.place.master.read_bytes())
    apart.chmod(0o600)
    other = PostgresVault(stand.place.connect, MasterKeys.load(apart, tmp_path / "data"), ENTROPY)
    other.keys([Scope(ENTROPY.ref(), Compartment.RECORD, SOCIAL)])
    stand.vault.rotate()
    with pytest.raises(NotRecorded, match="begun a master epoch"):
        other.make_durable()
    assert stand.place.ask("SELECT count(*) FROM keys") == [(0,)]
    other.close()


def test_after_a_lost_connection_the_keys_that_wait_are_stored_once(stand: Stand) -> None:
    class LostAnswer(PostgresVault):
        """Its keys are stored, and the connection is lost before it hears so."""

        def _inserted(self, rows: Any) -> bool:
            done = super()._inserted(rows)
            ask = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            if not self._unsure:
                stand.place.ask(f"{ask} AND pid <> pg_backend_pid()")
                self.present([])
            return done

    vault = LostAnswer(stand.place.connect, stand.masters, ENTROPY)
    (first,) = vault.keys([Scope(ENTROPY.ref(), Compartment.RECORD, SOCIAL)])
    with pytest.raises(NotRecorded, match="could not be reached"):
        vault.make_durable()
    (second,) = vault.keys([Scope(ENTROPY.ref(), Compartment.RECORD, SOCIAL)])
    vault.make_durable()
    assert place_ids(stand) == {first.id, second.id}
    vault.close()


def test_the_role_of_a_projection_reads_keys_and_changes_nothing(
    stand: Stand, postgres: PostgresAccess, database: str
) -> None:
    let_in(stand.place.url, (APPEND, PROJECT))
    prepare_vault(stand.place.url)
    (key,) = stand.make(Compartment.RECORD)
    reader = PostgresKeys(lambda: psycopg.connect(postgres.url_of(PROJECT, database)), DrawerKeys.load(stand.drawer))
    assert reader.get(key.id) is not None
    assert reader.refresh() == 0
    for forbidden in ("DELETE FROM vault.keys", "SELECT * FROM vault.hub", "DELETE FROM vault.gone"):
        with reader._line.transaction() as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(forbidden.encode())
    reader.close()
    serving = PostgresVault(lambda: psycopg.connect(postgres.url_of(APPEND, database)), stand.masters, ENTROPY)
    serving.delete([Ref(key.id.hex())])
    serving.rotate()
    serving.close()


def place_ids(stand: Stand) -> set[bytes]:
    return {row[0] for row in stand.place.ask("SELECT id FROM keys")}

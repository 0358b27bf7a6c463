"""What every vault keeps, in SQLite and in PostgreSQL: a key is durable before use, and gone when it was deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.store.kept_receipts import KeptReceipts
from adapters.vault.key_partitions import Drawer
from adapters.vault.key_vault import KeyVault, StoredKey
from adapters.vault.master_keys import MasterKeys
from domain.act import Fact
from domain.errors import SamradError, Tampered, Unreadable
from domain.event import Gone
from domain.ports import Scope
from domain.vocabulary import Compartment, Kind, Ref, UnitId
from tests.adapters.support import ENTROPY, POLICE, SOCIAL, act, every_file, one, person
from tests.adapters.vaults import OnPostgres, OnSqlite, Place


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    made: Place
    if request.param == "sqlite":
        made = OnSqlite(tmp_path)
    else:
        made = OnPostgres(tmp_path, request.getfixturevalue("vault_url"))
    yield made
    made.close()


def scope(stream: Ref | None = None, unit: UnitId = SOCIAL) -> Scope:
    return Scope(stream or ENTROPY.ref(), Compartment.RECORD, unit)


def test_a_scope_has_one_key_now_and_after_reopening(place: Place) -> None:
    wanted, vault = scope(), place.open()
    (first,) = vault.keys([wanted])
    assert vault.keys([wanted]) == [first]
    vault.make_durable()
    reopened = place.open()
    (again,) = reopened.keys([wanted])
    assert (again.id, again.scope) == (first.id, wanted)
    sealed = first.cipher.encrypt(b"n" * 12, b"text", b"")
    assert again.cipher.decrypt(b"n" * 12, sealed, b"") == b"text"
    assert reopened.get(first.id) is again
    assert reopened.get(b"x" * 16) is None


def test_a_key_that_was_never_made_durable_is_not_there_after_reopening(place: Place) -> None:
    (key,) = place.open().keys([scope()])
    assert place.open().get(key.id) is None


def test_a_group_of_keys_is_made_durable_at_once(place: Place) -> None:
    vault = place.open()
    keys = vault.keys([scope() for _ in range(50)])
    vault.make_durable()
    assert place.ask("SELECT count(*) FROM keys") == [(50,)]
    assert sorted(vault.present([key.id for key in keys])) == sorted(key.id for key in keys)


def test_a_deleted_key_is_used_no_more_and_its_scope_gets_another(place: Place) -> None:
    wanted, vault = scope(), place.open()
    (first,) = vault.keys([wanted])
    vault.make_durable()
    (pending,) = vault.keys([scope()])
    assert vault.delete([Ref(first.id.hex()), Ref(pending.id.hex())]) == 2
    assert vault.get(first.id) is None
    assert vault.keys([wanted])[0].id != first.id
    assert place.ask("SELECT count(*) FROM keys") == [(0,)]
    assert vault.delete([Ref(first.id.hex())]) == 0


def test_the_keys_of_a_stream_are_found_by_what_they_seal(place: Place) -> None:
    case, vault = ENTROPY.ref(), place.open()
    wanted = [Scope(case, compartment, unit) for compartment in Compartment for unit in (SOCIAL, POLICE)]
    made = {key.scope: key.id.hex() for key in vault.keys([*wanted, scope()])}
    vault.make_durable()
    again = place.open()
    assert {key.scope: key.id.hex for key in again.keys_of(case)} == {each: made[each] for each in wanted}
    (found,) = again.keys_of(case, POLICE, {Compartment.SOCIAL})
    assert found.scope == Scope(case, Compartment.SOCIAL, POLICE)


def test_a_vault_tells_nobody_what_its_keys_seal(place: Place) -> None:
    wanted, vault = scope(), place.open()
    vault.keys([wanted])
    vault.make_durable()
    (row,) = place.ask("SELECT * FROM keys")
    stored = b"".join(value for value in row if isinstance(value, bytes))
    assert SOCIAL.encode() not in stored
    assert wanted.stream.hex.encode() not in stored
    assert wanted.stream.uuid.bytes not in stored


def test_a_key_that_was_moved_to_another_row_is_refused(place: Place) -> None:
    vault = place.open()
    first, second = vault.keys([scope(), scope()])
    vault.make_durable()
    ((wrapped,),) = place.ask("SELECT wrapped FROM keys WHERE id = ?", first.id)
    place.ask("UPDATE keys SET wrapped = ? WHERE id = ?", wrapped, second.id)
    again = place.open()
    assert again.get(first.id) is not None
    with pytest.raises(Tampered, match="vault"):
        again.get(second.id)


def test_another_master_key_is_refused_at_once_with_one_clear_error(place: Place) -> None:
    place.open()
    place.master.unlink()
    MasterKeys.create(place.master, place.folder / "data", ENTROPY)
    with pytest.raises(Unreadable, match=r"master\.json does not open .*vault"):
        place.open()


def test_the_hubs_secrets_differ_by_label_and_stay_the_same(place: Place) -> None:
    vault = place.open()
    alias, tag = vault.secret(b"alias"), vault.secret(b"request-tag")
    assert alias != tag
    assert len(alias) == 32
    vault.rotate()
    assert vault.secret(b"alias") == alias
    assert place.open().secret(b"alias") == alias
    assert alias not in every_file(place.folder)


def test_rotation_wraps_everything_anew_and_the_old_master_is_needed_for_nothing_more(place: Place) -> None:
    case = ENTROPY.ref()
    with place.hub() as hub:
        hub.log.append([one(case, 1, person())])
        assert hub.vault.rotate() == 3
    assert place.ask("SELECT epoch FROM keys UNION SELECT epoch FROM hub") == [(2,)]
    assert place.open().forget_older_epochs() == 1
    with place.hub() as hub:
        assert hub.masters.newest == 2
        assert hub.masters.cipher(1) is None
        assert hub.log.open(hub.log.read(0, 1)[0], frozenset(Compartment)).shown


def test_a_disposed_key_is_erased_with_its_master_epoch_wherever_a_copy_of_its_row_lies(place: Place) -> None:
    """A backup, a write-ahead log, a dead row: what they hold is put back, and opens nothing any more."""
    vault = place.open()
    (key,) = vault.keys([scope()])
    vault.make_durable()
    (kept,) = vault._rows("WHERE id = ?", key.id)
    vault.delete([Ref(key.id.hex())])
    assert vault._unwrap(kept).id == key.id  # disposed of, not erased yet
    vault.rotate()
    vault.forget_older_epochs()
    with pytest.raises(Unreadable, match="master epoch 1"):
        vault._unwrap(kept)
    with pytest.raises(Unreadable, match="master epoch 1"):
        place.open()._unwrap(kept)


def test_no_epoch_is_forgotten_under_which_a_key_still_stands(place: Place) -> None:
    vault = place.open()
    vault.keys([scope()])
    vault.make_durable()
    vault._masters.add(ENTROPY)
    with pytest.raises(SamradError, match="rotate them first"):
        vault.forget_older_epochs()
    assert place.masters.cipher(1) is not None


def test_a_rotation_killed_half_way_loses_nothing_and_is_finished_by_the_next(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.vault.key_vault.REWRAPPED_AT_ONCE", 4)
    case = ENTROPY.ref()
    with place.hub() as hub:
        hub.log.append([one(case, 1, person())])
        hub.vault.keys([scope() for _ in range(20)])
        hub.vault.make_durable()
        calls = iter(range(6))
        wrap = hub.vault._wrap_anew

        def killed(row: StoredKey) -> StoredKey:
            if next(calls, None) is None:
                raise KeyboardInterrupt
            return wrap(row)

        with monkeypatch.context() as interrupted:
            interrupted.setattr(hub.vault, "_wrap_anew", killed)
            with pytest.raises(KeyboardInterrupt):
                hub.vault.rotate()
    with place.hub() as hub:
        assert hub.log.open(hub.log.read(0, 1)[0], frozenset(Compartment)).shown
        assert hub.vault.rotate() == 23 - 4
        assert hub.masters.newest == 2
        assert hub.vault.rotate() == 23
        assert hub.masters.newest == 3


def test_of_a_stream_that_was_just_made_no_key_is_looked_for_and_its_keys_are_found_later(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ENTROPY.ref()
    with place.hub() as hub:
        with monkeypatch.context() as blind:
            blind.setattr(hub.vault, "_rows", None)
            hub.log.append([one(case, 1, person())])
            with pytest.raises(TypeError):
                hub.log.append([one(case, 2, person(), unit=POLICE)])
        known = {key.id for key in hub.vault.keys_of(case)}
    with place.hub() as again:
        again.log.append([one(case, 2)])
        assert {key.id for key in again.vault.keys_of(case)} == known


def test_a_restored_older_vault_is_rid_of_what_the_log_has_disposed_of_since(place: Place) -> None:
    vault = place.open()
    (key, other) = vault.keys([scope(), scope()])
    vault.make_durable()
    (backup,) = vault._rows("WHERE id = ?", key.id)
    vault.delete([Ref(key.id.hex())])
    vault._insert([backup])
    restored = place.open()
    named = [key.id, b"never here......"]
    assert restored.present(named) == [key.id]
    assert restored.delete([Ref(each.hex()) for each in named]) == 1
    assert restored.get(key.id) is None
    assert restored.get(other.id) is not None


def test_only_a_vault_with_drawers_says_which_keys_a_projection_opens(place: Place) -> None:
    vault = place.open()
    vault.keys([Scope(ENTROPY.ref(), compartment, SOCIAL) for compartment in Compartment])
    drawers = {row.drawer for row in vault._pending.values()}
    if isinstance(place, OnSqlite):
        assert drawers == {Drawer.WHOLE}
    else:
        assert drawers == {Drawer.PROJECTED, Drawer.SEALED}


OCTOBER, NOVEMBER = 1_792_000_000_000_000, 1_794_207_600_000_000
FIRST, SECOND = b"1" * 32, b"2" * 32


def a_fact(committed: int, request: str = "asked") -> Fact:
    stream = ENTROPY.ref()
    return Fact(
        id=ENTROPY.ref(),
        stream=stream,
        kind=Kind.CASE,
        version=1,
        position=1,
        committed=committed,
        act=act(request=request),
        event=Gone(),
    )


def receipts(vault: KeyVault) -> KeptReceipts:
    return KeptReceipts(vault, ENTROPY)


def test_a_receipt_is_there_once_it_is_durable_after_reopening_and_through_a_rotation(place: Place) -> None:
    vault, fact = place.open(), a_fact(NOVEMBER)
    receipts(vault).keep(FIRST, fact, {"reference": "K7PM-2RXD"})
    assert receipts(vault).of(FIRST) is None
    vault.make_durable()
    vault.rotate()
    found = receipts(place.open()).of(FIRST)
    assert found is not None
    assert (found.created, found.said) == (fact.act.id, {"reference": "K7PM-2RXD"})
    assert receipts(vault).is_same(found, FIRST, "asked")
    assert not receipts(vault).is_same(found, FIRST, "asked otherwise")
    assert receipts(vault).of(SECOND) is None


def test_a_receipt_is_made_durable_where_no_key_is_to_be(place: Place) -> None:
    vault = place.open()
    for tag in (FIRST, SECOND):
        receipts(vault).keep(tag, a_fact(NOVEMBER), {})
        vault.make_durable()
    assert receipts(vault).of(SECOND) is not None


def test_the_receipt_that_was_kept_first_stays(place: Place) -> None:
    vault, fact = place.open(), a_fact(NOVEMBER)
    for each in (fact, a_fact(NOVEMBER, "asked otherwise")):
        receipts(vault).keep(FIRST, each, {})
        vault.make_durable()
    found = receipts(vault).of(FIRST)
    assert found is not None
    assert found.created == fact.act.id


def test_a_receipt_that_was_moved_to_another_request_is_refused(place: Place) -> None:
    vault = place.open()
    receipts(vault).keep(FIRST, a_fact(NOVEMBER), {})
    vault.make_durable()
    place.ask("UPDATE receipts SET tag = ? WHERE tag = ?", SECOND, FIRST)
    with pytest.raises(Tampered, match="receipt"):
        receipts(place.open()).of(SECOND)


def test_receipts_are_forgotten_month_by_month_with_the_keys_that_open_them(place: Place) -> None:
    vault = place.open()
    for tag, committed in ((FIRST, OCTOBER), (SECOND, NOVEMBER)):
        receipts(vault).keep(tag, a_fact(committed), {})
    vault.make_durable()
    ((sealed, key),) = place.ask("SELECT sealed, key FROM receipts WHERE tag = ?", FIRST)
    assert receipts(vault).forget(OCTOBER) == 0
    assert receipts(vault).forget(NOVEMBER) == 1
    again = place.open()
    assert receipts(again).of(FIRST) is None
    assert receipts(again).of(SECOND) is not None
    assert again.get(bytes(key)) is None
    if isinstance(place, OnSqlite):
        left = b"".join(file.read_bytes() for file in (place.folder / "data").glob("vault.db*"))
        assert bytes(sealed) not in left
    assert receipts(vault).forget(NOVEMBER) == 0


def test_two_receipts_have_one_length_whatever_they_tell(place: Place) -> None:
    vault = place.open()
    receipts(vault).keep(FIRST, a_fact(NOVEMBER), {})
    receipts(vault).keep(SECOND, a_fact(NOVEMBER), {"reference": "K7PM-2RXD", "caller_key": "-".join(["bano"] * 6)})
    vault.make_durable()
    assert len(place.ask("SELECT DISTINCT length(sealed) FROM receipts")) == 1

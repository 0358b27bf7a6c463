"""The index of who can possibly know of what: as fresh as the log, the same after a start, unsure where it must be."""

import threading
from pathlib import Path

import pytest

from adapters.store.outcomes import Stored
from adapters.store.recorder import SqliteRecorder
from domain.act import Act
from domain.case import commands as case
from domain.case.commands import BlockStaff
from domain.case.events import Disposed
from domain.ports import Append, Draft
from domain.vocabulary import Kind, Ref
from hub_api.access import access_index, index_file, sealed_copy
from hub_api.access.access_index import AccessIndex
from hub_api.access.bloom_filter import BloomFilter
from hub_api.runtime.hub import Hub
from hub_demo.county import COORDINATION
from tests.adapters.support import behind_the_back
from tests.hub_api.stand import ANNA, NILS, PIA, RELATED, RUT, SARA, Girl, agreed, does, finds, let_in, opened


def index_of(hub: Hub) -> AccessIndex:
    return AccessIndex(hub.log, hub.vault.secret(b"access-index"))


def possible(hub: Hub, index: AccessIndex, stream: Ref) -> set[str]:
    """Of these, for whom the stream is possible now."""
    everyone = (ANNA, NILS, PIA, RELATED, RUT, SARA)
    return {who.person for who in everyone if index.may_know(who, stream, hub.log.last())}


def test_f_whoever_is_named_may_know_and_nobody_else(hub: Hub, girl: Girl) -> None:
    index = index_of(hub)
    assert possible(hub, index, girl.case) == {ANNA.person, SARA.person, RELATED.person, RUT.person}
    let_in(hub, girl, PIA)
    assert PIA.person in possible(hub, index, girl.case), "as soon as it is recorded"
    assert possible(hub, index, Ref("5" * 32)) == set()


def test_c9_a_block_keeps_out_at_once_and_lets_in_again_when_it_is_lifted(hub: Hub, girl: Girl) -> None:
    index = index_of(hub)
    block = does(hub, SARA, BlockStaff(staff=RELATED.person), girl.case).created
    assert RELATED.person not in possible(hub, index, girl.case)
    does(hub, SARA, case.LiftBlock(block=block), girl.case)
    assert RELATED.person in possible(hub, index, girl.case)


def test_c9_a_block_is_in_force_until_the_last_of_several_is_lifted(hub: Hub, girl: Girl) -> None:
    index = index_of(hub)
    one, other = (does(hub, SARA, BlockStaff(staff=RELATED.person), girl.case).created for _ in range(2))
    for block, kept in ((one, True), (other, False)):
        does(hub, SARA, case.LiftBlock(block=block), girl.case)
        assert index.is_kept_out(RELATED.person, girl.case, hub.log.last()) is kept


def test_c9_who_is_blocked_does_not_find_what_colleagues_go_on_with(hub: Hub, girl: Girl) -> None:
    does(hub, SARA, BlockStaff(staff=RELATED.person), girl.case)
    assert finds(hub, SARA, girl.case)
    assert not finds(hub, RELATED, girl.case)
    page = hub.gateway.page_now(RELATED, "cases", what="cases")
    assert page.items == ()


def test_an_opened_hub_goes_on_from_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_copy, "OFTEN", 1)
    with_girl(tmp_path)
    kept = tmp_path / "keys" / "access-index"
    assert kept.exists()
    read: list[int] = []
    rows = SqliteRecorder.rows

    def counted(self: SqliteRecorder, after: int, limit: int) -> list[Stored]:
        read.append(after)
        return rows(self, after, limit)

    monkeypatch.setattr(SqliteRecorder, "rows", counted)
    hub = opened(tmp_path)
    read.clear()
    try:
        last = hub.log.last()
        assert hub.access.position == last
        assert not hub.access.may_know(PIA, Ref("5" * 32), last)
        assert not read, "nothing of the log"
        again = index_of(hub)
        again.catch_up()
        assert again.known() == hub.access.known()
    finally:
        hub.close()


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "of another hub"])
def test_what_was_kept_and_is_not_whole_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(sealed_copy, "OFTEN", 1)
    stream = with_girl(tmp_path)
    kept = tmp_path / "keys" / "access-index"
    content = kept.read_bytes()
    if damage == "gone":
        kept.unlink()
    elif damage == "of another hub":
        with_girl(tmp_path / "other")
        kept.write_bytes((tmp_path / "other" / "keys" / "access-index").read_bytes())
    else:
        kept.write_bytes(content[:40] if damage == "cut" else content[:-1] + bytes([content[-1] ^ 1]))
    hub = opened(tmp_path)
    try:
        assert hub.access.position == 0
        assert not finds(hub, RELATED, stream)
        assert finds(hub, SARA, stream)
        assert not hub.access.may_know(RELATED, stream, hub.log.last())
    finally:
        hub.close()


def test_an_older_copy_of_the_log_is_not_judged_by_a_later_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_copy, "OFTEN", 1)
    with_girl(tmp_path)
    hub = opened(tmp_path)
    try:
        monkeypatch.setattr(hub.log.rows, "chain_at", lambda _: b"another history")
        file = index_file.IndexFile(
            tmp_path / "keys" / "access-index",
            hub.vault.secret(b"access-index-file"),
            hub.entropy,
            hub.log.rows,
        )
        assert file.read() is None
    finally:
        hub.close()


def test_nobody_who_takes_the_file_reads_a_name_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_copy, "OFTEN", 1)
    with_girl(tmp_path)
    kept = tmp_path / "keys" / "access-index"
    assert RELATED.person.encode() not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0


def test_where_much_is_missing_all_is_possible_until_it_is_there(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    does(hub, SARA, BlockStaff(staff=RELATED.person), girl.case)
    monkeypatch.setattr(access_index, "AT_ONCE", 3)
    may_go_on = threading.Event()
    index = index_of(hub)
    beside = index._beside

    def later() -> None:
        may_go_on.wait(10)
        beside()

    monkeypatch.setattr(index, "_beside", later)
    assert index.may_know(PIA, girl.case, hub.log.last())
    assert index.may_know(RELATED, girl.case, hub.log.last())
    assert index.is_kept_out(RELATED.person, girl.case, hub.log.last()) is None
    may_go_on.set()
    assert index._catching_up is not None
    index._catching_up.join(10)
    assert not index.may_know(PIA, girl.case, hub.log.last())
    assert index.is_kept_out(RELATED.person, girl.case, hub.log.last()) is True
    index.stop()


def test_what_cannot_be_read_makes_its_stream_possible_and_stops_no_other(hub: Hub, girl: Girl) -> None:
    other = does(hub, SARA, case.Open(coordinator=COORDINATION)).stream
    changed = (
        "UPDATE records SET frame = CAST(substr(frame, 1, length(frame) - 1) || "
        "iif(substr(frame, -1) = x'00', x'01', x'00') AS BLOB) WHERE stream = ? AND version = 1"
    )
    behind_the_back(hub.folder / "acts.db", (changed, (bytes.fromhex(girl.case.hex),)))
    index = index_of(hub)
    assert index.may_know(PIA, girl.case, hub.log.last()), "the full decision says what is wrong"
    assert index.is_kept_out(PIA.person, girl.case, hub.log.last()) is None
    assert not index.may_know(PIA, other, hub.log.last())


def test_c9_a_disposal_that_takes_a_block_with_it_lets_in_as_the_log_does(hub: Hub, girl: Girl) -> None:
    """No command does so now; a log may hold one of an earlier time."""
    index = index_of(hub)
    for who, blocked in ((SARA, NILS), (ANNA, PIA)):
        does(hub, who, BlockStaff(staff=blocked.person), girl.case)
        assert index.is_kept_out(blocked.person, girl.case, hub.log.last()) is True
    keys = tuple(key.id for key in hub.vault.keys_of(girl.case, SARA.unit, None))
    version, now = len(hub.log.snapshot().stream(girl.case)) + 1, hub.clock.now()
    act = Act(id=hub.entropy.ref(), by=SARA, now=now, happened=now, known=now)
    disposed = Draft(girl.case, Kind.CASE, version, act, Disposed(whole=True, keys=keys))
    hub.writer.submit(Append((disposed,))).result()
    assert index.is_kept_out(NILS.person, girl.case, hub.log.last()) is False
    assert index.is_kept_out(PIA.person, girl.case, hub.log.last()) is True


def test_a_filter_says_no_for_certain() -> None:
    made = BloomFilter(b"secret")
    for number in range(10_000):
        made.add(b"in%d" % number)
    assert all(b"in%d" % number in made for number in range(10_000))
    assert sum(b"out%d" % number in made for number in range(10_000)) <= 2
    again = BloomFilter(b"secret", bytes(made))
    assert b"in7" in again
    assert b"out7" not in again
    assert b"in7" not in BloomFilter(b"another", bytes(made))
    with pytest.raises(ValueError, match="bytes"):
        BloomFilter(b"secret", b"short")


def with_girl(folder: Path) -> Ref:
    """A hub that was used and closed: one of the unit is blocked from the case."""
    hub = agreed(folder)
    try:
        girl = Girl(hub)
        does(hub, SARA, BlockStaff(staff=RELATED.person), girl.case)
        assert not finds(hub, RELATED, girl.case)
        return girl.case
    finally:
        hub.close()

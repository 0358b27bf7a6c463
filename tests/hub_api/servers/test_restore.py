"""`samrad restore` gives no false all-clear, and what is lost it tells until it is given up."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from adapters.kafka.access import BrokerUser
from adapters.postgresql.restore import Framed, restore
from adapters.postgresql.roles import OWNER
from adapters.store.high_water import HighWater
from adapters.store.outcomes import Tip
from domain.case.commands import Open
from domain.errors import NotRecorded
from hub_api.cli import run
from hub_api.runtime.servers import restore as restoring
from hub_api.runtime.servers.opening import MARKS
from hub_api.runtime.servers.restore import Restored, restore_all
from hub_api.runtime.servers.settings import Production
from hub_demo.county import COORDINATION, agreement
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import NOW, SARA, ULLA


def silent(*_: object) -> None:
    """Nobody watches."""


def emptied(place: Place) -> None:
    place.postgres.drop(place.databases["store"])
    place.postgres.database(place.databases["store"], OWNER)
    place.migrate()


def carried_and_not(place: Place) -> None:
    """Some acts are on Kafka, and one more came after them; then the store is lost."""
    with place.relaying(), place.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        until(lambda: all(log.waiting == 0 for log in place.status().logs.values()))
    with place.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW)
    emptied(place)


def test_what_is_missing_cannot_be_told_without_keys_or_without_the_file_of_marks(place: Place) -> None:
    carried_and_not(place)
    without_keys = place.settings(
        OWNER, BrokerUser.RESTORE, projection_keys=place.projection_keys, carriage_keys=place.carriage_keys
    )
    assert [each.missing for each in restore_all(without_keys, silent, accept_loss=False)] == [None, None]
    emptied(place)
    with_keys = place.settings(OWNER, BrokerUser.RESTORE, keys=place.keys)
    marks = (place.keys / MARKS).read_bytes()
    (place.keys / MARKS).unlink()
    assert [each.missing for each in restore_all(with_keys, silent, accept_loss=True)] == [None, None]
    assert not (place.keys / MARKS).exists()
    emptied(place)
    (place.keys / MARKS).write_bytes(marks)
    assert [each.missing for each in restore_all(with_keys, silent, accept_loss=False)] == [1, 0]


def test_what_is_lost_is_told_again_where_the_looks_could_not_be_restored(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried_and_not(place)
    settings = place.settings(OWNER, BrokerUser.RESTORE, keys=place.keys)
    had_come_to = HighWater(place.keys / MARKS).mark("acts")

    def acts_alone(dsn: str, schema: str, frames: Iterable[Framed]) -> Tip:
        if schema == "looks":
            raise NotRecorded("looks could not be restored")
        return restore(dsn, schema, frames)

    with monkeypatch.context() as patched:
        patched.setattr(restoring, "restore", acts_alone)
        with pytest.raises(NotRecorded):
            restore_all(settings, silent, accept_loss=True)
    assert HighWater(place.keys / MARKS).mark("acts") == had_come_to
    emptied(place)
    acts, looks = restore_all(settings, silent, accept_loss=True)
    assert (acts.missing, looks.missing) == (1, 0)
    assert HighWater(place.keys / MARKS).mark("acts") == acts.position


@pytest.mark.parametrize(
    ("had_come_to", "missing", "said", "status"),
    [
        (5, 0, "nothing is missing up to the high-water mark", 0),
        (7, 2, "at least 2 that were accepted later are missing", 1),
        (None, None, "what is missing cannot be told: there is no high-water mark", 1),
    ],
)
def test_restore_says_what_is_missing_to_people_and_to_programs(
    had_come_to: int | None,
    missing: int | None,
    said: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(restoring, "restore_all", lambda *_, **__: [Restored("acts", 5, had_come_to)])
    monkeypatch.setattr(Production, "read", lambda: Production())
    monkeypatch.setenv("SAMRAD_STORE", "postgresql://samrad_owner@127.0.0.1/store")
    assert run(["restore"]) == status
    assert capsys.readouterr().out == f"acts: restored up to position 5; {said}\n"
    assert run(["restore", "--json"]) == status
    assert json.loads(capsys.readouterr().out) == {"acts": {"position": 5, "missing": missing}}


def test_a_log_that_nobody_marked_is_at_nothing_if_others_were_marked(tmp_path: Path) -> None:
    marks = HighWater(tmp_path / MARKS)
    assert marks.mark("acts") is None
    marks.note("acts", 3, b"chain")
    assert (marks.mark("acts"), marks.mark("looks")) == (3, 0)

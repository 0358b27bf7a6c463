"""What `samrad verify` says to do about servers is done, by the commands themselves, and helps."""

import json
from typing import Any

import pytest

from adapters.kafka.access import BrokerUser
from adapters.kafka.connection import Broker, administration
from adapters.postgresql.roles import APPEND, OWNER, PROJECT
from domain.case.commands import Open
from hub_api.cli import run
from hub_api.runtime.verify_advice import FROM_BACKUP, FROM_KAFKA, GIVE_UP_ON_SERVERS, KEEP, NEW_TOPIC, REBUILD
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from hub_demo.county import COORDINATION, agreement
from tests.adapters.kafka.rig import Topic
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import NOW, SARA, ULLA

Captured = pytest.CaptureFixture[str]


class Operator:
    """Somebody with a terminal, who is told as whom each command comes."""

    def __init__(self, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        self._place = place
        self._patch = monkeypatch
        self._capsys = capsys

    def runs(self, role: str, user: str | None, *arguments: str, **more: str) -> int:
        self._capsys.readouterr()
        with self._patch.context() as patch:
            for name, value in self._place.environment(role, user, **more).items():
                if name.startswith("SAMRAD_"):
                    patch.setenv(name, value)
            return run(list(arguments))

    def verify(self) -> dict[str, Any]:
        told = self._place._told(PROJECT, None)
        views = {name: str(told[name]) for name in ("views", "views_password")}
        status = self.runs(APPEND, BrokerUser.AUDITOR, "verify", "--json", **views)
        found: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        assert status == (1 if found["differences"] else 0)
        return found

    def rebuild(self, *options: str) -> int:
        return self.runs(PROJECT, BrokerUser.PROJECTIONS, "rebuild", *options)

    def restore(self, *options: str) -> int:
        place = self._place
        place.postgres.drop(place.databases["store"])
        place.postgres.database(place.databases["store"], OWNER)
        place.migrate()
        return self.runs(OWNER, BrokerUser.RESTORE, "restore", *options, keys=str(place.keys))

    def new_topic(self, kafka: KafkaAccess) -> None:
        broker = Broker(kafka.bootstrap, ADMINISTRATOR, kafka.password(ADMINISTRATOR))
        topic = self._place.topics["topic_acts"]
        with administration(broker) as client:
            client.delete_topics([topic])
            until(lambda: topic not in client.list_topics())
        self._place.migrate()


@pytest.fixture
def operator(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Operator:
    """Beside a hub that is carried and projected, and stands still now."""
    with place.relaying(), place.projecting(), place.hub(start=None, fresh_within=30) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        for _ in range(2):
            hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW)
        until(place.carried)
    return Operator(place, monkeypatch, capsys)


def behind_the_back(place: Place, *statements: str) -> None:
    """What somebody does who rules the server."""
    for statement in statements:
        place.postgres.ask(f"SET session_replication_role = replica; {statement}", place.databases["store"])


def test_a_record_that_was_changed_is_named_and_kafka_gives_the_store_back(operator: Operator, place: Place) -> None:
    behind_the_back(place, "UPDATE acts.records SET frame = frame || '\\x00' WHERE position IN (4, 5)")
    found = operator.verify()
    assert {(each["place"], each["position"]) for each in found["differences"]} >= {
        (where, position) for where in ("acts", "topic of acts") for position in (4, 5)
    }
    assert found["advice"] == [KEEP, FROM_KAFKA.format(log="acts")]
    assert operator.restore() == 0
    assert operator.verify()["differences"] == []


def test_a_topic_that_is_wrong_is_filled_anew_from_the_store(
    operator: Operator, place: Place, kafka: KafkaAccess
) -> None:
    last = int(place.postgres.ask("SELECT position FROM acts.log_end", place.databases["store"]))
    foreign = (last + 1).to_bytes(8, "big") + bytes(300)
    Topic(place.topics["topic_acts"], kafka).put(foreign)
    found = operator.verify()
    assert {each["place"] for each in found["differences"]} == {"topic of acts"}
    assert found["advice"] == [KEEP, NEW_TOPIC.format(log="acts")]
    operator.new_topic(kafka)
    with place.relaying(), place.projecting():
        until(place.carried)
    assert operator.verify()["differences"] == []


def test_a_store_and_a_topic_that_both_lost_their_end_go_on_when_somebody_gives_it_up(
    operator: Operator, place: Place, kafka: KafkaAccess
) -> None:
    last = int(place.postgres.ask("SELECT position FROM acts.log_end", place.databases["store"]))
    end = "SELECT chain, position FROM acts.records ORDER BY position DESC LIMIT 1"
    behind_the_back(
        place,
        f"DELETE FROM acts.records WHERE position = {last}",
        f"UPDATE acts.log_end SET (chain, position) = ({end})",
    )
    operator.new_topic(kafka)
    with place.relaying():
        until(lambda: place.status().logs["acts"].topic == last - 1)
    found = operator.verify()
    assert [each["error"] for each in found["differences"]] == ["StoreBehind", "LogBehind"]
    assert found["advice"] == [KEEP, FROM_BACKUP, GIVE_UP_ON_SERVERS]
    assert operator.rebuild() == 1
    assert operator.restore() == 1
    assert operator.restore("--accept-loss") == 1, "it says what is missing, and gives it up"
    assert operator.rebuild("--accept-loss") == 0
    assert operator.verify()["differences"] == []


def test_views_that_are_wrong_are_made_again(operator: Operator, place: Place) -> None:
    place.postgres.ask("UPDATE unit_stream_1 SET owner = 1 - owner", place.databases["views"])
    assert operator.verify()["advice"] == [REBUILD]
    assert operator.rebuild() == 0
    assert operator.verify()["differences"] == []


def test_a_key_of_carriage_that_is_old_is_told_until_it_is_rotated(operator: Operator, place: Place) -> None:
    path = place.keys / "carriage.json"
    stored = json.loads(path.read_text())
    stored["carriage"][0]["made"] = "2020-01-01"
    path.write_text(json.dumps(stored))
    assert [each for each in place.status().wrong if "key of carriage" in each and "rotate-carriage" in each]
    assert operator.runs(APPEND, None, "keys", "rotate-carriage", str(place.keys)) == 0
    assert operator.runs(APPEND, None, "keys", "carriage", str(place.carriage_keys)) == 0
    assert not [each for each in place.status().wrong if "key of carriage" in each]
    with place.relaying(), place.projecting(), place.hub(start=None, fresh_within=30) as hub:
        hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW)
        until(place.carried)
    assert operator.verify()["differences"] == []

"""Bad days of the hub on servers: Kafka away, PostgreSQL restarted in a commit, an older backup put back."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.kafka.access import BrokerUser
from adapters.kafka.errors import StoreLacks
from adapters.postgresql.roles import APPEND, OWNER, RELAY
from domain.case.commands import Open
from domain.errors import NotRecorded, SamradError, StoreBehind
from hub_api.runtime.servers.comparison import agree_all
from hub_api.runtime.servers.relay import relay
from hub_api.runtime.servers.restore import restore_all
from hub_api.runtime.servers.status import look
from hub_cluster.kafka_access import KafkaAccess
from hub_cluster.postgres import Postgres
from hub_demo.county import COORDINATION, agreement
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.servers.test_by_turns import asked, free_port
from tests.hub_api.stand import NOW, SARA, ULLA

NOWHERE = "127.0.0.1:9"


def silent(*_: object) -> None:
    """Nobody watches."""


def opens(place: Place, times: int) -> list[bytes]:
    """Record so many cases; all frames of the acts afterwards."""
    with place.hub(start=None, fresh_within=0) as hub:
        if hub.log.last() < 3:
            hub.commander.handle_now(ULLA, agreement(), None, NOW)
        for _ in range(times):
            hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW)
        return [row.frame for row in hub.log.rows.rows(0, 1000)]


def test_while_kafka_is_away_commands_are_accepted_and_the_status_says_how_many_wait(place: Place) -> None:
    frames = opens(place, 3)
    away = look(place.settings(APPEND, BrokerUser.AUDITOR, kafka=NOWHERE))
    assert away.logs["acts"].store == len(frames)
    assert [wrong for wrong in away.wrong if "no broker answers at 127.0.0.1:9" in wrong]
    assert [wrong for wrong in away.wrong if "nobody does this work: relay acts" in wrong]
    assert f"of acts, {len(frames)} at most wait to be carried to Kafka" in away.wrong
    there = look(place.settings(APPEND, BrokerUser.AUDITOR))
    assert there.logs["acts"].waiting == len(frames)
    with place.relaying():
        until(lambda: look(place.settings(APPEND, BrokerUser.AUDITOR)).logs["acts"].waiting == 0)
    assert place.agrees()


def test_a_store_that_is_older_than_it_was_is_not_served_nor_carried_and_kafka_gives_it_back(place: Place) -> None:
    opens(place, 2)
    store = place.databases["store"]
    place.postgres.ask(f"CREATE DATABASE {store}_backup TEMPLATE {store}")
    with place.relaying():
        frames = opens(place, 2)
        until(lambda: look(place.settings(APPEND, BrokerUser.AUDITOR)).logs["acts"].waiting == 0)
    place.postgres.drop(store)
    place.postgres.ask(f"CREATE DATABASE {store} TEMPLATE {store}_backup OWNER {OWNER}")
    place.migrate()
    with pytest.raises(StoreBehind, match="an older copy was put back"), place.hub():
        pass
    with pytest.raises(StoreLacks):
        relay(place.settings(RELAY, BrokerUser.RELAY), threading.Event())
    wrong = look(place.settings(APPEND, BrokerUser.AUDITOR)).wrong
    assert [each for each in wrong if "acts end at" in each]
    assert [each for each in wrong if "the topic of acts holds" in each]

    place.postgres.drop(store)
    place.databases["store"] = place.postgres.database(store, OWNER)
    place.migrate()
    restored = restore_all(place.settings(OWNER, BrokerUser.RESTORE, keys=place.keys), silent, accept_loss=False)
    assert [each.missing for each in restored] == [0, 0]
    assert opens(place, 0) == frames
    assert place.agrees()
    place.postgres.drop(f"{store}_backup")


def test_an_older_copy_put_back_under_the_running_hub_stops_the_relay_and_closes_the_door(place: Place) -> None:
    """By a person's hand: the database goes, and its backup takes its name. Nobody who was at work goes on in it."""
    store, backup = place.databases["store"], f"{place.databases['store']}_backup"
    opens(place, 1)
    place.postgres.ask(f"CREATE DATABASE {backup} TEMPLATE {store} OWNER {OWNER}")
    place.databases["store"] = backup
    place.migrate()
    place.databases["store"] = store
    port = free_port()
    with (
        place.process(RELAY, BrokerUser.RELAY, "relay") as relaying,
        place.process(APPEND, None, "serve", "--personas", "--port", str(port)),
    ):
        until(lambda: asked(port, "/v1/me") == 200)
        assert [asked(port, "/v1/cases", key=str(number)) for number in range(4)] == [201] * 4
        until(lambda: all(log.waiting == 0 for log in place.status().logs.values()))
        place.postgres.ask(
            f"ALTER DATABASE {store} ALLOW_CONNECTIONS false;"
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{store}';"
            f"ALTER DATABASE {store} RENAME TO {store}_gone;"
            f"ALTER DATABASE {backup} RENAME TO {store};"
            f"DROP DATABASE {store}_gone"
        )
        assert asked(port, "/v1/cases", key="another history") == 503
        assert relaying.wait(30) == 1
        assert relaying.stderr is not None
        assert "an older copy was put back" in relaying.stderr.read()
        until(lambda: asked(port, "/v1/me") == 503)
        assert asked(port, "/v1/cases", key="another history") == 503
        assert asked(port, "/health/live") == 200
    wrong = place.status().wrong
    assert [each for each in wrong if "acts end at" in each]
    assert [each for each in wrong if "the topic of acts holds" in each]
    with pytest.raises(SamradError):
        agree_all(place.settings(APPEND, BrokerUser.AUDITOR), silent)


def test_what_kafka_never_had_is_told_and_given_up_only_by_decision(place: Place) -> None:
    with place.relaying():
        frames = opens(place, 1)
        until(lambda: look(place.settings(APPEND, BrokerUser.AUDITOR)).logs["acts"].waiting == 0)
    opens(place, 2)
    settings = place.settings(OWNER, BrokerUser.RESTORE, keys=place.keys)
    for accept_loss in (False, True):
        place.postgres.drop(place.databases["store"])
        place.postgres.database(place.databases["store"], OWNER)
        place.migrate()
        acts, looks = restore_all(settings, silent, accept_loss=accept_loss)
        assert (acts.position, acts.missing, looks.missing) == (len(frames), 2, 0)
        if not accept_loss:
            with pytest.raises(StoreBehind), place.hub():
                pass
    assert opens(place, 0) == frames
    assert len(opens(place, 1)) == len(frames) + 1
    assert place.agrees()


def test_each_acknowledged_command_is_on_the_log_once_though_postgresql_is_restarted_in_a_commit(
    own_postgres: Callable[..., Postgres], kafka: KafkaAccess, tmp_path: Path
) -> None:
    server = own_postgres()
    place = Place(server, kafka, tmp_path)
    place.prepare()
    opens(place, 0)
    acknowledged: list[str] = []
    ended = threading.Event()
    with place.hub(start=None, fresh_within=0) as hub:

        def act(writer: int) -> None:
            number = 0
            while not ended.is_set():
                key = f"{writer}-{number}"
                try:
                    hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW, key=key)
                except NotRecorded:
                    continue  # sent again under the same key
                acknowledged.append(key)
                number += 1

        writers = [threading.Thread(target=act, args=(writer,)) for writer in range(4)]
        for writer in writers:
            writer.start()
        until(lambda: len(acknowledged) > 20)
        server.restart()
        before = len(acknowledged)
        until(lambda: len(acknowledged) > before + 20)
        ended.set()
        for writer in writers:
            writer.join()
        opened = [fact for fact in hub.log.read(0, 100_000) if fact.event.name == "case.opened"]
        assert len(opened) == len(acknowledged) == len(set(acknowledged))
    assert place.agrees()


def test_a_serving_process_outlives_a_restart_of_postgresql_and_answers_again(
    own_postgres: Callable[..., Postgres], kafka: KafkaAccess, tmp_path: Path
) -> None:
    server = own_postgres()
    place = Place(server, kafka, tmp_path)
    place.prepare()
    opens(place, 0)
    port = free_port()
    with place.process(APPEND, None, "serve", "--personas", "--port", str(port)) as serving:
        until(lambda: asked(port, "/v1/me") == 200)
        assert asked(port, "/v1/cases", key="before") == 201
        server.stop()
        until(lambda: asked(port, "/v1/cases", key="after") == 503)
        assert asked(port, "/health/live") == 200
        server.up()
        until(lambda: asked(port, "/v1/cases", key="after") == 201)
        until(lambda: asked(port, "/v1/cases", key="before") == 201)  # between the two it may take its turn again
        serving.terminate()
        assert serving.wait(30) == 0
    with place.hub(start=None, fresh_within=0) as hub:
        assert sum(fact.event.name == "case.opened" for fact in hub.log.read(0, 1000)) == 2
    assert place.agrees()

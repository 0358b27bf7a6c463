"""`samrad cluster --check`: all that is on the broker is read by a client that is none of ours, or it is not true."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import Producer

from hub_api.cli import run
from hub_cluster.check import codes, read_by_another
from hub_cluster.kafka import TOPICS, Kafka
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from hub_demo.check import NAMES

A_NAME = sorted(NAMES)[0].encode()
A_CODE = next(each for each in sorted(codes()) if each.startswith("case.")).encode()
NOBODY = b"\x00\x01\x02sealed"


def write(kafka: KafkaAccess, topic: str, value: bytes | None, **beside: Any) -> None:
    producer = Producer(kafka.independent(ADMINISTRATOR))
    producer.produce(topic, value, **beside)
    assert producer.flush(20) == 0


@pytest.fixture
def broker(own_kafka: Callable[..., Kafka]) -> Kafka:
    broker = own_kafka()
    for topic in TOPICS:
        write(broker, topic, NOBODY, headers=[("position", bytes(8))])
    return broker


@pytest.mark.slow
def test_the_independent_client_reads_every_topic_and_finds_what_stands_in_a_value_a_key_or_a_header(
    broker: Kafka,
) -> None:
    ends = dict.fromkeys(TOPICS, 1)
    clean = list(read_by_another(broker, ["a note"], ends))
    assert [told for told, _ in clean if " reads " in told] == [
        f"an independent client reads 1 records of {topic}" for topic in TOPICS
    ]
    assert clean[0][0].startswith("the broker lists hub-a, hub-b, and of its own ")
    assert len(clean) == 5
    assert all(is_true for _, is_true in clean)

    broker.make("x-value", "x-key", "x-header")
    write(broker, "x-value", NOBODY + A_NAME)
    write(broker, "x-key", None, key=b"a note of somebody")
    write(broker, "x-header", NOBODY, headers=[("kind", A_CODE)])
    found = [told for told, is_true in read_by_another(broker, ["a note"], ends) if not is_true]
    assert [told.rpartition(", but ")[2].encode() for told in found] == [A_CODE, b"a note", A_NAME]


@pytest.mark.slow
def test_records_too_many_and_a_log_that_is_not_there_are_not_true(broker: Kafka) -> None:
    told = read_by_another(broker, [], {"hub-a": 0, "hub-b": 1, "hub-c": 0})
    assert [sentence.partition(", and of")[0] for sentence, is_true in told if not is_true] == [
        "the broker lists hub-a, hub-b",
        "an independent client reads 1 records of hub-a",
    ]


def test_without_the_independent_client_nothing_is_said_to_be_true(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("hub_cluster.check", "hub_cluster.independent"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    assert run(["cluster", "--check"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "confluent_kafka is not here: install the extra `cluster`" in told.err

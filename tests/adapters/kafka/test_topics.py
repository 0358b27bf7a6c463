"""A topic that would lose records, or put them in several orders, is refused before anything depends on it."""

from uuid import uuid4

import pytest
from kafka.admin import KafkaAdminClient

from adapters.kafka.errors import KafkaTrouble, NotAllowed, NoTopic, WrongTopic
from adapters.kafka.topics import Use, check, create
from hub_cluster.kafka_access import ADMINISTRATOR
from tests.adapters.kafka.rig import Topic


def test_a_topic_that_was_made_here_is_right_and_making_it_again_leaves_it(topic: Topic) -> None:
    topic.put(b"x")
    create(topic.broker(ADMINISTRATOR), topic.name)
    check(topic.broker("relay"), topic.name, Use.WRITE)
    check(topic.broker("projections"), topic.name, Use.READ)


@pytest.mark.parametrize(
    ("settings", "partitions", "told"),
    [
        ({"retention.ms": "604800000"}, 1, "has retention.ms=604800000, and has to have -1: it would lose records"),
        ({"retention.bytes": "1000000"}, 1, "has retention.bytes=1000000"),
        ({"cleanup.policy": "compact"}, 1, "has cleanup.policy=compact"),
        ({"unclean.leader.election.enable": "true"}, 1, "has unclean.leader.election.enable=true"),
        ({"max.message.bytes": "100000"}, 1, "has max.message.bytes=100000: it has to be"),
        ({}, 2, "has 2 partitions: there is one order"),
    ],
)
def test_a_topic_that_would_lose_or_mix_records_is_told(
    topic: Topic, settings: dict[str, str], partitions: int, told: str
) -> None:
    name = f"t-{uuid4().hex}"
    client = KafkaAdminClient(**topic.kafka.arguments(ADMINISTRATOR))
    kept = {"retention.ms": "-1"} | settings
    client.create_topics(
        {name: {"num_partitions": partitions, "replication_factor": 1, "configs": kept}}, wait_for_metadata=True
    )
    client.close()
    with pytest.raises(WrongTopic, match=f"^{name} {told}"):
        check(topic.broker(), name, Use.WRITE)


def test_a_topic_that_is_not_there_is_told(topic: Topic) -> None:
    with pytest.raises(NoTopic, match="there is no topic t-none"):
        check(topic.broker(), "t-none", Use.READ)


def test_who_may_not_is_told_what_they_may_not(topic: Topic) -> None:
    topic.kafka.enrol("stranger")
    refused: list[tuple[str, Use | None, str]] = [
        ("stranger", None, "stranger may not know of the topic"),
        ("projections", Use.WRITE, "projections may not write the topic"),
    ]
    for user, use, told in refused:
        with pytest.raises(NotAllowed, match=told):
            check(topic.broker(user), topic.name, use)
    with pytest.raises(NotAllowed, match="relay may not make the topic t-other"):
        create(topic.broker("relay"), "t-other")


def test_every_trouble_with_kafka_is_of_one_kind() -> None:
    assert all(issubclass(each, KafkaTrouble) for each in (NotAllowed, NoTopic, WrongTopic))

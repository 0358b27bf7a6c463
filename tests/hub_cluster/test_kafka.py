"""The broker of our own: nobody without a password, nobody without a right, and what was acknowledged stays."""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Final

import psutil
import pytest
from confluent_kafka import Consumer
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic

from adapters.kafka.access import BrokerUser
from hub_cluster.kafka import TOPICS, Kafka
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from hub_cluster.process import DidNotStart

Start = Callable[..., Kafka]
SILENT: Final = logging.getLogger("librdkafka")


def write(broker: KafkaAccess, topic: str, *values: bytes, user: str = BrokerUser.RELAY) -> None:
    producer = KafkaProducer(**broker.arguments(user), transactional_id=f"{topic}-relay")
    try:
        producer.init_transactions()
        producer.begin_transaction()
        for value in values:
            producer.send(topic, value)
        producer.commit_transaction()
    finally:
        producer.close(timeout=1)


def read(broker: KafkaAccess, topic: str, user: str, *, outside: bool = False) -> list[bytes]:
    """All that an independent client finds there, from the beginning to the end."""
    settings = {"group.id": f"{topic}-{user}", "auto.offset.reset": "earliest", "enable.partition.eof": True}
    consumer = Consumer(broker.independent(user, outside=outside) | settings)
    try:
        consumer.subscribe([topic])
        return list(values(consumer))
    finally:
        consumer.close()


def values(consumer: Consumer) -> Iterator[bytes]:
    while (message := consumer.poll(20)) is not None and message.error() is None:
        value = message.value()
        assert value is not None
        yield value


def test_the_relay_writes_and_projections_restore_and_the_auditor_read(kafka: KafkaAccess, topic: str) -> None:
    kafka.make(topic)
    write(kafka, topic, b"one", b"two")
    for user in BrokerUser:
        assert read(kafka, topic, user) == [b"one", b"two"]


@pytest.mark.parametrize("user", [user for user in BrokerUser if user is not BrokerUser.RELAY])
def test_nobody_but_the_relay_writes(kafka: KafkaAccess, topic: str, user: str) -> None:
    kafka.make(topic)
    with pytest.raises(Exception, match="Authorization"):
        write(kafka, topic, b"forged", user=user)
    producer = KafkaProducer(**kafka.arguments(user), enable_idempotence=False, max_block_ms=10_000)
    with pytest.raises(Exception, match="Authorization"):
        producer.send(topic, b"forged").get(10)
    producer.close(timeout=1)
    assert read(kafka, topic, BrokerUser.AUDITOR) == []


def test_who_has_no_right_is_not_even_shown_that_the_topic_is_there(kafka: KafkaAccess, topic: str) -> None:
    kafka.make(topic)
    kafka.enrol("agency")
    for outside in (False, True):
        consumer = KafkaConsumer(**kafka.arguments("agency", outside=outside))
        assert consumer.topics() == set()
        consumer.close()
    assert read(kafka, topic, "agency", outside=True) == []


@pytest.mark.parametrize("outside", [False, True])
def test_a_wrong_password_is_refused_inside_and_outside(kafka: KafkaAccess, outside: bool) -> None:
    told: list[str] = []
    wrong = kafka.independent(BrokerUser.RELAY, outside=outside) | {"sasl.password": "guessed"}
    told_by = {"error_cb": lambda error: told.append(error.name()), "logger": SILENT, "group.id": "any"}
    consumer = Consumer(wrong | told_by)
    for _ in range(20):
        if not told:
            consumer.poll(0.5)
    consumer.close()
    assert told[:1] == ["_AUTHENTICATION"]


def test_from_outside_one_comes_by_a_certificate_that_the_authority_signed(kafka: KafkaAccess, topic: str) -> None:
    kafka.make(topic)
    write(kafka, topic, b"one")
    assert read(kafka, topic, BrokerUser.AUDITOR, outside=True) == [b"one"]
    host, _, port = kafka.bootstrap_outside.partition(":")
    with (
        socket.create_connection((host, int(port))) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
        ssl.create_default_context().wrap_socket(plain, server_hostname=host),
    ):
        pass


def test_the_relay_makes_no_topic_and_nothing_is_made_by_asking_for_it(kafka: KafkaAccess, topic: str) -> None:
    client = KafkaAdminClient(**kafka.arguments(BrokerUser.RELAY))
    with pytest.raises(Exception, match="Authorization"):
        client.create_topics([NewTopic(topic, 1, 1)])
    client.close()
    assert read(kafka, topic, ADMINISTRATOR) == []


def test_a_topic_keeps_its_records_for_ever_unless_told_otherwise(kafka: KafkaAccess, topic: str) -> None:
    kafka.make(topic)
    client = KafkaAdminClient(**kafka.arguments(BrokerUser.PROJECTIONS))
    asked = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    client.close()
    settings = {name: each["value"] for name, each in asked["topic"][topic].items()}
    assert (settings["retention.ms"], settings["retention.bytes"], settings["cleanup.policy"]) == ("-1", "-1", "delete")


def test_what_was_acknowledged_is_there_after_a_kill_and_a_restart_and_the_ports_are_the_same(own_kafka: Start) -> None:
    broker = own_kafka()
    topic, ports = TOPICS[0], (broker.inside, broker.outside)
    write(broker, topic, b"one")
    process = psutil.Process(broker.pid)
    broker.kill()
    assert not broker.alive
    assert not process.is_running()
    broker.up()
    assert (broker.inside, broker.outside) == ports
    broker.pause()
    broker.resume()
    write(broker, topic, b"two")
    broker.stop()
    again = own_kafka(keep=False)
    assert read(again, topic, BrokerUser.AUDITOR) == [b"one", b"two"]
    again.stop()
    assert not again.folder.exists()


def test_a_port_that_is_asked_for_and_taken_is_one_clear_error(own_kafka: Start, kafka: KafkaAccess) -> None:
    with pytest.raises(
        DidNotStart, match=r"Apache Kafka ended before it was ready; its log is .* says: .*Address already in use"
    ):
        own_kafka(ports=(kafka.inside, kafka.outside))


MEANT: Final = {user: {"READ", "DESCRIBE", "DESCRIBE_CONFIGS"} for user in BrokerUser} | {
    BrokerUser.RELAY: {"READ", "WRITE", "DESCRIBE", "DESCRIBE_CONFIGS"}
}


@pytest.mark.parametrize("user", BrokerUser)
def test_each_user_has_the_rights_on_a_topic_that_are_meant_and_none_on_the_broker(
    kafka: KafkaAccess, topic: str, user: BrokerUser
) -> None:
    """As the broker itself says: nobody deletes a topic, or alters how it is set up."""
    kafka.make(topic)
    client = KafkaAdminClient(**kafka.arguments(user))
    (described,) = client.describe_topics([topic])
    cluster = client.describe_cluster()
    client.close()
    assert set(described["authorized_operations"]) == MEANT[user]
    assert set(cluster["authorized_operations"]) == set()

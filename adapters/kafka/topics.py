"""The topics: one partition, since there is one order, and nothing in them ever goes away.

Whoever depends on a topic checks it first: records are deleted in silence where a topic is set up to delete them.
"""

from enum import Enum
from typing import Any, Final

from kafka import KafkaAdminClient
from kafka import errors as told
from kafka.admin import ACLOperation, ConfigResource, ConfigResourceType

from adapters.kafka.connection import Broker, administration
from adapters.kafka.errors import NotAllowed, NoTopic, WrongTopic
from adapters.store.record import LARGEST_FRAME

ENVELOPE: Final = 16 * 1024
LARGEST_RECORD: Final = LARGEST_FRAME + ENVELOPE
"""Bytes: a frame, its headers and what a batch needs."""

KEEPS: Final = {
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    "unclean.leader.election.enable": "false",
}
"""Compaction would take records away, and with retention without end `delete` takes none; an unclean election would."""
_ROOM: Final = "max.message.bytes"
_DENIED: Final = frozenset(
    error.errno for error in (told.TopicAuthorizationFailedError, told.ClusterAuthorizationFailedError)
)


class Use(Enum):
    """What a process is there to do with a topic."""

    READ = ACLOperation.READ
    WRITE = ACLOperation.WRITE


def create(broker: Broker, topic: str, *, replicas: int = 1) -> None:
    """Make a topic as a log needs it, unless it is there, and check it. Of several replicas all but one must have a
    record before it counts as kept."""
    settings = KEEPS | {_ROOM: str(max(LARGEST_RECORD, 1_048_588)), "min.insync.replicas": str(max(1, replicas - 1))}
    with administration(broker) as client:
        made = client.create_topics(
            {topic: {"num_partitions": 1, "replication_factor": replicas, "configs": settings}}, raise_errors=False
        )
        code = made["topics"][0]["error_code"]
        if code in _DENIED:
            raise NotAllowed(f"{broker.user} may not make the topic {topic} on {broker.addresses}")
        if code not in (0, told.TopicAlreadyExistsError.errno):
            raise WrongTopic(f"{topic} could not be made: {made['topics'][0]['error_message']}")
        if not code:
            client.wait_for_topics([topic])
    check(broker, topic)


def check(broker: Broker, topic: str, use: Use | None = None) -> None:
    """The topic is there, keeps everything, and may be used so; or one clear line that says what is not so."""
    with administration(broker) as client:
        (described,) = client.describe_topics([topic])
        _there(broker, topic, described, use)
        _keeps(broker, topic, client)


def _there(broker: Broker, topic: str, described: dict[str, Any], use: Use | None) -> None:
    if described["error_code"] in _DENIED:
        raise NotAllowed(f"{broker.user} may not know of the topic {topic} on {broker.addresses}")
    if described["error_code"]:
        raise NoTopic(f"there is no topic {topic} on {broker.addresses}")
    if use is not None and use.value.name not in described["authorized_operations"]:
        raise NotAllowed(f"{broker.user} may not {use.name.lower()} the topic {topic} on {broker.addresses}")
    if len(described["partitions"]) != 1:
        raise WrongTopic(f"{topic} has {len(described['partitions'])} partitions: there is one order, so it has one")


def _keeps(broker: Broker, topic: str, client: KafkaAdminClient) -> None:
    asked = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    settings = {name: each["value"] for name, each in asked["topic"][topic].items()}
    if not settings:
        raise NotAllowed(f"{broker.user} may not see how the topic {topic} is set up: it needs DescribeConfigs")
    for name, value in KEEPS.items():
        if settings[name] != value:
            raise WrongTopic(f"{topic} has {name}={settings[name]}, and has to have {value}: it would lose records")
    if int(settings[_ROOM]) < LARGEST_RECORD:
        raise WrongTopic(f"{topic} has {_ROOM}={settings[_ROOM]}: it has to be {LARGEST_RECORD} at least")

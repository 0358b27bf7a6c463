"""Nobody begins on a topic that would lose records, put them in several orders, or is none: each says so in a line."""

import re
import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from kafka.admin import ACLOperation, KafkaAdminClient, ResourceType

from adapters.kafka.access import AccessRule, administrator
from adapters.kafka.access import BrokerUser as User
from adapters.kafka.errors import KafkaTrouble
from adapters.kafka.topics import KEEPS
from adapters.postgresql.roles import APPEND, OWNER, PROJECT, RELAY
from hub_api.runtime.servers.comparison import agree_all
from hub_api.runtime.servers.project import project
from hub_api.runtime.servers.relay import relay
from hub_api.runtime.servers.restore import restore_all
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.servers.status import look
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from hub_cluster.postgres_access import PostgresAccess
from tests.hub_api.servers.servers import Place

LOOKS_ONLY = "looks-only"
"""A user who knows of the topics, and may neither read nor write."""
FORGETS, MIXES, ABSENT, CLOSED = "forgets", "mixes", "absent", "closed"
TOLD = {
    FORGETS: "has retention.ms=604800000, and has to have -1: it would lose records",
    MIXES: "has 2 partitions: there is one order, so it has one",
    ABSENT: "there is no topic ",
    CLOSED: f"{LOOKS_ONLY} may not (read|write) the topic t-",
}


def soon() -> threading.Event:
    """So that who is not refused ends all the same, and is found out."""
    ended = threading.Event()
    timer = threading.Timer(5, ended.set)
    timer.daemon = True
    timer.start()
    return ended


def silent(*_: object) -> None:
    """Nobody watches."""


def relays(settings: Production) -> None:
    relay(settings, soon())


def projects(settings: Production) -> None:
    project(settings, ("acts", "looks"), soon())


def verifies(settings: Production) -> None:
    agree_all(settings, silent)


def restores(settings: Production) -> None:
    restore_all(settings, silent, accept_loss=False)


@pytest.fixture(scope="module")
def place(postgres: PostgresAccess, kafka: KafkaAccess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(postgres, kafka, tmp_path_factory.mktemp("topics"))
    place.prepare()
    yield place
    place.remove()


@pytest.fixture(scope="module")
def topics(kafka: KafkaAccess) -> dict[str, str]:
    """A topic for each thing that may be wrong with one."""
    named = {wrong: f"t-{uuid4().hex}" for wrong in TOLD}
    kafka.make(named[CLOSED])
    kafka.enrol(LOOKS_ONLY)
    with administrator(kafka.broker(ADMINISTRATOR)) as at_work:
        at_work.allow(
            AccessRule(LOOKS_ONLY, operation, ResourceType.TOPIC, "t-", prefixed=True)
            for operation in (ACLOperation.DESCRIBE, ACLOperation.DESCRIBE_CONFIGS)
        )
    client = KafkaAdminClient(**kafka.arguments(ADMINISTRATOR))
    one = {"num_partitions": 1, "replication_factor": 1, "configs": dict(KEEPS)}
    client.create_topics(
        {
            named[FORGETS]: one | {"configs": KEEPS | {"retention.ms": "604800000"}},
            named[MIXES]: one | {"num_partitions": 2},
        },
        wait_for_metadata=True,
    )
    client.close()
    return named


@pytest.mark.parametrize("wrong", TOLD)
@pytest.mark.parametrize(
    ("begins", "role", "user"),
    [
        (relays, RELAY, User.RELAY),
        (projects, PROJECT, User.PROJECTIONS),
        (verifies, APPEND, User.AUDITOR),
        (restores, OWNER, User.RESTORE),
    ],
)
def test_whoever_depends_on_a_topic_refuses_to_begin_on_one_that_is_wrong(
    place: Place, topics: dict[str, str], begins: Callable[[Production], None], role: str, user: str, wrong: str
) -> None:
    settings = told(place, topics, role, user, wrong)
    with pytest.raises(KafkaTrouble, match=TOLD[wrong]) as refused:
        begins(settings)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("wrong", TOLD)
def test_the_status_says_what_is_wrong_with_a_topic(place: Place, topics: dict[str, str], wrong: str) -> None:
    said = look(told(place, topics, APPEND, User.AUDITOR, wrong)).wrong
    assert len([line for line in said if re.search(TOLD[wrong], line)]) == 1


def told(place: Place, topics: dict[str, str], role: str, user: str, wrong: str) -> Production:
    """Settings with one topic that is wrong, or two that are closed to whoever comes."""
    if wrong == CLOSED:
        user = LOOKS_ONLY
    return place.settings(role, user, keys=place.keys, topic_looks=topics[wrong])

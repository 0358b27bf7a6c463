"""Who may do what on the broker: users by SCRAM, and access lists that name every right; what they lack is refused."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
    UserScramCredentialUpsertion,
)
from msgspec import Struct

from adapters.kafka.connection import MECHANISM, Broker, administration
from domain.errors import SamradError

ITERATIONS: Final = 8192
ANY_HOST: Final = "*"
BROKER: Final = "broker"
"""The broker itself, towards itself."""
ADMINISTRATOR: Final = "administrator"
"""Changes users, rights and topics; nothing that runs all day is that."""


class BrokerUser(StrEnum):
    """The hub's own processes as the broker knows them. Whoever carries an agency's topic is another user, without a
    right here."""

    RELAY = "relay"
    PROJECTIONS = "projections"
    RESTORE = "restore"
    AUDITOR = "auditor"


READ: Final = (ACLOperation.READ, ACLOperation.DESCRIBE, ACLOperation.DESCRIBE_CONFIGS)


class AccessRule(Struct, frozen=True):
    """One right of one user: on the thing of that name, or on all whose names begin so."""

    user: str
    operation: ACLOperation
    kind: ResourceType
    name: str
    prefixed: bool = False


def hub_rules(topics: Iterable[str], *, prefixed: bool = False) -> Iterator[AccessRule]:
    """The rights of the hub's processes on the log's topics (or on all topics whose names begin so).

    The relay writes, in transactions whose ids begin with the topic's name, and reads back what it wrote; the others
    read. None of them creates, deletes or alters a topic.
    """
    for topic in topics:
        for user in BrokerUser:
            for operation in READ:
                yield AccessRule(user, operation, ResourceType.TOPIC, topic, prefixed)
            yield AccessRule(user, ACLOperation.READ, ResourceType.GROUP, topic, prefixed=True)
        yield AccessRule(BrokerUser.RELAY, ACLOperation.WRITE, ResourceType.TOPIC, topic, prefixed)
        for operation in (ACLOperation.WRITE, ACLOperation.DESCRIBE):
            yield AccessRule(BrokerUser.RELAY, operation, ResourceType.TRANSACTIONAL_ID, topic, prefixed=True)


class Administrator:
    """Users and access lists, changed with the rights of an administrator."""

    def __init__(self, client: KafkaAdminClient) -> None:
        self._client = client

    def enrol(self, passwords: Mapping[str, str]) -> None:
        """Let these users in, each by its password; the broker keeps what checks a password, not the password."""
        self._client.alter_user_scram_credentials(
            [
                UserScramCredentialUpsertion(user, MECHANISM, password, iterations=ITERATIONS)
                for user, password in passwords.items()
            ]
        )

    def allow(self, rules: Iterable[AccessRule]) -> None:
        """Add these rights; one that is there already stays."""
        answer = self._client.create_acls([_as_kafka_names(rule) for rule in rules])
        if answer["failed"]:
            raise SamradError(f"the broker did not take an access rule: {answer['failed'][0]}")


@contextmanager
def administrator(broker: Broker) -> Iterator[Administrator]:
    """Connected as somebody who may change users and rights."""
    with administration(broker) as client:
        yield Administrator(client)


def _as_kafka_names(rule: AccessRule) -> ACL:
    pattern = ACLResourcePatternType.PREFIXED if rule.prefixed else ACLResourcePatternType.LITERAL
    return ACL(
        principal=f"User:{rule.user}",
        host=ANY_HOST,
        operation=rule.operation,
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(rule.kind, rule.name, pattern),
    )

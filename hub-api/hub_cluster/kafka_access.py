"""How one reaches a broker that the cluster started, from whichever process."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from adapters.kafka.access import ADMINISTRATOR as ADMINISTRATOR
from adapters.kafka.access import BrokerUser, administrator, hub_rules
from adapters.kafka.connection import MECHANISM, Broker
from adapters.kafka.topics import create
from hub_cluster.ports import LOOPBACK
from hub_cluster.secrets import Passwords

USERS: Final = (ADMINISTRATOR, *BrokerUser)


class KafkaAccess:
    """The broker in a folder: addresses, certificate, passwords, users and rights. It neither starts nor stops it."""

    def __init__(self, folder: Path, inside: int, outside: int) -> None:
        self.folder = folder.resolve()
        self.inside = inside
        self.outside = outside
        self.passwords = Passwords(self.folder)

    @property
    def bootstrap(self) -> str:
        """Where our own processes connect: SASL_PLAINTEXT, and on loopback only."""
        return f"{LOOPBACK}:{self.inside}"

    @property
    def bootstrap_outside(self) -> str:
        """Where whoever is outside connects: SASL_SSL."""
        return f"{LOOPBACK}:{self.outside}"

    @property
    def ca(self) -> Path:
        """The certificate by which the broker proves itself outside."""
        return self.folder / "authority.pem"

    def password(self, user: str) -> str:
        """A user's password."""
        return self.passwords.of(user)

    def password_file(self, user: str) -> Path:
        """A file that holds this user's password and no other."""
        return self.passwords.file_of(user)

    def broker(self, user: str, *, outside: bool = False) -> Broker:
        """The connection as the hub's own processes take it."""
        addresses, ca = (self.bootstrap_outside, self.ca) if outside else (self.bootstrap, None)
        return Broker(addresses=addresses, user=str(user), password=self.password(user), ca=ca)

    def arguments(self, user: str, *, outside: bool = False) -> dict[str, Any]:
        """The connection as kafka-python takes it."""
        return self.broker(user, outside=outside).arguments()

    def independent(self, user: str, *, outside: bool = False) -> dict[str, Any]:
        """The connection as librdkafka's clients take it."""
        return {
            "bootstrap.servers": self.bootstrap_outside if outside else self.bootstrap,
            "security.protocol": "SASL_SSL" if outside else "SASL_PLAINTEXT",
            "sasl.mechanism": MECHANISM,
            "sasl.username": str(user),
            "sasl.password": self.password(user),
        } | ({"ssl.ca.location": str(self.ca)} if outside else {})

    def enrol(self, *users: str) -> None:
        """Let in further users, without any right yet."""
        with administrator(self.broker(ADMINISTRATOR)) as at_work:
            at_work.enrol({user: self.password(user) for user in users})

    def allow_hub(self, topics: Iterable[str], *, prefixed: bool = False) -> None:
        """The rights of the hub's processes on these topics, or on all whose names begin so."""
        with administrator(self.broker(ADMINISTRATOR)) as at_work:
            at_work.allow(hub_rules(topics, prefixed=prefixed))

    def make(self, *topics: str) -> None:
        """Make topics as a log needs them, unless they are there."""
        for topic in topics:
            create(self.broker(ADMINISTRATOR), topic)

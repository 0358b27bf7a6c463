"""How a process reaches Kafka, and what is wrong if it does not.

The client tells a wrong password, an untrusted certificate and a broker that is away all by the same time-out, and a
topic that may not be read as one that is empty. `diagnose` asks step by step instead, and names what it was.
"""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kafka import KafkaAdminClient
from kafka import errors as told
from kafka.net.compat import KafkaNetClient

from adapters.kafka.errors import BrokerAway, FencedOff, KafkaTrouble, NotAllowed, NoTopic, NotTrusted, WrongPassword
from domain.errors import SamradError

MECHANISM: Final = "SCRAM-SHA-256"
CLIENT: Final = "hub"
"""All that a client says of itself: the same from every process."""
ONCE_MORE: Final = 0.5
"""Seconds until a broker that hung up is asked again."""


@dataclass(frozen=True)
class Broker:
    """Where the brokers are and as whom one comes. With `ca` (PEM) all goes through TLS, checked against it."""

    addresses: str
    user: str
    password: str = field(repr=False)
    ca: Path | None = None
    patience: float = 10.0
    """Seconds after which a broker that does not answer is away."""

    def __post_init__(self) -> None:
        # The client takes credentials that are empty, and fails later without saying so.
        if not self.user or not self.password:
            raise KafkaTrouble("Kafka needs a user and a password")
        if not all(port.isdigit() and host for host, port in self.places()):
            raise KafkaTrouble(f"{self.addresses!r} are no brokers: write host:port, several with commas between them")
        if self.ca is not None and not self.ca.is_file():
            raise NotTrusted(f"the authority of the brokers' certificate is not there: {self.ca}")

    def places(self) -> list[tuple[str, str]]:
        """Host and port of each broker that is named."""
        split = [address.strip().rpartition(":") for address in self.addresses.split(",")]
        return [(host, port) for host, _, port in split]

    def arguments(self) -> dict[str, Any]:
        """What every client of kafka-python is given."""
        return {
            "bootstrap_servers": [f"{host}:{port}" for host, port in self.places()],
            "client_id": CLIENT,
            "security_protocol": "SASL_PLAINTEXT" if self.ca is None else "SASL_SSL",
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
            "ssl_cafile": None if self.ca is None else str(self.ca),
            "request_timeout_ms": int(self.patience * 1000),
            "bootstrap_timeout_ms": int(self.patience * 1000),
            "reconnect_backoff_max_ms": 1000,
            "retry_backoff_ms": 5,
        }


def diagnose(broker: Broker) -> None:
    """Reach a broker and be let in, or a named error that says what is in the way. One broker is enough."""
    wrong: SamradError | None = None
    for host, port in broker.places():
        try:
            _ask(broker, host, int(port))
        except KafkaTrouble as error:
            wrong = error
        else:
            return
    if wrong is not None:
        raise wrong


@contextmanager
def administration(broker: Broker) -> Iterator[KafkaAdminClient]:
    """A client that asks about topics, after it is known that the broker can be reached."""
    diagnose(broker)
    with translated(broker):
        client = KafkaAdminClient(**broker.arguments())
    try:
        with translated(broker):
            yield client
    finally:
        client.close()


@contextmanager
def translated(broker: Broker, topic: str = "its topics") -> Iterator[None]:
    """What the client raises, by our names."""
    try:
        yield
    except told.SaslAuthenticationFailedError:
        raise _refused(broker, broker.addresses) from None
    except told.AuthorizationError as error:
        raise NotAllowed(f"{broker.user} may not use {topic} on {broker.addresses}: {type(error).__name__}") from None
    except told.UnknownTopicOrPartitionError:
        raise NoTopic(f"there is no {topic} on {broker.addresses}, or {broker.user} may not know of it") from None
    except (told.ProducerFencedError, told.InvalidProducerEpochError) as error:
        raise FencedOff(f"another relay has taken over {topic}") from error
    except (told.KafkaTimeoutError, told.KafkaConnectionError, told.NodeNotReadyError) as error:
        where = broker.addresses
        raise BrokerAway(f"no broker answers at {where}: {type(error).__name__}", where) from error
    except told.KafkaError as error:
        raise KafkaTrouble(f"Kafka at {broker.addresses} said {type(error).__name__}") from error


def _ask(broker: Broker, host: str, port: int) -> None:
    """A broker that goes down in the middle of the log-in hangs up as one does that refuses: it is asked again, and is
    away by then, or lets us in."""
    _reach(broker, host, port)
    try:
        _be_let_in(broker, f"{host}:{port}")
    except WrongPassword:
        time.sleep(ONCE_MORE)
        _reach(broker, host, port)
        _be_let_in(broker, f"{host}:{port}")


def _reach(broker: Broker, host: str, port: int) -> None:
    """Connect, and with TLS shake hands."""
    try:
        with socket.create_connection((host, port), broker.patience) as plain:
            if broker.ca is not None:
                context = ssl.create_default_context(cafile=str(broker.ca))
                context.wrap_socket(plain, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        raise NotTrusted(f"the certificate of {host}:{port} is not trusted: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise NotTrusted(f"{host}:{port} does not speak TLS: {error.reason}") from None
    except OSError as error:
        why = error.strerror or "no answer in time"
        raise BrokerAway(f"no broker answers at {host}:{port}: {why}", f"{host}:{port}") from None


def _be_let_in(broker: Broker, address: str) -> None:
    """Log in once, on a connection of its own: only there can it be seen how far that came.

    A broker that refuses somebody says so and hangs up at once, and the client sees it hang up. So whoever has told
    its version and then hangs up has refused the name or the password.
    """
    client = KafkaNetClient(**broker.arguments() | {"bootstrap_servers": [address]})
    manager = client._manager
    connections: list[Any] = []

    async def let_in() -> None:
        (node,) = manager.cluster.bootstrap_brokers()
        connections.append(manager.get_connection(node.node_id, broker.patience * 1000, False, False))
        await connections[0]

    client._net.start()
    try:
        client._net.run(let_in)
    except told.SaslAuthenticationFailedError:
        raise _refused(broker, address) from None
    except told.UnsupportedSaslMechanismError:
        raise WrongPassword(f"{address} does not take {MECHANISM}") from None
    except told.KafkaTimeoutError:
        raise BrokerAway(f"{address} takes connections and answers nothing", address) from None
    except told.KafkaError as error:
        if isinstance(error, told.KafkaConnectionError) and connections[0].broker_version is not None:
            raise _refused(broker, address) from None
        protocol = "it may speak TLS" if broker.ca is None else "it may be another server"
        raise BrokerAway(f"{address} does not answer as Kafka does: {protocol}", address) from None
    finally:
        client.close()


def _refused(broker: Broker, address: str) -> WrongPassword:
    return WrongPassword(f"{address} does not let {broker.user} in: the name or the password is wrong")

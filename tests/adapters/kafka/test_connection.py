"""What hinders a process from reaching Kafka is told apart at the start, each in one clear line (invariant 8)."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import kafka
import pytest
import trustme
from kafka.protocol.parser import KafkaProtocol

from adapters.kafka.connection import MECHANISM, Broker, diagnose
from adapters.kafka.errors import BrokerAway, KafkaTrouble, NotTrusted, WrongPassword
from adapters.kafka.topics import Use, check
from adapters.store.outcomes import Stored
from tests.adapters.kafka.rig import Kept, Topic, carry, numbered

SASL_AUTHENTICATE = 36
"""The number of the request in which the password is proved."""


def outside(topic: Topic) -> Broker:
    return replace(topic.broker("auditor"), addresses=topic.kafka.bootstrap_outside, ca=topic.kafka.ca)


def test_who_is_let_in_hears_nothing(topic: Topic) -> None:
    diagnose(topic.broker())
    diagnose(outside(topic))


def test_one_broker_of_several_is_enough(topic: Topic) -> None:
    broker = topic.broker()
    diagnose(replace(broker, addresses=f"127.0.0.1:9, {broker.addresses}"))
    diagnose(replace(broker, addresses=f"{broker.addresses},127.0.0.1:9"))


@pytest.mark.parametrize(
    ("wrongly", "error", "told"),
    [
        (lambda broker: replace(broker, password="x"), WrongPassword, "does not let relay in: the name or the pass"),
        (lambda broker: replace(broker, user="nobody"), WrongPassword, "does not let nobody in: the name or the pass"),
        (lambda broker: replace(broker, addresses="127.0.0.1:9"), BrokerAway, "no broker answers at 127.0.0.1:9"),
    ],
)
def test_each_trouble_has_its_name(
    topic: Topic, wrongly: Callable[[Broker], Broker], error: type[KafkaTrouble], told: str
) -> None:
    with pytest.raises(error, match=told) as met:
        diagnose(wrongly(topic.broker()))
    assert "\n" not in str(met.value)


def test_a_certificate_of_another_authority_is_not_trusted(topic: Topic, tmp_path: Path) -> None:
    another = tmp_path / "another.pem"
    trustme.CA().cert_pem.write_to_path(str(another))
    with pytest.raises(NotTrusted, match=r"the certificate of .* is not trusted: "):
        diagnose(replace(outside(topic), ca=another))
    with pytest.raises(NotTrusted, match="is not there"):
        replace(outside(topic), ca=tmp_path / "none.pem")


def test_tls_where_there_is_none_and_none_where_there_is_are_told(topic: Topic) -> None:
    with pytest.raises(NotTrusted, match="does not speak TLS"):
        diagnose(replace(topic.broker(), ca=topic.kafka.ca))
    with pytest.raises(BrokerAway, match="it may speak TLS"):
        diagnose(replace(outside(topic), ca=None))


@pytest.mark.parametrize(
    ("addresses", "user", "password"),
    [
        ("localhost:1", "", "x"),
        ("localhost:1", "relay", ""),
        ("localhost", "relay", "x"),
        ("localhost:x", "relay", "x"),
        ("", "relay", "x"),
    ],
)
def test_credentials_that_are_empty_and_addresses_that_are_none_are_refused_here(
    addresses: str, user: str, password: str
) -> None:
    with pytest.raises(KafkaTrouble):
        Broker(addresses, user, password)


def test_a_password_is_told_to_nobody() -> None:
    assert "secret" not in repr(Broker("localhost:1", "relay", "secret"))


@contextmanager
def hanging_up_once(broker: Broker, *, then_away: bool) -> Iterator[Broker]:
    """A door to the broker that is shut in the middle of the first log-in, as when a broker goes down."""
    host, _, port = broker.addresses.partition(":")
    listening = socket.create_server(("127.0.0.1", 0))
    shut: list[bool] = []

    def carry(inside: socket.socket) -> None:
        with inside, socket.create_connection((host, int(port))) as broker_side, suppress(OSError):
            while asked := inside.recv(65536):
                if not shut and int.from_bytes(asked[4:6], "big") == SASL_AUTHENTICATE:
                    shut.append(True)
                    if then_away:
                        listening.close()
                    return
                broker_side.sendall(asked)
                inside.sendall(broker_side.recv(65536))

    def serve() -> None:
        with suppress(OSError):
            while True:
                carry(listening.accept()[0])

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield replace(broker, addresses=f"127.0.0.1:{listening.getsockname()[1]}")
    finally:
        assert shut
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        serving.join()


def test_a_broker_that_goes_down_during_the_log_in_is_away_and_no_password_is_wrong(topic: Topic) -> None:
    with hanging_up_once(topic.broker(), then_away=True) as broker, pytest.raises(BrokerAway):
        diagnose(broker)
    with hanging_up_once(topic.broker(), then_away=False) as broker:
        diagnose(broker)


def texts(request: object) -> set[str]:
    """Every text in a request as it shows itself, leaving out what is bytes: proofs of a password, and frames."""
    literals = re.finditer(r"""(b?)(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""", repr(request))
    return {each[2] or each[3] or "" for each in literals if not each[1]}


def test_c7_the_broker_is_told_of_a_client_its_software_and_its_topic_and_nothing_else(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither client id nor group nor transactional id says whose hub this is, on which machine, or about whom."""
    told: set[str] = set()
    send = KafkaProtocol.send_request

    def overheard(protocol: Any, request: Any, correlation_id: int | None = None) -> Any:
        sent = send(protocol, request, correlation_id)
        told.update(texts(request) | {request.header.client_id})
        return sent

    monkeypatch.setattr(KafkaProtocol, "send_request", overheard)
    check(topic.broker("relay"), topic.name, Use.WRITE)
    carry(topic, Kept([Stored(number, b"", 1, *numbered(number)) for number in (1, 2)]))
    assert told - {""} == {"hub", "kafka-python", kafka.__version__, MECHANISM, topic.name}

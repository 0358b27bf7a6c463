"""What hinders a process from reaching Kafka is told apart at the start, each in one clear line (invariant 8)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from adapters.kafka.connection import Broker, diagnose
from adapters.kafka.errors import BrokerAway, KafkaTrouble, NotTrusted, WrongPassword
from tests.adapters.kafka.rig import Topic


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

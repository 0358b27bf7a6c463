"""`samrad prepare`: everybody's password at the servers, also that of whoever gives them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.kafka.access import BROKER, BrokerUser
from adapters.kafka.connection import diagnose
from adapters.kafka.errors import WrongPassword
from hub_api.cli import run
from hub_cluster.kafka import Kafka
from hub_cluster.kafka_access import ADMINISTRATOR


@pytest.mark.slow
def test_the_administrator_gets_a_new_password_by_the_old_one_as_operations_says(
    own_kafka: Callable[..., Kafka], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker, secrets = own_kafka(), tmp_path / "secrets"
    secrets.mkdir()
    for user in (BROKER, ADMINISTRATOR, *BrokerUser):
        (secrets / user).write_text(broker.password(user))
    monkeypatch.setenv("SAMRAD_KAFKA", broker.bootstrap)
    monkeypatch.setenv("SAMRAD_KAFKA_USER", ADMINISTRATOR)
    monkeypatch.setenv("SAMRAD_KAFKA_PASSWORD_FILE", str(secrets / ADMINISTRATOR))
    old = secrets / "administrator.old"
    (secrets / ADMINISTRATOR).rename(old)
    assert run(["passwords", str(secrets)]) == 0
    assert run(["prepare", str(secrets)]) == 1, "nobody knows the new one yet"

    monkeypatch.setenv("SAMRAD_KAFKA_PASSWORD_FILE", str(old))
    assert run(["prepare", str(secrets)]) == 0
    monkeypatch.setenv("SAMRAD_KAFKA_PASSWORD_FILE", str(secrets / ADMINISTRATOR))
    assert run(["prepare", str(secrets)]) == 0
    with pytest.raises(WrongPassword):
        diagnose(broker.broker(ADMINISTRATOR))
    diagnose(replace(broker.broker(ADMINISTRATOR), password=(secrets / ADMINISTRATOR).read_text()))
    diagnose(broker.broker(BrokerUser.RELAY))

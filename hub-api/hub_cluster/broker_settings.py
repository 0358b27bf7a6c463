"""The settings of a single broker: what is safe, and small enough for a laptop."""

from pathlib import Path
from typing import Final

from hub_cluster.ports import LOOPBACK

SCRAM: Final = "SCRAM-SHA-256"
SCRAM_MODULE: Final = "org.apache.kafka.common.security.scram.ScramLoginModule required"
PLAIN_MODULE: Final = "org.apache.kafka.common.security.plain.PlainLoginModule required"
LISTENERS: Final = {"CONTROLLER": "SASL_PLAINTEXT", "INSIDE": "SASL_PLAINTEXT", "OUTSIDE": "SASL_SSL"}
FOREVER: Final = "-1"


def broker_settings(*, data: Path, ports: tuple[int, int, int], certificate: Path, password: str) -> dict[str, str]:
    """For the ports of controller, inside and outside; `password` is the broker's own towards itself."""
    at = {name: f"{name}://{LOOPBACK}:{port}" for name, port in zip(LISTENERS, ports, strict=True)}
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{ports[0]}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "INSIDE",
        "listeners": ",".join(at.values()),
        "advertised.listeners": f"{at['INSIDE']},{at['OUTSIDE']}",
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in LISTENERS.items()),
        "log.dirs": str(data),
        **_passwords(password),
        **_rights(certificate),
        **_keeping(),
        **_small(),
    }


def _passwords(password: str) -> dict[str, str]:
    """Everybody proves who they are: the controller's listener knows the broker alone."""
    own = f'username="broker" password="{password}"'
    return {
        "sasl.enabled.mechanisms": SCRAM,
        "sasl.mechanism.inter.broker.protocol": SCRAM,
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": f'{PLAIN_MODULE} {own} user_broker="{password}";',
        "listener.name.inside.scram-sha-256.sasl.jaas.config": f"{SCRAM_MODULE} {own};",
        "listener.name.outside.scram-sha-256.sasl.jaas.config": f"{SCRAM_MODULE};",
    }


def _rights(certificate: Path) -> dict[str, str]:
    """What no access list names is refused, and what one may not describe is not even listed."""
    return {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:broker;User:administrator",
        "allow.everyone.if.no.acl.found": "false",
        "auto.create.topics.enable": "false",
        "listener.name.outside.ssl.keystore.type": "PEM",
        "listener.name.outside.ssl.keystore.location": str(certificate),
        "ssl.enabled.protocols": "TLSv1.3,TLSv1.2",
    }


def _keeping() -> dict[str, str]:
    """Nothing is ever removed. The store is what must survive a power cut by itself; what Kafka loses by one, at most
    the last second, the relay sends again."""
    return {
        "log.retention.ms": FOREVER,
        "log.retention.bytes": FOREVER,
        "log.cleanup.policy": "delete",
        "log.flush.interval.ms": "1000",
        "log.flush.scheduler.interval.ms": "500",
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "unclean.leader.election.enable": "false",
    }


def _small() -> dict[str, str]:
    """As small as one machine and one partition of each log need, and soon back after a crash: a broker that was killed
    waits until the controller, which is itself, has given it up."""
    return {
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "2",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.num.partitions": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "log.cleaner.dedupe.buffer.size": "4194304",
        "log.cleaner.threads": "1",
        "group.initial.rebalance.delay.ms": "0",
    }

"""The hub on servers of its own: each process is told what it needs, all of them come up, and none is left."""

from pathlib import Path
from typing import cast

import psutil
import pytest
from typer.testing import CliRunner

from hub_api.cli import app
from hub_api.cluster.kafka import Kafka
from hub_api.cluster.kafka_access import KafkaAccess
from hub_api.cluster.postgres import Postgres
from hub_api.cluster.postgres_access import PostgresAccess
from hub_api.cluster.running import AS_WHOM, Cluster


def test_each_process_is_told_its_own_passwords_and_the_relay_and_projections_no_master_key(
    postgres: PostgresAccess, kafka: KafkaAccess, tmp_path: Path
) -> None:
    cluster = Cluster(tmp_path / "data")
    cluster.postgres, cluster.kafka = cast(Postgres, postgres), cast(Kafka, kafka)
    told = {name: cluster.environment(name) for name in AS_WHOM}
    for name in ("relay", "project", "migrate"):
        assert "SAMRAD_KEYS" not in told[name]
    assert "SAMRAD_PROJECTION_KEYS" in told["project"]
    files = [
        {value for key, value in told[name].items() if key.endswith("_FILE")} for name in ("relay", "project", "serve")
    ]
    assert not files[0] & files[1]
    assert not files[0] & files[2]
    assert not files[1] & files[2]
    assert not [value for name in told for value in told[name].values() if postgres.password("postgres") in value]


@pytest.mark.slow
@pytest.mark.usefixtures("postgres", "kafka")
def test_the_cluster_comes_up_agrees_and_leaves_nothing_behind() -> None:
    before = set(psutil.Process().children())
    done = CliRunner().invoke(app, ["cluster", "--check"])
    assert done.exit_code == 0, done.output
    assert "✓ `samrad status` finds nothing wrong" in done.output
    assert set(psutil.Process().children()) <= before

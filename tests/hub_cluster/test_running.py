"""The hub on servers of its own: each process is told what it needs, all of them come up, and none is left."""

from pathlib import Path
from typing import Final, cast

import psutil
import pytest

from hub_api.runtime.servers.settings import Production
from hub_cluster.kafka import Kafka
from hub_cluster.kafka_access import KafkaAccess
from hub_cluster.postgres import Postgres
from hub_cluster.postgres_access import PostgresAccess
from hub_cluster.running import AS_WHOM, Cluster

WORKS: Final = ("relay", "project", "serve")


def test_each_process_is_told_its_own_passwords_and_the_relay_and_projections_no_master_key(
    postgres: PostgresAccess, kafka: KafkaAccess, tmp_path: Path
) -> None:
    cluster = Cluster(tmp_path / "data")
    cluster.postgres, cluster.kafka = cast(Postgres, postgres), cast(Kafka, kafka)
    told = {name: cluster.environment(name) for name in AS_WHOM}
    for name in ("relay", "project", "migrate"):
        assert "SAMRAD_KEYS" not in told[name]
    assert "SAMRAD_PROJECTION_KEYS" in told["project"]
    assert {name for name in told if "SAMRAD_CARRIAGE_KEYS" in told[name]} == {"relay", "project"}
    files = [
        {value for key, value in told[name].items() if key.endswith("_FILE")} for name in ("relay", "project", "serve")
    ]
    assert not files[0] & files[1]
    assert not files[0] & files[2]
    assert not files[1] & files[2]
    assert not [value for name in told for value in told[name].values() if postgres.password("postgres") in value]


def test_a_command_from_another_terminal_is_told_the_same_by_its_settings_file(
    postgres: PostgresAccess, kafka: KafkaAccess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = Cluster(tmp_path / "data")
    cluster.folder.mkdir()
    cluster.postgres, cluster.kafka = cast(Postgres, postgres), cast(Kafka, kafka)
    for name, file in cluster.settings_of("status", "verify").items():
        with monkeypatch.context() as terminal:
            terminal.setenv("SAMRAD_SETTINGS", str(file))
            told = Production.read()
        assert told.model_dump() == Production.of(cluster.environment(name)).model_dump()
        assert postgres.password("postgres") not in file.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("postgres", "kafka")
def test_the_hub_comes_up_on_its_servers_with_nothing_wrong_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with Cluster(tmp_path / "data") as cluster:
        cluster.start_hub()
        assert cluster.processes.ready() == dict.fromkeys(WORKS, True)
        assert "✓ project looks" in cluster.run("status")
        pids = [cluster.postgres.pid, cluster.kafka.pid, *(cluster.processes[name].pid for name in WORKS)]
        tops = [psutil.Process(pid) for pid in pids]
        started = [each for top in tops for each in (top, *top.children(recursive=True))]
    assert not [process for process in started if process.is_running()]

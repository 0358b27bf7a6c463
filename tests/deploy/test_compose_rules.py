"""docker-compose.yml, read: what holds for every service of it, so that no later one slips in without."""

import re
from typing import Any

import pytest

from hub_api.runtime.servers.passwords import NAMES
from hub_api.runtime.servers.settings import Production, is_secret, setting
from hub_cluster.broker_settings import broker_settings
from hub_cluster.running import AS_WHOM, BESIDE, CARRIAGE_KEYS, DATABASES, MASTER_KEY
from tests.deploy.composed import ROOT, compose, environment_of, ours, services

EVERY = sorted(services())
LONG = sorted(name for name, each in services().items() if each.get("restart") != "no")
PINNED = re.compile(r"[a-z0-9./-]+:v?\d+\.\d+(\.\d+)*")
KNOWN = {setting(name) for name in Production.model_fields}
SECRET = {setting(name) for name, field in Production.model_fields.items() if is_secret(field)}
LOOPBACK = "127.0.0.1:"


def words(service: dict[str, Any]) -> list[str]:
    return [str(word) for word in service.get("command", ())]


@pytest.mark.parametrize("name", EVERY)
def test_each_service_is_pinned_bounded_and_can_do_nothing_but_its_own(name: str) -> None:
    service = services()[name]
    assert PINNED.fullmatch(service["image"]), "an exact version"
    user, group = map(int, service["user"].split(":"))
    assert user > 0, "not as root"
    assert group > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit", "logging", "restart"} <= set(service)
    for forbidden in ("privileged", "cap_add", "devices", "pid", "ipc", "userns_mode", "extra_hosts"):
        assert forbidden not in service
    assert service.get("network_mode") in (None, "none", "service:demo")
    assert not [volume for volume in service.get("volumes", ()) if "docker.sock" in volume]


@pytest.mark.parametrize("name", LONG)
def test_each_service_that_stays_can_be_asked_for_its_health(name: str) -> None:
    health = services()[name]["healthcheck"]
    assert health["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(health)


@pytest.mark.parametrize("name", EVERY)
def test_c7_secrets_come_from_files_alone_and_only_those_that_a_service_names(name: str) -> None:
    service, defined = services()[name], compose()["secrets"]
    told = environment_of(service)
    for key, value in told.items():
        if re.search("PASSWORD|TOKEN|SECRET", key):
            assert key.endswith("_FILE"), key
            assert str(value).startswith("/run/secrets/"), key
    named = {str(value).rpartition("/")[2] for key, value in told.items() if key.endswith("_FILE")}
    given = set(service.get("secrets", ()))
    assert named <= given, "each file that it is pointed to is given to it"
    assert given <= set(defined)
    if name not in ("prepare", "kafka"):  # the one makes everybody known, the other reads its own by its settings
        assert given == named, "and no other"


def test_every_secret_is_one_that_samrad_passwords_makes() -> None:
    files = {name: each["file"] for name, each in compose()["secrets"].items()}
    assert files == {name: f"deploy/secrets/{name}" for name in NAMES}
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("name", sorted(ours()))
def test_each_setting_of_the_hub_is_one_that_there_is(name: str) -> None:
    told = environment_of(ours()[name])
    assert {key.removesuffix("_FILE") if key.removesuffix("_FILE") in SECRET else key for key in told} <= KNOWN
    values: dict[str, Any] = {key.removeprefix("SAMRAD_").lower(): told[key] for key in told if key in KNOWN}
    assert Production(**values).topic_acts == "hub-a"


@pytest.mark.parametrize("name", sorted(ours()))
def test_each_process_comes_as_its_own_role_and_to_no_more_than_it_needs(name: str) -> None:
    service = ours()[name]
    work = {"rebuild": "project"}.get(words(service)[1], words(service)[1])
    if work not in AS_WHOM:
        assert work in ("prepare", "keys", "demo")
        return
    told = environment_of(service)
    role, user = AS_WHOM[work]
    for database in DATABASES:
        address = told.get(setting(database))
        if address is not None:
            assert address == f"postgresql://{BESIDE.get((work, database), role)}@postgres:5432/{database}"
    assert told.get("SAMRAD_KAFKA_USER") == (None if user is None else str(user))
    mounts = [volume.partition(":")[0] for volume in service.get("volumes", ())]
    assert ("keys" in mounts) == (work in MASTER_KEY), "who is given the master keys"
    assert ("projection" in mounts) == ("SAMRAD_PROJECTION_KEYS" in told)
    assert ("carriage" in mounts) == ("SAMRAD_CARRIAGE_KEYS" in told) == (work in CARRIAGE_KEYS)


def test_the_relay_reaches_the_store_and_kafka_and_has_the_key_of_carriage_alone() -> None:
    relay = services()["relay"]
    assert {
        key for key in environment_of(relay) if key.endswith(("_STORE", "_VAULT", "_VIEWS", "_KEYS", "_KAFKA"))
    } == {
        "SAMRAD_STORE",
        "SAMRAD_KAFKA",
        "SAMRAD_CARRIAGE_KEYS",
    }
    assert relay["networks"] == ["store", "log", "telling"]
    assert relay["volumes"] == ["carriage:/var/lib/samrad/carriage:ro"]


def test_who_tells_the_collector_is_stopped_before_it_and_runs_without_it() -> None:
    for name, service in services().items():
        after = service.get("depends_on", {}).get("collector")
        if "SAMRAD_OTLP" in environment_of(service):
            assert after == {"condition": "service_started", "required": False}, name
        else:
            assert after is None, name


def test_nothing_is_published_but_on_loopback_and_what_speaks_to_no_one_outside_is_shut_in() -> None:
    published = {name: each["ports"] for name, each in services().items() if "ports" in each}
    assert set(published) == {"hub", "grafana", "jaeger", "demo"}
    assert all(str(port).startswith(LOOPBACK) for ports in published.values() for port in ports)
    networks = compose()["networks"]
    open_ones = {name for name, each in networks.items() if not each.get("internal")}
    assert open_ones == {"front", "dashboards", "demo"}
    for name, each in services().items():
        if open_ones & set(each.get("networks", ())):
            assert name in published, f"{name} reaches the world and is not reached by it"


def test_personas_are_in_the_profile_demo_alone_and_reach_no_server() -> None:
    for name, service in services().items():
        if "--personas" in words(service) or "demo" in words(service):
            assert service["profiles"] == ["demo"], name
            assert "--host" not in words(service), "it listens on its own loopback"
            assert service["networks"] == ["demo"]
            assert not environment_of(service)
            assert "secrets" not in service
    for service in services().values():
        if "demo" in service.get("networks", ()):
            assert service["profiles"] == ["demo"]


def test_the_broker_of_the_containers_holds_to_the_rules_of_the_one_that_is_tried() -> None:
    lines = (ROOT / "deploy" / "kafka" / "server.properties").read_text().splitlines()
    there = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    tried = broker_settings(data=ROOT, ports=(1, 2, 3), certificate=ROOT, password="${secrets:/run/secrets:broker}")
    places = ("listeners", "advertised", "controller.quorum", "log.dirs", "broker.session", "broker.heartbeat")
    for name, value in tried.items():
        if "outside" in name or name.startswith((*places, "listener.security", "ssl.")):
            continue
        assert there.get(name) == value, name
    assert "PLAINTEXT" not in there["listener.security.protocol.map"].replace("SASL_PLAINTEXT", "")
    assert not [name for name in there if name not in tried and not name.startswith("config.providers")]


def test_each_image_of_ours_is_built_by_one_service_and_fetched_by_none() -> None:
    built = [each["image"] for each in services().values() if "build" in each]
    assert len(built) == len(set(built)), "a first build stops when two export the same name at once"
    assert {each["image"] for each in ours().values()} <= set(built)
    assert all(each["pull_policy"] == "never" for each in ours().values())


def test_the_image_is_built_from_the_lock_with_its_hashes_and_runs_as_nobody_in_particular() -> None:
    text = (ROOT / "Dockerfile").read_text()
    stages = text.split("FROM ")[1:]
    assert all(PINNED.match(stage) for stage in stages)
    assert (
        text.count("--require-hashes --only-binary :all: -r requirements.lock") == text.count("requirements.lock") - 1
    )
    last = stages[-1]
    assert "pip install" not in last
    assert "apt-get" not in text
    assert "USER 10001:10001" in last
    for kept in ("keys", "projection"):
        assert f"/var/lib/samrad/{kept}" in last, "a volume takes its owner from the image"
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*", "nothing goes in that is not named"
    assert not [line for line in ignored if "deploy" in line or "secrets" in line]

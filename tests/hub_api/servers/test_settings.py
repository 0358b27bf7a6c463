"""Settings: where they come from, what wins, and one clear line, without the value, for what is wrong with one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
import typer

from domain.errors import SamradError
from hub_api.cli import app, run
from hub_api.runtime.servers import settings_reference as reference
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.settings import OF_THE_COMMAND_LINE, on_servers
from hub_cluster.jars import SETTING as JARS
from hub_cluster.java import SETTING as JAVA
from hub_cluster.postgres_programs import SETTING as POSTGRES_PROGRAMS

ROOT = Path(__file__).parents[3]
STORE = "postgresql://samrad_append@db:5432/samrad"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("SAMRAD_"):
            monkeypatch.delenv(name)


def refused(match: str) -> str:
    with pytest.raises(SamradError, match=match) as told:
        Production.read()
    assert "\n" not in str(told.value)
    return str(told.value)


def test_no_setting_is_the_embedded_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not on_servers()
    assert Production.read().topic_acts == "hub-a"
    monkeypatch.setenv("SAMRAD_STORE", STORE)
    assert on_servers()
    assert Production.read().store == STORE


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "samrad.toml"
    file.write_text(f'store = "{STORE}"\ntopic_acts = "in-file"\ntopic_looks = "looks-in-file"\n')
    monkeypatch.setenv("SAMRAD_SETTINGS", str(file))
    monkeypatch.setenv("SAMRAD_TOPIC_ACTS", "in-environment")
    read = Production.read()
    assert (read.store, read.topic_acts, read.topic_looks) == (STORE, "in-environment", "looks-in-file")
    assert on_servers()


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({"STROE": STORE, "VAULT": STORE}, "there is no setting SAMRAD_STROE; SAMRAD_STORE is meant, perhaps"),
        ({"store": STORE}, "there is no setting SAMRAD_store; SAMRAD_STORE is meant, perhaps"),
        ({"VAULT": STORE}, "SAMRAD_VAULT is for the hub on servers, and SAMRAD_STORE is not set"),
        ({"STORE": "", "KAFKA": "db:9092"}, "SAMRAD_KAFKA is for the hub on servers, and SAMRAD_STORE is not set"),
        ({"STORE_PASSWORD_FILE": "x"}, "SAMRAD_STORE_PASSWORD_FILE is for the hub on servers, and SAMRAD_STORE is not"),
    ],
)
def test_a_slip_in_the_settings_of_servers_does_not_pass_for_the_embedded_hub(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    told: dict[str, str],
    line: str,
) -> None:
    (tmp_path / "samrad-data").mkdir()
    for name, value in told.items():
        monkeypatch.setenv(f"SAMRAD_{name}", value)
    for command in ("serve", "stats --table 6", "verify", "rebuild", "demo"):
        assert run([*command.split(), "--data", str(tmp_path / "samrad-data")]) == 1
        assert line in capsys.readouterr().err
    assert not list((tmp_path / "samrad-data").iterdir())


def test_a_setting_in_lower_case_is_none_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("samrad_store", STORE)
    for ask in (on_servers, Production.read):
        with pytest.raises(SamradError, match="there is no setting samrad_store; SAMRAD_STORE is meant, perhaps"):
            ask()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (f'vault = "{STORE}"', r"SAMRAD_SETTINGS is for the hub on servers, and SAMRAD_STORE is not set"),
        ("", r"SAMRAD_SETTINGS is for the hub on servers, and SAMRAD_STORE is not set"),
        (f'stroe = "{STORE}"', r"there is no setting 'stroe'; store is meant"),
    ],
)
def test_a_settings_file_without_a_store_does_not_pass_for_the_embedded_hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, line: str
) -> None:
    (tmp_path / "samrad.toml").write_text(content)
    monkeypatch.setenv("SAMRAD_SETTINGS", str(tmp_path / "samrad.toml"))
    with pytest.raises(SamradError, match=line):
        on_servers()


@pytest.mark.parametrize("name", sorted(OF_THE_COMMAND_LINE))
def test_what_the_command_line_reads_is_no_setting_of_servers(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    assert not on_servers()
    monkeypatch.setenv("SAMRAD_STORE", STORE)
    assert on_servers()
    assert Production.read().store == STORE


def test_every_variable_that_the_command_line_reads_is_known_to_the_settings() -> None:
    def variables(command: Any) -> Iterator[str]:
        yield from (str(each.envvar) for each in command.params if each.envvar)
        for each in getattr(command, "commands", {}).values():
            yield from variables(each)

    read = {*variables(typer.main.get_command(app)), JAVA, POSTGRES_PROGRAMS, JARS}
    assert read == OF_THE_COMMAND_LINE


def test_a_secret_is_read_from_its_file_and_shown_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hush-hush\n")
    monkeypatch.setenv("SAMRAD_STORE_PASSWORD_FILE", str(secret))
    file = tmp_path / "samrad.toml"
    file.write_text(f'kafka_password_file = "{secret}"\n')
    monkeypatch.setenv("SAMRAD_SETTINGS", str(file))
    read = Production.read()
    assert (read.password("store"), read.password("kafka"), read.password("vault")) == ("hush-hush", "hush-hush", None)
    assert "hush" not in repr(read) + str(read) + read.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("STORE", "mysql://a@b/c", r"SAMRAD_STORE: write postgresql://user@host:port/database"),
        ("STORE", "postgresql://samrad:hush-hush@db/samrad", r"SAMRAD_STORE: leave the password out"),
        ("STORE", f"{STORE}?sslmod=hush", r"SAMRAD_STORE: PostgreSQL does not understand the address"),
        ("VAULT", f"{STORE}?application_name=hush%zz", r"SAMRAD_VAULT: PostgreSQL does not understand the address"),
        ("STORE", "postgresql://a@[hush/b", r"SAMRAD_STORE: PostgreSQL does not understand the address"),
        ("VIEWS", f"{STORE}?password=hush", r"SAMRAD_VIEWS: leave the password out of the address"),
        ("STORE", f"{STORE}?sslpassword=hush", r"SAMRAD_STORE: leave the password out of the address"),
        ("STORE", "postgresql://a@b:hush/c", r"SAMRAD_STORE: the port in the address is none"),
        ("STORE", "postgresql://a@b:65536/c", r"SAMRAD_STORE: the port in the address is none"),
        ("STORE", "postgresql://a@b:5432,c:0/d", r"SAMRAD_STORE: the port in the address is none"),
        ("STORE", f"{STORE}?sslmode=hush", r"SAMRAD_STORE: there is no such sslmode: write one of .*, verify-full"),
        ("KAFKA", "broker", r"SAMRAD_KAFKA: write host:port"),
        ("KAFKA", "127.0.0.1:99999", r"SAMRAD_KAFKA: write host:port"),
        ("KAFKA", "127.0.0.1:9092,127.0.0.1:0", r"SAMRAD_KAFKA: write host:port"),
        ("KAFKA_CA", "/nowhere/at/all", r"SAMRAD_KAFKA_CA: the file .* cannot be read: No such file"),
        ("OTLP_CA", "/nowhere/at/all", r"SAMRAD_OTLP_CA: the file .* cannot be read: No such file"),
        ("KAFKA_CA", __file__, r"SAMRAD_KAFKA_CA: the file .* holds no certificate"),
        ("OTLP_CA", __file__, r"SAMRAD_OTLP_CA: the file .* holds no certificate"),
        ("OTLP", "ftp://hush", r"SAMRAD_OTLP: write http://host:port or https://host:port"),
        ("OTLP", "http://collector:hush", r"SAMRAD_OTLP: write http://host:port or https://host:port"),
        ("OTLP", "https://samrad:hush@collector", r"SAMRAD_OTLP: leave the password out of the address"),
        ("TOPIC_ACTS", "hub-b", r"SAMRAD_TOPIC_ACTS and SAMRAD_TOPIC_LOOKS are one topic"),
        ("FRESH_WITHIN", "soon", r"SAMRAD_FRESH_WITHIN: .*number"),
        ("KEY_DAYS", "0", r"SAMRAD_KEY_DAYS: .*greater than or equal to 1"),
        ("TOPIC_ACTS", "acts of the hub", r"SAMRAD_TOPIC_ACTS: a topic's name"),
        ("STORE_PASSWORD_FILE", "/nowhere/at/all", r"SAMRAD_STORE_PASSWORD_FILE: the file .* cannot be read"),
        ("SETTINGS", "/nowhere/at/all", r"SAMRAD_SETTINGS: the file .* cannot be read"),
        ("STROE", "x", r"there is no setting SAMRAD_STROE; SAMRAD_STORE is meant, perhaps"),
    ],
)
def test_what_is_wrong_with_a_setting_is_one_line_with_its_name_and_not_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"SAMRAD_{name}", value)
    line = refused(told)
    assert "hush" not in line
    assert "mysql" not in line


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("store = ", "is not TOML"),
        ('stroe = "x"', "there is no setting 'stroe'; store"),
        ('store_password = "hush-hush"', "store_password is a secret: keep it in a file of its own"),
    ],
)
def test_what_is_wrong_in_the_file_is_one_line_with_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, told: str
) -> None:
    file = tmp_path / "samrad.toml"
    file.write_text(content)
    monkeypatch.setenv("SAMRAD_SETTINGS", str(file))
    assert "hush" not in refused(told)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://db/store",
        "postgresql://samrad_append@[::1]/store",
        "postgresql://samrad_append@one:5432,two:5433/store?target_session_attrs=read-write",
        f"{STORE}?sslmode=verify-full&sslrootcert=/etc/samrad/ca.pem",
    ],
)
def test_whatever_postgresql_takes_for_an_address_without_a_secret_is_one(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SAMRAD_STORE", address)
    assert Production.read().store == address


def test_an_authority_is_a_file_with_its_certificate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SAMRAD_KAFKA_CA", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SAMRAD_OTLP_CA", str(tmp_path / "ca.pem"))
    read = Production.read()
    assert read.kafka_ca == read.otlp_ca == tmp_path / "ca.pem"


def test_an_empty_secret_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("SAMRAD_VAULT_PASSWORD_FILE", str(tmp_path / "empty"))
    refused("SAMRAD_VAULT_PASSWORD_FILE: .* is empty")


def test_what_a_process_needs_and_lacks_is_named_with_what_it_is() -> None:
    with pytest.raises(SamradError, match=r"SAMRAD_KAFKA is not set: `samrad relay` needs it. The brokers, host:port"):
        Production.read().needed("kafka", "`samrad relay`")


def test_the_table_of_settings_is_up_to_date() -> None:
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == reference.written()

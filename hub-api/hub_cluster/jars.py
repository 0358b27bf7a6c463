"""Apache Kafka's jars: each named with its version and its hash, fetched once into a cache folder of the user's.

Nothing is resolved: `kafka.jars` beside this file is the whole class path. Whether jgo or Maven brings a jar, and from
which repository these are told to, is all the same; what has another hash is refused.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from hub_cluster.process import Missing

LOCK: Final = Path(__file__).with_name("kafka.jars")
SETTING: Final = "SAMRAD_CLUSTER_CACHE"
SECONDS: Final = 900
TIMEOUT: Final = 60


class Jar(Struct, frozen=True):
    """One jar as Maven names it, and the hash of its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """Its file name."""
        return f"{self.artifact}-{self.version}.jar"

    def is_at(self, path: Path) -> bool:
        """Whether this very jar lies there."""
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256


Fetch = Callable[[Sequence[Jar], Path], None]
"""Puts jars into a folder, by their file names; whatever it raises is told."""


def locked() -> tuple[Jar, ...]:
    """The class path as it is pinned."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    parts = (line.replace(" ", ":").split(":") for line in lines)
    return tuple(Jar(group, artifact, version, sha256) for group, artifact, version, sha256 in parts)


def cache() -> Path:
    """Where the jars are kept between runs."""
    if SETTING in os.environ:
        return Path(os.environ[SETTING])
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "samrad"


def class_path(fetchers: Mapping[str, Fetch] | None = None) -> str:
    """Java's class path; what the cache lacks is fetched, by the first way that succeeds."""
    folder = cache() / "kafka"
    wanted = locked()
    missing = [jar for jar in wanted if not jar.is_at(folder / jar.file)]
    if missing:
        _fetch(missing, folder, ways() if fetchers is None else fetchers)
    return os.pathsep.join(str(folder / jar.file) for jar in wanted)


def ways() -> Mapping[str, Fetch]:
    """How this machine can fetch jars."""
    found: dict[str, Fetch] = {}
    if importlib.util.find_spec("jgo") is not None:
        found["jgo"] = by_jgo
    if shutil.which("mvn"):
        found["mvn"] = by_maven
    return found


def by_jgo(jars: Sequence[Jar], folder: Path) -> None:
    """By jgo, a Maven client in Python, each jar for itself."""
    from jgo.maven import MavenContext  # heavy, and only an extra

    context = MavenContext(repo_cache=folder / "repository", timeout=TIMEOUT)
    for jar in jars:
        path = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        shutil.copyfile(path, folder / jar.file)


def by_maven(jars: Sequence[Jar], folder: Path) -> None:
    """By Maven, with the settings and mirrors that it has on this machine."""
    dependencies = "".join(
        f"<dependency><groupId>{jar.group}</groupId><artifactId>{jar.artifact}</artifactId>"
        f"<version>{jar.version}</version></dependency>"
        for jar in jars
    )
    (folder / "pom.xml").write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>samrad</groupId><artifactId>jars</artifactId>"
        f"<version>1</version><dependencies>{dependencies}</dependencies></project>"
    )
    goal = ["dependency:copy-dependencies", "-DexcludeTransitive=true", f"-DoutputDirectory={folder}"]
    done = subprocess.run(
        ["mvn", "--batch-mode", "--quiet", "-f", str(folder / "pom.xml"), *goal],  # noqa: S607 - the user's own
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise OSError(" ".join(done.stdout.split())[-500:])


def _fetch(jars: Sequence[Jar], folder: Path, fetchers: Mapping[str, Fetch]) -> None:
    """Fetch beside the cache and move what is right, so that two that fetch at once do not meet a half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Fetching {len(jars)} jars of Apache Kafka into {folder} (once) …", file=sys.stderr)  # noqa: T201
    tried: list[str] = []
    for way, fetch in fetchers.items():
        with tempfile.TemporaryDirectory(dir=folder, prefix="fetching-") as beside:
            try:
                fetch(jars, Path(beside))
            except Exception as error:  # noqa: BLE001 - whatever a resolver raises means that this way failed
                tried.append(f"{way}: {error}")
                continue
            wrong = [jar.file for jar in jars if not jar.is_at(Path(beside) / jar.file)]
            if wrong:
                tried.append(f"{way} brought other bytes than those pinned, or none, for {', '.join(wrong)}")
                continue
            for jar in jars:
                (Path(beside) / jar.file).replace(folder / jar.file)
            return
    how = "; ".join(tried) or "neither jgo nor mvn is here (pip install 'samrad[cluster]')"
    raise Missing(f"Apache Kafka's jars cannot be had: {how}. {SETTING} names the folder that keeps them")

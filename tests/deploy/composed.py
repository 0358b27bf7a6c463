"""docker-compose.yml as tests read it, and what it says mapped to this machine, where it runs without containers."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from hub_cluster.ports import LOOPBACK, free_port
from hub_cluster.processes import Specification, plain_environment, succeeds
from hub_cluster.running import command, roots

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT / "docker-compose.yml"
PORTS: Final = {"postgres": 5432, "kafka": 9092, "controller": 9093, "collector": 4318, "hub": 8000, "demo": 8080}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def ours() -> dict[str, dict[str, Any]]:
    """The services that run a program of the hub."""
    return {name: each for name, each in services().items() if str(each["image"]).startswith("samrad:")}


def environment_of(service: Mapping[str, Any]) -> dict[str, str]:
    """What a service is told, with the values as the file has them."""
    found: dict[str, str] = service.get("environment", {})
    assert isinstance(found, dict)
    return found


class Mapped:
    """Names, ports and paths of the containers, as they are on this machine."""

    def __init__(self, folder: Path, secrets: Path, places: Mapping[str, int]) -> None:
        self.folder = folder
        ports = {name: places.get(name) or free_port() for name in PORTS}
        self.ports: Final = ports
        self._words: Final = (
            *((f"//{name}:{port}", f"//{LOOPBACK}:{ports[name]}") for name, port in PORTS.items()),
            *((f"@{name}:{port}", f"@{LOOPBACK}:{ports[name]}") for name, port in PORTS.items()),
            (f"kafka:{PORTS['kafka']}", f"{LOOPBACK}:{ports['kafka']}"),
            *((f"localhost:{port}", f"localhost:{ports[name]}") for name, port in PORTS.items()),
            *((f"{LOOPBACK}:{port}", f"{LOOPBACK}:{ports[name]}") for name, port in PORTS.items()),
            *((f"{LOOPBACK}/{port}", f"{LOOPBACK}/{ports[name]}") for name, port in PORTS.items()),
            *((f"0.0.0.0:{port}", f"{LOOPBACK}:{ports[name]}") for name, port in PORTS.items()),
            ("0.0.0.0", LOOPBACK),
            ("/run/secrets", str(secrets)),
            ("/var/lib/kafka/data", str(folder / "kafka")),
            ("/var/lib/samrad", str(folder)),
            ("/etc/samrad", str(folder / "etc")),
            ("/opt/samrad/examples", str(ROOT / "examples")),
        )

    def text(self, given: object) -> str:
        """A word of the file, as it is here."""
        found = str(given)
        for there, here in self._words:
            found = found.replace(there, here)
        return found

    def line(self, words: Sequence[str]) -> tuple[str, ...]:
        """A command line, by the programs of this machine."""
        program, *arguments = map(self.text, words)
        hub, demo = (str(PORTS[name]) for name in ("hub", "demo"))
        given = {hub: str(self.ports["hub"]), f"--port={demo}": f"--port={self.ports['demo']}"}
        numbered = [given.get(each, each) for each in arguments]
        match program:
            case "samrad":
                return command(*numbered)
            case "python":
                return (sys.executable, *numbered)
            case _:
                return (program, *numbered)

    def environment(self, service: Mapping[str, Any], **more: str) -> dict[str, str]:
        """The environment of one service, and of nothing else."""
        told = {name: self.text(value) for name, value in environment_of(service).items()}
        return plain_environment(PYTHONPATH=os.pathsep.join(roots()), **told, **more)

    def specification(self, name: str, **more: str) -> Specification:
        """A service as the one who runs processes takes it: ready when its health check says so."""
        service = services()[name]
        environment = self.environment(service, **more)
        marker, *check = service["healthcheck"]["test"]
        assert marker == "CMD", name
        return Specification(
            name=name,
            command=self.line(service["command"]),
            environment=environment,
            ready=succeeds(self.line(check), environment, float(str(service["healthcheck"]["timeout"]).rstrip("s"))),
        )

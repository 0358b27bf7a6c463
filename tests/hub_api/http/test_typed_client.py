"""The reference is enough for a program: a client is made of it without a warning, and a day's work goes through it."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from hub_api.cli.serve import bound
from hub_api.commands.handler import Circumstances
from hub_api.http.api.example_bodies import BODIES
from hub_api.http.api.openapi import document
from hub_api.http.app import SERVER_OPTIONS, create_app
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import PERSONAS, agreement
from tests.servers import unavailable

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "requirements-client.lock"
PLAY = Path(__file__).with_name("typed_client_play.py")
MINUTE = 60.0


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Where the generator and what its clients stand on are installed: apart, since it needs other versions than we."""
    folder = tmp_path / "tools"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    installed = subprocess.run([*pip, "--require-hashes", "-r", LOCK], capture_output=True, text=True, check=False)
    if installed.returncode:
        unavailable("the generator of clients cannot be installed")
    return folder / "bin"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A hub in whose county everybody has agreed, served on loopback."""
    hub = Hub.open(Settings.beside(tmp_path / "data"))
    hub.commander.handle_now(PERSONAS["administrator-ulla-exempel"], agreement(), None, Circumstances())
    listening = bound("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(hub, Personas(PERSONAS)), log_level=None, **SERVER_OPTIONS))
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    try:
        end = time.monotonic() + MINUTE
        while not server.started and time.monotonic() < end:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        serving.join()
        listening.close()
        hub.close()


@pytest.mark.long
def test_a_typed_client_is_made_without_a_warning_and_a_consultation_and_a_meeting_are_played_through_it(
    tools: Path, address: str, tmp_path: Path
) -> None:
    (tmp_path / "openapi.json").write_bytes(document(personas=True))
    (tmp_path / "client.yml").write_text("package_name_override: samrad_client\npost_hooks: []\n", encoding="utf-8")
    generate: list[str | Path] = [
        *(tools / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"),
        *("--path", tmp_path / "openapi.json", "--config", tmp_path / "client.yml"),
        *("--output-path", tmp_path / "generated" / "samrad_client"),
    ]
    (tmp_path / "generated").mkdir()
    made = subprocess.run(generate, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    played = subprocess.run(
        [tools / "python", PLAY, address, json.dumps(BODIES)],
        env={"PYTHONPATH": str(tmp_path / "generated")},
        capture_output=True,
        text=True,
        timeout=MINUTE,
        check=False,
    )
    assert played.returncode == 0, played.stderr

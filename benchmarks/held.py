"""How much memory and processor time one command of the command line takes, in a process that does nothing else.

`python -m benchmarks.held verify --data folder` runs the command, then says on standard error, as JSON in its last
line, the most memory it held (MiB) and the processor seconds it took. `open` stands for a start of the hub alone.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hub_api.cli import run
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings

ROOT: Final = Path(__file__).parents[1]
ENVIRONMENT: Final = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "hub-api")))}
_MOST: Final = "VmHWM:"
_NOW: Final = "VmRSS:"


class Held(Struct, frozen=True):
    """Of one process: the most memory in MiB, and processor seconds."""

    most: int
    seconds: float


def by(*arguments: str) -> Held:
    """What a command takes, run in a process of its own."""
    ran = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "benchmarks.held", *arguments], capture_output=True, text=True, cwd=ROOT, env=ENVIRONMENT
    )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {ran.returncode}: {ran.stderr}")
    return msgspec.json.decode(ran.stderr.splitlines()[-1], type=Held)


def of(process: int) -> int:
    """The memory that a process holds now, in MiB; Linux alone tells."""
    return _told(Path(f"/proc/{process}/status"), _NOW)


def main(arguments: Sequence[str]) -> int:
    began = time.process_time()
    if arguments[0] == "open":
        Hub.open(Settings.beside(Path(arguments[1]))).close()
        status = 0
    else:
        status = run(arguments)
    held = Held(_most(), time.process_time() - began)
    sys.stderr.write(f"\n{msgspec.json.encode(held).decode()}\n")
    return status


def _most() -> int:
    """The most that this process has held. What the system counts for it may be of the process that started it, so the
    kernel's own word is taken where there is one."""
    own = Path("/proc/self/status")
    return _told(own, _MOST) if own.exists() else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _told(status: Path, field: str) -> int:
    line = next(line for line in status.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

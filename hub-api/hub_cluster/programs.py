"""Run one of a server's own programs to its end."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hub_cluster import guard

SECONDS: Final = 120


def run(
    *command: str | Path, environment: Mapping[str, str], given: str = "", user: tuple[int, int] | None = None
) -> str:
    """What it answered, or an error with what it complained of; as another user, if one is named."""
    line = [str(part) for part in command]
    name = Path(line[0]).name
    if user is not None:
        order = f"guard.become({user[0]}, {user[1]}); os.execv(sys.argv[1], sys.argv[1:])"
        path = f"sys.path.insert(0, {str(Path(guard.__file__).parent)!r})"
        line = [sys.executable, "-I", "-S", "-c", f"import os, sys; {path}; import guard; {order}", *line]
    done = subprocess.run(
        line, input=given, capture_output=True, text=True, env=dict(environment), timeout=SECONDS, check=False
    )
    if done.returncode:
        complaint = " ".join((done.stderr or done.stdout).split()) or f"status {done.returncode}"
        raise OSError(f"{name} failed: {complaint[-1000:]}")
    return done.stdout

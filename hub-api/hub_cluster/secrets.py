"""Passwords that a cluster makes up for itself, kept in a file of its folder that only its owner reads."""

import json
import os
import secrets
from pathlib import Path
from typing import Final

FILE: Final = "passwords.json"


class Passwords:
    """One password for each name, made when it is first asked for and the same ever after."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._known: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}

    def of(self, name: str) -> str:
        """The password of a role or user."""
        if name not in self._known:
            self._known[name] = secrets.token_hex(16)
            self._keep()
        return self._known[name]

    def file_of(self, name: str) -> Path:
        """A file that holds this one password, for a process that is told no other."""
        path = self._file.parent / f"{name}.password"
        if not path.exists():
            self._write(path, self.of(name))
        return path

    def _keep(self) -> None:
        self._write(self._file, json.dumps(self._known, indent=1))

    @staticmethod
    def _write(path: Path, text: str) -> None:
        beside = path.with_name(path.name + ".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        beside.replace(path)

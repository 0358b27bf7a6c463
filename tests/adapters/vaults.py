"""One vault, wherever its rows lie: made anew as another process would make it, and looked at behind its back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from adapters.postgresql.vault import SCHEMA, PostgresVault
from adapters.vault.embedded import SqliteVault
from adapters.vault.key_vault import KeyVault
from adapters.vault.master_keys import MasterKeys
from tests.adapters.support import ENTROPY, Hub


class Place:
    """Where a vault's rows lie. `ask` takes SQL with `?` for each value and `keys` and `hub` for the tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.master = folder / "data.keys" / "master.json"
        self.opened: list[KeyVault] = []
        (folder / "data").mkdir()
        MasterKeys.create(self.master, folder / "data", ENTROPY)

    @property
    def masters(self) -> MasterKeys:
        return MasterKeys.load(self.master, self.folder / "data")

    def open(self, masters: MasterKeys | None = None) -> KeyVault:
        """The vault, as a further process sees it."""
        vault = self.at(self.folder / "data", masters or self.masters)
        self.opened.append(vault)
        return vault

    def hub(self) -> Hub:
        """A hub, its vault here."""
        return Hub(self.folder, vault=self.at)

    def close(self) -> None:
        for vault in self.opened:
            vault.close()

    def at(self, data: Path, masters: MasterKeys) -> KeyVault:
        raise NotImplementedError

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        raise NotImplementedError


class OnSqlite(Place):
    def at(self, data: Path, masters: MasterKeys) -> KeyVault:
        return SqliteVault(data / "vault.db", masters, ENTROPY)

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "data" / "vault.db", isolation_level=None)) as connection:
            return connection.execute(statement, values).fetchall()


class OnPostgres(Place):
    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.url = url
        with closing(self.connect()) as connection, connection.transaction():
            connection.execute(SCHEMA.encode())

    def connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.url)

    def at(self, data: Path, masters: MasterKeys) -> PostgresVault:
        return PostgresVault(self.connect, masters, ENTROPY)

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        connection = psycopg.connect(self.url, autocommit=True, options="-c search_path=vault")
        with closing(connection):
            cursor = connection.execute(statement.replace("?", "%b").encode(), values, binary=True)
            return cursor.fetchall() if cursor.description else []

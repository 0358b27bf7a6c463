"""A small hub on disk: a data folder, its keys beside it, and events that carry what must never be readable."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType

from adapters.store.application import CoordinationLog
from adapters.store.high_water import HighWater
from adapters.store.rows import Rows
from adapters.system import SeededClock, SystemEntropy
from adapters.vault.embedded import SqliteVault
from adapters.vault.key_vault import KeyVault
from adapters.vault.master_keys import MasterKeys
from domain.act import Act, Principal
from domain.case.events import InformationRecorded, Opened, PersonAdded
from domain.event import Event
from domain.ports import Append, Clock, Draft
from domain.vocabulary import AgencyId, Instant, Kind, Purpose, Ref, Role, StaffId, UnitId

ENTROPY = SystemEntropy()
START: Instant = 1_790_000_000_000_000
SOCIAL = UnitId("linkoping.social.barn")
POLICE = UnitId("polisen.ost")
CENTRE = UnitId("resurscentrum")
SECRETS = ("Fiktiva Testsson", "Hemliga gatan 1", "Oron gäller en resa", "linkoping.social.barn", "handl-17")


class Hub:
    """A data folder with its vault, log and mark, opened."""

    def __init__(
        self,
        folder: Path,
        clock: SeededClock | None = None,
        vault: Callable[[Path, MasterKeys], KeyVault] = lambda data, masters: SqliteVault(
            data / "vault.db", masters, ENTROPY
        ),
        rows: Callable[[Path, Clock], Rows | Path] = lambda data, _: data / "acts.db",
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.keys = folder / "data.keys"
        master = self.keys / "master.json"
        if not master.exists():
            MasterKeys.create(master, self.data, ENTROPY)
        self.masters = MasterKeys.load(master, self.data)
        self.clock = clock or SeededClock(START, step=1)
        self.vault = vault(self.data, self.masters)
        self.mark = HighWater(self.keys / "high-water.json")
        self.log = CoordinationLog(rows(self.data, self.clock), self.vault, self.clock, ENTROPY, self.mark)

    def __enter__(self) -> "Hub":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.log.close()
        self.vault.close()


def principal(unit: UnitId = SOCIAL) -> Principal:
    return Principal(
        person=StaffId("handl-17"),
        agency=AgencyId(unit.rsplit(".", 1)[0]),
        unit=unit,
        role=Role.HANDLER,
        purpose=Purpose.SUPPORT,
        assurance=3,
    )


def act(unit: UnitId = SOCIAL, request: str = "", now: Instant = START) -> Act:
    return Act(id=ENTROPY.ref(), by=principal(unit), now=now, happened=now, known=now, request=request)


def draft(stream: Ref, version: int, event: Event, unit: UnitId = SOCIAL, by: Act | None = None) -> Draft:
    return Draft(stream, Kind.CASE, version, by or act(unit), event)


def opened(stream: Ref, version: int = 1, unit: UnitId = SOCIAL) -> Draft:
    return draft(stream, version, Opened(coordinator=CENTRE), unit)


def one(stream: Ref, version: int, event: Event | None = None, unit: UnitId = SOCIAL, tag: bytes = b"") -> Append:
    return Append((draft(stream, version, event or Opened(coordinator=CENTRE), unit),), tag)


def person(ref: Ref | None = None) -> PersonAdded:
    return PersonAdded(person=ref or ENTROPY.ref(), identity="Fiktiva Testsson", contact="070-000 00 00")


def information(ref: Ref) -> InformationRecorded:
    return InformationRecorded(person=ref, social="Oron gäller en resa", whereabouts="Hemliga gatan 1")


def every_file(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def behind_the_back(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """What someone does who can write to the file: the triggers are the first to go."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for trigger in ("are_appended", "are_not_changed", "are_not_deleted"):
            connection.execute(f"DROP TRIGGER IF EXISTS records_{trigger}")
        for statement, values in statements:
            connection.execute(statement, values)

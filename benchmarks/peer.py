"""What people would take instead: FastAPI over the library's own SQLite application with its aggregate cache.

No need-to-know, no sealing, no trail, no idempotency; what was said lies in the aggregate as it was said. Each command
is durable before it is answered, as ours is: SQLite is left as it is, with full synchronisation.
"""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from fastapi import FastAPI

from benchmarks.requests import Information, Recorded

CACHED = 1_000
"""Aggregates that the peer keeps: more than it has."""


class Case(Aggregate):
    """A case that knows what was said in it."""

    @event("Opened")
    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    @event("InformationRecorded")
    def record_information(self, person: str, social: str) -> None:
        self.said.append((person, social))


def application(folder: Path) -> Application[UUID]:
    """The library's application on a file in that folder."""
    return Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(folder / "peer.db"),
            "AGGREGATE_CACHE_MAXSIZE": str(CACHED),
        }
    )


def cases(app: Application[UUID], count: int, acts: int, person: str, text: str) -> Sequence[UUID]:
    """So many cases of so many acts each."""
    made = []
    for _ in range(count):
        case = Case()
        for _ in range(acts - 1):
            case.record_information(person, text)
        app.save(case)
        app.repository.get(case.id)  # into the cache, as any command before would have done
        made.append(case.id)
    return made


def serving(app: Application[UUID]) -> FastAPI:
    """The same address and body as ours; decided in the event loop, which is quicker here than a thread for each."""
    api = FastAPI()

    @api.post("/v1/cases/{alias}/record_information")
    async def record_information(alias: UUID, body: Information) -> Recorded:
        case: Case = app.repository.get(alias)
        case.record_information(body.person, body.social)
        app.save(case)
        return Recorded(kind="case", id=str(alias), created=str(case.version))

    return api

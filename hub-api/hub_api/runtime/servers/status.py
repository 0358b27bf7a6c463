"""`samrad status`: what runs, how far everything has come, how much waits, and what is wrong, at a glance."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Final

from adapters.kafka.frames import Frames
from adapters.kafka.topics import Use, check
from adapters.postgresql.lease import taken
from adapters.postgresql.reading import PostgresReading
from adapters.postgresql.recorder import PostgresRecorder
from adapters.store.high_water import HighWater
from adapters.store.rows import takes_records
from adapters.system import SystemClock
from adapters.vault.master_keys import MasterKeys
from domain.errors import SamradError
from domain.vocabulary import Instant
from hub_api.runtime.clocks import told
from hub_api.runtime.open_parts import LOGS
from hub_api.runtime.servers import project, relay
from hub_api.runtime.servers.addresses import broker, carriage_keys, database, topic
from hub_api.runtime.servers.addresses import views as views_at
from hub_api.runtime.servers.condition import SILENT
from hub_api.runtime.servers.opening import MARKS, MASTER, TURN
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.status import HubStatus, aged, tell_of_set_aside
from hub_api.runtime.status import LogStatus as LogStatus
from projections.catalogue import ACTS, LOOKS
from projections.halts import stopped
from projections.positions import positions
from projections.reports import silent_for
from projections.set_aside import set_aside
from projections.store import Views

BY: Final = "`samrad status`"


def look(settings: Production, today: date | None = None) -> HubStatus:
    """Ask everything that the settings name; what does not answer is told and keeps nothing else from being asked."""
    status = HubStatus(logs={log: LogStatus() for log in LOGS}, running={}, wrong=[])
    for ask in (_marks, _topics, _views, _store, _master):  # the store last: it is ahead of all that follows it
        ask(settings, status)
    _compare(status, carried=settings.kafka is not None)
    aged(status, settings.key_days, today)
    return status


def undone(settings: Production, process: str) -> list[str]:
    """What of a process's work nobody does now: for its health, by the one database that all of them reach."""
    done = _done(database(settings, "store", BY))
    return [work for work, by in done.items() if work.split()[0] == process and by is None]


def _done(dsn: str) -> dict[str, str | None]:
    """Which process does each work, if any does."""
    works = {
        "serve": TURN,
        **{f"relay {log}": relay.lease_of(log) for log in LOGS},
        **{f"project {name}": project.lease_of(each) for name, each in project.SETS.items()},
    }
    held = taken(dsn, works.values())
    return {work: held.get(lease) for work, lease in works.items()}


def _store(settings: Production, status: HubStatus) -> None:
    with _told(status):
        dsn = database(settings, "store", BY)
        done = _done(dsn)
        status.running = {work: by is not None for work, by in done.items()}
        status.processes = {work: by for work, by in done.items() if by}
        committed: dict[str, Instant] = {}
        for log in LOGS:
            with closing(PostgresReading(dsn, log)) as rows:
                status.logs[log].store, _, committed[log] = rows.end()
        status.wrong.extend(told(committed, SystemClock().now()))
        if not _records(dsn):
            status.wrong.append("the store takes no records: is its disk full?")
    for work, runs in status.running.items():
        if not runs:
            status.wrong.append(f"nobody does this work: {work}")


def _records(dsn: str) -> bool:
    """Whether the store would record now, as far as this role may try: the looks, which anybody who may append adds to,
    with a record that is taken back."""
    with closing(PostgresRecorder(dsn, LOOKS.name, SystemClock(), patience=0)) as rows:
        return takes_records(rows) or not rows.may_append()


def _marks(settings: Production, status: HubStatus) -> None:
    if settings.keys is not None:
        with _told(status):
            marks = HighWater(settings.keys / MARKS, witness=settings.witness)
            for log in LOGS:
                status.logs[log].mark = marks.mark(log)


def _topics(settings: Production, status: HubStatus) -> None:
    if settings.kafka is not None:
        with _told(status):
            from_kafka = broker(settings, BY)
            for log in LOGS:
                check(from_kafka, topic(settings, log), Use.READ)
                with closing(Frames(from_kafka, topic(settings, log))) as frames:
                    status.logs[log].topic = frames.last()


def _views(settings: Production, status: HubStatus) -> None:
    if settings.views is not None:
        with _told(status), closing(Views(views_at(settings, BY), reads_only=True)) as views:
            if any(each.outdated(views) for each in (ACTS, LOOKS)):
                status.wrong.append("another version of this program made the views: start this one's `samrad project`")
            for log, position in zip(LOGS, positions(views, (ACTS, LOOKS)), strict=True):
                status.logs[log].views = position
            for name, seconds in silent_for(views, (ACTS, LOOKS)).items():
                if seconds > SILENT:
                    said = "never" if seconds == float("inf") else f"{seconds:.0f} seconds ago"
                    status.wrong.append(f"the views of {name} were last told to be kept up {said}")
            for name, at in stopped(views, (ACTS, LOOKS)).items():
                status.logs[name].stopped_at, status.logs[name].stopped_by = at.position, at.error
                status.wrong.append(f"the views of {name} stand still before position {at.position}: {at.error}")
            tell_of_set_aside(status, set_aside(views, (ACTS, LOOKS)))


def _master(settings: Production, status: HubStatus) -> None:
    if settings.keys is not None:
        with _told(status):
            masters = MasterKeys.load(settings.keys / MASTER, None)
            status.master_epoch, status.master_made = masters.newest, masters.made
    if settings.keys is not None or settings.carriage_keys is not None:
        with _told(status):
            status.carriage_made = carriage_keys(settings, BY).newest.made


def _compare(status: HubStatus, *, carried: bool) -> None:
    for name, log in status.logs.items():
        if log.store is None:
            continue
        if log.mark is not None and log.store < log.mark:
            status.wrong.append(f"the store's {name} end at {log.store} and had come to {log.mark}: an older copy")
        for where, there in (("topic", log.topic), ("views", log.views)):
            if there is not None and there > log.store:
                status.wrong.append(
                    f"the {where} of {name} holds {there}, the store ends at {log.store}: an older copy"
                )
        log.waiting = _between(log.topic, log.store)
        if carried and log.waiting is None:
            log.waiting_at_most = _between(log.views or 0, log.store)
            status.wrong.append(f"of {name}, {log.waiting_at_most} at most wait to be carried to Kafka")
        log.lagging = _between(log.views, log.store)


def _between(there: int | None, store: int) -> int | None:
    return None if there is None else max(0, store - there)


@contextmanager
def _told(status: HubStatus) -> Iterator[None]:
    try:
        yield
    except SamradError as error:
        status.wrong.append(" ".join(str(error).split()))

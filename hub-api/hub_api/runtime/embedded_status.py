"""`samrad status` of an embedded hub: read from its files, while another process serves it or nobody does."""

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.store.at_rest import end_of, reading
from adapters.store.high_water import HighWater
from adapters.system import SystemClock
from adapters.vault.master_keys import MasterKeys
from domain.errors import SamradError
from domain.vocabulary import Instant
from hub_api.runtime.clocks import told
from hub_api.runtime.folder import DEMO, holder_of
from hub_api.runtime.open_parts import LOGS
from hub_api.runtime.settings import Settings
from hub_api.runtime.status import KEY_DAYS, HubStatus, LogStatus, aged, tell_of_set_aside
from projections.catalogue import ACTS, LOOKS
from projections.halts import stopped
from projections.positions import positions
from projections.set_aside import set_aside
from projections.store import Views


def look(hub: Settings) -> HubStatus:
    """Ask everything; what cannot be read is told and keeps nothing else from being asked."""
    if not hub.data.is_dir():
        raise SamradError(f"there is no hub in {hub.data}")
    by = holder_of(hub.data)
    status = HubStatus(
        logs={log: LogStatus() for log in LOGS},
        running={"serve": by is not None},
        processes={} if not by else {"serve": str(by)},
        wrong=[],
    )
    committed: dict[str, Instant] = {}
    _views(hub, status)
    for log in LOGS:
        with _said(status), reading(hub.data / f"{log}.db") as rows:
            status.logs[log].store, _, committed[log] = end_of(rows)
    with _said(status):
        marks = HighWater(hub.marks, witness=hub.witness)
        for log in LOGS:
            status.logs[log].mark = marks.mark(log)
    with _said(status):
        masters = MasterKeys.load(hub.master, hub.data)
        status.master_epoch, status.master_made = masters.newest, masters.made
    _compare(status)
    if not (hub.data / DEMO).is_file():  # its days are those of a story
        status.wrong.extend(told(committed, SystemClock().now()))
    aged(status, KEY_DAYS)
    return status


def _views(hub: Settings, status: HubStatus) -> None:
    if not (hub.data / "views.db").is_file():
        return  # made anew when the hub is opened
    with _said(status):
        views = Views.at(hub.data / "views.db", reads_only=True)
        try:
            for log, position in zip(LOGS, positions(views, (ACTS, LOOKS)), strict=True):
                status.logs[log].views = position
            tell_of_set_aside(status, set_aside(views, (ACTS, LOOKS)))
            for name, at in stopped(views, (ACTS, LOOKS)).items():
                status.logs[name].stopped_at, status.logs[name].stopped_by = at.position, at.error
                status.wrong.append(f"the views of {name} stand still before position {at.position}: {at.error}")
        finally:
            views.close()


def _compare(status: HubStatus) -> None:
    for name, log in status.logs.items():
        if log.store is None:
            continue
        if log.mark is not None and log.store < log.mark:
            status.wrong.append(f"the store's {name} end at {log.store} and had come to {log.mark}: an older copy")
        if log.views is not None:
            log.lagging = max(0, log.store - log.views)


@contextmanager
def _said(status: HubStatus) -> Iterator[None]:
    try:
        yield
    except SamradError as error:
        status.wrong.append(" ".join(str(error).split()))

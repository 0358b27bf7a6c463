"""What `samrad verify` opens on servers: the two logs, the vault and the views, whatever is wrong with them."""

from contextlib import ExitStack
from functools import partial

from adapters.postgresql.connect import connect
from adapters.postgresql.recorder import PostgresRecorder
from adapters.postgresql.vault import PostgresVault
from adapters.store.application import CoordinationLog
from adapters.store.high_water import HighWater
from adapters.system import SystemClock, SystemEntropy
from adapters.vault.master_keys import MasterKeys
from hub_api.runtime.proof import Provable
from hub_api.runtime.servers.addresses import database
from hub_api.runtime.servers.addresses import views as views_at
from hub_api.runtime.servers.opening import MARKS, MASTER
from hub_api.runtime.servers.settings import Production
from projections.catalogue import ACTS, LOOKS
from projections.errors import ViewsUnusable
from projections.positions import positions
from projections.store import Views, ViewSet


def open_provable(by: str, closing: ExitStack, settings: Production | None = None) -> Provable:
    """The parts, open; other processes keep the views, and are waited for."""
    told = settings or Production.read()
    keys = told.needed("keys", by)
    clock, entropy = SystemClock(), SystemEntropy()
    masters = MasterKeys.load(keys / MASTER, None)
    vault = PostgresVault(partial(connect, database(told, "vault", by), "samrad vault"), masters, entropy)
    closing.callback(vault.close)

    def opened(name: str) -> CoordinationLog:
        rows = PostgresRecorder(database(told, "store", by), name, clock)
        closing.callback(rows.close)
        log = CoordinationLog(rows, vault, clock, entropy, finish=False)
        closing.callback(log.close)
        return log

    log, looks_log = opened("acts"), opened("looks")
    views = Views(views_at(told, by), reads_only=True)
    closing.callback(views.close)

    logs = {ACTS.name: log, LOOKS.name: looks_log}

    def caught_up(view_set: ViewSet) -> bool:
        try:
            (reached,) = positions(views, (view_set,))
        except ViewsUnusable:
            return False
        return reached >= logs[view_set.name].last()

    return Provable(
        log=log,
        looks_log=looks_log,
        views=views,
        catch_up=caught_up,
        views_at="the views",
        marks=HighWater(keys / MARKS, witness=told.witness),
    )

"""The hub on servers: PostgreSQL holds store, vault and views, other processes keep the views up to date."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial

from msgspec import Struct

from adapters.postgresql.connect import connect
from adapters.postgresql.lease import Lease
from adapters.postgresql.recorder import NOBODYS, PostgresRecorder, take_turn
from adapters.postgresql.vault import PostgresVault
from adapters.store.application import CoordinationLog
from adapters.store.high_water import HighWater
from adapters.system import SeededClock, SeededEntropy, SystemClock, SystemEntropy
from adapters.telemetry import UNWATCHED
from adapters.vault.master_keys import MasterKeys
from domain.errors import SamradError
from domain.ports import Clock, Entropy, Watch
from domain.vocabulary import Instant
from hub_api.access.freshness import Readiness
from hub_api.access.index_file import REGISTER_FILE, RegisterFile
from hub_api.access.register import Register
from hub_api.runtime.clocks import refuse_ahead
from hub_api.runtime.hub import Hub
from hub_api.runtime.open_parts import Parts, policy_by_hash
from hub_api.runtime.readiness import Sampled
from hub_api.runtime.servers.addresses import database
from hub_api.runtime.servers.addresses import views as views_at
from hub_api.runtime.servers.condition import Condition
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.servers.turn_keeper import NotMyTurn
from hub_api.runtime.servers.without_follower import ViewProgress, WithoutFollower
from projections.catalogue import ACTS, LOOKS
from projections.errors import ViewsUnusable
from projections.positions import positions
from projections.store import Views

MASTER = "master.json"
MARKS = "high-water.json"
TURN = "serve"
"""The lease of the one process that records."""
GIVEN_BACK = 1.5
"""Seconds for which a turn is asked for: one that was just given back is held until the server has seen it."""


class Opening(Struct, frozen=True, kw_only=True):
    """How a hub on servers is opened."""

    settings: Production
    by: str
    """The command that opens it, for messages."""
    lease: Lease | None = None
    """Of who has the turn: nobody else records acts meanwhile. Looks are recorded by whoever looks."""
    seed: str | None = None
    start: Instant | None = None
    """Only the demo and tests seed entropy and hold the clock."""
    watch: Watch = UNWATCHED

    def hub(self) -> Hub:
        """The open hub; whoever opens it closes it."""
        return Hub.on(self.parts)

    def parts(self, closing: ExitStack) -> Parts:
        """Open the parts; a named error where something is wrong with one."""
        settings, by = self.settings, self.by
        clock: Clock = SystemClock() if self.start is None else SeededClock(self.start)
        entropy: Entropy = SystemEntropy() if self.seed is None else SeededEntropy(self.seed)
        keys = settings.needed("keys", by)
        masters = MasterKeys.load(keys / MASTER, None)
        store = database(settings, "store", by)
        vault = PostgresVault(partial(connect, database(settings, "vault", by), "samrad vault"), masters, entropy)
        closing.callback(vault.close)
        marks = HighWater(keys / MARKS, witness=settings.witness)

        def opened(name: str, turn: bytes = NOBODYS) -> CoordinationLog:
            rows = PostgresRecorder(store, name, clock, alone=turn != NOBODYS, turn=turn)
            closing.callback(rows.close)
            log = CoordinationLog(rows, vault, clock, entropy, marks, watch=self.watch)
            closing.callback(log.close)
            return log

        turn = NOBODYS if self.lease is None else take_turn(self.lease, "acts")
        log, looks_log = opened("acts", turn), opened("looks")
        if self.seed is not None and log.last():
            # The same seed gives the same nonces again, under keys that have used them.
            raise SamradError("this store was written to before: a hub is seeded once, when it is made")
        views = Views(views_at(settings, by), reads_only=True)
        closing.callback(views.close)
        kept = RegisterFile(keys / REGISTER_FILE, vault.secret(b"register-file"), log.rows)
        register = Register(log, policy_by_hash, kept)
        register.catch_up()
        sampled = Sampled(Condition(log, looks_log, views, store).readiness)
        closing.callback(sampled.stop)
        waiting = WithoutFollower(
            register,
            ViewProgress(lambda: (log.last(), looks_log.last()), partial(_come, views)),
            settings.fresh_within,
            lambda: sampled() is not Readiness.READY,
        )
        return Parts(
            clock=clock,
            entropy=entropy,
            vault=vault,
            log=log,
            looks_log=looks_log,
            views=views,
            register=register,
            follower=waiting,
            keys=keys,
            watch=self.watch,
            ready=sampled,
        )


def _come(views: Views) -> tuple[int, ...]:
    """How far the views have come; where they are not there yet, or away for a moment, they are waited for."""
    try:
        return positions(views, (ACTS, LOOKS))
    except ViewsUnusable:
        return (0, 0)


@contextmanager
def my_turn(settings: Production, by: str) -> Iterator[Lease]:
    """The turn to record acts, which one process has at a time; `NotMyTurn` if another has it."""
    with Lease(database(settings, "store", by), TURN) as lease:
        if not lease.wait(patience=GIVEN_BACK):
            raise NotMyTurn("another process records, such as `samrad serve`: stop that first, or ask it over HTTP")
        yield lease


@contextmanager
def in_turn(settings: Production, by: str, watch: Watch, lease: Lease, *, accept_clock: bool = False) -> Iterator[Hub]:
    """The hub of who has the turn; closed again at the end."""
    hub = Opening(settings=settings, by=by, lease=lease, watch=watch).hub()
    try:
        if not accept_clock:
            refuse_ahead(hub)
        yield hub
    finally:
        hub.close()


@contextmanager
def opened(by: str, *, writes: bool) -> Iterator[Hub]:
    """The hub of the settings, for one command; closed again at the end. Who writes has the turn meanwhile."""
    settings = Production.read()
    with my_turn(settings, by) if writes else nullcontext() as lease:
        hub = Opening(settings=settings, by=by, lease=lease).hub()
        try:
            if writes:
                refuse_ahead(hub)
            yield hub
        finally:
            hub.close()

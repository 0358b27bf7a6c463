"""The embedded hub: one process, one folder, SQLite; it follows its logs itself."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from msgspec import Struct

from adapters.store.application import CoordinationLog
from adapters.store.high_water import HighWater
from adapters.store.in_place import InPlace
from adapters.system import SeededClock, SeededEntropy, SystemClock, SystemEntropy
from adapters.telemetry import UNWATCHED, followed
from adapters.vault.embedded import SqliteVault
from adapters.vault.master_keys import MasterKeys
from domain.act import Fact
from domain.errors import SamradError
from domain.ports import Clock, Entropy, Watch
from domain.vocabulary import Ref
from hub_api.access.freshness import Readiness
from hub_api.access.index_file import REGISTER_FILE, RegisterFile
from hub_api.access.register import Register
from hub_api.runtime.folder import FILES, alone_in
from hub_api.runtime.follower import Follower
from hub_api.runtime.open_parts import Parts, policy_by_hash
from hub_api.runtime.readiness import Sampled, has_room
from hub_api.runtime.settings import Settings
from projections.catalogue import ACTS, LOOKS
from projections.rebuild import renewed
from projections.runner import Runner
from projections.store import Views, ViewSet


class Stores(Struct, frozen=True, kw_only=True):
    """What lies in the folder, open."""

    clock: Clock
    entropy: Entropy
    vault: SqliteVault
    log: CoordinationLog
    looks_log: CoordinationLog
    views: Views
    marks: HighWater
    in_place: InPlace


def open_stores(settings: Settings, closing: ExitStack, watch: Watch = UNWATCHED, *, whole: bool = True) -> Stores:
    """Open the hub's folder, making what is not there; a named error where something is wrong with it. Where it need
    not be `whole`, as for who proves it, the logs are opened whatever stands in them."""
    data = settings.data
    in_place = InPlace()
    closing.enter_context(alone_in(data))
    if settings.seed is not None and (data / "vault.db").exists():
        # The same seed gives the same nonces again, under keys that have used them.
        raise SamradError(f"{data} was made before: a hub is seeded once, when it is made")
    clock: Clock = SystemClock() if settings.start is None else SeededClock(settings.start)
    entropy: Entropy = SystemEntropy() if settings.seed is None else SeededEntropy(settings.seed)
    vault = SqliteVault(data / "vault.db", _masters(settings, entropy), entropy)
    closing.callback(vault.close)
    marks = HighWater(settings.marks, witness=settings.witness)
    checked = marks if whole else None

    def opened(name: str) -> CoordinationLog:
        log = CoordinationLog(
            data / name, vault, clock, entropy, checked, alone=True, in_place=in_place, finish=whole, watch=watch
        )
        closing.callback(log.close)
        return log

    log, looks_log = opened("acts.db"), opened("looks.db")
    views = Views.at(data / "views.db")
    closing.callback(views.close)
    return Stores(
        clock=clock,
        entropy=entropy,
        vault=vault,
        log=log,
        looks_log=looks_log,
        views=views,
        marks=marks,
        in_place=in_place,
    )


def open_parts(settings: Settings, closing: ExitStack, watch: Watch = UNWATCHED) -> Parts:
    """Open the hub's folder, and follow its logs from there."""
    stores = open_stores(settings, closing, watch)
    runners = tuple(runner() for runner in runners_of(stores, watch))
    kept = RegisterFile(settings.keys / REGISTER_FILE, stores.vault.secret(b"register-file"), stores.log.rows)
    register = Register(stores.log, policy_by_hash, kept)
    follower = Follower(register, runners)
    closing.callback(follower.stop)
    follower.catch_up()
    sampled = Sampled(partial(_readiness, settings.data, (stores.log, stores.looks_log), follower))
    closing.callback(sampled.stop)
    in_place = stores.in_place
    in_place.hold(settings.data, *(settings.data / name for name in FILES))
    return Parts(
        clock=stores.clock,
        entropy=stores.entropy,
        vault=stores.vault,
        log=stores.log,
        looks_log=stores.looks_log,
        views=stores.views,
        register=register,
        follower=follower,
        folder=settings.data,
        keys=settings.keys,
        runners=runners,
        watch=watch,
        ready=lambda: sampled() if in_place.gone() is None else Readiness.NOT_READY,
        look=in_place.require,
    )


def runners_of(stores: Stores, watch: Watch = UNWATCHED) -> Sequence[Callable[[], Runner]]:
    """What makes the runner of each set of views; before that, views that another version made are made anew."""

    def runner(view_set: ViewSet, log: CoordinationLog) -> Runner:
        def stream(of: Ref) -> Sequence[Fact]:
            return log.snapshot().stream(of)

        renewed(stores.views, view_set, log, stream, proven=log.prove)
        return Runner(
            stores.views,
            view_set,
            followed(watch, view_set.name, log),
            stream,
            proven=log.prove,
            tell=partial(watch.set_aside, view_set.name),
        )

    return partial(runner, ACTS, stores.log), partial(runner, LOOKS, stores.looks_log)


def _readiness(data: Path, logs: Sequence[CoordinationLog], follower: Follower) -> Readiness:
    """Whether what is recorded next will be, and whether the views go on."""
    failed = any(log.has_failed for log in logs)
    for log in logs:
        log.has_failed = False  # told once: whatever fails again is told again
    if failed or not has_room(data):
        return Readiness.NOT_READY
    if follower.stopped_by is not None:
        follower.poke()  # what has stopped them may be over, and nobody may be acting
        return Readiness.BEHIND
    return Readiness.READY


def _masters(settings: Settings, entropy: Entropy) -> MasterKeys:
    path = settings.master
    if path.exists() or any((settings.data / name).exists() for name in ("vault.db", "acts.db", "looks.db")):
        return MasterKeys.load(path, settings.data)
    return MasterKeys.create(path, settings.data, entropy)

"""The composition root: it opens the parts of the embedded hub, wires them, and closes them in order."""

import fcntl
import logging
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from adapters.application import CoordinationLog
from adapters.high_water import HighWater
from adapters.looks import Looks
from adapters.master import MasterKeys
from adapters.system import SeededClock, SeededEntropy, SystemClock, SystemEntropy
from adapters.turns import Turns
from adapters.vault import SqliteVault
from adapters.writer import Writer
from domain import grounds
from domain.act import Act
from domain.agreement.state import Directory
from domain.errors import SamradError
from domain.event import Event
from domain.hub import GroundsAdopted, PolicyAdopted
from domain.needtoknow import compile as policies
from domain.ports import Append, Clock, Draft, Entropy
from domain.vocabulary import Kind, Ref
from hub_api.aliases import Aliases
from hub_api.commander import Commander
from hub_api.core import SYSTEM, Core
from hub_api.follower import Follower
from hub_api.gateway import Gateway
from hub_api.register import Register
from hub_api.scheduler import Scheduler
from hub_api.settings import Settings
from projections.lists import Lists
from projections.runner import Runner
from projections.schedule import Schedule
from projections.sets import ACTS, LOOKS
from projections.statistics import Statistics
from projections.store import Views
from projections.trail import Trail
from projections.waits import Waited

_log: Final = logging.getLogger("samrad.hub")

HUB_STREAM = Ref("6875620000000000000000000000000a")
"""The one stream of what happens to the hub itself."""


class Hub:
    """An open hub. Nothing connects before `open`; `close` lets what is under way end and may be called again."""

    def __init__(self, settings: Settings, parts: ExitStack) -> None:
        self.settings = settings
        self._parts = parts
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        parts.callback(os.close, _alone_in(settings.data))
        if settings.seed is not None and (settings.data / "vault.db").exists():
            # The same seed gives the same nonces again, under keys that have used them.
            raise SamradError(f"{settings.data} was made before: a hub is seeded once, when it is made")
        self.clock: Clock = SystemClock() if settings.start is None else SeededClock(settings.start)
        self.entropy: Entropy = SystemEntropy() if settings.seed is None else SeededEntropy(settings.seed)
        self.vault = SqliteVault(settings.data / "vault.db", self._masters(), self.entropy)
        parts.callback(self.vault.close)
        marks = HighWater(settings.keys / "high-water.json")
        self.log = self._open_log("acts.db", marks)
        self.looks_log = self._open_log("looks.db", marks)
        self.views = Views.at(settings.data / "views.db")
        parts.callback(self.views.close)
        self.register = Register(self.log, _policy_by_hash)
        self.runners = (
            Runner(self.views, ACTS, self.log, lambda stream: self.log.snapshot().stream(stream)),
            Runner(self.views, LOOKS, self.looks_log, lambda stream: self.looks_log.snapshot().stream(stream)),
        )
        self.writer = Writer(self.log)
        parts.callback(self.writer.stop)
        self.looks = Looks(self.looks_log, self.clock, self.entropy)
        parts.callback(self.looks.stop)
        self.follower = Follower(self.register, self.runners)
        parts.callback(self.follower.stop)
        self.core = Core(
            clock=self.clock,
            entropy=self.entropy,
            vault=self.vault,
            log=self.log,
            writer=self.writer,
            turns=Turns(self.writer),
            looks=self.looks,
            register=self.register,
            follower=self.follower,
            lists=Lists(self.views, ACTS),
            waited=Waited(self.views, ACTS),
            trail=Trail(self.views, ACTS, LOOKS),
            statistics=Statistics(self.views, ACTS),
        )
        self.aliases = Aliases(self.vault.secret(b"alias"))
        self.commander = Commander(self.core, self._recorded)
        self.gateway = Gateway(self.core)
        parts.callback(self.gateway.close)
        self.scheduler = Scheduler(self.core, self.commander, Schedule(self.views, ACTS))
        self.follower.catch_up()
        if not self.log.last():
            self.adopt(policies.titles()[-1])

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the hub in its folder, making what is not there; a named error where something is wrong with it."""
        with ExitStack() as parts:
            hub = cls(settings, parts)
            hub._parts = parts.pop_all()
            return hub

    def adopt(self, title: str) -> None:
        """Put a policy that this program carries, and its list of grounds, in force from now on (invariant 7)."""
        policy, now = policies.load(title), self.core.now()
        act = Act(id=self.entropy.ref(), by=SYSTEM, now=now, happened=now, known=now)
        version = len(self.log.snapshot().stream(HUB_STREAM))
        adopted = (
            PolicyAdopted(sha256=policy.sha256, title=title, in_force=now),
            GroundsAdopted(sha256=grounds.grounds_sha256(), title=title, in_force=now),
        )
        drafts = tuple(Draft(HUB_STREAM, Kind.HUB, version + n, act, event) for n, event in enumerate(adopted, 1))
        self.writer.submit(Append(drafts)).result()
        self.follower.catch_up()

    @property
    def directory(self) -> Directory:
        """All agreements; ask it as of a time."""
        return self.register.directory

    def close(self) -> None:
        """Finish what was accepted, then close every part."""
        self._parts.close()

    def _open_log(self, name: str, marks: HighWater) -> CoordinationLog:
        path = self.settings.data / name
        log = CoordinationLog(path, self.vault, self.clock, self.entropy, marks, alone=True)
        self._parts.callback(log.close)
        return log

    def _masters(self) -> MasterKeys:
        path = self.settings.keys / "master.json"
        if path.exists() or any((self.settings.data / name).exists() for name in ("vault.db", "acts.db", "looks.db")):
            return MasterKeys.load(path, self.settings.data)
        return MasterKeys.create(path, self.settings.data, self.entropy)

    def _recorded(self, events: Sequence[Event]) -> None:
        """After a command is durable: keys that it disposed of go, and what it changes for everyone is noted.

        The command stands whatever happens here: a key is used no more from its disposal on, and one that could not be
        deleted is deleted by the scheduler, or when the hub is opened again.
        """
        try:
            for event in events:
                keys = getattr(event, "keys", ())
                if keys:
                    self.vault.delete(keys)
                if event.name.startswith("agreement."):
                    self.register.catch_up()
        except Exception as error:  # noqa: BLE001 - what was recorded is answered as recorded
            _log.error("what follows from a command is left for later: %s", type(error).__name__)
        self.follower.poke()


def _alone_in(data: Path) -> int:
    """The lock of the folder: keys that were disposed of, the register and the views are kept up by one process."""
    lock = os.open(data / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise SamradError(f"{data} is in use by another process, such as `samrad serve`: stop that first") from None
    return lock


def _policy_by_hash(digest: str) -> policies.Policy | None:
    return next((policy for policy in map(policies.load, policies.titles()) if policy.sha256 == digest), None)

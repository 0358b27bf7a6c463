"""The composition root: on the parts that one form of the hub opens, it wires what is the same on both."""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from adapters.store.looks import Looks
from adapters.store.loop_groups import Turns
from adapters.store.writer import Writer
from adapters.telemetry import UNWATCHED
from domain import grounds
from domain.act import Act
from domain.agreement.state import Directory
from domain.errors import SamradError
from domain.event import Event
from domain.hub import GroundsAdopted, PolicyAdopted
from domain.needtoknow import compile as policies
from domain.ports import Append, Draft, Watch
from domain.vocabulary import Kind, Ref
from hub_api.access.access_index import AccessIndex
from hub_api.access.aliases import Aliases
from hub_api.access.case_links import CaseLinks
from hub_api.access.core import SYSTEM, Core
from hub_api.access.index_file import IndexFile
from hub_api.access.observing import Observing
from hub_api.access.own_writes import OwnWrites
from hub_api.commands.handler import Commander
from hub_api.identity.staff import Staff
from hub_api.reads.gateway import Gateway
from hub_api.runtime import embedded
from hub_api.runtime.counting import Counting
from hub_api.runtime.open_parts import Parts
from hub_api.runtime.scheduler import Scheduler
from hub_api.runtime.settings import Settings
from projections.catalogue import ACTS, LOOKS
from projections.linking import ConsultationLinks
from projections.lists import Lists
from projections.schedule import DueCases
from projections.statistics import Statistics
from projections.trail import Trail
from projections.upcoming import Upcoming
from projections.urgency import Urgency
from projections.waits import Waited

_log: Final = logging.getLogger("samrad.hub")

HUB_STREAM = Ref("6875620000000000000000000000000a")
"""The one stream of what happens to the hub itself."""


class Hub:
    """An open hub. Nothing connects before it is opened; `close` lets what is under way end and may be called again."""

    def __init__(self, parts: Parts, closing: ExitStack) -> None:
        self._closing = closing
        self.parts = parts
        self.clock, self.entropy, self.vault = parts.clock, parts.entropy, parts.vault
        self.log, self.looks_log, self.views = parts.log, parts.looks_log, parts.views
        self.register, self.follower, self.runners = parts.register, parts.follower, parts.runners
        self.writer = Writer(self.log)
        closing.callback(self.writer.stop)
        own = OwnWrites()
        self.looks = Looks(self.looks_log, self.clock, self.entropy, own.looked)
        closing.callback(self.looks.stop)
        self.staff = Staff()
        self.index_file = IndexFile(
            None if parts.keys is None else parts.keys / "access-index",
            self.vault.secret(b"access-index-file"),
            self.entropy,
            self.log.rows,
        )
        self.access = AccessIndex(self.log, self.vault.secret(b"access-index"), self.index_file.read())
        closing.callback(self._keep_index)
        self.core = Core(
            clock=self.clock,
            entropy=self.entropy,
            vault=self.vault,
            log=self.log,
            writer=self.writer,
            turns=Turns(self.writer),
            looks=self.looks,
            register=self.register,
            access=self.access,
            observing=Observing(self.register.policy_at, self.access, self.vault, self.vault.secret(b"etag")),
            own=own,
            follower=self.follower,
            lists=Lists(self.views, ACTS),
            waited=Waited(self.views, ACTS),
            upcoming=Upcoming(self.views, ACTS),
            urgency=Urgency(self.views, ACTS),
            trail=Trail(self.views, ACTS, LOOKS),
            statistics=Statistics(self.views, ACTS),
            staff=self.staff,
        )
        self.log.cases_of = CaseLinks(ConsultationLinks(self.views, ACTS), self.log).of
        self.aliases = Aliases(self.vault.secret(b"alias"))
        self.commander = Commander(self.core, self._recorded)
        self.gateway = Gateway(self.core)
        closing.callback(self.gateway.close)
        self.counting = Counting(self.core)
        self.scheduler = Scheduler(self.core, self.commander, DueCases(self.views, ACTS), self.counting)
        if not self.log.last():
            self.adopt(policies.titles()[-1])

    @classmethod
    def open(cls, settings: Settings, watch: Watch = UNWATCHED) -> Self:
        """Open the hub in its folder, making what is not there; a named error where something is wrong with it."""
        return cls.on(lambda closing: embedded.open_parts(settings, closing, watch))

    @classmethod
    def on(cls, open_parts: Callable[[ExitStack], Parts]) -> Self:
        """Open the hub on the parts of either form; where it does not open, all that was opened is closed again."""
        with ExitStack() as closing:
            hub = cls(open_parts(closing), closing)
            hub._closing = closing.pop_all()
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
        self.register.catch_up()
        self.follower.poke()

    @property
    def directory(self) -> Directory:
        """All agreements; ask it as of a time."""
        return self.register.directory

    @property
    def folder(self) -> Path:
        """The folder of an embedded hub."""
        if self.parts.folder is None:
            raise SamradError("this hub is on servers and has no folder")
        return self.parts.folder

    def close(self) -> None:
        """Finish what was accepted, then close every part."""
        self._closing.close()

    def settle_index(self) -> None:
        """Let the index of access hold what is recorded, and be on disk with the register: a start reads little."""
        self.access.catch_up()
        self.index_file.write(self.access)
        self.register.keep()

    def _keep_index(self) -> None:
        self.access.stop()
        self.index_file.write(self.access)
        self.register.keep()

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

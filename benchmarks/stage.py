"""Hubs to measure: in a folder that is gone afterwards, with the demo's county and its people."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.telemetry import UNWATCHED
from domain.act import Act, Principal
from domain.case.events import Assigned, InformationRecorded, Opened, PersonAdded
from domain.event import Event
from domain.ports import Append, Draft, Watch
from domain.vocabulary import FOREVER, Kind, Ref, Role
from hub_api.commands.handler import Circumstances
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo import county

TEXT = "Utredning pågår; nästa samtal är bokat till torsdag. " * 4
COORDINATOR = county.PERSONAS["samordnare-anna-exempel"]
HANDLER = county.PERSONAS["socialsekreterare-sara-exempel"]
AUDITOR = county.PERSONAS["granskare-rut-exempel"]
ADVISER = county.PERSONAS["stodtelefon-lena-exempel"]
ADMINISTRATOR = county.PERSONAS["administrator-ulla-exempel"]


@contextmanager
def opened_hub(watch: Watch = UNWATCHED) -> Iterator[Hub]:
    """A new hub with the county's agreement."""
    with TemporaryDirectory(prefix="samrad-bench-") as folder:
        hub = Hub.open(Settings.beside(Path(folder) / "data"), watch)
        try:
            hub.commander.handle_now(ADMINISTRATOR, county.agreement(), None, Circumstances())
            yield hub
        finally:
            hub.close()


class Case:
    """The events of one case, as they are appended; nothing is decided here."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.stream = hub.entropy.ref()
        self.person = hub.entropy.ref()
        self._versions = itertools.count(1)

    def began(self) -> list[Append]:
        """Opened, with one person, and the handler's unit let in around that person."""
        return [
            self.next(COORDINATOR, Opened(coordinator=COORDINATOR.unit)),
            self.next(COORDINATOR, PersonAdded(person=self.person)),
            self.let_in(),
        ]

    def let_in(self) -> Append:
        """The handler's unit, around that person."""
        letting_in = Assigned(
            person=self.person,
            unit=HANDLER.unit,
            role=Role.HANDLER,
            purpose=HANDLER.purpose,
            start=self._hub.core.now(),
            until=FOREVER,
        )
        return self.next(COORDINATOR, letting_in)

    def note(self, by: Principal = HANDLER) -> Append:
        """One more act with one sealed part."""
        return self.next(by, InformationRecorded(person=self.person, social=TEXT))

    def next(self, by: Principal, event: Event) -> Append:
        now = self._hub.core.now()
        act = Act(id=self._hub.entropy.ref(), by=by, now=now, happened=now, known=now)
        return Append((Draft(self.stream, Kind.CASE, next(self._versions), act, event),))


def cases(hub: Hub, count: int, acts: int, changing: int = 0) -> list[tuple[Ref, Ref]]:
    """So many cases of so many acts each, on the log and in the views; stream and person of each. Of `changing` acts
    one lets a unit in, if it is not 0."""
    made: list[tuple[Ref, Ref]] = []
    while len(made) < count:
        group: list[Append] = []
        for _ in range(min(250, count - len(made))):
            case = Case(hub)
            group += case.began()
            group += [case.let_in() if changing and nth % changing == 0 else case.note() for nth in range(3, acts)]
            made.append((case.stream, case.person))
        append_all(hub, group)
    hub.follower.catch_up()
    return made


def append_all(hub: Hub, group: Sequence[Append]) -> None:
    """In one commit, by the one thread that writes."""
    hub.writer.call(lambda log: log.append(group)).result()

"""How a story is told to the hub: who does what at which time, by the same commands that everybody sends."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from typing import Final, TypeAlias

from msgspec import Struct

from adapters.system import SeededClock
from domain.act import Principal
from domain.command import Command
from domain.errors import Refusal, SamradError
from domain.event import compartments
from domain.time import STOCKHOLM, instant_of
from domain.vocabulary import FOREVER, AgencyId, Because, Channel, GroundId, Instant, Kind, Ref
from hub_api.commands.handler import Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.reads.gateway import Seen
from hub_api.runtime.hub import Hub
from hub_demo.county import PERSONAS

MONDAY: Final = date(2026, 11, 9)
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NOBODY: Final = Ref("0" * 32)
_A_WHILE: Final = 20_000_000
"""What one act takes, in microseconds."""


def moment(text: str) -> Instant:
    """A time of the week: `Tue 09:15`; or of any other day: `2026-09-14 09:15`."""
    day, clock = text.split()
    on = MONDAY + timedelta(DAYS.index(day)) if day in DAYS else date.fromisoformat(day)
    return instant_of(datetime.combine(on, time.fromisoformat(clock), STOCKHOLM))


Scenes: TypeAlias = Iterator[str]
"""A chapter: it says when its next scene is, and goes on when that time has come."""


class Cast(Struct):
    """What one chapter leaves for another, by what it is called in the story."""

    case: Ref = NOBODY
    girl: Ref = NOBODY
    disposed: Ref = NOBODY
    girl_asked: Ref = NOBODY
    anonymous: Ref = NOBODY
    passed_on: Ref = NOBODY
    conflicting: Ref = NOBODY
    returning: Ref = NOBODY
    identified: Ref = NOBODY


class Story:
    """The hub, its clock in the teller's hand. `texts` are the sealed texts told so far, `people` who is in it.

    `done` is what was done so far: by which authority, and the name of the command.
    """

    def __init__(self, hub: Hub, people: Mapping[str, Principal] = PERSONAS) -> None:
        if not isinstance(hub.clock, SeededClock):
            raise SamradError("a story is told to a hub whose clock is seeded, never to a living one")
        self.hub = hub
        self.people = people
        self.texts: list[str] = []
        self.done: list[tuple[AgencyId, str]] = []
        self._clock = hub.clock

    def tell(self, chapters: Iterable[Scenes], until: Instant = FOREVER) -> None:
        """Tell all chapters together, scene by scene as time goes; what has come due by then is done first. What would
        be after `until` is not told."""
        waiting = [(moment(next(chapter)), place, chapter) for place, chapter in enumerate(chapters)]
        heapify(waiting)
        while waiting:
            when, place, chapter = heappop(waiting)
            if when > until:
                break
            self.at(when)
            following = next(chapter, None)
            if following is not None:
                heappush(waiting, (moment(following), place, chapter))

    def at(self, when: Instant) -> None:
        """It is now that time."""
        self._clock.set(max(when, self._clock.now()))
        self.hub.follower.catch_up()
        self.hub.scheduler.run_now()
        self.hub.follower.catch_up()

    def does(
        self,
        who: str,
        command: Command,
        stream: Ref | None = None,
        *,
        channel: Channel = Channel.HUB,
        ground: str | None = None,
        because: Because | None = None,
        happened: str | None = None,
    ) -> Receipt:
        """Somebody does something. `happened` is earlier than now where it is written down afterwards (D1)."""
        # A code of digits alone is found by chance wherever there are digits: it is no text to search for.
        given = (getattr(command, field) for field in compartments(type(command)))
        self.texts += [text for text in given if isinstance(text, str) and not text.isdigit()]
        circumstances = Circumstances(
            channel=channel,
            ground=None if ground is None else GroundId(ground),
            because=because,
            happened=None if happened is None else moment(happened),
        )
        receipt = self.hub.commander.handle_now(self.people[who], command, stream, circumstances)
        self.done.append((self.people[who].agency, command.name))
        self._clock.set(self._clock.now() + _A_WHILE)
        return receipt

    def tries(self, who: str, command: Command, stream: Ref, *, ground: str | None = None) -> Refusal:
        """Somebody asks for what a rule forbids; the hub says which."""
        try:
            self.does(who, command, stream, ground=ground)
        except Refusal as refusal:
            return refusal
        raise SamradError(f"{command.name} was expected to be refused")

    def looks(self, who: str, kind: Kind, stream: Ref) -> Seen:
        """Somebody opens a case or a consultation, and the trail remembers it."""
        return self.hub.gateway.look_now(self.people[who], kind, stream, what=kind.value)

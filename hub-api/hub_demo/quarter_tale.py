"""How a case of the quarter is told: who works where it happens, how time passes, and how nearly every case begins.

A flow is a template; what varies in it is drawn by a seeded choice, so that the same seed tells the same quarter.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any, Final, TypeVar

from domain.act import Principal
from domain.case.commands import AddPerson, Assign, Close, Open, RecordInformation, SetSafeContact
from domain.case.places import RecordOutcome
from domain.command import Command
from domain.vocabulary import (
    AgencyId,
    Because,
    Channel,
    Gender,
    Instant,
    Kind,
    Outcome,
    Protected,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)
from hub_api.commands.receipts import Receipt
from hub_demo.consultations import ANNA
from hub_demo.county import COORDINATION, MUNICIPALITIES, PERSONAS, school, slug, social
from hub_demo.story import Story

T = TypeVar("T")

FIRST: Final = date(2026, 8, 31)
"""A Monday: the quarter is of thirteen weeks."""
LAST: Final = FIRST + timedelta(weeks=13, days=-3)
YEAR: Final = date(2027, 6, 30)
GIRL: Final = Gender.GIRL_OR_WOMAN
_GIVEN: Final = ("Exempla", "Testina", "Hittapå", "Modella", "Provia", "Exempel", "Testo", "Påhitte", "Modell", "Prov")
_FAMILY: Final = ("Exempelsson", "Testsson", "Påhittsson")
_KNOWN: Final = (
    "Is not let out alone and has to hand over the telephone.",
    "Has been told whom to marry, and by when.",
    "Brothers wait outside the school.",
    "Was beaten after being seen with a friend.",
    "Is to travel abroad in the holidays and does not want to.",
)


def worker_of(code: str) -> str:
    """The social worker who takes the cases of a municipality."""
    return f"socialsekreterare-{slug(MUNICIPALITIES[code])}-exempel"


def counsellor_of(code: str) -> str:
    return f"kurator-{slug(MUNICIPALITIES[code])}-exempel"


def relative_of(code: str) -> str:
    """Someone who works where the worker does, and is related to a family that is met in the quarter (C9)."""
    return f"socialsekreterare-slak-{slug(MUNICIPALITIES[code])}-exempel"


def _at_work(code: str) -> Mapping[str, Principal]:
    name = slug(MUNICIPALITIES[code])

    def who(person: str, agency: str, unit: UnitId, purpose: Purpose) -> tuple[str, Principal]:
        return person, Principal(
            person=StaffId(person),
            agency=AgencyId(agency),
            unit=unit,
            role=Role.HANDLER,
            purpose=purpose,
            assurance=3,
        )

    board = f"{name}.social"
    return dict(
        (
            who(worker_of(code), board, social(code, "barn"), Purpose.PROTECTION),
            who(relative_of(code), board, social(code, "barn"), Purpose.PROTECTION),
            who(counsellor_of(code), f"{name}.skola", school(code), Purpose.SUPPORT),
        )
    )


PEOPLE: Final[Mapping[str, Principal]] = {
    **PERSONAS,
    **{name: who for code in MUNICIPALITIES for name, who in _at_work(code).items()},
}
"""Who is at work in the quarter: the demo's people, and three in each municipality."""


class Tale:
    """One case in the telling: where it happens, on which day it is, and what is drawn for it."""

    def __init__(self, story: Story, chance: Random, code: str, begins: date, turn: int) -> None:
        self.story = story
        self.chance = chance
        self.code = code
        self.day = begins
        self.turn = turn
        self.worker = worker_of(code)
        self.counsellor = counsellor_of(code)
        self.unit = social(code, "barn")
        self.called = self._name()

    def draw(self, *choices: T) -> T:
        return self.chance.choice(choices)

    def in_turn(self, *choices: T) -> T:
        """What is to come about whatever is drawn: the flow's first telling has the first, and so on."""
        return choices[self.turn % len(choices)]

    def happens(self, share: float) -> bool:
        """Whether something happens that happens in that share of the cases."""
        return self.chance.random() < share

    def now(self) -> Instant:
        return self.story.hub.clock.now()

    def after(self, days: int, hour: int | None = None) -> str:
        """The time of the next scene, so many days on, in office hours unless an hour is named (B9)."""
        self.day += timedelta(days=days)
        at = self.chance.randrange(8, 17) if hour is None else hour
        return f"{self.day} {at:02}:{self.chance.randrange(60):02}"

    def does(self, who: str, command: Command, stream: Ref | None = None, **more: Any) -> Receipt:
        return self.story.does(who, command, stream, **more)

    def _name(self) -> str:
        return f"{self.draw(*_GIVEN)} {self.draw(*_FAMILY)}, born {self.chance.randrange(1990, 2012)}"

    def another(self) -> str:
        """The name of somebody else in the same story."""
        return self._name()

    def opens(self, gender: Gender | None = None) -> tuple[Ref, Ref]:
        """A case with one person in it, who can be reached safely."""
        case = self.does(self.worker, Open(coordinator=COORDINATION)).stream
        return case, self.adds(case, gender=gender)

    def adds(
        self, case: Ref, identity: str | None = None, *, gender: Gender | None = None, secondary: bool = False
    ) -> Ref:
        """Somebody, with what the unit knows and how they can be reached."""
        drawn = self.draw(GIRL, GIRL, GIRL, Gender.BOY_OR_MAN)
        minor = self.happens(0.6)
        added = AddPerson(gender=gender or drawn, minor=minor, secondary=secondary, identity=identity or self.called)
        person = self.does(self.worker, added, case).created
        contact = self.draw(
            "Through the counsellor, before noon.", "At work, by the switchboard.", "By chat, at night."
        )
        safe = SetSafeContact(person=person, contact=contact, must_not_learn="Parents and brothers.")
        self.does(self.worker, safe, case)
        self.does(self.worker, RecordInformation(person=person, social=self.draw(*_KNOWN)), case)
        return person

    def lets_in(self, case: Ref, person: Ref, unit: UnitId, purpose: Purpose) -> None:
        """The coordinator brings a unit in around one person (B5, B6)."""
        self.does(ANNA, Assign(person=person, unit=unit, role=Role.HANDLER, purpose=purpose, last=YEAR), case)

    def closes(self, case: Ref, person: Ref) -> None:
        """What came of it, and that it is closed, which is never final (D9, D13)."""
        protected = self.draw(Protected.YES, Protected.PARTLY, Protected.DECLINED, Protected.UNKNOWN)
        self.does(self.worker, RecordOutcome(person=person, protected=protected), case)
        outcome = self.draw(Outcome.PROTECTED, Outcome.SUPPORT_GOES_ON, Outcome.DECLINED_BY_PERSON)
        left_open = self.story.hub.gateway.closing_now(self.story.people[self.worker], case).items
        because = Because.DONE_ELSEWHERE if left_open else None  # D2: they look first, and say why
        self.does(self.worker, Close(outcome=outcome), case, because=because)

    def looks(self, who: str, kind: Kind, stream: Ref) -> None:
        self.story.looks(who, kind, stream)


PHONE: Final = Channel.TELEPHONE

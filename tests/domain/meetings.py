"""Meetings for the tests: a directory with a prosecutor and an agreed quorum, and a samråd from request to minutes."""

from datetime import date

from msgspec.structs import replace

from domain.act import Act
from domain.agreement.events import MeetingRule, Party, Unit
from domain.agreement.state import Agreement, Directory
from domain.command import Command
from domain.meeting import commands as ask
from domain.meeting.state import Meeting
from domain.vocabulary import (
    AgencyId,
    AgencyKind,
    Kind,
    MeetingKind,
    Mode,
    Purpose,
    Ref,
    Role,
    UnitId,
)
from tests.domain.stories import CARE, CENTRE, CONCLUDED, DAY, NOW, POLICE, SECOND, SOCIAL, Story, by

HOUR = 3600 * SECOND
PROSECUTOR = UnitId("aklagare.ost")
CASE = Ref("e" * 32)
NORA = Ref("d" * 32)
_ENTRY = Unit(
    id=PROSECUTOR,
    name="Åklagarkammaren",
    roles=frozenset({Role.HANDLER}),
    purposes=frozenset({Purpose.PROTECTION, Purpose.INVESTIGATION}),
)
_PARTY = Party(id=AgencyId("aklagare"), name="Åklagarmyndigheten", kind=AgencyKind.PROSECUTION, units=(_ENTRY,))
RULE = MeetingRule(
    meeting=MeetingKind.COORDINATION_MEETING,
    required=frozenset({AgencyKind.HEALTH_CARE, AgencyKind.SOCIAL_SERVICES}),
    quorum=3,
)
AGREED = replace(CONCLUDED, parties=(*CONCLUDED.parties, _PARTY), meetings=(RULE,))
DIRECTORY = Directory({Ref("a" * 32): Agreement(concluded=AGREED, last=date(2026, 12, 31))})

REQUEST = ask.Request(
    meeting=MeetingKind.CONSULTATIVE_SAMRAD, case=CASE, persons=(NORA,), coordinator=CENTRE, agenda="Hur går vi vidare?"
)
SCHEDULE = ask.Schedule(mode=Mode.ON_SITE, start=NOW + HOUR, end=NOW + 2 * HOUR, place="Resurscentrum, rum 2.")
ACCEPT = ask.AcceptInvitation(role=Role.HANDLER, mandate="decide")
LATER = NOW + 3 * HOUR
MINUTES = ask.WriteMinutes(to=frozenset({POLICE}), summary="Vi ses igen på fredag.")
ABOUT = ask.WriteMinutes(to=frozenset({POLICE}), person=NORA, social="Flickan är rädd.", safe_contact=True)
TASK = ask.DivideWork(unit=POLICE, due=LATER + DAY, what="Bedöm risken.", how="Ring socialtjänsten först.")
INTERPRETER = ask.BookInterpreter(mode=Mode.TELEPHONE, language="sorani")


def there(*units: UnitId, mandate: str | None = "decide") -> tuple[ask.Present, ...]:
    """Those units, present by a handler with that mandate."""
    return tuple(ask.Present(unit=unit, role=Role.HANDLER, mandate=mandate) for unit in units)


HOLD = ask.Hold(
    mode=Mode.ON_SITE,
    start=NOW + HOUR,
    end=NOW + 2 * HOUR,
    attended=there(CENTRE, SOCIAL, POLICE),
    confidentiality=True,
)


def told(*steps: tuple[Command, Act]) -> Story:
    """A story under that agreement."""
    story = Story(directory=DIRECTORY)
    for command, act in steps:
        story = story.then(command, act)
    return story


ASKED = told((REQUEST, by(SOCIAL)))
PLANNED = ASKED.then(SCHEDULE, by(CENTRE))
INVITED = PLANNED.then(ask.Invite(unit=POLICE), by(CENTRE)).then(ask.Invite(unit=CARE), by(CENTRE))
ACCEPTED = INVITED.then(ACCEPT, by(POLICE))
MET = ACCEPTED.then(HOLD, by(CENTRE, now=LATER))


def meeting(story: Story) -> Meeting:
    """The state of the whole story."""
    state = story.state(Kind.MEETING)
    assert isinstance(state, Meeting)
    return state

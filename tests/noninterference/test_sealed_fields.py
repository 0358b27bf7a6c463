"""A record follows from nothing that is sealed more narrowly (F): each command is sent with each value of each of its
sealed fields and without it; whoever may read what came of it but not that part meets the same, in body, order, counts,
times and entity tag, and in the rows by which lists are selected."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import msgspec
import pytest
from msgspec import UNSET, Struct
from msgspec.structs import replace

from domain.act import Act, Fact
from domain.aggregates import COMMANDS, fold
from domain.case import commands as case
from domain.case import places, risk
from domain.case.risk import CircumstancesChanged, memos_to_share
from domain.case.state import Case
from domain.command import Command
from domain.consultation import commands as consult
from domain.errors import Refusal
from domain.event import compartments, encode_ref
from domain.labelling import LabelCase, LabelConsultation, LabelMeeting, LabelReferral, LabelReport
from domain.meeting import commands as meet
from domain.needtoknow.visible import Sight, Visible, visible
from domain.open_items import waits_known_to
from domain.referral import commands as refer
from domain.report import commands as report
from domain.vocabulary import (
    Because,
    Compartment,
    Consideration,
    DeclineReason,
    Instrument,
    Kind,
    MeetingKind,
    Mode,
    Motive,
    Place,
    PlacementEnd,
    Protected,
    Protection,
    Purpose,
    ReportKind,
    Role,
)
from hub_api.access.seen import Seen, etag_of
from hub_api.http.api.bodies import body, summary
from hub_api.wording.language import Language
from projections.lists import LISTS
from projections.readers import rows_of
from tests.domain.stories import CARE, CENTRE, DIRECTORY, OUTSIDE, POLICE, SOCIAL, STREAM, Story, by, ref
from tests.properties.test_every_command import LAST, LATER, POLICY, STORIES, WHO

pytestmark = pytest.mark.timeout(600)
"""A history is played twice, by everybody, through every route."""


class Tried(Struct, frozen=True):
    """A command that somebody sends in some story; the test fills its sealed fields."""

    command: Command
    act: Act
    story: Story


HER: Final = ref(2)
OPEN: Final = STORIES[Kind.CASE]["open"]
MARKED: Final = OPEN.then(case.MarkProtection(person=HER, level=Protection.PROTECTED_REGISTRATION), by(SOCIAL))
RESPONSIBLE: Final = STORIES[Kind.CASE]["responsibility taken"]
OFFERED: Final = RESPONSIBLE.then(places.OfferTransfer(person=HER, to=OUTSIDE), by(SOCIAL))
NECESSARY: Final = by(SOCIAL, ground="osl-10-2")
ON_DUTY: Final = by(CARE, ground="child-concern")


def _case(command: Command, act: Act = by(SOCIAL), story: Story = OPEN) -> Tried:  # noqa: B008 - acts are frozen
    return Tried(command, act, story)


def _in(kind: Kind, phase: str, command: Command, act: Act) -> Tried:
    return Tried(command, act, STORIES[kind][phase])


def _disclose() -> Command:
    social = frozenset({Compartment.SOCIAL})
    return case.Disclose(person=HER, receiver=POLICE, compartments=social, purpose=Purpose.PROTECTION, last=LAST)


def _assess() -> Command:
    return risk.AssessRisk(
        person=HER,
        instrument=Instrument.PATRIARK,
        authority=True,
        trained=True,
        assessed=LAST.replace(month=1),
        valid_until=LAST,
    )


TRIED: Final = (
    _case(case.AddPerson()),
    _case(case.IdentifyPerson(person=HER, identity="Nora"), story=MARKED),
    _case(_disclose(), NECESSARY),
    _case(case.SetSafeContact(person=HER, contact="By text")),
    _case(case.RecordInformation(person=HER), story=MARKED),
    _case(case.WriteNote(person=HER, purge_on=LAST, text="Call.")),
    _case(case.ExpediteNote(note=ref(9), person=HER, receiver=POLICE, memo="Afraid."), NECESSARY),
    _case(_assess()),
    _case(risk.ChangeCircumstances(person=HER)),
    _case(risk.AssessMotive(person=HER, motive=Motive.SUSPECTED, why="Said.")),
    _case(places.RecordPlace(person=HER, place=Place.RESIDENCE), story=MARKED),
    _case(places.LeavePlace(person=HER, place=Place.RESIDENCE)),
    _case(places.OfferTransfer(person=HER, to=OUTSIDE), story=RESPONSIBLE),
    _case(places.DeclineTransfer(transfer=ref(OFFERED.acts), reason="Moved."), by(OUTSIDE), OFFERED),
    _case(places.RecordOutcome(person=HER, protected=Protected.PARTLY)),
    _case(LabelCase(text="26-14")),
    _in(Kind.CONSULTATION, "requested", LabelConsultation(text="26-14"), by(CARE)),
    _in(Kind.REFERRAL, "sent", LabelReferral(text="26-14"), by(CARE)),
    _in(Kind.REPORT, "made", LabelReport(text="26-14"), by(CARE)),
    _in(Kind.MEETING, "requested", LabelMeeting(text="26-14"), by(POLICE)),
    _in(
        Kind.CONSULTATION,
        "nothing",
        msgspec.convert(
            {
                "asked_of": CENTRE,
                "reference": "ABCD-1234",
                "caller": "police",
                "about": "one",
                "persons": 1,
                "told": "told",
            },
            consult.Request,
        ),
        by(CARE),
    ),
    _in(Kind.CONSULTATION, "accepted", consult.Advise(), by(CENTRE)),
    _in(Kind.CONSULTATION, "accepted", consult.ContactAgain(), by(CENTRE)),
    _in(Kind.CONSULTATION, "advised", consult.FollowUp(), by(CENTRE)),
    _in(Kind.CONSULTATION, "advised", consult.Identify(identity="Nora"), by(CENTRE)),
    _in(Kind.REFERRAL, "proposed", refer.Send(), NECESSARY),
    _in(Kind.REFERRAL, "sent", refer.GiveSafeContact(contact="By text"), NECESSARY),
    _in(Kind.REFERRAL, "sent", refer.Decline(reason=DeclineReason.NO_CAPACITY), by(CARE)),
    _in(Kind.REFERRAL, "proposed", refer.Signpost(), by(SOCIAL)),
    _in(
        Kind.REPORT,
        "nothing",
        report.Consider(
            reference="ABCD-1234", about=ReportKind.CONCERN_CHILD, outcome=Consideration.NO_REPORT, coordinator=CENTRE
        ),
        by(CARE),
    ),
    _in(Kind.REPORT, "considered", report.Reconsider(outcome=Consideration.NO_REPORT), by(CARE)),
    _in(Kind.REPORT, "considered", report.ConsiderCrime(outcome=Consideration.REPORT), by(CARE)),
    _in(Kind.REPORT, "made", report.Identify(identity="Nora"), by(SOCIAL)),
    _in(Kind.REPORT, "considered", report.Make(receiver=SOCIAL), ON_DUTY),
    _in(Kind.REPORT, "made", report.Supplement(), ON_DUTY),
    _in(
        Kind.MEETING,
        "nothing",
        meet.Request(meeting=MeetingKind.COORDINATION_MEETING, coordinator=CENTRE),
        by(SOCIAL),
    ),
    _in(Kind.MEETING, "requested", meet.Schedule(mode=Mode.VIDEO, start=LATER, end=LATER + 1), by(CENTRE)),
    _in(Kind.MEETING, "requested", meet.DeclineInvitation(), by(CARE)),
    _in(Kind.MEETING, "requested", meet.CallNow(mode=Mode.VIDEO, units=frozenset({POLICE})), by(CENTRE)),
    _in(Kind.MEETING, "requested", meet.Cancel(), by(CENTRE)),
    _in(Kind.MEETING, "held", meet.WriteMinutes(to=frozenset({POLICE}), summary="Met."), NECESSARY),
    _in(Kind.MEETING, "held", meet.WriteMinutes(to=frozenset({POLICE}), person=HER, safe_contact=True), NECESSARY),
    _in(Kind.MEETING, "held", meet.WriteMinutes(to=frozenset({POLICE}), person=HER), NECESSARY),
    _in(Kind.MEETING, "held", meet.DivideWork(unit=POLICE, what="Call."), by(CENTRE)),
    _in(Kind.MEETING, "held", meet.FinishTask(task=ref(7)), by(POLICE)),
    _in(Kind.MEETING, "held", meet.LeaveTask(task=ref(7), why="No time"), by(POLICE)),
    _in(Kind.MEETING, "held", meet.GiveUpTask(task=ref(7), why="Too late"), by(POLICE)),
    _in(Kind.MEETING, "requested", meet.BookInterpreter(mode=Mode.ON_SITE, language="sorani"), by(CENTRE)),
)
TEXTS: Final = (None, "One.", "Two, and so much longer that a size would tell it. " * 20)
VALUES: Final[dict[str, tuple[object, ...]]] = {
    "place": (None, *Place),
    "how": (None, *PlacementEnd),
    "municipality": (None, "0580", "0581"),
}
"""What the codes that are sealed can be, where a command seals more than texts."""


def _values(command: Command, field: str) -> tuple[object, ...]:
    of_places = isinstance(command, places.RecordPlace | places.LeavePlace)
    return VALUES[field] if of_places and field in VALUES else TEXTS


def _fillings(command: Command) -> Iterator[dict[str, object]]:
    """All of them, where they are few; else each value of each field, with all others there and with none there."""
    values = {field: _values(command, field) for field in compartments(type(command))}
    if len(values) <= 3:
        for filling in product(*values.values()):
            yield dict(zip(values, filling, strict=True))
        return
    for others in (None, "Else."):
        for field, each in values.items():
            for value in each:
                yield {**dict.fromkeys(values, others), field: value}


class Met(Struct, frozen=True):
    """What came of a filling to one who looks: the parts of it that they may know, and all that they met."""

    known: frozenset[Compartment]
    met: bytes


def _accepted(tried: Tried, filling: dict[str, object]) -> Story | None:
    """The story after it; whoever has to say why does (a *should*, an emergency)."""
    command = replace(tried.command, **filling)
    for because in (None, Because.URGENT):
        try:
            return tried.story.then(command, replace(tried.act, now=LATER - 1, because=because))
        except Refusal:
            continue
    return None


def _meets(who: Act, story: Story, new: int) -> Met:
    kind = story.facts[0].kind
    seen = visible(POLICY, who.by, story.facts, LATER)
    state = fold(kind, [sight.fact for sight in seen.facts], seen.marks)
    looked = Seen(
        stream=STREAM,
        kind=kind,
        facts=tuple(_opened(sight) for sight in seen.facts),
        existence=seen.existence,
        grants=seen.grants,
        state=state,
        etag=etag_of(b"secret", who.by, seen),
        at=LATER,
        waits=waits_known_to(who.by.unit, state, kind, LATER, DIRECTORY),
        to_share=memos_to_share(state, LATER, DIRECTORY) if isinstance(state, Case) else (),
    )
    told = (body(looked, who.by, Language.SV), summary(looked, Language.SV), looked.etag, _rows(who, story))
    return Met(_known(seen, story.facts[-new:]), msgspec.json.encode(told, enc_hook=encode_ref, order="deterministic"))


def _opened(sight: Sight) -> Fact:
    marks = compartments(type(sight.fact.event))
    closed = {field: UNSET for field, part in marks.items() if part not in sight.allowed}
    event = replace(sight.fact.event, **closed)
    return replace(sight.fact, event=event, sealed=frozenset(), shown=sight.allowed)


def _known(seen: Visible, new: tuple[Fact, ...]) -> frozenset[Compartment]:
    """The parts of the new act that may be known. That safe contact came along is known as its row in table F says."""
    known: set[Compartment] = set()
    for sight in seen.facts:
        if sight.fact.id in {fact.id for fact in new}:
            known |= sight.allowed
            if "has_safe_contact" in sight.fact.event.follows and "has_safe_contact" not in sight.withheld:
                known.add(Compartment.CONTACT)
    return frozenset(known)


def _rows(who: Act, story: Story) -> list[str]:
    state = LISTS.start()
    for fact in story.facts:
        LISTS.fold(state, fact)
    readers = {each.value for each in rows_of(who.by.role)}
    found: list[str] = []
    for name, rows in LISTS.rows(STREAM, state).items():
        view = next(view for view in LISTS.views if view.name == name)
        columns = {column.name for column in view.columns}
        for row in rows:
            own = "unit" not in columns or row[view.at("unit")] == who.by.unit
            if own and readers and ("readers" not in columns or row[view.at("readers")] in readers):
                found.append(f"{name} {row}")
    return sorted(found)


@pytest.mark.parametrize("tried", TRIED, ids=[f"{n} {tried.command.name}" for n, tried in enumerate(TRIED)])
def test_f_what_is_sealed_changes_nothing_for_who_may_read_the_record_and_not_that_part(tried: Tried) -> None:
    stories = [(filling, story) for filling in _fillings(tried.command) if (story := _accepted(tried, filling))]
    marks = compartments(type(tried.command))
    assert len(stories) > 1
    for name, who in WHO.items():
        if who.by.role is Role.SYSTEM:
            continue
        met = [(filling, _meets(who, story, len(story.facts) - len(tried.story.facts))) for filling, story in stories]
        known = frozenset[Compartment]().union(*(each.known for _, each in met))
        alike: defaultdict[str, set[bytes]] = defaultdict(set)
        for filling, each in met:
            alike[repr({field: filling[field] for field, part in marks.items() if part in known})].add(each.met)
        for group, answers in alike.items():
            first, *others = sorted(answers)
            assert not others, f"{name} ({sorted(known)}, {group}): {first.decode()} against {others[0].decode()}"


def test_every_command_with_a_sealed_field_is_tried() -> None:
    sealing = {command for command in COMMANDS.values() if compartments(command)}
    assert {type(tried.command) for tried in TRIED} == sealing


def test_c4_what_a_compromised_placement_asks_for_is_recorded_and_known_to_its_own_unit() -> None:
    """D11: so that the story above is not equal because nothing happens."""
    leave = places.LeavePlace(person=HER, place=Place.PLACEMENT, how=PlacementEnd.COMPROMISED)
    story = OPEN.then(leave, by(SOCIAL))
    assert isinstance(story.facts[-1].event, CircumstancesChanged)
    seen = visible(POLICY, by(SOCIAL).by, story.facts, LATER)
    state: Any = fold(Kind.CASE, [sight.fact for sight in seen.facts], seen.marks)
    (wait,) = [w for w in waits_known_to(SOCIAL, state, Kind.CASE, LATER, DIRECTORY) if w.what == "risk_assessment"]
    assert (wait.on, wait.hours) == (SOCIAL, 0)

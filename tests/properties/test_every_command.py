"""Each command, in each phase that can be reached, from each kind of principal: events, or a refusal that tells its
rule, why and what would make it possible, in both languages; never an exception, never a name that is hidden."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from domain.act import Act
from domain.aggregates import AGGREGATES, decide, fold
from domain.agreement import commands as agree
from domain.case import commands as case
from domain.case import places, risk
from domain.command import Command
from domain.consultation import commands as consult
from domain.consultation.state import ConsultationStatus as OfConsultation
from domain.errors import Refusal
from domain.event import decode_ref, encode_ref
from domain.meeting import commands as meet
from domain.meeting.events import MeetingStatus as OfMeeting
from domain.needtoknow.compile import load, titles
from domain.needtoknow.model import GrantKind
from domain.needtoknow.standing import Standing
from domain.needtoknow.visible import Visible, visible
from domain.referral import commands as refer
from domain.referral.state import ReferralStatus as OfReferral
from domain.report import commands as report
from domain.report.state import ReportStatus as OfReport
from domain.rules import RULES
from domain.vocabulary import (
    Because,
    Compartment,
    Consideration,
    DeclineReason,
    InformedOf,
    Instrument,
    Kind,
    MeetingKind,
    Mode,
    Outcome,
    Phase,
    Protected,
    Purpose,
    ReportKind,
    ReportOutcome,
    Role,
    StaffId,
    UnitId,
)
from hub_api.wording.language import Language
from hub_api.wording.refusals import WITHHELD, told
from tests.domain.stories import (
    CARE,
    CENTRE,
    CONCLUDED,
    DAY,
    DIRECTORY,
    NOW,
    OUTSIDE,
    POLICE,
    SILENT,
    SOCIAL,
    Story,
    by,
    given,
    ref,
)
from tests.properties.asking import ASKED, UNITS

POLICY: Final = load(titles()[-1])
LATER: Final = NOW + DAY
LAST: Final = date(2026, 6, 30)
CALLER: Final = UnitId("caller")
Step = tuple[Command, Act]

# Who asks. Among them are all relations of table F, and strangers.

WHO: Final[dict[str, Act]] = {
    "who began it": by(SOCIAL),
    "another who works there": by(SOCIAL, person="cecilia", role=Role.ADVISER),
    "there for another purpose": by(SOCIAL, purpose=Purpose.SUPPORT),
    "for a purpose that the unit does not have": by(SOCIAL, purpose=Purpose.CARE),
    "the coordinator": by(CENTRE),
    "an adviser of the centre": by(CENTRE, role=Role.ADVISER, purpose=Purpose.ADVICE),
    "the Police": by(POLICE),
    "who is kept out there": by(POLICE, person="bo"),
    "health care": by(CARE),
    "who keeps no record": by(SILENT),
    "who is in no agreement": by(OUTSIDE),
    "an administrator": by(CENTRE, role=Role.ADMINISTRATOR, purpose=Purpose.ADMINISTRATION),
    "an agency's auditor": by(CENTRE, role=Role.AUDITOR, purpose=Purpose.AUDIT),
    "a regional auditor": by(CENTRE, role=Role.REGIONAL_AUDITOR, purpose=Purpose.AUDIT),
    "an anonymous caller": by(CALLER, role=Role.CALLER, purpose=Purpose.ADVICE),
    "the hub": by(CENTRE, role=Role.SYSTEM),
}
GROUNDS: Final = (None, "consent", "osl-10-2", "child-concern")

# The phases: how each is reached.

_CONCLUDE: Final = (
    agree.Conclude(
        title="Samverkan",
        county="05",
        catchment=frozenset({"0580"}),
        parties=CONCLUDED.parties,
        responsible_body=CONCLUDED.responsible_body,
        first=CONCLUDED.first,
    ),
    WHO["an administrator"],
)
_ASKED: Final = (
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
)
_AGREED: Final = frozenset({Compartment.SOCIAL, Compartment.CONTACT})
_CASE: Final[tuple[Step, ...]] = (
    (case.Open(coordinator=CENTRE), by(SOCIAL)),
    (case.AddPerson(identity="Exempla"), by(SOCIAL)),
    (case.SetSafeContact(person=ref(2), contact="Via skolan."), by(SOCIAL)),
    (case.Assign(person=ref(2), unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION), by(CENTRE)),
    (
        case.Assign(person=ref(2), unit=OUTSIDE, role=Role.HANDLER, purpose=Purpose.PROTECTION, last=LAST, guest=True),
        by(CENTRE),
    ),
    (
        case.GiveConsent(person=ref(2), purpose=Purpose.PROTECTION, receiver=CARE, compartments=_AGREED, last=LAST),
        by(SOCIAL),
    ),
    (
        case.Disclose(
            person=ref(2),
            receiver=CARE,
            compartments=_AGREED,
            purpose=Purpose.PROTECTION,
            last=LAST,
            consent=ref(6),
        ),
        by(SOCIAL, ground="consent"),
    ),
    (case.BlockStaff(staff=StaffId("bo")), by(POLICE)),
    (case.WriteNote(purge_on=LAST, text="Ring."), by(SOCIAL)),
)
_PROPOSED: Final = (
    refer.Propose(reference="ABCD-1234", receiver=CARE, purpose=Purpose.PROTECTION, coordinator=CENTRE),
    by(SOCIAL),
)
_SENT: Final = (_PROPOSED, (refer.Send(contact="Via skolan."), by(SOCIAL, ground="osl-10-2")))
_ACCEPTED: Final = (*_SENT, (refer.Accept(), by(CARE)))
_CONSIDERED: Final = (
    report.Consider(
        reference="ABCD-1234", about=ReportKind.CONCERN_CHILD, outcome=Consideration.REPORT, coordinator=CENTRE
    ),
    by(CARE),
)
_MADE: Final = (_CONSIDERED, (report.Make(receiver=SOCIAL, contact="Via skolan."), by(CARE, ground="child-concern")))
_MEETING: Final[tuple[Step, ...]] = (
    (meet.Request(meeting=MeetingKind.COORDINATION_MEETING, coordinator=CENTRE), by(SOCIAL)),
    (meet.Invite(unit=POLICE), by(CENTRE)),
    (meet.Invite(unit=CARE), by(CENTRE)),
    (meet.AcceptInvitation(role=Role.HANDLER), by(POLICE)),
    (meet.BlockStaff(staff=StaffId("bo")), by(POLICE)),
)
_HELD: Final[tuple[Step, ...]] = (
    (
        meet.Hold(
            mode=Mode.VIDEO,
            start=NOW,
            attended=tuple(meet.Present(unit=unit, role=Role.HANDLER) for unit in (SOCIAL, POLICE, CENTRE)),
            confidentiality=True,
        ),
        by(CENTRE),
    ),
    (meet.DivideWork(unit=POLICE, what="Bedöm risken."), by(CENTRE)),
)
_CLOSE: Final = (case.Close(outcome=Outcome.PROTECTED), by(CENTRE, because=Because.NOT_AVAILABLE))
_REACHED: Final[dict[Kind, dict[str, tuple[Step, ...]]]] = {
    Kind.AGREEMENT: {"concluded": (_CONCLUDE,), "ended": (_CONCLUDE, (agree.End(last=CONCLUDED.first), _CONCLUDE[1]))},
    Kind.CASE: {
        "open": _CASE,
        **{phase.value: (*_CASE, (case.EnterPhase(phase=phase), by(CENTRE))) for phase in Phase},
        "closed": (*_CASE, _CLOSE),
        "reopened": (*_CASE, _CLOSE, (case.Reopen(), by(CENTRE))),
        "consent withdrawn": (*_CASE, (case.WithdrawConsent(consent=ref(6)), by(SOCIAL))),
        "responsibility taken": (
            *_CASE,
            (places.TakeResponsibility(person=ref(2)), by(SOCIAL)),
            (risk.ChangeCircumstances(person=ref(2), asked=POLICE, what="En resa."), by(SOCIAL)),
            (places.RecordOutcome(person=ref(2), protected=Protected.PARTLY), by(SOCIAL)),
        ),
        "risk assessed": (
            *_CASE,
            (
                risk.AssessRisk(
                    person=ref(2),
                    instrument=Instrument.PATRIARK,
                    authority=True,
                    trained=True,
                    assessed=CONCLUDED.first,
                    valid_until=LAST,
                    assessment="Hög.",
                ),
                by(POLICE),
            ),
        ),
    },
    Kind.CONSULTATION: {
        OfConsultation.REQUESTED: (_ASKED,),
        OfConsultation.ACCEPTED: (_ASKED, (consult.IssueKey(tag="f" * 64), by(CENTRE)), (consult.Accept(), by(CENTRE))),
        OfConsultation.PASSED_ON: (_ASKED, (consult.PassOn(to=SOCIAL), by(CENTRE))),
        OfConsultation.ADVISED: (_ASKED, (consult.Advise(answer="Vänta."), by(CENTRE))),
        OfConsultation.FOLLOWED_UP: (
            _ASKED,
            (consult.Advise(answer="Vänta."), by(CENTRE)),
            (consult.Inform(told=InformedOf.TOLD), by(CENTRE)),
            (consult.FollowUp(), by(CENTRE)),
        ),
        OfConsultation.CLOSED: (_ASKED, (consult.Close(outcome=Outcome.UNKNOWN), by(CARE))),
    },
    Kind.REFERRAL: {
        OfReferral.PROPOSED: (_PROPOSED,),
        OfReferral.SENT: _SENT,
        OfReferral.RECEIVED: (*_SENT, (refer.ConfirmReceipt(), by(CARE))),
        OfReferral.ACCEPTED: _ACCEPTED,
        OfReferral.DECLINED: (*_SENT, (refer.Decline(reason=DeclineReason.NO_CAPACITY), by(CARE))),
        OfReferral.REDIRECTED: (*_SENT, (refer.Redirect(to=POLICE), by(CARE))),
        OfReferral.CONTACT_ATTEMPTED: (
            *_ACCEPTED,
            (refer.ConfirmSafeContact(), by(CARE)),
            (refer.AttemptContact(), by(CARE)),
        ),
        OfReferral.FIRST_CONTACT: (*_ACCEPTED, (refer.ConfirmSafeContact(), by(CARE)), (refer.MeetFirst(), by(CARE))),
        OfReferral.DID_NOT_ATTEND: (
            *_ACCEPTED,
            (refer.ConfirmSafeContact(), by(CARE)),
            (refer.MissAppointment(), by(CARE)),
        ),
        OfReferral.COMPLETED: (
            *_ACCEPTED,
            (refer.ConfirmSafeContact(), by(CARE)),
            (refer.MeetFirst(), by(CARE)),
            (refer.Complete(outcome=Outcome.SUPPORT_GOES_ON), by(CARE)),
        ),
        OfReferral.WITHDRAWN: (*_SENT, (refer.Withdraw(), by(SOCIAL))),
        OfReferral.SIGNPOSTED: (_PROPOSED, (refer.Signpost(), by(SOCIAL))),
    },
    Kind.REPORT: {
        OfReport.CONSIDERED: (_CONSIDERED,),
        OfReport.MADE: _MADE,
        OfReport.RECEIVED: (*_MADE, (report.ConfirmReceipt(), by(SOCIAL))),
        OfReport.ANSWERED: (
            *_MADE,
            (report.ConfirmReceipt(), by(SOCIAL)),
            (report.TellOutcome(outcome=ReportOutcome.INQUIRY_OPENED), by(SOCIAL)),
        ),
    },
    Kind.MEETING: {
        OfMeeting.REQUESTED: _MEETING,
        OfMeeting.SCHEDULED: (*_MEETING, (meet.Schedule(mode=Mode.VIDEO, start=NOW, end=LATER), by(CENTRE))),
        OfMeeting.CALLED: (*_MEETING, (meet.CallNow(mode=Mode.TELEPHONE, units=frozenset({POLICE})), by(CENTRE))),
        OfMeeting.HELD: (*_MEETING, *_HELD),
        "held, without a case": (
            (meet.Request(meeting=MeetingKind.FORUM, case_bearing=False, coordinator=CENTRE), by(SOCIAL)),
            *_HELD,
        ),
        OfMeeting.CANCELLED: (*_MEETING, (meet.Cancel(), by(CENTRE))),
    },
}
STORIES: Final[dict[Kind, dict[str, Story]]] = {
    kind: {"nothing": Story(), **{phase: given(*steps) for phase, steps in reached.items()}}
    for kind, reached in _REACHED.items()
}
STATUSES: Final[dict[Kind, type[StrEnum]]] = {
    Kind.CONSULTATION: OfConsultation,
    Kind.REFERRAL: OfReferral,
    Kind.REPORT: OfReport,
    Kind.MEETING: OfMeeting,
}


class Seat(Struct, frozen=True):
    """Somebody in some phase: what they know of it, and the state that this makes."""

    phase: str
    who: str
    act: Act
    known: Visible
    state: Any


def _seats(kind: Kind) -> Iterator[Seat]:
    for phase, story in STORIES[kind].items():
        for who, act in WHO.items():
            known = visible(POLICY, act.by, story.facts, LATER)
            hub = act.by.role is Role.SYSTEM
            state = story.state(kind) if hub else fold(kind, [sight.fact for sight in known.facts], known.marks)
            yield Seat(phase, who, act, known, state)


SEATS: Final = {kind: tuple(_seats(kind)) for kind in STORIES}
NUMBERS: Final = {rule.number for rule in RULES}
COMMANDS: Final = tuple(ASKED)


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_each_command_in_each_phase_from_each_principal_is_answered_by_events_or_by_a_named_refusal(
    command: type[Command],
) -> None:
    about_her = "person" in command.__struct_fields__ and command.kind is Kind.CASE

    @drawn(ASKED[command], st.sampled_from(GROUNDS), st.sampled_from((None, Because.URGENT)), st.booleans())
    @settings(max_examples=16, deadline=None, derandomize=True, database=None)
    def tried(asked: Command, ground: Any, because: Because | None, hers: bool) -> None:
        if about_her and hers:
            asked = replace(asked, person=ref(2))
        for seat in SEATS[command.kind]:
            _answered(seat, asked, replace(seat.act, id=ref(99), now=LATER, ground=ground, because=because))

    tried()


def _answered(seat: Seat, asked: Command, act: Act) -> None:
    try:
        events = tuple(decide(seat.state, asked, act, DIRECTORY))
    except Refusal as refused:
        _tells_the_rule(seat, asked, act, refused)
    else:
        assert events, f"nothing came of it: {seat.phase}, {seat.who}"
        assert asked.opens or seat.state != AGGREGATES[asked.kind].initial, f"{seat.who} knows nothing of it"
        for event in events:
            stored = msgspec.to_builtins(event, enc_hook=encode_ref)
            assert msgspec.convert(stored, type(event), dec_hook=decode_ref) == event


def _tells_the_rule(seat: Seat, asked: Command, act: Act, refused: Refusal) -> None:
    assert refused.rule in NUMBERS
    for language in Language:
        reason, remedy = told(refused, language)
        assert reason, f"{language}: no words for why: {refused}"
        assert remedy, f"{language}: no words for what would make it possible: {refused}"
        assert WITHHELD not in reason + remedy
    # F: what is named is what whoever asks has named, or knows.
    may_be_named = repr((asked, act, seat.known.facts))
    for unit in UNITS:
        if unit in refused.reason + refused.remedy:
            assert unit in may_be_named, f"{seat.who} is told of {unit}"


# That nothing was left out.


def test_every_command_is_tried_and_every_kind_has_its_phases() -> None:
    assert set(COMMANDS) == {command for aggregate in AGGREGATES.values() for command in aggregate.commands}
    assert STORIES.keys() == AGGREGATES.keys()


@pytest.mark.parametrize("kind", STATUSES)
def test_every_phase_that_there_is_is_reached_under_its_name(kind: Kind) -> None:
    reached = {story.state(kind).status for phase, story in STORIES[kind].items() if phase in set(STATUSES[kind])}  # type: ignore[attr-defined]
    assert reached == set(STATUSES[kind])


def test_every_phase_of_a_case_is_reached() -> None:
    states: list[Any] = [story.state(Kind.CASE) for story in STORIES[Kind.CASE].values()]
    assert {state.phase for state in states} == {None, *Phase}
    assert {state.closed for state in states} == {True, False}


def test_every_role_asks_and_every_relation_of_table_f_is_among_those_who_do() -> None:
    assert {act.by.role for act in WHO.values()} == set(Role)
    open_case = STORIES[Kind.CASE]["open"].facts
    grants = Standing.of(open_case).grants
    assert {(grant.kind, grant.holder) for grant in grants} == {
        (GrantKind.ASSIGNMENT, POLICE),
        (GrantKind.ASSIGNMENT, OUTSIDE),
        (GrantKind.DISCLOSURE, CARE),
    }
    assert Standing.of(open_case).coordinator == CENTRE
    assert {who for who, act in WHO.items() if act.by.person in Standing.of(open_case).blocked} == {
        "who is kept out there"
    }

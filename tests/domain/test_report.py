"""Report: considered, made by whoever bears the duty, received, never declined, and its outcome told (D3)."""

import pytest
from msgspec.structs import replace

from domain.aggregates import waiting
from domain.agreement.events import TimeLimit
from domain.agreement.state import Agreement, Directory
from domain.command import Command
from domain.errors import Caution, NotThere, Refusal
from domain.event import compartments
from domain.report import commands as ask
from domain.report import events as then
from domain.report.state import Report, ReportStatus
from domain.vocabulary import (
    AgencyKind,
    Because,
    Compartment,
    Consideration,
    Duty,
    Kind,
    Ref,
    ReportKind,
    ReportOutcome,
    UnitId,
)
from domain.waiting import Waiting
from tests.domain.stories import (
    CARE,
    CENTRE,
    CONCLUDED,
    DAY,
    NOW,
    OUTSIDE,
    POLICE,
    SOCIAL,
    Story,
    by,
    events_of,
    given,
    ref,
)

HOUR = DAY // 24
CHILD = ref(1)
ADVICE = Ref("e" * 32)
CONCERN = ask.Consider(
    reference="ABCD-1234",
    about=ReportKind.CONCERN_CHILD,
    outcome=Consideration.REPORT,
    coordinator=CENTRE,
    consultation=ADVICE,
)
KNOWN, DECIDED = NOW - 3 * HOUR, NOW - HOUR
CONSIDERED = given((CONCERN, replace(by(CARE), known=KNOWN, happened=DECIDED)))
DUTY = by(CARE, ground="child-concern")
MAKE = ask.Make(receiver=SOCIAL, identity="Nora", contact="Via skolan.", child_statement="Pappa slår.")
MADE = CONSIDERED.then(MAKE, DUTY)
CRIME = replace(CONCERN, about=ReportKind.CRIME)
CRIME_CONSIDERED = given((CRIME, by(CARE)))
TO_POLICE = ask.Make(receiver=POLICE, identity="Nora", contact="Via skolan.", health="Blåmärken.")
BY_LAW = by(CARE, ground="osl-10-21")
NO_REPORT = replace(CONCERN, outcome=Consideration.NO_REPORT, reasons="Ingen oro kvarstår.")
LIMITS = (TimeLimit(what="report_received", hours=24), TimeLimit(what="report_made", hours=48))
LIMITED = Directory({Ref("a" * 32): Agreement(concluded=replace(CONCLUDED, limits=LIMITS), last=CONCLUDED.last)})


def _state(story: Story) -> Report:
    state = story.state(Kind.REPORT)
    assert isinstance(state, Report)
    return state


def _waits(story: Story, now: int = NOW) -> Waiting | None:
    return waiting(_state(story), Kind.REPORT, now, LIMITED)


# Considered.


def test_d3_a_consideration_is_recorded_with_its_outcome_and_tells_nobody() -> None:
    (fact,) = CONSIDERED.facts
    assert fact.event.addressees() == frozenset()
    state = _state(CONSIDERED)
    assert (state.status, state.considered, state.reporter) == (ReportStatus.CONSIDERED, Consideration.REPORT, CARE)
    with pytest.raises(Refusal, match="D3"):
        CONSIDERED.when(CONCERN, by(CARE))


def test_d3_why_no_report_is_made_is_recorded() -> None:
    assert given((NO_REPORT, by(CARE))).facts
    silent = replace(NO_REPORT, reasons=None)
    with pytest.raises(Caution, match="D3"):
        given((silent, by(CARE)))
    assert given((silent, by(CARE, because=Because.NOT_APPLICABLE))).facts


def test_d3_a_consultation_or_what_another_did_never_discharges_the_duty() -> None:
    elsewhere = by(CARE, because=Because.DONE_ELSEWHERE)
    with pytest.raises(Refusal, match="never discharges the duty"):
        given((NO_REPORT, elsewhere))
    assert given((replace(NO_REPORT, duty=Duty.ANYONE), elsewhere)).facts
    wait = _waits(CONSIDERED)
    assert _state(CONSIDERED).consultation == ADVICE
    assert wait is not None
    assert wait.alarmed


def test_d3_it_is_considered_again_and_both_stand_until_it_is_made() -> None:
    again = given((NO_REPORT, by(CARE))).then(ask.Reconsider(outcome=Consideration.REPORT), by(CARE))
    assert _state(again).considered is Consideration.REPORT
    assert len(again.facts) == 2
    with pytest.raises(Refusal, match="D3: the report has been made"):
        MADE.when(ask.Reconsider(outcome=Consideration.REPORT), by(CARE))
    with pytest.raises(Refusal, match="known before it is decided on"):
        CONSIDERED.when(ask.Reconsider(outcome=Consideration.REPORT), replace(by(CARE), happened=KNOWN - 1))
    with pytest.raises(Refusal, match="never discharges"):
        CONSIDERED.when(ask.Reconsider(outcome=Consideration.NO_REPORT), by(CARE, because=Because.DONE_ELSEWHERE))


def test_b5_a_report_from_a_case_is_about_one_person_in_it() -> None:
    with pytest.raises(Refusal, match="B5"):
        given((replace(CONCERN, case=Ref("d" * 32)), by(CARE)))
    state = _state(given((replace(CONCERN, case=Ref("d" * 32), person=ref(7)), by(CARE))))
    assert (state.case, state.person) == (Ref("d" * 32), ref(7))


@pytest.mark.parametrize("suspected", [True, False])
def test_d3_a_police_report_beside_a_concern_is_considered_and_the_consideration_recorded(suspected: bool) -> None:
    make = replace(MAKE, crime_suspected=suspected)
    if not suspected:
        assert CONSIDERED.when(make, DUTY)
        return
    with pytest.raises(Caution, match="D3"):
        CONSIDERED.when(make, DUTY)
    urgent = CONSIDERED.then(make, replace(DUTY, because=Because.URGENT))
    assert _state(urgent).crime_to_consider
    weighed = urgent.then(ask.ConsiderCrime(outcome=Consideration.REPORT, reasons="Samtidigt."), by(CARE))
    assert not _state(weighed).crime_to_consider
    assert weighed.facts[-1].event.addressees() == frozenset()
    first = CONSIDERED.then(ask.ConsiderCrime(outcome=Consideration.NO_REPORT), by(CARE))
    assert first.when(make, DUTY)


def test_d3_a_report_of_a_crime_is_considered_by_itself() -> None:
    with pytest.raises(Refusal, match="D3"):
        CRIME_CONSIDERED.when(ask.ConsiderCrime(outcome=Consideration.REPORT), by(CARE))


# Made.


def test_d3_a_report_is_handed_over_with_its_four_times() -> None:
    (event,) = CONSIDERED.when(MAKE, DUTY)
    assert isinstance(event, then.Made)
    assert event.addressees() == {SOCIAL}
    assert (event.concern_known, event.decided, event.identity_known) == (KNOWN, DECIDED, NOW)
    state = _state(MADE)
    assert (state.concern_known, state.decided, state.handed_over) == (KNOWN, DECIDED, NOW)
    assert state.identity_known == {CARE: NOW}
    assert (state.reporter, state.duty) == (CARE, Duty.BY_LAW)


def test_d3_the_four_times_follow_each_other() -> None:
    with pytest.raises(Refusal, match="known before it is decided on"):
        given((CONCERN, replace(by(CARE), known=NOW, happened=NOW - HOUR)))
    with pytest.raises(Refusal, match="after it was decided on"):
        CONSIDERED.when(MAKE, replace(DUTY, happened=DECIDED - 1, known=KNOWN))


def test_d3_who_makes_it_after_all_has_decided_it_by_that() -> None:
    (event,) = given((NO_REPORT, replace(by(CARE), known=KNOWN, happened=KNOWN))).when(MAKE, DUTY)
    assert isinstance(event, then.Made)
    assert event.decided == NOW
    with pytest.raises(Refusal, match="D3"):
        given((NO_REPORT, by(CARE))).when(MAKE, replace(DUTY, happened=NOW - HOUR))


def test_d3_the_identity_is_known_to_each_agency_by_itself_and_since_its_own_time() -> None:
    nameless = CONSIDERED.then(replace(MAKE, identity=None), DUTY)
    assert _state(nameless).identity_known == {}
    learnt = nameless.then(ask.Identify(identity="Nora"), replace(by(SOCIAL), known=NOW - 1))
    assert _state(learnt).identity_known == {SOCIAL: NOW - 1}
    assert learnt.facts[-1].event.addressees() == frozenset()
    again = learnt.then(ask.Identify(identity="Nora N"), by(SOCIAL))
    assert _state(again).identity_known == {SOCIAL: NOW - 1}
    earlier = CONSIDERED.then(ask.Identify(identity="Nora"), replace(by(CARE), known=KNOWN)).then(MAKE, DUTY)
    assert _state(earlier).identity_known == {CARE: KNOWN}
    with pytest.raises(Refusal, match="A2"):
        nameless.when(ask.Identify(identity="Nora"), by(POLICE))
    with pytest.raises(Refusal, match="A2"):
        nameless.when(ask.Identify(identity=None), by(SOCIAL))


def test_d3_a_concern_goes_to_social_services_and_a_crime_to_the_police() -> None:
    assert CRIME_CONSIDERED.when(TO_POLICE, BY_LAW)[0].addressees() == {POLICE}
    with pytest.raises(Refusal, match="D3: such a report is made to social services"):
        CONSIDERED.when(replace(MAKE, receiver=POLICE), DUTY)
    with pytest.raises(Refusal, match="D3: such a report is made to the Police"):
        CRIME_CONSIDERED.when(replace(TO_POLICE, receiver=SOCIAL), BY_LAW)
    with pytest.raises(Refusal, match="B1"):
        CONSIDERED.when(replace(MAKE, receiver=OUTSIDE), DUTY)
    with pytest.raises(Refusal, match="C2: a disclosure is to another unit"):
        given((CONCERN, by(SOCIAL))).when(MAKE, by(SOCIAL, ground="child-concern"))
    assert {party.kind for party in CONCLUDED.parties} >= {AgencyKind.SOCIAL_SERVICES, AgencyKind.POLICE}


def test_d3_only_the_unit_that_bears_the_duty_makes_the_report() -> None:
    commands: list[Command] = [
        MAKE,
        ask.Supplement(social="Mer."),
        ask.Reconsider(outcome=Consideration.NO_REPORT),
        ask.ConsiderCrime(outcome=Consideration.REPORT),
    ]
    for command in commands:
        for unit in (CENTRE, POLICE, SOCIAL):
            with pytest.raises(Refusal, match="D3: a report is made by the unit that bears the duty"):
                MADE.when(command, by(unit, ground="child-concern"))


def test_d3_no_consent_precedes_a_report_but_a_ground_is_stated() -> None:
    with pytest.raises(Refusal, match="D3: no consent precedes a report"):
        CONSIDERED.when(replace(MAKE, child_statement=None), by(CARE, ground="consent"))
    with pytest.raises(Refusal, match="states its legal ground"):
        CONSIDERED.when(MAKE, by(CARE))
    with pytest.raises(Refusal, match="C2"):
        CRIME_CONSIDERED.when(TO_POLICE, by(CARE, ground="child-concern"))
    with pytest.raises(Refusal, match="how the interests were weighed"):
        CRIME_CONSIDERED.when(replace(TO_POLICE, health=None), by(CARE, ground="osl-10-27"))


def test_d3_a_report_is_made_once_and_supplemented() -> None:
    with pytest.raises(Refusal, match="D3: the report has been made"):
        MADE.when(MAKE, DUTY)
    (event,) = MADE.when(ask.Supplement(social="Mer."), DUTY)
    assert isinstance(event, then.Supplemented)
    assert event.addressees() == {SOCIAL}
    assert event.social == "Mer."
    with pytest.raises(Refusal, match="D3: the report has not been made"):
        CONSIDERED.when(ask.Supplement(social="Mer."), DUTY)
    with pytest.raises(Refusal, match="nothing to hand over"):
        MADE.when(ask.Supplement(), DUTY)
    with pytest.raises(Refusal, match="no consent precedes"):
        MADE.when(ask.Supplement(social="Mer."), by(CARE, ground="consent"))


def test_c12_a_report_without_safe_contact_says_why_and_is_never_delayed_by_it() -> None:
    bare = replace(MAKE, contact=None)
    with pytest.raises(Caution, match="C12"):
        CONSIDERED.when(bare, DUTY)
    assert CONSIDERED.when(bare, replace(DUTY, because=Because.NOT_AVAILABLE))


def test_c12_who_receives_a_report_confirms_the_safe_contact_and_a_new_one_anew() -> None:
    confirmed = MADE.then(ask.ConfirmSafeContact(), by(SOCIAL))
    assert _state(confirmed).safe_contact_confirmed
    with pytest.raises(Refusal, match="C12"):
        confirmed.when(ask.ConfirmSafeContact(), by(SOCIAL))
    later = confirmed.then(ask.Supplement(contact="Via mostern."), DUTY)
    assert later.when(ask.ConfirmSafeContact(), by(SOCIAL))
    assert _state(confirmed.then(ask.Supplement(social="Mer."), DUTY)).safe_contact_confirmed
    bare = CONSIDERED.then(replace(MAKE, contact=None), replace(DUTY, because=Because.DANGER))
    with pytest.raises(Refusal, match="C12"):
        bare.when(ask.ConfirmSafeContact(), by(SOCIAL))


def test_c8_what_is_reported_says_what_it_may_be_used_for() -> None:
    (event,) = CONSIDERED.when(MAKE, DUTY)
    assert isinstance(event, then.Made)
    assert event.used_for == "concern_child"


def test_f_what_is_handed_over_names_no_case_and_no_consultation() -> None:
    for event in (then.Made, then.Supplemented):
        assert not {"case", "consultation", "coordinator"} & set(event.__struct_fields__)
    assert not set(compartments(then.Made).values()) & {Compartment.WHEREABOUTS, Compartment.RISK_ASSESSMENT}
    sending = {event for event in events_of([Kind.REPORT]) if event.sends}
    assert sending == {then.Made, then.Supplemented}


# Received, and answered.


def test_d3_a_report_cannot_be_declined() -> None:
    verbs = {command.name.partition(".")[2] for command in ask.COMMANDS}
    assert not verbs & {"decline", "redirect", "refuse", "return", "withdraw"}
    assert {verb for verb in verbs if "decline" in verb} == set()


def test_d3_receipt_is_confirmed_once_by_whoever_it_was_made_to() -> None:
    assert MADE.when(ask.ConfirmReceipt(), by(SOCIAL)) == (then.ReceiptConfirmed(to=CARE),)
    with pytest.raises(Refusal, match="D3"):
        MADE.then(ask.ConfirmReceipt(), by(SOCIAL)).when(ask.ConfirmReceipt(), by(SOCIAL))


@pytest.mark.parametrize(
    "command", [ask.ConfirmReceipt(), ask.ConfirmSafeContact(), ask.TellOutcome(outcome=ReportOutcome.OTHER)]
)
def test_d3_only_whoever_it_was_made_to_answers(command: Command) -> None:
    for unit in (CARE, POLICE, CENTRE):
        with pytest.raises(Refusal, match="D3"):
            MADE.when(command, by(unit))
    with pytest.raises(Refusal, match="D3: the report has not been made"):
        CONSIDERED.when(command, by(SOCIAL))


def test_d3_the_outcome_is_told_to_the_reporter_who_may_be_told_more_later() -> None:
    told = MADE.then(ask.TellOutcome(outcome=ReportOutcome.INQUIRY_OPENED), by(SOCIAL))
    assert [fact.event for fact in told.facts[-2:]] == [
        then.ReceiptConfirmed(to=CARE),
        then.OutcomeTold(to=CARE, outcome=ReportOutcome.INQUIRY_OPENED),
    ]
    more = told.then(ask.TellOutcome(outcome=ReportOutcome.HANDED_ON), by(SOCIAL))
    assert _state(more).outcomes == (ReportOutcome.INQUIRY_OPENED, ReportOutcome.HANDED_ON)


# Waiting.


@pytest.mark.parametrize("ongoing", [True, False])
def test_d3_a_concern_for_a_child_and_a_crime_that_goes_on_are_reported_at_once(ongoing: bool) -> None:
    wait = _waits(CONSIDERED)
    assert wait == Waiting(on=CARE, what="report_made", since=KNOWN, hours=0, due=KNOWN, alarmed=True)
    crime = _waits(given((replace(CRIME, ongoing=ongoing), by(CARE))))
    assert crime is not None
    assert (crime.hours, crime.alarmed) == ((0, True) if ongoing else (48, False))


@pytest.mark.parametrize(
    ("story", "on", "what"),
    [
        (MADE, SOCIAL, "report_received"),
        (MADE.then(ask.ConfirmReceipt(), by(SOCIAL)), SOCIAL, "report_outcome_told"),
    ],
)
def test_d3_what_is_awaited_of_whom_is_always_in_view(story: Story, on: UnitId, what: str) -> None:
    wait = _waits(story)
    assert wait is not None
    assert (wait.on, wait.what, wait.since, wait.alarmed) == (on, what, NOW, False)


def test_d8_a_report_that_nobody_confirms_raises_an_alarm() -> None:
    wait = _waits(MADE, NOW + DAY)
    assert wait is not None
    assert (wait.hours, wait.alarmed) == (24, True)


def test_d3_nothing_is_awaited_when_the_outcome_is_told_or_no_report_is_made() -> None:
    assert _waits(MADE.then(ask.TellOutcome(outcome=ReportOutcome.OTHER), by(SOCIAL))) is None
    assert _waits(given((NO_REPORT, by(CARE)))) is None


# What one may not know of.


def test_f_of_a_report_that_one_may_not_know_nothing_is_there() -> None:
    received = MADE.then(ask.ConfirmReceipt(), by(SOCIAL)).without(then.Considered, then.Made)
    for story in (Story(), received):
        for command in (MAKE, ask.Reconsider(outcome=Consideration.REPORT)):
            with pytest.raises(NotThere):
                story.when(command, DUTY)


def test_f_who_receives_a_report_needs_no_more_than_what_was_handed_over() -> None:
    seen = MADE.without(then.Considered)
    assert _state(seen).concern_known == KNOWN
    assert seen.when(ask.ConfirmReceipt(), by(SOCIAL)) == (then.ReceiptConfirmed(to=CARE),)


def test_d9_a_report_that_waits_is_not_disposed_of_as_a_whole() -> None:
    whole = ask.Dispose(whole=True, keys=(ref(9),))
    for story in (CONSIDERED, MADE):
        with pytest.raises(Refusal, match="D9"):
            story.when(whole, by(CARE))
    assert MADE.then(ask.TellOutcome(outcome=ReportOutcome.OTHER), by(SOCIAL)).when(whole, by(CARE))
    assert given((NO_REPORT, by(CARE))).when(whole, by(CARE))
    with pytest.raises(Refusal, match="F"):
        MADE.when(ask.Dispose(), by(CARE))

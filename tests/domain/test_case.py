"""Case: who is helped, who takes part, what ends, and what may be known of it (A, B5, B8, C1, C6, C9, C11, D9)."""

from datetime import date

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from domain.case import commands as ask
from domain.case import events as then
from domain.case import evolve, mandates, places, risk
from domain.case.state import Case
from domain.command import Command
from domain.errors import Caution, NotThere, Refusal
from domain.time import day_end, day_start
from domain.vocabulary import (
    FOREVER,
    Because,
    Compartment,
    Gender,
    Kind,
    Outcome,
    Phase,
    Protection,
    Purpose,
    Ref,
    Role,
    StaffId,
)
from tests.domain.stories import CARE, CENTRE, DAY, NOW, OUTSIDE, POLICE, SILENT, SOCIAL, Story, by, given, ref

OPEN = (ask.Open(coordinator=CENTRE), by(SOCIAL))
SISTER = ref(2)
BROTHER = ref(3)
BEGUN = given(
    OPEN,
    (ask.AddPerson(gender=Gender.GIRL_OR_WOMAN, minor=True), by(SOCIAL)),
    (ask.AddPerson(gender=Gender.BOY_OR_MAN, secondary=True), by(SOCIAL)),
)
ASSIGN = ask.Assign(person=SISTER, unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION, mandate="protection")
POLICE_IN = BEGUN.then(ASSIGN, by(CENTRE))
NOTE = ask.WriteNote(person=SISTER, purge_on=date(2026, 4, 1), text="Ring skolan.")
TELL = ask.RecordInformation(person=SISTER, police="Hotad.")
SCHEDULER = by(CENTRE, role=Role.SYSTEM, now=day_start(date(2026, 4, 1)))


def _state(story: Story) -> Case:
    state = story.state(Kind.CASE)
    assert isinstance(state, Case)
    return state


def test_a1_a9_a_person_is_helped_without_name_report_or_move() -> None:
    (event,) = given(OPEN).when(ask.AddPerson(), by(SOCIAL))
    assert event == then.PersonAdded(person=ref(2))


def test_a2_who_knows_the_name_knows_it_by_an_act_of_its_own() -> None:
    story = POLICE_IN.then(ask.IdentifyPerson(person=SISTER, identity="Nora Exempel"), by(POLICE))
    assert _state(story).persons[SISTER].identified_by == {POLICE}
    named = BEGUN.then(ask.AddPerson(identity="Nils Exempel"), by(SOCIAL))
    assert _state(named).persons[ref(4)].identified_by == {SOCIAL}
    with pytest.raises(Refusal, match="A2"):
        POLICE_IN.when(ask.IdentifyPerson(person=SISTER, identity=None), by(POLICE))


def test_a2_a_consultation_is_linked_by_an_explicit_act_whoever_did_it_before() -> None:
    link = ask.LinkConsultation(consultation=Ref("e" * 32))
    story = BEGUN.then(link, by(SOCIAL))
    assert _state(story).consultations == {Ref("e" * 32)}
    assert story.when(link, by(CENTRE)) == BEGUN.when(link, by(CENTRE))


def test_a5_a_service_that_keeps_no_record_adds_no_content_to_a_case() -> None:
    story = BEGUN.then(replace(ASSIGN, unit=SILENT), by(CENTRE))
    with pytest.raises(Refusal, match="A5"):
        story.when(ask.RecordInformation(person=SISTER, social="Hon ringde."), by(SILENT))


def test_a6_a_case_holds_no_one_person_or_several_secondary_victims_too() -> None:
    assert _state(given(OPEN)).persons == {}
    assert [person.secondary for person in _state(BEGUN).persons.values()] == [False, True]


@pytest.mark.parametrize("gender", list(Gender))
def test_a7_anyone_of_any_gender_is_helped(gender: Gender) -> None:
    (event,) = given(OPEN).when(ask.AddPerson(gender=gender), by(SOCIAL))
    assert isinstance(event, then.PersonAdded)
    assert event.gender is gender


def test_b8_only_the_injured_side_is_in_the_case() -> None:
    with pytest.raises(Refusal, match="B8"):
        given(OPEN).when(ask.AddPerson(offender_side=True), by(SOCIAL))


def test_b8_who_is_also_a_victim_is_helped_as_a_victim() -> None:
    assert given(OPEN).when(ask.AddPerson(gender=Gender.BOY_OR_MAN), by(SOCIAL))


def test_b3_b6_the_coordinator_is_the_resource_centre_by_agreement() -> None:
    with pytest.raises(Refusal, match="B3"):
        Story().when(ask.Open(coordinator=POLICE), by(SOCIAL))
    with pytest.raises(Refusal, match="B1"):
        Story().when(ask.Open(coordinator=OUTSIDE), by(SOCIAL))


def test_b1_a_case_is_opened_once() -> None:
    with pytest.raises(Refusal, match="A6"):
        BEGUN.when(*OPEN)


def test_b5_a_unit_takes_part_around_one_person() -> None:
    assert POLICE_IN.when(TELL, by(POLICE))
    with pytest.raises(Refusal, match="C1"):
        POLICE_IN.when(replace(TELL, person=BROTHER), by(POLICE))


def test_b5_who_takes_part_lets_nobody_else_in() -> None:
    for person in (SISTER, BROTHER):
        with pytest.raises(Refusal, match="B5"):
            POLICE_IN.when(replace(ASSIGN, person=person), by(POLICE))


def test_b6_another_than_the_coordinator_says_why_it_brings_units_together() -> None:
    with pytest.raises(Caution, match="B6"):
        BEGUN.when(ASSIGN, by(SOCIAL))
    assert BEGUN.when(ASSIGN, by(SOCIAL, because=Because.NOT_AVAILABLE))


@pytest.mark.parametrize("command", [ask.EnterPhase(phase=Phase.ACUTE), ask.Close(outcome=Outcome.MOVED), ask.Reopen()])
def test_b6_the_course_of_the_case_is_for_who_answers_for_it(command: Command) -> None:
    with pytest.raises(Refusal, match="B6"):
        POLICE_IN.when(command, by(POLICE))


def test_b1_an_outsider_joins_one_case_as_a_guest_for_a_limited_time() -> None:
    guest = replace(ASSIGN, unit=OUTSIDE, guest=True, last=date(2026, 3, 31))
    story = BEGUN.then(guest, by(CENTRE))
    assert story.when(TELL, by(OUTSIDE))
    with pytest.raises(Refusal, match="B1"):
        story.when(TELL, by(OUTSIDE, now=day_end(date(2026, 3, 31))))
    with pytest.raises(Refusal, match="B1"):
        story.when(TELL, by(OUTSIDE, purpose=Purpose.CARE))


@pytest.mark.parametrize(
    ("assign", "rule"),
    [
        (replace(ASSIGN, unit=OUTSIDE), "B1"),
        (replace(ASSIGN, unit=OUTSIDE, guest=True), "B1"),
        (replace(ASSIGN, unit=OUTSIDE, guest=True, role=Role.COORDINATOR, last=date(2026, 3, 31)), "B1"),
        (replace(ASSIGN, guest=True, last=date(2026, 3, 31)), "B1"),
        (replace(ASSIGN, role=Role.COORDINATOR), "B3"),
        (replace(ASSIGN, purpose=Purpose.CARE), "B3"),
        (replace(ASSIGN, last=date(2026, 3, 1)), "C1"),
        (replace(ASSIGN, first=date(2026, 3, 9), last=date(2026, 3, 8)), "C1"),
    ],
)
def test_b1_b3_c1_who_takes_part_is_agreed_and_for_a_time(assign: ask.Assign, rule: str) -> None:
    with pytest.raises(Refusal, match=rule):
        BEGUN.when(assign, by(CENTRE))


def test_c1_an_assignment_holds_for_its_purpose_and_days_alone() -> None:
    timed = BEGUN.then(replace(ASSIGN, first=date(2026, 3, 3), last=date(2026, 3, 4)), by(CENTRE))
    inside = day_start(date(2026, 3, 3))
    assert timed.when(TELL, by(POLICE, now=inside))
    for act in (by(POLICE), by(POLICE, now=inside, purpose=Purpose.SUPPORT), by(POLICE, now=inside + 2 * DAY)):
        with pytest.raises(Refusal, match="C1"):
            timed.when(TELL, act)


def test_c1_an_open_assignment_has_no_end() -> None:
    (event,) = BEGUN.when(ASSIGN, by(CENTRE))
    assert isinstance(event, then.Assigned)
    assert (event.start, event.until) == (NOW, FOREVER)


def test_f_who_takes_part_already_is_added_again_and_one_end_ends_one_grant() -> None:
    twice = POLICE_IN.then(ASSIGN, by(CENTRE))
    assert POLICE_IN.when(ASSIGN, by(CENTRE)) == BEGUN.when(ASSIGN, by(CENTRE))
    once = twice.then(ask.EndAssignment(grant=ref(4)), by(CENTRE))
    assert once.when(TELL, by(POLICE))
    with pytest.raises(Refusal, match="C1"):
        once.then(ask.EndAssignment(grant=ref(5)), by(CENTRE)).when(TELL, by(POLICE))


def test_c1_an_assignment_is_ended_once_by_who_is_concerned() -> None:
    end = ask.EndAssignment(grant=ref(4))
    assert POLICE_IN.when(end, by(POLICE)) == (then.AssignmentEnded(grant=ref(4), unit=POLICE),)
    with pytest.raises(Refusal, match="C1"):
        POLICE_IN.when(end, by(CARE))
    with pytest.raises(Refusal, match="C1"):
        POLICE_IN.then(end, by(CENTRE)).when(end, by(CENTRE))


@pytest.mark.parametrize("command", [ask.EndAssignment(grant=Ref("9" * 32)), ask.LiftBlock(block=Ref("9" * 32))])
def test_f_a_grant_or_block_of_which_one_may_not_know_is_not_there(command: Command) -> None:
    with pytest.raises(NotThere):
        POLICE_IN.when(command, by(POLICE))


def test_c5_guardians_are_told_nothing_by_default() -> None:
    (event,) = BEGUN.when(ask.SetSafeContact(person=SISTER, contact="Via skolan, dagtid."), by(SOCIAL))
    assert event == then.SafeContactSet(person=SISTER, contact="Via skolan, dagtid.")
    assert isinstance(event, then.SafeContactSet)
    assert event.guardians is UNSET
    assert event.addressees() == frozenset()


def test_c6_a_working_note_has_a_purge_date_to_come() -> None:
    assert BEGUN.when(NOTE, by(SOCIAL)) == (
        then.NoteWritten(person=SISTER, purge_on=date(2026, 4, 1), text="Ring skolan."),
    )
    for wrong in (replace(NOTE, purge_on=date(2026, 3, 2)), replace(NOTE, text=None)):
        with pytest.raises(Refusal, match="C6"):
            BEGUN.when(wrong, by(SOCIAL))


def test_c6_a_note_is_purged_each_for_itself_on_its_date_or_earlier_by_its_owner() -> None:
    story = BEGUN.then(NOTE, by(SOCIAL)).then(NOTE, by(SOCIAL))
    purge = ask.PurgeNote(note=ref(4), keys=(Ref("d" * 32),))
    purged = then.NotePurged(note=ref(4), keys=(Ref("d" * 32),))
    assert story.when(purge, by(SOCIAL)) == (purged,)
    assert story.when(purge, SCHEDULER) == (purged,)
    with pytest.raises(Refusal, match="C6"):
        story.when(purge, by(CENTRE, role=Role.SYSTEM, now=SCHEDULER.now - 1))
    after = story.then(purge, SCHEDULER)
    assert [note.purged for note in _state(after).notes.values()] == [True, False]
    with pytest.raises(Refusal, match="C6"):
        after.when(purge, SCHEDULER)


def test_c6_a_note_is_its_units_own() -> None:
    with pytest.raises(NotThere):
        BEGUN.then(NOTE, by(SOCIAL)).when(ask.PurgeNote(note=ref(4)), by(CENTRE))


def test_c9_for_who_is_blocked_the_case_is_not_there() -> None:
    story = POLICE_IN.then(ask.BlockStaff(staff=StaffId("bo")), by(POLICE))
    with pytest.raises(NotThere):
        story.when(TELL, by(POLICE, person="bo"))
    assert story.when(TELL, by(POLICE))
    lifted = story.then(ask.LiftBlock(block=ref(5)), by(POLICE))
    assert lifted.when(TELL, by(POLICE, person="bo"))
    with pytest.raises(Refusal, match="C9"):
        lifted.when(ask.LiftBlock(block=ref(5)), by(POLICE))


def test_c9_a_block_is_known_and_lifted_by_the_unit_that_set_it() -> None:
    story = BEGUN.then(ask.BlockStaff(staff=StaffId("bo")), by(SOCIAL))
    with pytest.raises(NotThere):
        story.when(ask.LiftBlock(block=ref(4)), by(CENTRE))
    with pytest.raises(Refusal, match="C9"):
        BEGUN.when(ask.BlockStaff(staff=StaffId("anna")), by(SOCIAL))


def test_c9_a_block_in_force_is_not_disposed_of_with_all_that_is_its_units() -> None:
    blocked = BEGUN.then(ask.BlockStaff(staff=StaffId("bo")), by(SOCIAL)).then(
        ask.Close(outcome=Outcome.OTHER), by(SOCIAL, because=Because.NOT_AVAILABLE)
    )
    whole = ask.Dispose(whole=True, keys=(Ref("d" * 32),))
    with pytest.raises(Refusal, match="C9"):
        blocked.when(whole, by(SOCIAL))
    assert blocked.then(ask.LiftBlock(block=ref(4)), by(SOCIAL)).when(whole, by(SOCIAL))


def test_c11_protection_has_levels_and_comes_without_an_address() -> None:
    assert set(ask.MarkProtection.__struct_fields__) == {"person", "level"}
    for level in Protection:
        marked = BEGUN.then(ask.MarkProtection(person=SISTER, level=level), by(SOCIAL))
        assert _state(marked).persons[SISTER].protection is level


@pytest.mark.parametrize(
    "command",
    [
        ask.RecordInformation(person=SISTER, whereabouts="Skyddat boende."),
        ask.IdentifyPerson(person=SISTER, identity="Nora Exempel", contact="Storgatan 1"),
    ],
)
def test_c11_an_address_of_who_is_protected_is_not_stored_without_a_reason(command: Command) -> None:
    marked = BEGUN.then(ask.MarkProtection(person=SISTER, level=Protection.PROTECTED_REGISTRATION), by(SOCIAL))
    assert BEGUN.when(command, by(SOCIAL))
    with pytest.raises(Caution, match="C11"):
        marked.when(command, by(SOCIAL))
    assert marked.when(command, by(SOCIAL, because=Because.URGENT))


def test_c12_safe_contact_says_how_the_person_is_reached() -> None:
    with pytest.raises(Refusal, match="C12"):
        BEGUN.when(ask.SetSafeContact(person=SISTER, contact=None), by(SOCIAL))


def test_b7_there_is_something_to_record() -> None:
    with pytest.raises(Refusal, match="B7"):
        BEGUN.when(ask.RecordInformation(person=SISTER), by(SOCIAL))


CLOSED = BEGUN.then(ask.Close(outcome=Outcome.PROTECTED), by(CENTRE, because=Because.NOT_AVAILABLE))


def test_d9_closed_is_never_final() -> None:
    with pytest.raises(Refusal, match="D9"):
        CLOSED.when(ask.AddPerson(), by(SOCIAL))
    again = CLOSED.then(ask.Reopen(), by(CENTRE))
    assert again.when(ask.AddPerson(), by(SOCIAL))
    with pytest.raises(Refusal, match="D9"):
        BEGUN.when(ask.Reopen(), by(CENTRE))


def test_d9_who_opened_the_case_and_who_coordinates_it_are_told_of_its_end_and_of_its_going_on() -> None:
    assert BEGUN.when(ask.Close(outcome=Outcome.PROTECTED), by(CENTRE, because=Because.NOT_AVAILABLE)) == (
        then.Closed(outcome=Outcome.PROTECTED, told=frozenset({SOCIAL})),
    )
    assert CLOSED.when(ask.Reopen(), by(SOCIAL)) == (then.Reopened(told=frozenset({CENTRE})),)


def test_c9_no_block_stops_the_clock() -> None:
    noted = BEGUN.then(NOTE, by(SOCIAL))
    blocked = noted.then(ask.BlockStaff(staff=StaffId("anna")), by(CENTRE, person="bo"))
    assert blocked.when(ask.PurgeNote(note=ref(4)), SCHEDULER)


@pytest.mark.parametrize(
    "command", [ask.EnterPhase(phase=Phase.MIDDLE), ask.Close(outcome=Outcome.MOVED), ASSIGN, NOTE]
)
def test_d9_a_closed_case_is_reopened_first(command: Command) -> None:
    with pytest.raises(Refusal, match="D9"):
        CLOSED.when(command, by(CENTRE))


@pytest.mark.parametrize("phase", list(Phase))
def test_d9_phases_follow_the_need(phase: Phase) -> None:
    assert _state(BEGUN.then(ask.EnterPhase(phase=phase), by(CENTRE))).phase is phase


def test_d9_a_retraction_is_a_new_event_and_of_ones_own() -> None:
    retract = ask.Retract(act=ref(2), person=SISTER)
    assert BEGUN.when(retract, by(SOCIAL)) == (then.Retracted(act=ref(2), person=SISTER),)
    after = BEGUN.then(retract, by(SOCIAL))
    assert _state(after).retracted == {ref(2)}
    assert SISTER in _state(after).persons
    with pytest.raises(Refusal, match="D9"):
        BEGUN.when(retract, by(CENTRE))
    with pytest.raises(NotThere):
        BEGUN.when(replace(retract, act=Ref("9" * 32)), by(SOCIAL))


def test_d9_who_works_in_a_case_does_not_dispose_of_it_whole() -> None:
    whole = ask.Dispose(whole=True, keys=(Ref("d" * 32),))
    with pytest.raises(Refusal, match="D9"):
        BEGUN.when(whole, by(SOCIAL))
    noted = (
        BEGUN.then(NOTE, by(SOCIAL))
        .then(ask.Close(outcome=Outcome.MOVED), by(SOCIAL, because=Because.NOT_AVAILABLE))
        .then(whole, by(SOCIAL))
    )
    assert all(note.purged for note in _state(noted).notes.values())
    part = ask.Dispose(person=SISTER, compartments=frozenset({Compartment.SOCIAL}), keys=whole.keys)
    assert BEGUN.when(part, by(SOCIAL)) == (then.Disposed(keys=whole.keys),)
    with pytest.raises(Refusal, match="F"):
        BEGUN.when(replace(part, keys=()), by(SOCIAL))


def test_f_a_person_of_whom_one_may_not_know_is_not_there() -> None:
    hidden = POLICE_IN.without(then.PersonAdded)
    assert hidden.when(TELL, by(POLICE))
    for command in (replace(TELL, person=BROTHER), replace(TELL, person=Ref("9" * 32))):
        with pytest.raises(NotThere):
            hidden.when(command, by(POLICE))


def test_f_a_case_of_which_one_may_not_know_is_not_there() -> None:
    for command in (TELL, ask.Reopen(), ask.BlockStaff(staff=StaffId("bo"))):
        with pytest.raises(NotThere):
            Story().when(command, by(POLICE))


def test_f_what_time_brings_about_is_for_the_scheduler_alone() -> None:
    expire = ask.Expire(grant=ref(4), boundary=FOREVER)
    with pytest.raises(Refusal, match="F"):
        POLICE_IN.when(expire, by(CENTRE))
    with pytest.raises(Refusal, match="F"):
        POLICE_IN.when(TELL, SCHEDULER)


def test_every_event_of_a_case_is_folded_by_its_part() -> None:
    assert evolve._PARTS.keys() == {*then.EVENTS, *risk.EVENTS, *places.EVENTS, *mandates.EVENTS}

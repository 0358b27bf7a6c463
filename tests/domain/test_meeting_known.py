"""What each may know of a meeting: the invited, its parties, who leads it, and who is kept out (F, B5, C9, R2)."""

import pytest
from msgspec.structs import replace

from domain.errors import Refusal
from domain.event import Event
from domain.meeting import commands as ask
from domain.meeting import events as then
from domain.needtoknow.compile import load
from domain.needtoknow.standing import Standing
from domain.needtoknow.visible import Visible, visible
from domain.open_items import waits_known_to
from domain.vocabulary import Because, Compartment, Kind, Mode, Ref, StaffId, UnitId
from tests.domain.meetings import (
    ABOUT,
    ACCEPT,
    ACCEPTED,
    ASKED,
    CASE,
    DIRECTORY,
    HOLD,
    INVITED,
    LATER,
    MET,
    MINUTES,
    NORA,
    PLANNED,
    REQUEST,
    SCHEDULE,
    meeting,
    there,
    told,
)
from tests.domain.stories import CARE, CENTRE, POLICE, SOCIAL, Story, by

POLICY = load("2026-12")
TASK = ask.DivideWork(unit=POLICE, what="Bedöm risken.")


def seen_by(story: Story, unit: UnitId, person: str = "anna", kept_out: frozenset[StaffId] = frozenset()) -> Visible:
    return visible(POLICY, by(unit, person=person).by, story.facts, LATER, kept_out)


def acts(story: Story, unit: UnitId) -> list[type[Event]]:
    return [type(sight.fact.event) for sight in seen_by(story, unit).facts]


def parts(story: Story, unit: UnitId) -> set[Compartment]:
    return {part for sight in seen_by(story, unit).facts for part in sight.allowed}


def test_f_who_is_only_invited_knows_its_own_invitation_and_nothing_more() -> None:
    (sight,) = seen_by(INVITED, POLICE).facts
    assert isinstance(sight.fact.event, then.Invited)
    assert sight.fact.event.to == POLICE
    assert acts(PLANNED, POLICE) == []


def test_f_the_cause_makes_no_difference_to_who_is_invited_or_takes_part() -> None:
    other = told((replace(REQUEST, case=Ref("f" * 32), persons=(), agenda=None), by(SOCIAL)))
    for story, unit in ((INVITED, POLICE), (ACCEPTED, POLICE)):
        changed = replace(story, facts=(*other.facts, *story.facts[1:]))
        assert seen_by(changed, unit) == seen_by(story, unit)


def test_f_who_else_is_invited_makes_no_difference_to_the_invited() -> None:
    assert [sight for sight in seen_by(INVITED, POLICE).facts if sight.fact.event.addressees() != {POLICE}] == []
    without = replace(INVITED, facts=INVITED.facts[:-1])
    assert seen_by(without, POLICE) == seen_by(INVITED, POLICE)


def test_f_who_accepted_knows_who_else_takes_part_and_where() -> None:
    both = ACCEPTED.then(ACCEPT, by(CARE))
    assert acts(both, POLICE) == [
        then.Scheduled,
        then.Invited,
        then.InvitationAccepted,
        then.InvitationAccepted,
    ]
    assert parts(both, POLICE) == {Compartment.COORDINATION}
    assert acts(ACCEPTED, CARE) == [then.Invited], "not who accepted, before it does so itself"


def test_f_who_leaves_the_meeting_knows_its_own_acts_again_and_no_more() -> None:
    left = ACCEPTED.then(ask.DeclineInvitation(), by(POLICE))
    assert acts(left, POLICE) == [then.Invited, then.InvitationAccepted, then.InvitationDeclined]


def test_f_who_leads_the_meeting_knows_who_is_invited_whoever_invited_them() -> None:
    assert acts(INVITED, SOCIAL).count(then.Invited) == 2
    assert acts(INVITED, CENTRE).count(then.Invited) == 2


def test_f_a_party_has_the_minutes_of_what_it_may_know_and_learns_of_no_others() -> None:
    met = ACCEPTED.then(replace(HOLD, attended=there(SOCIAL, POLICE, CARE)), by(CENTRE, now=LATER))
    act = by(SOCIAL, ground="osl-10-2", now=LATER)
    memo = ask.WriteMinutes(to=frozenset({POLICE}), person=NORA, social="Hon är rädd.", safe_contact=True)
    summary = ask.WriteMinutes(to=frozenset({CARE, POLICE}), summary="Vi ses på fredag.")
    written = met.then(memo, act).then(summary, act)
    assert acts(written, POLICE).count(then.MinutesWritten) == 2
    assert parts(written, POLICE) == {Compartment.COORDINATION, Compartment.SOCIAL}
    assert acts(written, CARE).count(then.MinutesWritten) == 1
    assert parts(written, CARE) == {Compartment.COORDINATION}
    assert seen_by(met.then(summary, act), CARE).facts[-1].allowed == seen_by(written, CARE).facts[-1].allowed
    # F: a coordinator is a unit like others for content.
    assert acts(written, CENTRE).count(then.MinutesWritten) == 2
    assert Compartment.SOCIAL not in parts(written, CENTRE)


def test_c12_who_got_minutes_about_a_person_confirms_the_safe_contact_to_who_wrote_them() -> None:
    met = ACCEPTED.then(replace(HOLD, attended=there(SOCIAL, POLICE, CARE)), by(CENTRE, now=LATER))
    memo = ask.WriteMinutes(to=frozenset({POLICE, CARE}), person=NORA, social="Hon är rädd.", safe_contact=True)
    written = met.then(memo, by(SOCIAL, ground="osl-10-2", now=LATER))
    confirm = ask.ConfirmSafeContact(minutes=written.facts[-1].act.id)
    (event,) = written.when(confirm, by(POLICE, now=LATER))
    assert event == then.SafeContactConfirmed(minutes=confirm.minutes, person=NORA, to=SOCIAL)
    confirmed = written.then(confirm, by(POLICE, now=LATER))
    with pytest.raises(Refusal, match="C12: the safe contact has been confirmed already"):
        confirmed.when(confirm, by(POLICE, now=LATER))
    with pytest.raises(Refusal, match="C12: the unit to which it went"):
        confirmed.when(confirm, by(SOCIAL, now=LATER))
    assert unconfirmed(written, SOCIAL) == [POLICE, CARE]
    assert unconfirmed(confirmed, SOCIAL) == [CARE]
    # F: what another receiver confirms is between it and the writer.
    assert unconfirmed(written, POLICE) == [POLICE]
    assert then.SafeContactConfirmed not in acts(confirmed, CARE)


def test_c12_minutes_about_nobody_or_without_safe_contact_leave_nothing_to_confirm() -> None:
    for memo, error in (
        (replace(ABOUT, safe_contact=False), "C12: no safe contact came with it"),
        (replace(MINUTES, safe_contact=True), "F: there is nothing"),
    ):
        act = by(SOCIAL, ground="osl-10-2", because=Because.DANGER, now=LATER)
        written = MET.then(memo, act)
        with pytest.raises(Refusal, match=error):
            written.when(ask.ConfirmSafeContact(minutes=written.facts[-1].act.id), by(POLICE, now=LATER))
        assert unconfirmed(written, SOCIAL) == []


def unconfirmed(story: Story, unit: UnitId) -> list[UnitId]:
    waits = waits_known_to(unit, meeting(story), Kind.MEETING, LATER, DIRECTORY)
    return [wait.on for wait in waits if wait.what == "safe_contact_confirmed"]


def test_f_the_balancing_note_of_minutes_stays_with_their_writer() -> None:
    memo = ask.WriteMinutes(
        to=frozenset({POLICE}), person=NORA, social="Hon är rädd.", balancing="Vägt.", safe_contact=True
    )
    written = MET.then(memo, by(SOCIAL, ground="osl-10-27", now=LATER))
    assert Compartment.WORKING_NOTE not in parts(written, POLICE)
    assert Compartment.WORKING_NOTE in parts(written, SOCIAL)


def test_f_a_task_given_alone_is_known_to_its_unit_and_who_leads() -> None:
    met = ACCEPTED.then(replace(HOLD, attended=there(SOCIAL, POLICE, CARE)), by(CENTRE, now=LATER))
    shared = met.then(TASK, by(CENTRE, now=LATER))
    alone = met.then(replace(TASK, alone=True), by(CENTRE, now=LATER))
    assert then.WorkDivided in acts(shared, CARE)
    assert acts(alone, CARE) == acts(met, CARE)
    for unit in (POLICE, SOCIAL, CENTRE):
        assert then.WorkDivided in acts(alone, unit)
    done = ask.FinishTask(task=alone.facts[-1].act.id)
    finished = alone.then(done, by(POLICE, now=LATER))
    assert then.TaskDone in acts(finished, SOCIAL)
    assert acts(finished, CARE) == acts(met, CARE)


def test_c4_the_interpreter_is_known_to_who_leads_and_to_nobody_else() -> None:
    booked = ACCEPTED.then(ask.BookInterpreter(mode=Mode.VIDEO, language="sorani"), by(CENTRE))
    assert acts(booked, POLICE) == acts(ACCEPTED, POLICE)
    assert then.InterpreterBooked in acts(booked, SOCIAL)


def test_c9_who_is_kept_out_of_the_meeting_or_of_its_case_finds_nothing_of_it() -> None:
    blocked = ACCEPTED.then(ask.BlockStaff(staff=StaffId("bo")), by(POLICE))
    assert seen_by(blocked, POLICE, "bo").facts == ()
    assert acts(blocked, CENTRE) == acts(ACCEPTED, CENTRE), "nobody else knows of the block"
    lifted = blocked.then(ask.LiftBlock(block=blocked.facts[-1].act.id), by(POLICE))
    assert seen_by(lifted, POLICE, "bo").facts
    assert Standing.of(ASKED.facts).case == CASE
    assert seen_by(ACCEPTED, POLICE, "bo", frozenset({StaffId("bo")})).facts == ()


def test_f_the_place_reaches_parties_and_never_the_invited() -> None:
    moved = INVITED.then(replace(SCHEDULE, place="Någon annanstans."), by(CENTRE))
    assert parts(moved, POLICE) == set()
    assert [sight.fact.event.name for sight in seen_by(moved, POLICE).facts] == ["meeting.invited", "meeting.told"]

"""Ways on at a joint meeting: who comes, what is said there and to whom, who does what (B2, B4, C2, C9, D4, D12)."""

from typing import Final

from msgspec.structs import replace

from domain.meeting import commands as ask
from domain.meeting.state import Progress, Reply
from domain.referral.commands import Propose
from domain.vocabulary import Because, MeetingKind, Mode, Purpose, Ref, StaffId
from tests.domain.meetings import (
    ABOUT,
    ACCEPT,
    ACCEPTED,
    ASKED,
    CASE,
    HOLD,
    HOUR,
    INTERPRETER,
    INVITED,
    LATER,
    MET,
    MINUTES,
    NORA,
    PLANNED,
    PROSECUTOR,
    REQUEST,
    SCHEDULE,
    TASK,
    there,
    told,
)
from tests.domain.stories import CARE, CENTRE, NOW, OUTSIDE, POLICE, SOCIAL, Story, by, ref
from tests.remedies.of_sharing import BY_LAW, REACHED
from tests.remedies.of_sharing import LAW as TO_DISCLOSE
from tests.remedies.ways import Way, nothing_more, way

LEADS: Final = by(CENTRE)
THEN: Final = by(CENTRE, now=LATER)
LAW: Final = by(SOCIAL, ground="osl-10-2", now=LATER)
INVITE: Final = ask.Invite(unit=POLICE)
CALL: Final = ask.CallNow(mode=Mode.TELEPHONE, units=frozenset({POLICE}))
CALLED: Final = PLANNED.then(CALL, LEADS)
DECLINE: Final = ask.DeclineInvitation()
AWAY: Final = INVITED.then(DECLINE, by(POLICE))
CANCELLED: Final = PLANNED.then(ask.Cancel(), LEADS)
COORDINATION: Final = replace(REQUEST, meeting=MeetingKind.COORDINATION_MEETING)
AS_AGREED: Final = told((COORDINATION, by(SOCIAL))).then(SCHEDULE, LEADS)
"""An agreement asks for a quorum of three at such a meeting, health care among them."""
FORUM: Final = ask.Request(meeting=MeetingKind.FORUM, case_bearing=False)
BLOCK: Final = ask.BlockStaff(staff=StaffId("bo"))
LIFT: Final = ask.LiftBlock(block=ref(3))
BLOCKED: Final = PLANNED.then(BLOCK, LEADS)
LIFTED: Final = BLOCKED.then(LIFT, LEADS)
TASKED: Final = MET.then(TASK, THEN)
ITS: Final = ref(MET.acts + 1)
DONE: Final = ask.FinishTask(task=ITS)
LEFT: Final = ask.LeaveTask(task=ITS, why="Ingen tid.")
GIVEN_UP: Final = ask.GiveUpTask(task=ITS, why="För sent.")
POLICE_DO: Final = by(POLICE, now=LATER)
WRITTEN: Final = MET.then(ABOUT, LAW)
CONFIRM: Final = ask.ConfirmSafeContact(minutes=ref(MET.acts + 1))
_UNSAFE: Final = MET.then(replace(ABOUT, safe_contact=False), replace(LAW, because=Because.DANGER))
_KEYS: Final = (Ref("9" * 32),)
_REFER: Final = Propose(reference="ABCD-1234", receiver=CARE, purpose=Purpose.SUPPORT)
_FORUM_MET: Final = told((FORUM, by(CENTRE))).then(HOLD, THEN)

CALLING: Final[tuple[Way, ...]] = (
    way("go on in it", ASKED, REQUEST, by(SOCIAL), again=SCHEDULE),
    way(
        "leave the offender's side out; one who is also a victim has a case of their own",
        Story(),
        replace(REQUEST, offender_side=True),
        by(SOCIAL),
        again=REQUEST,
    ),
    way(
        "leave the offender's side out; one who is also a victim has a case of their own",
        PLANNED,
        replace(INVITE, offender_side=True),
        LEADS,
        again=INVITE,
    ),
    way("name the case, or leave the persons out", Story(), replace(REQUEST, case=None), by(SOCIAL), again=REQUEST),
    way(
        "name the case, or leave the persons out",
        Story(),
        replace(REQUEST, case=None),
        by(SOCIAL),
        again=replace(REQUEST, case=None, persons=()),
    ),
    way("name each person once", Story(), replace(REQUEST, persons=(NORA, NORA)), by(SOCIAL), again=REQUEST),
    way(
        "choose a unit that an agreement names",
        Story(),
        replace(REQUEST, coordinator=OUTSIDE),
        by(SOCIAL),
        again=REQUEST,
    ),
    way("choose one that does", Story(), replace(REQUEST, coordinator=POLICE), by(SOCIAL), again=REQUEST),
    way(
        "hold it there, or say why not",
        Story(),
        _LEGAL := replace(REQUEST, meeting=MeetingKind.LEGAL_SAMRAD),
        by(SOCIAL),
        again=replace(_LEGAL, at_barnahus=True),
    ),
    way(
        "ask for a forum, or let it bear a case", Story(), replace(REQUEST, case_bearing=False), by(SOCIAL), again=FORUM
    ),
    way(
        "ask for a forum, or let it bear a case",
        Story(),
        replace(REQUEST, case_bearing=False),
        by(SOCIAL),
        again=REQUEST,
    ),
    way("leave them out", Story(), replace(FORUM, case=CASE), by(SOCIAL), again=FORUM),
    way("record that it was held, or cancel it", CALLED, SCHEDULE, LEADS, again=HOLD, act_again=THEN),
    way("record that it was held, or cancel it", CALLED, SCHEDULE, LEADS, (ask.Cancel(), LEADS), on=ASKED),
    way("give a later end", ASKED, replace(SCHEDULE, end=SCHEDULE.start), LEADS, again=SCHEDULE),
    way("call it now, or write it down as held", ASKED, replace(SCHEDULE, start=NOW - HOUR), LEADS, again=CALL),
    way(
        "call it now, or write it down as held",
        ASKED,
        replace(SCHEDULE, start=NOW - HOUR),
        LEADS,
        again=replace(HOLD, start=NOW - HOUR, end=NOW),
    ),
    way("name a unit", PLANNED, ask.Invite(), LEADS, again=INVITE),
    way(
        "record it as present when the meeting is held",
        PLANNED,
        ask.Invite(unit=CENTRE),
        LEADS,
        again=HOLD,
        act_again=THEN,
    ),
    way("choose a unit that an agreement names", PLANNED, ask.Invite(unit=OUTSIDE), LEADS, again=INVITE),
    way(
        "leave them out, or say why they are needed",
        PLANNED,
        replace(CALL, units=frozenset({POLICE, PROSECUTOR})),
        LEADS,
        again=CALL,
    ),
    nothing_more(ACCEPTED, ACCEPT, by(POLICE), lambda state: state.replies[POLICE] is Reply.ACCEPTED),
    nothing_more(AWAY, DECLINE, by(POLICE), lambda state: state.replies[POLICE] is Reply.DECLINED),
    way("ask who called the meeting", PLANNED, ACCEPT, by(POLICE), (INVITE, LEADS)),
    way("ask who invited this unit", ACCEPTED, SCHEDULE, by(POLICE), act_again=LEADS),
    way("ask for another", MET, SCHEDULE, LEADS, on=ASKED),
    way("ask for another", CANCELLED, SCHEDULE, LEADS, on=ASKED),
    way("schedule it, and record it when it was held", ASKED, HOLD, LEADS, (SCHEDULE, LEADS), act_again=THEN),
    way("give a later end", PLANNED, replace(HOLD, end=NOW), THEN, again=HOLD),
    way(
        "record who else was there, or say why they were not",
        AS_AGREED,
        replace(HOLD, attended=there(CENTRE, SOCIAL)),
        THEN,
        again=replace(HOLD, attended=there(CENTRE, SOCIAL, CARE, POLICE)),
    ),
    way(
        "record that they were there, or say why they were not",
        PLANNED,
        replace(HOLD, attended=there(CENTRE, SOCIAL)),
        THEN,
        again=HOLD,
    ),
    way(
        "say it to those who were there, or say why not",
        PLANNED,
        replace(HOLD, confidentiality=False),
        THEN,
        again=HOLD,
    ),
    way("ask a colleague, who can also lift it", PLANNED, BLOCK, by(CENTRE, person="bo"), act_again=LEADS),
    nothing_more(LIFTED, LIFT, LEADS, lambda state: state.blocks[ref(3)].lifted),
    way("hold it or cancel it first", PLANNED, ask.Dispose(whole=True, keys=_KEYS), LEADS, (ask.Cancel(), LEADS)),
    way("hold it or cancel it first", PLANNED, ask.Dispose(whole=True, keys=_KEYS), THEN, (HOLD, THEN)),
    way(
        "lift it, or dispose of the parts one by one",
        _KEPT := BLOCKED.then(ask.Cancel(), LEADS),
        _ALL := ask.Dispose(whole=True, keys=_KEYS),
        LEADS,
        (LIFT, LEADS),
    ),
    way("lift it, or dispose of the parts one by one", _KEPT, _ALL, LEADS, again=ask.Dispose(keys=_KEYS)),
    nothing_more(ACCEPTED, ask.Dispose(), by(CARE), lambda state: CARE not in state.replies),
)
SAID: Final[tuple[Way, ...]] = (
    way("record first that it was held", ACCEPTED, MINUTES, THEN, (HOLD, THEN)),
    way("ask who called the meeting", MET, MINUTES, by(CARE, now=LATER), act_again=THEN),
    way(
        "leave the others out, or disclose it to them",
        MET,
        replace(MINUTES, to=frozenset({POLICE, CARE})),
        THEN,
        again=MINUTES,
    ),
    way(
        "leave the others out, or disclose it to them",
        MET,
        replace(ABOUT, to=frozenset({CARE})),
        LAW,
        again=replace(BY_LAW, receiver=CARE),
        act_again=TO_DISCLOSE,
        on=REACHED,
    ),
    way("write what was said", MET, replace(MINUTES, summary=None), THEN, again=MINUTES),
    way("leave out whom it is about", _FORUM_MET, replace(MINUTES, person=NORA), THEN, again=MINUTES),
    way(
        "name the person, or leave the case out",
        MET,
        replace(MINUTES, case=CASE),
        LAW,
        again=replace(ABOUT, case=CASE),
    ),
    way("say it, or leave them out", MET, replace(MINUTES, person=NORA), THEN, again=MINUTES),
    way("say it, or leave them out", MET, replace(MINUTES, person=NORA), LAW, again=ABOUT),
    way("name the person, or leave the case out", MET, replace(MINUTES, case=CASE), THEN, again=MINUTES),
    way("name the person in the case", MET, replace(ABOUT, person=None), LAW, again=ABOUT),
    way("choose another unit", MET, replace(ABOUT, to=frozenset({SOCIAL})), LAW, again=ABOUT),
    # The coordinator coordinates, which is no purpose of theirs to whom it is sent: it says what it is sent for.
    way(
        "choose another purpose or another unit",
        MET,
        replace(ABOUT, purpose=Purpose.CARE),
        LAW,
        again=replace(ABOUT, purpose=Purpose.INVESTIGATION),
    ),
    way("ask the person, or state another ground", MET, ABOUT, replace(LAW, ground="consent"), act_again=LAW),
    way(
        "ask the person, or state another ground",
        MET,
        ABOUT,
        replace(LAW, ground="consent"),
        again=replace(ABOUT, consented=frozenset({POLICE})),
    ),
    way("ask that unit", WRITTEN, CONFIRM, by(CARE), act_again=by(POLICE)),
    way(
        "ask the sender for one",
        _UNSAFE,
        CONFIRM,
        by(POLICE),
        (ABOUT, LAW),
        again=ask.ConfirmSafeContact(minutes=ref(MET.acts + 2)),
    ),
)
WORK: Final[tuple[Way, ...]] = (
    way("hold it first", ACCEPTED, TASK, LEADS, (HOLD, THEN), act_again=THEN),
    way(
        "refer the matter to that unit instead",
        MET,
        replace(TASK, unit=PROSECUTOR),
        THEN,
        again=_REFER,
        act_again=by(CENTRE),
        on=Story(),
    ),
    way("write it", MET, replace(TASK, what=None), THEN, again=TASK),
    way("give a later time", MET, replace(TASK, due=NOW), THEN, again=TASK),
    way("say why", TASKED, replace(LEFT, why=None), POLICE_DO, again=LEFT),
    way("say why", TASKED, replace(GIVEN_UP, why=None), POLICE_DO, again=GIVEN_UP),
    way("ask that unit", TASKED, DONE, THEN, act_again=POLICE_DO),
    nothing_more(
        TASKED.then(DONE, POLICE_DO), DONE, POLICE_DO, lambda state: state.tasks[ITS].progress is Progress.DONE
    ),
    way(
        "divide the work anew",
        TASKED.then(GIVEN_UP, POLICE_DO),
        DONE,
        POLICE_DO,
        (TASK, THEN),
        again=ask.FinishTask(task=ref(TASKED.acts + 2)),
    ),
    way("name the language", PLANNED, replace(INTERPRETER, language=None), LEADS, again=INTERPRETER),
    way("leave the place out", PLANNED, replace(INTERPRETER, place="Rum 2."), LEADS, again=INTERPRETER),
    way(
        "book another",
        BLOCKED,
        replace(INTERPRETER, interpreter=StaffId("bo")),
        LEADS,
        again=replace(INTERPRETER, interpreter=StaffId("eva")),
    ),
)
WAYS: Final = (*CALLING, *SAID, *WORK)

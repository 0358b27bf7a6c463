"""Any part of any history folds, and every command on it is answered by events or by a refusal with its rule."""

import re
from datetime import date
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from domain.act import Act, Fact
from domain.aggregates import AGGREGATES, decide, due, fold
from domain.agreement import commands as agree
from domain.case import commands as case
from domain.case import places, risk
from domain.command import Command
from domain.consultation import commands as consult
from domain.errors import Refusal
from domain.event import Event, decode_ref, encode_ref, join, split
from domain.meeting import commands as meet
from domain.referral import commands as refer
from domain.report import commands as report
from domain.vocabulary import (
    FOREVER,
    AgencyId,
    Because,
    Compartment,
    Consideration,
    Kind,
    MeetingKind,
    Mode,
    Outcome,
    Phase,
    Place,
    PlacementEnd,
    Protection,
    Purpose,
    Ref,
    ReportKind,
    Role,
    StaffId,
    Told,
    UnitId,
)
from tests.domain.stories import (
    CARE,
    CENTRE,
    DAY,
    DIRECTORY,
    NOW,
    OUTSIDE,
    PARTIES,
    POLICE,
    SECOND,
    SILENT,
    SOCIAL,
    by,
    fact_of,
    ref,
)

RULE = re.compile(r"^[A-F][0-9]{0,2}$")
UNITS: list[UnitId] = [CENTRE, SOCIAL, POLICE, CARE, SILENT, OUTSIDE]
REFS = st.builds(ref, st.integers(1, 9))
DAYS = st.dates(date(2026, 2, 25), date(2026, 4, 5))
TEXT = st.sampled_from([None, UNSET, "En text."])


MOMENTS = st.integers(-2, 4).map(lambda hours: NOW + hours * 3600 * SECOND)
UNIT = st.sampled_from(UNITS)
SETS = st.frozensets(UNIT, max_size=3)
STAFF = st.sampled_from([StaffId("anna"), StaffId("bo")])
PRESENT = st.lists(st.builds(meet.Present, unit=UNIT, role=st.sampled_from(Role)), min_size=1, max_size=4).map(tuple)
_OF_ITS_OWN: dict[tuple[str, str], st.SearchStrategy[object]] = {
    ("case.record_place", "place"): st.sampled_from([None, *Place]),
    ("case.record_place", "municipality"): st.sampled_from([None, "0580"]),
    ("case.leave_place", "place"): st.sampled_from([None, *Place]),
    ("case.leave_place", "how"): st.sampled_from([None, *PlacementEnd]),
    ("meeting.request", "persons"): st.lists(REFS, max_size=2).map(tuple),
    ("meeting.write_minutes", "to"): st.frozensets(UNIT, min_size=1, max_size=2),
}
"""What one command's field takes, where its name elsewhere means something else."""


def _field(name: str, hint: type) -> st.SearchStrategy[object]:
    """A value for a command's field, by its name where its type is too wide to be of use."""
    by_name: dict[str, st.SearchStrategy[object]] = {
        "reference": st.just("ABCD-1234"),
        "tag": st.just("f" * 64),
        "keys": st.lists(REFS, max_size=2).map(tuple),
        "county": st.sampled_from([None, "05"]),
        "topic": st.none(),
        "source": st.none(),
        "persons": st.integers(0, 3),
        "mandate": st.none(),
        "used_for": st.none(),
        "guidance": st.none(),
        "guidance_version": st.none(),
        "boundary": st.sampled_from([NOW, FOREVER]),
        "compartments": st.frozensets(st.sampled_from(Compartment), max_size=2),
        "staff": STAFF,
        "interpreter": st.none() | STAFF,
        "start": MOMENTS,
        "end": MOMENTS,
        "due": st.none() | MOMENTS,
        "units": SETS,
        "apologies": SETS,
        "consented": SETS,
        "attended": PRESENT,
    }
    return by_name[name] if name in by_name else st.from_type(hint)


st.register_type_strategy(Ref, REFS)
st.register_type_strategy(date, DAYS)
_UNIT_FIELDS = {"unit", "receiver", "to", "asked_of", "coordinator"}


def _commands(kind: type[Command]) -> st.SearchStrategy[Command]:
    hints = {field.name: field for field in msgspec.structs.fields(kind)}
    fields: dict[str, st.SearchStrategy[object]] = {}
    for name, field in hints.items():
        text = field.type
        if (kind.name, name) in _OF_ITS_OWN:
            fields[name] = _OF_ITS_OWN[kind.name, name]
        elif name in _UNIT_FIELDS:
            fields[name] = UNIT
        elif "extra={'compartment'" in repr(text):
            fields[name] = TEXT
        else:
            fields[name] = _field(name, text)
    return st.builds(kind, **fields)


CASE_COMMANDS = case.COMMANDS + risk.COMMANDS + places.COMMANDS
CASE = st.one_of([_commands(command) for command in CASE_COMMANDS])
CONSULTATION = st.one_of([_commands(command) for command in consult.COMMANDS])
REFERRAL = st.one_of([_commands(command) for command in refer.COMMANDS])
REPORT = st.one_of([_commands(command) for command in report.COMMANDS])
MEETING = st.one_of([_commands(command) for command in meet.COMMANDS])
AGREEMENT: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        agree.Conclude,
        title=st.just("Samverkan"),
        county=st.just("05"),
        catchment=st.just(frozenset({"0580"})),
        parties=st.lists(st.sampled_from(PARTIES), max_size=3).map(tuple),
        responsible_body=st.just(AgencyId("centre")),
        first=DAYS,
        last=st.none() | DAYS,
    ),
    st.builds(
        agree.Amend,
        parties=st.lists(st.sampled_from(PARTIES), max_size=2).map(tuple),
        left=st.frozensets(st.sampled_from([AgencyId("polisen.ost"), AgencyId("centre")]), max_size=1),
        first=DAYS,
    ),
    st.builds(agree.End, last=DAYS),
)
ACTS = st.builds(
    by,
    UNIT,
    role=st.none() | st.sampled_from(Role),
    purpose=st.sampled_from([Purpose.PROTECTION, Purpose.PROTECTION, Purpose.SUPPORT]),
    person=st.sampled_from(["anna", "anna", "bo"]),
    ground=st.sampled_from([None, "consent", "osl-10-2", "osl-10-27", "child-concern", "nothing"]),
    because=st.none() | st.sampled_from(Because),
)
STEPS = {
    Kind.CASE: CASE,
    Kind.CONSULTATION: CONSULTATION,
    Kind.REFERRAL: REFERRAL,
    Kind.REPORT: REPORT,
    Kind.MEETING: MEETING,
    Kind.AGREEMENT: AGREEMENT,
}
START: dict[Kind, list[tuple[Command, Act]]] = {
    Kind.AGREEMENT: [],
    Kind.CASE: [
        (case.Open(coordinator=CENTRE), by(SOCIAL)),
        (case.AddPerson(), by(SOCIAL)),
        (case.Assign(person=ref(2), unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION), by(CENTRE)),
        (case.SetSafeContact(person=ref(2), contact="Via skolan."), by(SOCIAL)),
        (case.WriteNote(purge_on=date(2026, 3, 20), text="Ring."), by(SOCIAL)),
        (case.MarkProtection(person=ref(2), level=Protection.ASSUMED_IDENTITY), by(SOCIAL)),
        (case.EnterPhase(phase=Phase.ACUTE), by(CENTRE)),
    ],
    Kind.REFERRAL: [
        (refer.Propose(reference="ABCD-1234", receiver=CARE, purpose=Purpose.SUPPORT, coordinator=CENTRE), by(SOCIAL)),
        (refer.Send(contact="Via skolan.", social="Behöver samtal."), by(SOCIAL, ground="osl-26-9")),
        (refer.ConfirmSafeContact(), by(CARE)),
    ],
    Kind.REPORT: [
        (
            report.Consider(
                reference="ABCD-1234",
                about=ReportKind.CONCERN_CHILD,
                outcome=Consideration.REPORT,
                coordinator=CENTRE,
            ),
            by(CARE),
        ),
        (report.Make(receiver=SOCIAL, contact="Via skolan."), by(CARE, ground="child-concern")),
    ],
    Kind.MEETING: [
        (meet.Request(meeting=MeetingKind.COORDINATION_MEETING, coordinator=CENTRE), by(SOCIAL)),
        (meet.Schedule(mode=Mode.VIDEO, start=NOW, end=NOW + SECOND), by(CENTRE)),
        (meet.Invite(unit=POLICE), by(CENTRE)),
        (meet.AcceptInvitation(role=Role.HANDLER), by(POLICE)),
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
    ],
    Kind.CONSULTATION: [
        (
            msgspec.convert(
                {
                    "asked_of": CENTRE,
                    "reference": "ABCD-1234",
                    "caller": "police",
                    "about": "nobody",
                    "persons": 0,
                    "told": "told",
                },
                consult.Request,
            ),
            by(SOCIAL),
        ),
        (consult.IssueKey(tag="f" * 64), by(CENTRE)),
        (consult.Inform(told=Told.TOLD), by(CENTRE)),
        (consult.Close(outcome=Outcome.UNKNOWN), by(SOCIAL)),
        (consult.Reopen(), by(SOCIAL)),
    ],
}


def _answer(state: Any, command: Command, act: Act) -> tuple[Event, ...]:
    """The events, or none where a rule refuses; anything else that is raised fails the test."""
    try:
        return tuple(decide(state, command, act, DIRECTORY))
    except Refusal as refused:
        rule = refused.rule
    assert RULE.match(rule)
    return ()


def _play(kind: Kind, steps: list[tuple[Command, Act]], begun: int | None = None) -> list[Fact]:
    """The history that these steps make, those refused left out, after that many of the first ones."""
    facts: list[Fact] = []
    for number, (command, act) in enumerate([*START[kind][:begun], *steps], start=1):
        numbered = replace(act, id=ref(number))
        events = _answer(fold(kind, facts), command, numbered)
        facts.extend(fact_of(numbered, event, len(facts) + n) for n, event in enumerate(events, start=1))
    return facts


def _shut(fact: Fact) -> Fact:
    """The fact as it looks with every seal shut."""
    return replace(fact, event=join(type(fact.event), split(fact.event)[Compartment.RECORD]))


KINDS = st.sampled_from(
    [
        Kind.CASE,
        Kind.CASE,
        Kind.CONSULTATION,
        Kind.REFERRAL,
        Kind.REFERRAL,
        Kind.REPORT,
        Kind.MEETING,
        Kind.MEETING,
        Kind.AGREEMENT,
    ]
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_part_of_a_history_folds_and_answers_every_command(data: st.DataObject) -> None:
    kind = data.draw(KINDS)
    begun = data.draw(st.integers(min(1, len(START[kind])), len(START[kind])))
    facts = _play(kind, data.draw(st.lists(st.tuples(STEPS[kind], ACTS), max_size=12)), begun)
    hidden = data.draw(st.sets(st.integers(0, max(len(facts) - 1, 0))))
    visible = [fact for number, fact in enumerate(facts) if number not in hidden]
    state = fold(kind, visible)
    later = data.draw(st.integers(0, 40)) * DAY
    act = replace(data.draw(ACTS), id=ref(99), now=NOW + later)
    for command in data.draw(st.lists(STEPS[kind], min_size=1, max_size=4)):
        for event in _answer(state, command, act):
            stored = msgspec.to_builtins(event, enc_hook=encode_ref)
            assert msgspec.convert(stored, type(event), dec_hook=decode_ref) == event
        assert state == fold(kind, visible), "deciding changes nothing"


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_the_state_is_the_same_with_every_seal_shut(data: st.DataObject) -> None:
    kind = data.draw(KINDS)
    facts = _play(kind, data.draw(st.lists(st.tuples(STEPS[kind], ACTS), max_size=10)))
    assert fold(kind, facts) == fold(kind, [_shut(fact) for fact in facts])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_due_is_accepted_and_then_due_no_more(data: st.DataObject) -> None:
    facts = _play(Kind.CASE, data.draw(st.lists(st.tuples(CASE, ACTS), max_size=12)))
    now = NOW + data.draw(st.integers(0, 60)) * DAY
    for entry in due(fold(Kind.CASE, facts), Kind.CASE, now):
        act = by(CENTRE, role=Role.SYSTEM, person="the-hub", now=now, id=entry.id)
        (event,) = decide(fold(Kind.CASE, facts), entry.command, act, DIRECTORY)
        facts.append(fact_of(act, event, len(facts) + 1))
    assert due(fold(Kind.CASE, facts), Kind.CASE, now) == ()


def test_every_command_is_among_those_that_are_tried() -> None:
    tried = {*CASE_COMMANDS, *meet.COMMANDS, *consult.COMMANDS, *refer.COMMANDS, *report.COMMANDS, *agree.COMMANDS}
    assert tried == {command for aggregate in AGGREGATES.values() for command in aggregate.commands}

"""Any part of any history folds, and every command on it is answered by events or by a refusal with its rule."""

import re
from datetime import date
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.act import Act, Fact
from domain.aggregates import decide, due, fold
from domain.case import commands as case
from domain.command import Command
from domain.consultation import commands as consult
from domain.errors import Refusal
from domain.event import Event, decode_ref, encode_ref, join, split
from domain.meeting import commands as meet
from domain.referral import commands as refer
from domain.report import commands as report
from domain.vocabulary import (
    Compartment,
    Consideration,
    InformedOf,
    Kind,
    MeetingKind,
    Mode,
    Outcome,
    Phase,
    Protection,
    Purpose,
    ReportKind,
    Role,
)
from tests.domain.stories import (
    CARE,
    CENTRE,
    DAY,
    DIRECTORY,
    NOW,
    POLICE,
    SECOND,
    SOCIAL,
    by,
    fact_of,
    ref,
)
from tests.properties.asking import ACTS, STEPS

RULE = re.compile(r"^[A-F][0-9]{0,2}$")
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
        (consult.Inform(told=InformedOf.TOLD), by(CENTRE)),
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
    facts = _play(Kind.CASE, data.draw(st.lists(st.tuples(STEPS[Kind.CASE], ACTS), max_size=12)))
    now = NOW + data.draw(st.integers(0, 60)) * DAY
    for entry in due(fold(Kind.CASE, facts), Kind.CASE, now):
        act = by(CENTRE, role=Role.SYSTEM, person="the-hub", now=now, id=entry.id)
        (event,) = decide(fold(Kind.CASE, facts), entry.command, act, DIRECTORY)
        facts.append(fact_of(act, event, len(facts) + 1))
    assert due(fold(Kind.CASE, facts), Kind.CASE, now) == ()

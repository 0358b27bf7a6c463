"""Mandates to audit a case: who may give one, on whose decision, and for whom it counts (B3, B6, R10)."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.act import Act, Principal
from domain.case import commands as ask
from domain.case.desk import CaseContext
from domain.case.mandates import DECIDERS, EndMandate, GiveMandate, MandateEnded, MandateGiven
from domain.case.state import Case
from domain.errors import NotThere, Refusal
from domain.needtoknow.standing import Standing
from domain.time import day_end
from domain.vocabulary import AgencyId, Instant, Ref, Role, StaffId, UnitId
from tests.domain.stories import CENTRE, DAY, DIRECTORY, NOW, POLICE, SOCIAL, by, given, ref

OPENED = given((ask.Open(coordinator=CENTRE), by(SOCIAL)))
GIVE = GiveMandate(
    auditor=StaffId("rut"),
    agency=AgencyId("centre"),
    decided_by=AgencyId("centre"),
    decision="LST 2026-114",
    last=date(2026, 3, 31),
)
UNTIL = day_end(date(2026, 3, 31))
GIVEN = OPENED.then(GIVE, by(CENTRE))
RUT = replace(by(CENTRE).by, person=StaffId("rut"), role=Role.REGIONAL_AUDITOR)


def counts(auditor: Principal, now: Instant = NOW, ended: bool = False) -> bool:
    story = GIVEN.then(EndMandate(mandate=ref(2)), by(CENTRE)) if ended else GIVEN
    return Standing.of(story.facts).has_mandate(auditor, now)


def test_b6_the_coordinator_records_who_may_audit_on_whose_decision_and_until_when() -> None:
    assert OPENED.when(GIVE, by(CENTRE)) == (
        MandateGiven(
            auditor=GIVE.auditor,
            agency=GIVE.agency,
            decided_by=GIVE.decided_by,
            decision=GIVE.decision,
            start=NOW,
            until=UNTIL,
        ),
    )
    assert GIVEN.when(EndMandate(mandate=ref(2)), by(CENTRE)) == (MandateEnded(mandate=ref(2)),)


@pytest.mark.parametrize(
    "act",
    [by(SOCIAL), by(CENTRE, role=Role.ADVISER), by(CENTRE, role=Role.ADMINISTRATOR)],
)
def test_b6_nobody_else_gives_or_ends_one(act: Act) -> None:
    for story, command in ((OPENED, GIVE), (GIVEN, EndMandate(mandate=ref(2)))):
        with pytest.raises(Refusal, match="B6"):
            story.when(command, act)


def test_b6_a_coordinator_of_another_unit_gives_none() -> None:
    elsewhere = Case(seen=True, coordinator=UnitId("centre.west"))
    with pytest.raises(Refusal, match="B6"):
        list(DECIDERS[GiveMandate](CaseContext(elsewhere, by(CENTRE), DIRECTORY), GIVE))


def test_f_nobody_gives_one_to_themself_nor_has_it_written_down_by_a_colleague() -> None:
    themself = by(CENTRE, person="rut")
    for act in (themself, replace(by(CENTRE), written_by=StaffId("rut"))):
        with pytest.raises(Refusal, match="themself"):
            OPENED.when(GIVE, act)


def test_b3_the_body_that_decided_is_one_that_an_agreement_names_responsible() -> None:
    with pytest.raises(Refusal, match="B3"):
        OPENED.when(replace(GIVE, decided_by=AgencyId(POLICE)), by(CENTRE))


def test_a_mandate_has_a_time_to_come_and_ends_once() -> None:
    with pytest.raises(Refusal, match="over already"):
        OPENED.when(replace(GIVE, last=date(2026, 3, 1)), by(CENTRE))
    end = EndMandate(mandate=ref(2))
    for story, now in ((GIVEN.then(end, by(CENTRE)), NOW), (GIVEN, UNTIL)):
        with pytest.raises(Refusal, match="over already"):
            story.when(end, by(CENTRE, now=now))
    with pytest.raises(NotThere):
        OPENED.when(EndMandate(mandate=Ref("9" * 32)), by(CENTRE))


def test_r10_it_counts_for_the_auditor_named_in_that_agency_and_role_while_it_is_in_force() -> None:
    assert counts(RUT)
    assert counts(replace(RUT, role=Role.AUDITOR, person=StaffId("RUT ")))
    assert counts(RUT, UNTIL - 1)
    assert not counts(RUT, UNTIL)
    assert not counts(RUT, NOW - DAY)
    assert not counts(RUT, ended=True)
    for other in (
        replace(RUT, person=StaffId("lars")),
        replace(RUT, agency=AgencyId("polisen.ost")),
        replace(RUT, role=Role.COORDINATOR),
    ):
        assert not counts(other)

"""A referral and a report begin beside a case, by what their unit may know of it (A2, B5, C9, D3)."""

import pytest

from domain.aggregates import fold
from domain.case import commands as ask
from domain.case import events as then
from domain.case.beside import referred_from, reported_from
from domain.case.state import Case
from domain.errors import NotThere, Refusal
from domain.vocabulary import Kind, Outcome, Purpose, Ref, Role, StaffId
from tests.domain.stories import CARE, CENTRE, DIRECTORY, NOW, POLICE, SOCIAL, Story, by, given, ref

NORA = ref(2)
ASSIGNED = given(
    (ask.Open(coordinator=CENTRE), by(SOCIAL)),
    (ask.AddPerson(), by(SOCIAL)),
    (ask.Assign(person=NORA, unit=CARE, role=Role.HANDLER, purpose=Purpose.PROTECTION), by(CENTRE)),
)
TODAY = DIRECTORY.at(NOW)


def _case(story: Story) -> Case:
    case: Case = fold(Kind.CASE, story.facts)
    return case


def test_b5_a_unit_refers_from_a_case_only_someone_around_whom_it_works() -> None:
    assert referred_from(_case(ASSIGNED), NORA, by(CARE), TODAY) == CENTRE
    with pytest.raises(Refusal, match="C1"):
        referred_from(_case(ASSIGNED), NORA, by(POLICE), TODAY)
    with pytest.raises(Refusal, match="D9"):
        referred_from(_case(ASSIGNED.then(ask.Close(outcome=Outcome.OTHER), by(CENTRE))), NORA, by(CARE), TODAY)


def test_d3_a_duty_to_report_asks_for_no_assignment_and_for_no_open_case() -> None:
    closed = ASSIGNED.then(ask.Close(outcome=Outcome.OTHER), by(CENTRE))
    assert reported_from(_case(closed), NORA, by(POLICE), TODAY) == CENTRE


def test_f_the_coordinator_follows_as_far_as_the_unit_knows_one() -> None:
    assert referred_from(_case(ASSIGNED.without(then.Opened)), NORA, by(CARE), TODAY) is None


@pytest.mark.parametrize("beside", [referred_from, reported_from])
def test_c9_nothing_begins_beside_a_case_or_a_person_that_is_not_there(beside: object) -> None:
    assert callable(beside)
    blocked = ASSIGNED.then(ask.BlockStaff(staff=StaffId("bo")), by(SOCIAL))
    for case, person, act in (
        (Case(), NORA, by(CARE)),
        (_case(ASSIGNED), Ref("9" * 32), by(CARE)),
        (_case(blocked), NORA, by(CARE, person="bo")),
    ):
        with pytest.raises(NotThere):
            beside(case, person, act, TODAY)

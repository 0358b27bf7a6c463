"""C1: from when to when an assignment counts, and until when it can be ended: to the instant, on both sides."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.case import commands as ask
from domain.case.state import Case
from domain.errors import Refusal
from domain.time import day_start
from domain.vocabulary import Kind, Purpose, Role
from tests.domain.stories import CENTRE, DAY, POLICE, SOCIAL, Story, by, given, ref

NORA = ref(2)
BEGUN = given((ask.Open(coordinator=CENTRE), by(SOCIAL)), (ask.AddPerson(), by(SOCIAL)))
ASSIGN = ask.Assign(person=NORA, unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION, mandate="protection")
TELL = ask.RecordInformation(person=NORA, police="Hotad.")


def _state(story: Story) -> Case:
    state = story.state(Kind.CASE)
    assert isinstance(state, Case)
    return state


@pytest.mark.parametrize(
    ("after", "counts"), [(-1, False), (0, True), (1, True), (DAY - 1, True), (DAY, False), (DAY + 1, False)]
)
def test_c1_an_assignment_counts_from_its_first_instant_and_no_more_at_its_last(after: int, counts: bool) -> None:
    day = date(2026, 3, 3)
    timed = BEGUN.then(replace(ASSIGN, first=day, last=day), by(CENTRE))
    now = day_start(day) + after
    (assignment,) = _state(timed).assignments.values()
    assert assignment.in_force(now) is counts
    assert (_state(timed).participants(now) == (assignment,)) is counts
    if counts:
        assert timed.when(TELL, by(POLICE, now=now))
    else:
        with pytest.raises(Refusal, match="C1"):
            timed.when(TELL, by(POLICE, now=now))


def test_c1_an_assignment_can_be_ended_until_just_before_its_end_and_not_at_it() -> None:
    day = date(2026, 3, 3)
    timed = BEGUN.then(replace(ASSIGN, first=day, last=day), by(CENTRE))
    end, over = ask.EndAssignment(grant=ref(3)), day_start(day) + DAY
    assert timed.when(end, by(CENTRE, now=over - 1))
    for now in (over, over + 1):
        with pytest.raises(Refusal, match="has ended already"):
            timed.when(end, by(CENTRE, now=now))

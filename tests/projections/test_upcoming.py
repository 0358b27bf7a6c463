"""Which meetings a unit is told to be still to come, and in which order."""

from pathlib import Path

import pytest

import domain.meeting.events as meeting
from domain.vocabulary import FOREVER, Instant, Kind, Mode, Role, UnitId
from projections.catalogue import ACTS
from projections.upcoming import Upcoming
from tests.projections.history import CENTRE, POLICE, SCHOOL, SECOND, SOCIAL, caught_up, named
from tests.projections.waiting import LATER, REQUESTED, Story, held, invited

pytestmark = pytest.mark.usefixtures("both")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def scheduled(story: Story, word: str, start: Instant) -> None:
    story.tell(Kind.MEETING, REQUESTED, SOCIAL, word)
    story.tell(Kind.MEETING, meeting.Scheduled(mode=Mode.VIDEO, start=start, end=start + SECOND), CENTRE, word)


def to_come(story: Story, unit: UnitId, role: Role, batch: int = 50, **asked: Instant) -> list[str]:
    caught_up(story.views, story.log)
    words = {named(word): word for word in ("one", "two", "three")}
    given = {"start": 0, "end": FOREVER, "not_over": 0, **asked}
    found = Upcoming(story.views, ACTS).after(unit, role, place=(0, 0), batch=batch, **given)
    return [words[row.stream] for row in found]


def test_d4_meetings_stand_by_when_they_begin_and_by_when_one_knew_of_them_batch_after_batch(story: Story) -> None:
    for word, start in (("one", LATER + 5 * SECOND), ("two", LATER), ("three", LATER + 5 * SECOND)):
        scheduled(story, word, start)
    for batch in (1, 2, 50):
        assert to_come(story, SOCIAL, Role.HANDLER, batch) == ["two", "one", "three"]
        assert to_come(story, CENTRE, Role.COORDINATOR, batch) == ["two", "one", "three"]
    assert to_come(story, SOCIAL, Role.HANDLER, not_over=LATER + SECOND) == ["one", "three"]
    assert to_come(story, SOCIAL, Role.HANDLER, not_over=LATER + SECOND - 1) == ["two", "one", "three"]
    assert to_come(story, SOCIAL, Role.HANDLER, start=LATER + 1) == ["one", "three"]
    assert to_come(story, SOCIAL, Role.HANDLER, end=LATER + 5 * SECOND) == ["two"]
    assert to_come(story, SCHOOL, Role.HANDLER) == to_come(story, SOCIAL, Role.AUDITOR) == []


def test_d4_a_meeting_that_was_held_or_called_off_is_not_to_come_and_one_that_was_moved_is_later(story: Story) -> None:
    for word in ("one", "two", "three"):
        scheduled(story, word, LATER)
    story.tell(Kind.MEETING, held(CENTRE, POLICE), CENTRE, "one")
    story.tell(Kind.MEETING, meeting.Cancelled(), CENTRE, "two")
    moved = meeting.Scheduled(mode=Mode.VIDEO, start=LATER + 9 * SECOND, end=LATER + 10 * SECOND)
    story.tell(Kind.MEETING, moved, CENTRE, "three")
    assert to_come(story, SOCIAL, Role.HANDLER) == ["three"]
    assert to_come(story, SOCIAL, Role.HANDLER, end=LATER + 9 * SECOND) == []


def test_r2_who_is_invited_is_told_the_time_by_what_was_sent_to_them(story: Story) -> None:
    scheduled(story, "one", LATER)
    story.tell(Kind.MEETING, invited(POLICE), CENTRE, "one")
    assert to_come(story, POLICE, Role.HANDLER) == []
    told = meeting.Told(
        to=POLICE, status=meeting.MeetingStatus.SCHEDULED, start=LATER, end=LATER + SECOND, mode=Mode.VIDEO
    )
    story.tell(Kind.MEETING, told, CENTRE, "one")
    assert to_come(story, POLICE, Role.HANDLER) == ["one"]

"""A meeting that is moved asks everyone who said that they come again, and each knows its own answer (D4, R2, F)."""

import pytest
from msgspec.structs import replace

from domain.act import Act
from domain.aggregates import fold
from domain.errors import Refusal
from domain.meeting import commands as ask
from domain.meeting.events import MeetingStatus
from domain.meeting.state import Meeting, Reply
from domain.open_items import waits_known_to
from domain.vocabulary import Kind, Mode, UnitId
from tests.domain.meetings import (
    ACCEPT,
    ACCEPTED,
    ASKED,
    DIRECTORY,
    HOLD,
    HOUR,
    INVITED,
    LATER,
    SCHEDULE,
    meeting,
    there,
)
from tests.domain.stories import CARE, CENTRE, DAY, NOW, POLICE, SOCIAL, Story, by
from tests.domain.test_meeting_known import seen_by

SOON = NOW + HOUR // 2
MOVED = replace(SCHEDULE, start=NOW + DAY, end=NOW + DAY + HOUR)
CALLED = ask.CallNow(mode=Mode.TELEPHONE, units=frozenset())
BOTH = ACCEPTED.then(ACCEPT, by(CARE))


def asked(story: Story, reader: UnitId | None = None) -> set[tuple[UnitId, int]]:
    """Who is waited for to say whether they come, and since when, as that unit knows it, or the hub."""
    state = meeting(story) if reader is None else known(story, reader)
    waits = waits_known_to(reader or CENTRE, state, Kind.MEETING, LATER, DIRECTORY)
    return {(wait.on, wait.since) for wait in waits if wait.what == "invitation"}


def known(story: Story, unit: UnitId) -> Meeting:
    state = fold(Kind.MEETING, [sight.fact for sight in seen_by(story, unit).facts])
    assert isinstance(state, Meeting)
    return state


@pytest.mark.parametrize("command", [MOVED, CALLED, replace(SCHEDULE, place="Rum 3.")])
def test_d4_whoever_said_that_they_come_is_asked_again_when_the_meeting_is_moved(command: ask.Schedule) -> None:
    moved = BOTH.then(command, by(CENTRE, now=SOON))
    assert asked(BOTH) == set()
    assert asked(moved) == {(POLICE, SOON), (CARE, SOON)}
    again = moved.then(ACCEPT, by(POLICE))
    assert asked(again) == {(CARE, SOON)}
    assert meeting(again).replies[POLICE] is Reply.ACCEPTED
    assert asked(again.then(ask.DeclineInvitation(), by(CARE))) == set()


def test_d4_a_time_that_is_set_after_the_answer_asks_too() -> None:
    story = ASKED.then(ask.Invite(unit=POLICE), by(CENTRE)).then(ACCEPT, by(POLICE))
    assert asked(story.then(SCHEDULE, by(CENTRE, now=SOON))) == {(POLICE, SOON)}


def test_d4_a_second_move_asks_anew_and_the_end_of_the_meeting_asks_nobody() -> None:
    twice = BOTH.then(MOVED, by(CENTRE)).then(ACCEPT, by(POLICE)).then(MOVED, by(CENTRE, now=SOON))
    assert asked(twice) == {(POLICE, SOON), (CARE, SOON)}
    assert asked(twice.then(HOLD, by(CENTRE, now=LATER))) == set()
    assert asked(twice.then(ask.Cancel(), by(CENTRE))) == set()


def test_d4_who_moves_the_meeting_is_not_asked_about_its_own_time() -> None:
    invited = INVITED.then(ask.Invite(unit=SOCIAL), by(CENTRE)).then(ACCEPT, by(SOCIAL))
    assert asked(invited.then(MOVED, by(SOCIAL, now=SOON))) == {(POLICE, NOW), (CARE, NOW)}


def test_f_each_party_knows_of_its_own_answer_alone() -> None:
    moved = BOTH.then(MOVED, by(CENTRE, now=SOON))
    for unit in (POLICE, CARE):
        assert asked(moved, unit) == {(unit, SOON)}
    assert asked(moved, SOCIAL) == asked(moved, CENTRE) == {(POLICE, SOON), (CARE, SOON)}
    # Whether another party stays away, or has not answered, is one and the same to a party.
    away = moved.then(ask.DeclineInvitation(reason="Ingen på plats."), by(CARE))
    assert seen_by(away, POLICE) == seen_by(moved, POLICE)
    assert asked(away, POLICE) == asked(moved, POLICE)


def test_r2_who_has_not_answered_is_told_the_new_time_and_goes_on_being_waited_for() -> None:
    moved = ACCEPTED.then(MOVED, by(CENTRE, now=SOON))
    state = known(moved, CARE)
    assert (state.status, state.start, state.end) == (MeetingStatus.SCHEDULED, MOVED.start, MOVED.end)
    assert asked(moved, CARE) == {(CARE, NOW)}


def test_r2_a_meeting_that_was_held_or_called_does_not_end_before_it_began() -> None:
    """What was told of it first had an end of its own, which is not that of what followed."""
    held = ACCEPTED.then(
        replace(HOLD, start=SCHEDULE.end + 1, end=None, attended=there(CENTRE, SOCIAL, POLICE)), by(CENTRE, now=LATER)
    )
    state = known(held, CARE)
    assert (state.status, state.start, state.end) == (MeetingStatus.HELD, SCHEDULE.end + 1, None)
    called = known(ACCEPTED.then(CALLED, by(CENTRE, now=SCHEDULE.end + 1)), CARE)
    assert (called.status, called.start, called.end) == (MeetingStatus.CALLED, SCHEDULE.end + 1, None)


@pytest.mark.parametrize("act", [by(POLICE), by(CENTRE)])
def test_d4_only_who_is_asked_again_says_again_that_they_come(act: Act) -> None:
    with pytest.raises(Refusal, match="D4"):
        ACCEPTED.when(ACCEPT, act)
    if act.by.unit == POLICE:
        assert ACCEPTED.then(MOVED, by(CENTRE)).when(ACCEPT, act)


def test_d4_who_stayed_away_is_asked_anew_by_a_new_invitation() -> None:
    away = INVITED.then(ask.DeclineInvitation(), by(POLICE))
    assert asked(away) == {(CARE, NOW)}
    again = away.then(ask.Invite(unit=POLICE), by(CENTRE, now=SOON))
    assert asked(again) == {(CARE, NOW), (POLICE, SOON)}
    assert asked(again, POLICE) == {(POLICE, SOON)}
    assert again.when(ask.DeclineInvitation(), by(POLICE))
    # Who comes already is asked nothing by a second invitation (F).
    assert asked(ACCEPTED.then(ask.Invite(unit=POLICE), by(CENTRE, now=SOON))) == {(CARE, NOW)}


def test_d4_many_are_invited_at_once_each_by_its_own_act() -> None:
    both = ASKED.when(ask.Invite(units=frozenset({POLICE, CARE})), by(CENTRE))
    one_by_one = [ASKED.when(ask.Invite(unit=unit), by(CENTRE)) for unit in (POLICE, CARE)]
    assert list(both) == [event for events in one_by_one for event in events]
    assert ASKED.when(ask.Invite(unit=POLICE, units=frozenset({POLICE, CARE})), by(CENTRE)) == both
    with pytest.raises(Refusal, match="D4"):
        ASKED.when(ask.Invite(), by(CENTRE))
    with pytest.raises(Refusal, match="D4"):
        ASKED.when(ask.Invite(units=frozenset({POLICE, CENTRE})), by(CENTRE))

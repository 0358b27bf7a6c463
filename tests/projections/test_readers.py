"""Whom a row of what waits is for: everyone in a unit, or its coordinators alone, by what they read (F)."""

from pathlib import Path

import pytest

import domain.case.events as case
import domain.meeting.events as meeting
from domain.act import Principal
from domain.case.risk import CircumstancesChanged
from domain.needtoknow.compile import load
from domain.needtoknow.standing import Standing
from domain.needtoknow.visible import visible
from domain.vocabulary import (
    AgencyId,
    Compartment,
    Kind,
    Outcome,
    Purpose,
    Role,
    StaffId,
)
from projections.catalogue import ACTS
from projections.lists import Lists
from projections.readers import audiences, rows_of
from projections.waits import Waited
from tests.projections.history import (
    BROTHER,
    CENTRE,
    POLICE,
    SCHOOL,
    SISTER,
    SOCIAL,
    disclosed,
)
from tests.projections.waiting import LATER, PROPOSED, QUARTER, REQUESTED, SENT, Story, assessed, rows_at


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def test_f_what_only_its_coordinators_read_moves_nothing_for_the_others_in_a_unit(story: Story) -> None:
    story.tell(Kind.CASE, case.Opened(coordinator=CENTRE), SOCIAL)
    story.tell(Kind.CASE, CircumstancesChanged(person=BROTHER, asked=POLICE), SOCIAL)
    assert story.rows(CENTRE, Role.ADVISER) == ()
    own = story.tell(Kind.CASE, CircumstancesChanged(person=SISTER, asked=CENTRE), CENTRE)
    (row,) = story.rows(CENTRE, Role.ADVISER)
    assert (row.position, row.what, row.on) == (own.position, "risk_assessment", CENTRE)
    assert len(story.rows(CENTRE, Role.COORDINATOR)) == 2
    story.tell(Kind.CASE, assessed(SISTER), POLICE)
    story.tell(Kind.CASE, assessed(BROTHER), POLICE)
    story.tell(Kind.CASE, case.Closed(outcome=Outcome.MOVED), SOCIAL)
    assert story.rows(CENTRE, Role.ADVISER) == (row,)
    assert story.rows(CENTRE, Role.COORDINATOR) == ()


def test_c1_what_a_disclosure_opens_for_one_purpose_puts_nothing_on_a_board(story: Story) -> None:
    story.tell(Kind.CASE, case.Opened(coordinator=CENTRE), SOCIAL)
    story.tell(Kind.CASE, disclosed(POLICE, frozenset({Compartment.SOCIAL})), SOCIAL)
    story.tell(Kind.CASE, CircumstancesChanged(person=SISTER, what="They know where she is."), SOCIAL)
    assert story.waits(SOCIAL) == [("risk_assessment", SOCIAL)]
    assert story.waits(POLICE) == []
    mine = story.tell(Kind.CASE, CircumstancesChanged(person=SISTER, asked=POLICE), POLICE)
    (row,) = story.rows(POLICE, Role.HANDLER)
    story.tell(Kind.CASE, CircumstancesChanged(person=SISTER, asked=SCHOOL, what="They left."), SOCIAL)
    assert story.rows(POLICE, Role.HANDLER) == (row,)
    assert row.position == mine.position


def test_f_nothing_waits_for_an_auditor_in_whatever_unit_they_sit(story: Story) -> None:
    story.refer(PROPOSED, SOCIAL)
    story.refer(SENT, SOCIAL)
    story.meet(REQUESTED, SOCIAL)
    story.meet(meeting.WorkDivided(to=POLICE, due=LATER), CENTRE)
    lists = Lists(story.views, ACTS)
    for role in (Role.AUDITOR, Role.REGIONAL_AUDITOR):
        for unit in (SOCIAL, POLICE, CENTRE):
            assert rows_at(story.views, unit, role, LATER) == ()
            assert list(Waited(story.views, ACTS).tasks(unit, role, LATER)) == []
            assert lists.inbox(unit, role, LATER) == ()
            assert lists.page(unit, role, Kind.REFERRAL) == ()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADVISER])
def test_f_all_that_a_row_is_folded_from_is_read_by_whoever_it_is_shown_to(story: Story, role: Role) -> None:
    """By the policy itself, for any purpose and in every step."""
    for tell in QUARTER:
        fact = tell(story)
        history = story.log.stream(fact.stream)
        standing = Standing.of(history)
        for reader in audiences(fact, standing).reading:
            if reader.rows_for(standing) not in rows_of(role):
                continue
            for purpose in Purpose:
                principal = Principal(
                    person=StaffId("somebody"),
                    agency=AgencyId("agency"),
                    unit=reader.unit,
                    role=role,
                    purpose=purpose,
                    assurance=3,
                )
                seen = visible(load("2026-12"), principal, history, LATER).facts
                assert fact.id in {sight.fact.id for sight in seen}, (fact.event.name, reader, purpose)

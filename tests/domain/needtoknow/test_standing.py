"""How everyone stands to a case or a consultation, folded from its full history."""

import pytest

from domain.case import events as case
from domain.consultation import events as consultation
from domain.event import Audience
from domain.meeting import events as meeting
from domain.needtoknow.model import GrantKind
from domain.needtoknow.standing import Standing
from domain.vocabulary import Compartment, Existence, Kind, Mode, Ref, Role
from tests.domain.needtoknow.histories import (
    CENTRE,
    HEALTH,
    NOW,
    POLICE,
    SISTER,
    SOCIAL,
    History,
    asked_of,
    assigned,
    disclosed,
    opened_case,
    works_at,
)


def test_b6_the_coordinator_is_the_unit_that_the_case_was_opened_with() -> None:
    assert Standing.of(opened_case().facts).coordinator == CENTRE.unit
    assert Standing.of([]).coordinator == ""


def test_c1_each_grant_is_kept_with_its_unit_person_purpose_and_period() -> None:
    history = opened_case()
    first = history.by(CENTRE, assigned(SOCIAL, start=5, until=50))
    second = history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, start=6, until=60))
    history.by(CENTRE, assigned(HEALTH))
    one, other = Standing.of(history.facts).held_by(SOCIAL.unit)
    assert (one.id, one.kind, one.subject, one.start, one.until) == (first, GrantKind.ASSIGNMENT, SISTER.hex, 5, 50)
    assert (other.id, other.kind, other.owner, other.purpose) == (
        second,
        GrantKind.DISCLOSURE,
        POLICE.unit,
        SOCIAL.purpose,
    )
    assert other.compartments == {Compartment.POLICE}


def test_c2_an_end_of_what_was_never_given_ends_nothing() -> None:
    history = opened_case()
    history.by(CENTRE, assigned(SOCIAL))
    history.by(CENTRE, case.AssignmentEnded(grant=Ref("0" * 32), unit=SOCIAL.unit))
    history.by(CENTRE, case.ConsentWithdrawn(consent=Ref("0" * 32), person=SISTER, given_to=CENTRE.unit))
    assert [grant.ended for grant in Standing.of(history.facts).grants] == [False]


def test_c2_an_expiry_on_the_log_changes_nothing_that_time_had_not_changed() -> None:
    history = opened_case()
    given = history.by(CENTRE, assigned(SOCIAL, until=50))
    before = Standing.of(history.facts).grants
    history.by(works_at("hub.clock", Role.SYSTEM), case.Expired(grant=given, boundary=50))
    assert Standing.of(history.facts).grants == before


def test_c9_a_block_is_kept_with_who_set_it() -> None:
    history = opened_case()
    block = history.by(POLICE, case.StaffBlocked(staff=SOCIAL.person))
    standing = Standing.of(history.facts)
    assert standing.blocked == {SOCIAL.person}
    assert standing.blocks == {block: (SOCIAL.person, POLICE.unit)}


def test_d1_a_consultation_goes_on_to_every_unit_that_it_was_passed_to() -> None:
    history = History(Kind.CONSULTATION)
    history.by(SOCIAL, asked_of(CENTRE))
    standing = Standing.of(history.facts)
    assert standing.passed_on_to == frozenset()
    for to in (POLICE, HEALTH):
        history.by(CENTRE, consultation.PassedOn(to=to.unit, asker=SOCIAL.unit))
        standing.add(history.facts[-1])
    assert standing.passed_on_to == {POLICE.unit, HEALTH.unit}


def test_c2_a_withdrawal_ends_every_disclosure_that_rests_on_the_consent_and_none_that_does_not() -> None:
    history = opened_case()
    consent = Ref("c" * 32)
    on_it = [history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, consent=consent)) for _ in range(3)]
    on_law = history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE))
    history.by(POLICE, case.ConsentWithdrawn(consent=consent, person=SISTER, given_to=POLICE.unit))
    ended = {grant.id: grant.ended for grant in Standing.of(history.facts).grants}
    assert ended == {**dict.fromkeys(on_it, True), on_law: False}


@pytest.mark.parametrize(("after", "ended"), [(-1, True), (0, False), (1, False)])
def test_r4_a_withdrawal_ends_no_disclosure_that_its_time_had_ended_by_then(after: int, ended: bool) -> None:
    history = opened_case()
    consent = Ref("c" * 32)
    withdrawn = len(history.facts) + 2
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, until=withdrawn - after, consent=consent))
    history.by(POLICE, case.ConsentWithdrawn(consent=consent, person=SISTER, given_to=POLICE.unit))
    assert history.facts[-1].committed == withdrawn
    assert [grant.ended for grant in Standing.of(history.facts).grants] == [ended]


def test_c2_a_withdrawal_ends_nothing_that_was_only_said() -> None:
    history = opened_case()
    consent = Ref("c" * 32)
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, spoken=True, consent=consent))
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, consent=consent))
    history.by(POLICE, case.ConsentWithdrawn(consent=consent, person=SISTER, given_to=POLICE.unit))
    assert [grant.ended for grant in Standing.of(history.facts).grants] == [False, True]


@pytest.mark.parametrize(("now", "counts"), [(9, False), (10, True), (11, True), (19, True), (20, False), (21, False)])
def test_c1_an_assignment_counts_from_its_first_instant_and_no_more_at_its_last(now: int, counts: bool) -> None:
    history = opened_case()
    history.by(CENTRE, assigned(SOCIAL, start=10, until=20))
    (grant,) = Standing.of(history.facts).held_by(SOCIAL.unit)
    assert grant.in_force(now) is counts
    assert (history.seen_by(SOCIAL, now).existence == {Existence.CASE}) is counts
    history.by(CENTRE, case.AssignmentEnded(grant=grant.id or Ref(""), unit=SOCIAL.unit))
    (ended,) = Standing.of(history.facts).held_by(SOCIAL.unit)
    assert not ended.in_force(now)
    assert history.seen_by(SOCIAL, now).existence == frozenset()


def test_f_who_accepted_stays_a_party_though_others_attended_and_who_declined_is_none() -> None:
    history = History(Kind.MEETING)
    for who in (POLICE, HEALTH):
        history.by(who, meeting.InvitationAccepted(to=frozenset({SOCIAL.unit}), role=Role.HANDLER))
    history.by(HEALTH, meeting.InvitationDeclined(to=frozenset({SOCIAL.unit})))
    attended = (meeting.Attendee(unit=SOCIAL.unit, role=Role.HANDLER),)
    history.by(CENTRE, meeting.Held(mode=Mode.VIDEO, start=NOW, attended=attended))
    parties = Standing.of(history.facts).audience(Audience.PARTIES)
    assert parties == {POLICE.unit, SOCIAL.unit}

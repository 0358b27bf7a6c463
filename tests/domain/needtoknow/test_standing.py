"""How everyone stands to a case or a consultation, folded from its full history."""

from domain.case import events as case
from domain.consultation import events as consultation
from domain.needtoknow.model import GrantKind
from domain.needtoknow.standing import Standing
from domain.vocabulary import Compartment, Kind, Ref, Role
from tests.domain.needtoknow.histories import (
    CENTRE,
    HEALTH,
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

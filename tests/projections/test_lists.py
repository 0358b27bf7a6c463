"""Lists per unit: what they select, in which order, and what moves them (F)."""

from pathlib import Path

import pytest

import domain.case.events as case
import domain.consultation.events as consultation
import domain.referral.events as referral
from domain.act import Fact
from domain.labelling import CaseLabelled
from domain.vocabulary import Compartment, Kind, Outcome, Protection, Purpose, Ref, Role, StaffId, UnitId
from projections.catalogue import ACTS
from projections.lists import InboxEntry, Listed, Lists
from projections.readers import Readers
from tests.projections.history import (
    BROTHER,
    CENTRE,
    POLICE,
    SCHOOL,
    SECOND,
    SISTER,
    SOCIAL,
    START,
    MemoryLog,
    assigned,
    caught_up,
    disclosed,
    named,
    requested,
    role_in,
    stored_at,
    views_at,
)

pytestmark = pytest.mark.usefixtures("both")

NOW = START + 10_000 * SECOND
SOCIAL_PART = frozenset({Compartment.SOCIAL})


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


class Shown:
    """The lists after everything on the log, in a fresh folder each time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, log: MemoryLog) -> Lists:
        views = views_at(self._folder)
        caught_up(views, log)
        return Lists(views, ACTS)

    def case(self, log: MemoryLog, unit: UnitId) -> Listed:
        (found,) = self.of(log).page(unit, role_in(unit), Kind.CASE)
        return found

    def inbox(self, log: MemoryLog, unit: UnitId) -> list[tuple[str, int]]:
        return [(each.what, each.position) for each in self.of(log).inbox(unit, role_in(unit), NOW)]


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    return Shown(tmp_path)


def opened(log: MemoryLog, word: str = "case", by: UnitId = SOCIAL) -> Fact:
    return log.append(word, case.Opened(coordinator=CENTRE), by)


def social(log: MemoryLog, by: UnitId = SOCIAL) -> Fact:
    return log.append("case", case.InformationRecorded(person=SISTER, social="What we know."), by)


def proposed(receiver: UnitId) -> referral.Proposed:
    return referral.Proposed(
        reference="AAAA-BBBB", receiver=receiver, purpose=Purpose.PROTECTION, person=SISTER, coordinator=CENTRE
    )


def test_f_a_unit_lists_what_it_owns_is_sent_or_coordinates_and_nothing_else(log: MemoryLog, shown: Shown) -> None:
    opened(log)
    log.append("case", assigned(POLICE), SOCIAL)
    lists = shown.of(log)
    (mine,) = lists.page(SOCIAL, role_in(SOCIAL), Kind.CASE)
    (led,) = lists.page(CENTRE, role_in(CENTRE), Kind.CASE)
    assert (mine.owner, mine.readers) == (True, Readers.EVERYONE)
    assert (led.owner, led.readers) == (False, Readers.COORDINATORS)
    assert [each.participant_until is None for each in lists.page(POLICE, role_in(POLICE), Kind.CASE)] == [False]
    assert lists.page(SCHOOL, role_in(SCHOOL), Kind.CASE) == ()
    assert lists.page(SOCIAL, role_in(SOCIAL), Kind.CONSULTATION) == ()


def test_f_a_list_of_others_than_coordinators_is_ordered_by_what_they_read_themselves(
    log: MemoryLog, shown: Shown
) -> None:
    words = ("first", "second", "third")
    for word in words:
        log.append(word, proposed(POLICE), SOCIAL, kind=Kind.REFERRAL)
    for word in ("second", "first"):
        log.append(word, referral.Redirected(to=CENTRE, named=SCHOOL), POLICE, kind=Kind.REFERRAL)
    lists = shown.of(log)

    def listed(role: Role) -> list[Ref]:
        return [each.stream for each in lists.page(CENTRE, role, Kind.REFERRAL)]

    assert listed(Role.COORDINATOR) == [named(word) for word in reversed(words)]
    assert listed(Role.ADVISER) == [named("first"), named("second")]
    assert {each.readers for each in lists.page(CENTRE, Role.ADVISER, Kind.REFERRAL)} == {Readers.OTHERS}


def test_c9_a_block_by_the_unit_that_coordinates_is_known_to_its_coordinators_and_its_others(
    log: MemoryLog, shown: Shown
) -> None:
    opened(log)
    block = log.append("case", case.StaffBlocked(staff=StaffId("someone")), CENTRE)
    lists = shown.of(log)
    for role in (Role.COORDINATOR, Role.ADVISER):
        (row,) = lists.page(CENTRE, role, Kind.CASE)
        assert row.latest == block.position
    theirs = log.append("case", case.StaffBlocked(staff=StaffId("another")), SOCIAL)
    for role in (Role.COORDINATOR, Role.ADVISER):
        (row,) = shown.of(log).page(CENTRE, role, Kind.CASE)
        assert row.latest == block.position < theirs.position


def test_f_a_label_moves_the_rows_of_its_own_unit_alone(log: MemoryLog, shown: Shown) -> None:
    opened(log)
    log.append("case", assigned(POLICE), SOCIAL)
    lists = shown.of(log)
    before = {role: lists.page(CENTRE, role, Kind.CASE) for role in (Role.COORDINATOR, Role.ADVISER)}
    theirs = shown.case(log, POLICE)
    label = log.append("case", CaseLabelled(text="26-14"), SOCIAL)
    lists = shown.of(log)
    assert {role: lists.page(CENTRE, role, Kind.CASE) for role in (Role.COORDINATOR, Role.ADVISER)} == before
    assert shown.case(log, POLICE) == theirs
    assert shown.case(log, SOCIAL).latest == label.position


def test_a_page_goes_on_before_the_last_one_newest_first(log: MemoryLog, shown: Shown) -> None:
    for number in range(7):
        opened(log, f"case {number}")
    lists = shown.of(log)
    first = lists.page(SOCIAL, role_in(SOCIAL), Kind.CASE, limit=4)
    second = lists.page(SOCIAL, role_in(SOCIAL), Kind.CASE, limit=4, before=first[-1].since)
    assert [each.stream for each in (*first, *second)] == [named(f"case {number}") for number in reversed(range(7))]


def test_f_what_a_participant_may_not_read_moves_nothing_in_its_row(log: MemoryLog, shown: Shown) -> None:
    opened(log)
    log.append("case", assigned(POLICE), SOCIAL)
    before = shown.case(log, POLICE)
    social(log)
    log.append("case", assigned(SCHOOL, BROTHER), SOCIAL)
    log.append("case", case.StaffBlocked(staff=StaffId("someone")), SOCIAL)
    log.append("case", case.Closed(outcome=Outcome.MOVED), SOCIAL)
    assert shown.case(log, POLICE) == before
    assert shown.case(log, CENTRE).status == "closed"


def test_f_the_mark_of_protection_moves_the_row_of_who_takes_part_around_that_person(
    log: MemoryLog, shown: Shown
) -> None:
    opened(log)
    log.append("case", assigned(POLICE), SOCIAL)
    log.append("case", assigned(SCHOOL, BROTHER), SOCIAL)
    mark = log.append("case", case.ProtectionMarked(person=SISTER, level=Protection.CONFIDENTIALITY_MARKED), SOCIAL)
    assert shown.case(log, POLICE).latest == mark.position
    assert shown.case(log, SCHOOL).latest == mark.position - 1
    assert shown.case(log, POLICE).status == "known"


def test_c2_a_receiver_is_moved_by_the_parts_that_its_disclosure_opens_while_it_lasts(
    log: MemoryLog, shown: Shown
) -> None:
    opened(log)
    given = log.append("case", disclosed(POLICE, SOCIAL_PART), SOCIAL)
    social(log, by=SCHOOL)
    assert shown.case(log, POLICE).latest == given.position  # another unit's part
    known = social(log)
    assert shown.case(log, POLICE).latest == known.position
    ended = log.append("case", case.DisclosureEnded(grant=given.act.id, receiver=POLICE), SOCIAL)
    social(log)
    row = shown.case(log, POLICE)
    assert row.latest == ended.position
    assert row.receiver_until is None


def test_c4_whereabouts_move_a_row_only_under_a_disclosure_of_nothing_else(log: MemoryLog, shown: Shown) -> None:
    opened(log)
    both = frozenset({Compartment.SOCIAL, Compartment.WHEREABOUTS})
    broad = log.append("case", disclosed(POLICE, both), SOCIAL)
    narrow = log.append("case", disclosed(SCHOOL, frozenset({Compartment.WHEREABOUTS})), SOCIAL)
    place = log.append("case", case.InformationRecorded(person=SISTER, whereabouts="Somewhere."), SOCIAL)
    assert shown.case(log, POLICE).latest == broad.position
    assert shown.case(log, SCHOOL).latest == place.position > narrow.position


def test_c2_a_spoken_disclosure_opens_nothing_and_waits_for_nobody(log: MemoryLog, shown: Shown) -> None:
    opened(log)
    said = log.append("case", disclosed(POLICE, SOCIAL_PART, spoken=True), SOCIAL)
    social(log)
    row = shown.case(log, POLICE)
    assert row.latest == said.position
    assert row.receiver_until is None
    assert shown.inbox(log, POLICE) == []


def test_r4_a_grant_that_is_over_leaves_the_case_in_the_list_with_its_end(log: MemoryLog, shown: Shown) -> None:
    opened(log)
    end = START + 5 * SECOND
    grant = log.append("case", assigned(POLICE, until=end), SOCIAL)
    before = shown.case(log, POLICE)
    assert before.participant_until == end
    log.append("case", case.Expired(grant=grant.act.id, boundary=end), UnitId("hub"), role=Role.SYSTEM)
    assert shown.case(log, POLICE) == before
    assert shown.of(log).page(UnitId("hub"), Role.SYSTEM, Kind.CASE) == ()


def test_b5_identical_grants_coexist_and_ending_one_ends_only_that_one(log: MemoryLog, shown: Shown) -> None:
    opened(log)
    one = log.append("case", assigned(POLICE, until=NOW + 1), SOCIAL)
    log.append("case", assigned(POLICE, until=NOW + 2), SOCIAL)
    log.append("case", case.AssignmentEnded(grant=one.act.id, unit=POLICE), SOCIAL)
    assert shown.case(log, POLICE).participant_until == NOW + 2


@pytest.mark.parametrize(("after", "moved"), [(-1, True), (0, False), (1, False)])
def test_c1_what_is_recorded_at_exactly_the_end_of_a_grant_moves_no_row_by_it(
    log: MemoryLog, shown: Shown, after: int, moved: bool
) -> None:
    opened(log)
    marked_at = START + 3 * SECOND
    grant = log.append("case", assigned(POLICE, until=marked_at - after), SOCIAL)
    marked = log.append("case", case.SafeContactSet(person=SISTER), SOCIAL)
    assert marked.committed == marked_at
    assert shown.case(log, POLICE).latest == (marked if moved else grant).position


@pytest.mark.parametrize(("after", "moved"), [(-1, False), (0, True), (1, True)])
def test_c1_what_is_recorded_at_exactly_the_beginning_of_a_grant_moves_the_row_by_it(
    log: MemoryLog, shown: Shown, after: int, moved: bool
) -> None:
    opened(log)
    marked_at = START + 3 * SECOND
    grant = log.append("case", assigned(POLICE, start=marked_at - after), SOCIAL)
    marked = log.append("case", case.SafeContactSet(person=SISTER), SOCIAL)
    assert marked.committed == marked_at
    assert shown.case(log, POLICE).latest == (marked if moved else grant).position


def test_c2_how_long_a_unit_holds_grants_of_a_kind_is_the_latest_end_of_those_nobody_ended(
    log: MemoryLog, shown: Shown
) -> None:
    opened(log)
    grants = [log.append("case", assigned(POLICE, until=NOW + end), SOCIAL) for end in (2, 3, 1)]
    given = log.append("case", disclosed(POLICE, SOCIAL_PART, until=NOW + 9), SOCIAL)
    log.append("case", disclosed(POLICE, SOCIAL_PART, until=NOW + 99, spoken=True), SOCIAL)
    row = shown.case(log, POLICE)
    assert (row.participant_until, row.receiver_until) == (NOW + 3, NOW + 9)
    log.append("case", case.AssignmentEnded(grant=grants[1].act.id, unit=POLICE), SOCIAL)
    log.append("case", case.DisclosureEnded(grant=given.act.id, receiver=POLICE), SOCIAL)
    row = shown.case(log, POLICE)
    assert (row.participant_until, row.receiver_until) == (NOW + 2, None)


def test_d1_a_consultation_waits_for_whom_it_was_asked_of_until_advice_is_given(log: MemoryLog, shown: Shown) -> None:
    asked = log.consult("one", requested(), SOCIAL)
    log.consult("one", consultation.Accepted(to=SOCIAL), CENTRE)
    assert shown.inbox(log, CENTRE) == [("consultation", asked.position)]
    assert shown.inbox(log, SOCIAL) == []
    log.consult("one", consultation.AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER), CENTRE)
    assert shown.inbox(log, CENTRE) == []
    again = log.consult("one", consultation.Reopened(to=CENTRE), SOCIAL)
    assert shown.inbox(log, CENTRE) == [("consultation", again.position)]
    log.consult("one", consultation.Closed(to=CENTRE, outcome=Outcome.ADVICE_GIVEN), SOCIAL)
    assert shown.inbox(log, CENTRE) == []


def test_d1_a_consultation_that_is_passed_on_waits_for_its_new_adviser_with_all_its_acts(
    log: MemoryLog, shown: Shown
) -> None:
    log.consult("one", requested(), SOCIAL)
    passed = log.consult("one", consultation.PassedOn(to=POLICE, asker=SOCIAL), CENTRE)
    assert shown.inbox(log, CENTRE) == []
    assert shown.inbox(log, POLICE) == [("consultation", passed.position)]
    followed = log.consult("one", consultation.FollowedUp(to=SOCIAL), CENTRE)
    (row,) = shown.of(log).page(POLICE, role_in(POLICE), Kind.CONSULTATION)
    assert (row.since, row.latest, row.status) == (passed.position, followed.position, "followed_up")


def test_a2_that_one_unit_identified_a_person_moves_no_other_unit(log: MemoryLog, shown: Shown) -> None:
    log.consult("one", requested(), SOCIAL)
    log.consult("one", consultation.PassedOn(to=POLICE, asker=SOCIAL), CENTRE)
    before = shown.of(log).page(POLICE, role_in(POLICE), Kind.CONSULTATION)
    log.consult("one", consultation.Identified(identity="A name."), SOCIAL)
    assert shown.of(log).page(POLICE, role_in(POLICE), Kind.CONSULTATION) == before


def test_what_is_given_in_a_case_waits_until_the_unit_acts_in_it_or_it_ends(log: MemoryLog, shown: Shown) -> None:
    opened(log)
    task = log.append("case", assigned(POLICE), SOCIAL)
    part = log.append("case", disclosed(POLICE, SOCIAL_PART), SOCIAL)
    log.append("case", disclosed(SCHOOL, SOCIAL_PART, until=NOW - 1), SOCIAL)
    log.append("case", disclosed(CENTRE, SOCIAL_PART, start=NOW + 1), SOCIAL)
    assert shown.inbox(log, POLICE) == [("assignment", task.position), ("disclosure", part.position)]
    assert shown.inbox(log, SCHOOL) == []
    assert shown.inbox(log, CENTRE) == []
    log.append("case", case.DisclosureEnded(grant=part.act.id, receiver=POLICE), SOCIAL)
    assert shown.inbox(log, POLICE) == [("assignment", task.position)]
    social(log, by=POLICE)
    assert shown.inbox(log, POLICE) == []


def test_an_inbox_goes_on_after_the_last_one_longest_wait_first(log: MemoryLog, shown: Shown) -> None:
    facts = [log.consult(f"number {number}", requested(), SOCIAL) for number in range(5)]
    lists = shown.of(log)
    first = lists.inbox(CENTRE, role_in(CENTRE), NOW, limit=3)
    second = lists.inbox(CENTRE, role_in(CENTRE), NOW, limit=3, after=first[-1].position)
    assert [each.item for each in (*first, *second)] == [fact.act.id for fact in facts]
    assert first[0] == InboxEntry(
        facts[0].stream,
        facts[0].act.id,
        Kind.CONSULTATION,
        "consultation",
        1,
        facts[0].committed,
        first[0].until,
    )


def test_a_reference_leads_its_parties_and_nobody_else_to_the_consultation(log: MemoryLog, shown: Shown) -> None:
    log.consult("one", requested(reference="ABCD-2345"), SOCIAL)
    log.consult("one", consultation.PassedOn(to=POLICE, asker=SOCIAL), CENTRE)
    lists = shown.of(log)
    for party in (SOCIAL, CENTRE, POLICE):
        assert lists.by_reference(party, "ABCD-2345") == (named("one"),)
    assert lists.by_reference(SCHOOL, "ABCD-2345") == ()
    assert lists.by_reference(SOCIAL, "ABCD-2346") == ()


def test_a4_a_callers_key_leads_to_the_consultation_at_the_same_service(log: MemoryLog, shown: Shown) -> None:
    tag = "1f" * 32
    log.consult("one", requested(), CENTRE)
    log.consult("one", consultation.KeyIssued(to=CENTRE, tag=tag), CENTRE)
    lists = shown.of(log)
    assert lists.by_caller_key(CENTRE, tag) == (named("one"),)
    assert lists.by_caller_key(SOCIAL, tag) == ()
    assert lists.by_caller_key(CENTRE, "00" * 32) == ()


def test_invariant_6_a_record_that_was_disposed_of_moves_nobody(log: MemoryLog, shown: Shown) -> None:
    first = opened(log)
    part = social(log)
    log.take_keys(part)
    assert shown.case(log, CENTRE).latest == first.position
    assert shown.case(log, SOCIAL).latest == first.position


def test_the_lists_hold_no_names_and_no_content(log: MemoryLog, shown: Shown, tmp_path: Path) -> None:
    opened(log)
    log.append("case", case.PersonAdded(person=SISTER, identity="Plainly Fictitious"), SOCIAL)
    social(log)
    shown.of(log)
    stored = stored_at(tmp_path, ACTS)
    assert b"linkoping.social.barn" in stored
    assert b"Fictitious" not in stored
    assert b"What we know" not in stored

"""For all histories, what lives equals what the log gives: in the embedded views and in PostgreSQL."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain.case.events as case
import domain.consultation.events as consultation
from domain.event import Event
from domain.hub import ConsultationCounted, Ticked
from domain.vocabulary import CallerCategory, Compartment, Kind, Outcome, Protection, Ref, Role, StaffId, UnitId
from projections.catalogue import ACTS
from projections.runner import Runner
from tests.projections.history import (
    BROTHER,
    SECOND,
    SISTER,
    START,
    MemoryLog,
    assigned,
    disclosed,
    emptied,
    named,
    requested,
    views_at,
)
from tests.projections.test_runner import UNITS, assert_equal_to_rebuild

Steps = list[tuple[str, Event, UnitId] | None]

units = st.sampled_from(UNITS)
persons = st.sampled_from((SISTER, BROTHER))
earlier = st.integers(1, 12).map(lambda number: named(f"act {number}"))
instants = st.integers(0, 30).map(lambda number: START + number * SECOND)
parts = st.sets(st.sampled_from((Compartment.SOCIAL, Compartment.POLICE, Compartment.WHEREABOUTS)), min_size=1).map(
    frozenset
)
case_events: st.SearchStrategy[Event] = st.one_of(
    st.builds(case.Opened, coordinator=units),
    st.builds(case.PersonAdded, person=persons),
    st.builds(assigned, units, persons, instants, instants),
    st.builds(case.AssignmentEnded, grant=earlier, unit=units),
    st.builds(disclosed, units, parts, persons, instants, instants, st.booleans()),
    st.builds(case.DisclosureEnded, grant=earlier, receiver=units),
    st.builds(case.ConsentWithdrawn, consent=earlier, person=persons),
    st.builds(case.ProtectionMarked, person=persons, level=st.sampled_from(Protection)),
    st.builds(case.InformationRecorded, person=persons, social=st.just("x"), police=st.just("y")),
    st.builds(case.InformationRecorded, person=persons, whereabouts=st.just("z")),
    st.builds(case.StaffBlocked, staff=st.just(StaffId("one"))),
    st.builds(case.NoteExpedited, note=earlier, person=persons, receiver=units),
    st.builds(case.Closed, outcome=st.just(Outcome.MOVED)),
    st.builds(case.Expired, grant=earlier, boundary=instants),
)
consultation_events: st.SearchStrategy[Event] = st.one_of(
    st.builds(requested, units, st.sampled_from(("AAAA-BBBB", "CCCC-DDDD"))),
    st.builds(consultation.PassedOn, to=units, asker=units),
    st.builds(consultation.AdviceGiven, to=units, adviser_role=st.just(Role.ADVISER)),
    st.builds(consultation.ContactedAgain, to=units),
    st.builds(consultation.KeyIssued, to=units, tag=st.sampled_from(("ab" * 32, "cd" * 32))),
    st.builds(consultation.Identified),
    st.builds(consultation.Closed, to=units, outcome=st.just(Outcome.OTHER)),
    st.builds(consultation.Reopened, to=units),
)
statistics_events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        ConsultationCounted,
        quarter=st.sampled_from(("2026Q1", "2026Q2")),
        county=st.sampled_from(("05", None)),
        caller=st.sampled_from(CallerCategory),
        persons=st.integers(0, 3),
    ),
    st.builds(Ticked, upto=st.integers(0, 20), counted=st.integers(0, 3)),
)
disposed = st.booleans().map(lambda whole: case.Disposed(keys=(Ref("0" * 32),), whole=whole))
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("case a", "case b")), case_events, units),
        st.tuples(st.sampled_from(("asked a", "asked b")), consultation_events, units),
        st.tuples(st.just("statistics"), statistics_events, units),
        st.tuples(st.sampled_from(("case a", "asked a")), disposed, units),
        st.none(),
    ),
    max_size=30,
)


def _kind(word: str) -> Kind:
    return {"case": Kind.CASE, "asked": Kind.CONSULTATION, "statistics": Kind.STATISTICS}[word.split()[0]]


def try_history(folder: Path, given_steps: Steps, batch: int, kept: int) -> None:
    """Whatever the size of batches and memory, and wherever the runner began anew (None) or keys were taken."""
    log = MemoryLog()
    views = emptied(views_at(folder))
    runner = Runner(views, ACTS, log, log.stream, largest_batch=batch, kept_acts=kept)
    for step in given_steps:
        if step is None:
            runner.catch_up()
            runner = Runner(views, ACTS, log, log.stream, largest_batch=batch, kept_acts=kept)
            continue
        word, event, unit = step
        if isinstance(event, case.Disposed):
            own = [fact for fact in log.stream(named(word)) if fact.act.by.unit == unit]
            log.take_keys(*(fact for fact in own if "keys" not in fact.event.__struct_fields__))
        role = Role.SYSTEM if isinstance(event, case.Expired) else Role.HANDLER
        log.append(word, event, unit, kind=_kind(word), role=role)
    runner.catch_up()
    assert_equal_to_rebuild(views, log)
    views.close()


IN_ONE_FOLDER = (HealthCheck.function_scoped_fixture,)
"""Each history empties the folder's views first."""
tried = given(steps, st.integers(1, 4), st.integers(0, 2))


@settings(max_examples=40, deadline=None, suppress_health_check=IN_ONE_FOLDER)
@tried
def test_invariant_6_for_all_histories_what_lives_equals_what_the_log_gives(
    tmp_path: Path, given_steps: Steps, batch: int, kept: int
) -> None:
    try_history(tmp_path, given_steps, batch, kept)


@pytest.mark.usefixtures("on_postgresql")
@settings(max_examples=12, deadline=None, suppress_health_check=IN_ONE_FOLDER)
@tried
def test_invariant_6_for_all_histories_so_it_is_in_postgresql(
    tmp_path: Path, given_steps: Steps, batch: int, kept: int
) -> None:
    try_history(tmp_path, given_steps, batch, kept)

"""What no view can hold is set aside: it stops no other act, and a rebuild sets aside the same."""

import logging
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import domain.case.events as case
import domain.meeting.events as meeting
import domain.needtoknow.standing as standing_of
from adapters.telemetry.allow_list import VIEWS
from domain.act import Fact
from domain.consultation.events import AdviceGiven
from domain.errors import Tampered, Unreadable
from domain.hub import ConsultationCounted
from domain.needtoknow.standing import Standing, decides_access
from domain.vocabulary import CallerCategory, Instant, Kind, Outcome, Ref, Role, UnitId
from projections.catalogue import ACTS, LOOKS
from projections.folding import Folding
from projections.lists import LISTS, Lists
from projections.rebuild import Rebuild, renewed
from projections.runner import Runner
from projections.set_aside import SetAside, set_aside
from projections.store import Views, ViewSet
from tests.projections.extremes import OF_ACTS, filled, kind_of, numbers
from tests.projections.history import (
    CENTRE,
    POLICE,
    SISTER,
    SOCIAL,
    MemoryLog,
    assigned,
    caught_up,
    disclosed,
    emptied,
    named,
    requested,
    views_at,
)
from tests.projections.test_runner import assert_equal_to_rebuild

ON_ANY_MACHINE: Final = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
"""Each history empties the folder's views first, and a machine may be busy."""
BEFORE_THE_FIRST_YEAR: Final[Instant] = -62135596800000001


@pytest.fixture
def log() -> MemoryLog:
    """A consultation as of a time that no calendar has, a task due after all time, and others like them but sound."""
    log = MemoryLog()
    log.consult("sound", requested(), SOCIAL)
    log.consult("unsound", requested(), SOCIAL, happened=BEFORE_THE_FIRST_YEAR)
    log.append("met", meeting.Requested(meeting="coordination_meeting"), CENTRE, kind=Kind.MEETING)  # type: ignore[arg-type]
    log.append("met", meeting.WorkDivided(to=SOCIAL, due=2**63), CENTRE, kind=Kind.MEETING)
    log.append("met", meeting.WorkDivided(to=SOCIAL, due=2 * 10**18), CENTRE, kind=Kind.MEETING)
    log.consult("unsound", AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER), CENTRE)
    return log


SET_ASIDE: Final = (SetAside("requested", 2, "OverflowError"), SetAside("tasks", 4, "NumberOutOfRange"))


def rows_of(views: Views, name: str, view_set: ViewSet = ACTS) -> list[Any]:
    with views.living(view_set) as living:
        return [tuple(row) for row in living.connection.execute(living.tables[name].select())]


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("batch", [1, 2, 5_000])
def test_invariant_6_an_act_that_a_view_cannot_hold_is_set_aside_and_stops_no_other(
    tmp_path: Path, log: MemoryLog, batch: int
) -> None:
    views = views_at(tmp_path)
    runner = Runner(views, ACTS, log, log.stream, largest_batch=batch)
    runner.catch_up()
    assert set_aside(views, (ACTS,)) == {"acts": SET_ASIDE}
    assert runner.position() == log.last()
    assert len(rows_of(views, "act_trail")) == log.last()
    assert [row[1] for row in rows_of(views, "requested")] == [1]
    assert [row[3] for row in rows_of(views, "tasks")] == [5]
    lists = Lists(views, ACTS)
    assert len(lists.page(SOCIAL, Role.HANDLER, Kind.CONSULTATION)) == 2
    assert [each.status for each in lists.page(SOCIAL, Role.HANDLER, Kind.CONSULTATION)] == ["advised", "requested"]
    assert_equal_to_rebuild(views, log)
    rebuild = Rebuild(views, ACTS, log)
    rebuild.swap(rebuild.beside())
    assert set_aside(views, (ACTS,)) == {"acts": SET_ASIDE}
    runner.refold({fact.stream for fact in log.facts})
    assert set_aside(views, (ACTS,)) == {"acts": SET_ASIDE}
    assert_equal_to_rebuild(views, log)


@pytest.mark.usefixtures("both")
def test_what_comes_after_it_is_folded_without_it_by_whoever_begins_anew(tmp_path: Path, log: MemoryLog) -> None:
    views = views_at(tmp_path)
    caught_up(views, log)
    log.append("met", meeting.TaskDone(task=named("act 5"), to=CENTRE), SOCIAL, kind=Kind.MEETING)
    log.append("met", meeting.WorkDivided(to=POLICE), CENTRE, kind=Kind.MEETING)
    caught_up(views, log)
    assert sorted(row[3] for row in rows_of(views, "tasks")) == [5, 8]
    assert set_aside(views, (ACTS,)) == {"acts": SET_ASIDE}
    assert_equal_to_rebuild(views, log)


@pytest.mark.usefixtures("both")
def test_sums_that_outgrow_a_column_are_of_value_too(tmp_path: Path) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    counted = ConsultationCounted(quarter="2026Q1", caller=CallerCategory.POLICE, persons=2**52)
    for _ in range(2**11 + 1):
        log.append("statistics", counted, SOCIAL, kind=Kind.STATISTICS)
    Runner(views, ACTS, log, log.stream, largest_batch=3_000).catch_up()
    assert set_aside(views, (ACTS,)) == {
        "acts": tuple(SetAside("counted", position, "NumberOutOfRange") for position in (2**11, 2**11 + 1))
    }
    assert_equal_to_rebuild(views, log)


def test_another_version_of_this_program_takes_it_up(tmp_path: Path, log: MemoryLog) -> None:
    views = views_at(tmp_path)
    caught_up(views, log)
    later = ViewSet("acts", tuple(each for each in ACTS.projections if each is not LISTS), edition=ACTS.edition + 1)
    assert renewed(views, later, log, log.stream)
    assert set_aside(views, (later,)) == {"acts": SET_ASIDE[:1]}


def test_whoever_looks_after_the_hub_is_told_of_each_once_and_again_after_a_restart(
    tmp_path: Path, log: MemoryLog, caplog: pytest.LogCaptureFixture
) -> None:
    views, told = views_at(tmp_path), list[int]()
    runner = Runner(views, ACTS, log, log.stream, largest_batch=3, tell=told.append)
    runner.catch_up()
    runner.catch_up()
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert said == [
        "UnusableValue: in requested the act at position 2 of acts is left out, its value gives OverflowError",
        "UnusableValue: in tasks the act at position 4 of acts is left out, its value gives NumberOutOfRange",
    ]
    assert told == [0, 1, 2]
    caplog.clear()
    Runner(views, ACTS, log, log.stream, tell=told.append).catch_up()
    assert len(caplog.records) == 2
    assert told[-1] == 2


# What is no matter of values stops the views as ever.


@pytest.mark.parametrize("error", [Tampered("a seal"), Unreadable("a key"), OSError(28, "no room"), MemoryError()])
def test_invariant_6_a_fault_of_another_kind_stops_the_views_and_sets_nothing_aside(
    tmp_path: Path, log: MemoryLog, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    views = views_at(tmp_path)
    runner = Runner(views, ACTS, log, log.stream)
    with monkeypatch.context() as patch:
        patch.setattr("projections.lists.fold", fails)
        with pytest.raises(type(error)):
            runner.catch_up()
        with pytest.raises(type(error)):
            Rebuild(views, ACTS, log).beside()
    assert runner.position() == 0
    assert set_aside(views, (ACTS,)) == {"acts": ()}
    runner.catch_up()
    assert_equal_to_rebuild(views, log)


def test_a_record_that_does_not_continue_the_chain_stops_the_views_whatever_its_value(
    tmp_path: Path, log: MemoryLog
) -> None:
    asked = list[int]()

    def proven(fact: Fact) -> None:
        asked.append(fact.position)
        raise Tampered("the chain's hash is another")

    views = views_at(tmp_path)
    runner = Runner(views, ACTS, log, log.stream, largest_batch=1, proven=proven)
    with pytest.raises(Tampered):
        runner.catch_up()
    assert (asked, runner.position()) == ([2], 1)
    with pytest.raises(Tampered):
        Rebuild(views, ACTS, log, proven=proven).beside()


# What decides who may know is never left out.

DECIDING: Final = tuple(event for event in OF_ACTS if decides_access(event))
ANY_DECIDING: Final = st.sampled_from(DECIDING).flatmap(filled)
ANY: Final = st.sampled_from(OF_ACTS).flatmap(filled)
UNIT: Final = st.sampled_from((CENTRE, SOCIAL, POLICE, UnitId("\0")))


def test_all_that_gives_or_ends_access_blocks_or_names_keys_is_among_them() -> None:
    names = {event.name for event in DECIDING}
    assert names >= {"case.assigned", "case.disclosure_ended", "case.staff_blocked", "meeting.staff_block_lifted"}
    assert names >= {event.name for event in OF_ACTS if "keys" in event.__struct_fields__}


def history_of(events: list[tuple[Any, UnitId, Instant]]) -> MemoryLog:
    log = MemoryLog()
    for event, unit, happened in events:
        kind = kind_of(type(event))
        log.append(kind.value, event, unit, kind=kind, happened=happened)
    return log


@settings(max_examples=300, deadline=None, suppress_health_check=ON_ANY_MACHINE)
@given(st.lists(st.tuples(ANY_DECIDING, UNIT, numbers), min_size=1, max_size=8))
def test_c1_what_decides_who_may_know_folds_whatever_its_values(events: list[tuple[Any, UnitId, Instant]]) -> None:
    log = history_of(events)
    folding = Folding(ACTS)
    for stream in {fact.stream: None for fact in log.facts}:
        facts = log.stream(stream)
        assert not Standing.of(facts).unknown
        rows = folding.rows_of(stream, facts)
        aside = {(row[0], row[1]) for row in rows.get("acts_set_aside", ())}
        assert not [row for row in aside if row[0] in {view.name for view in LISTS.views}]


@settings(max_examples=150, deadline=None, suppress_health_check=ON_ANY_MACHINE)
@given(st.lists(st.tuples(ANY, UNIT, numbers) | st.none(), max_size=12), st.integers(1, 4), st.integers(0, 2))
def test_invariant_6_for_all_values_what_is_set_aside_follows_from_the_log_alone(
    tmp_path: Path, steps: list[tuple[Any, UnitId, Instant] | None], batch: int, kept: int
) -> None:
    _same_for_all_values(tmp_path, steps, batch, kept)


@pytest.mark.usefixtures("on_postgresql")
@settings(max_examples=25, deadline=None, suppress_health_check=ON_ANY_MACHINE)
@given(st.lists(st.tuples(ANY, UNIT, numbers) | st.none(), max_size=12), st.integers(1, 4), st.integers(0, 2))
def test_invariant_6_for_all_values_so_it_is_in_postgresql(
    tmp_path: Path, steps: list[tuple[Any, UnitId, Instant] | None], batch: int, kept: int
) -> None:
    _same_for_all_values(tmp_path, steps, batch, kept)


def _same_for_all_values(folder: Path, steps: list[tuple[Any, UnitId, Instant] | None], batch: int, kept: int) -> None:
    log, views = MemoryLog(), emptied(views_at(folder))
    log.append("case", case.Opened(coordinator=CENTRE), CENTRE)
    runner = Runner(views, ACTS, log, log.stream, largest_batch=batch, kept_acts=kept)
    for step in steps:
        if step is None:
            runner.catch_up()
            runner = Runner(views, ACTS, log, log.stream, largest_batch=batch, kept_acts=kept)
        else:
            event, unit, happened = step
            kind = kind_of(type(event))
            log.append(kind.value, event, unit, kind=kind, happened=happened)
    log.consult("sound", requested(), SOCIAL)
    runner.catch_up()
    assert runner.position() == log.last()
    assert rows_of(views, "requested")[-1][0] == named("sound").hex or len(rows_of(views, "requested")) > 1
    assert_equal_to_rebuild(views, log)
    views.close()


# If it cannot be folded nevertheless.


def _broken(event: type[Any], patch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OverflowError

    patch.setitem(standing_of._FOLDS, event, fails)


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("event", [case.Assigned, case.AssignmentEnded, case.StaffBlocked])
def test_c1_what_cannot_be_said_who_may_know_of_is_in_the_list_of_its_owner_alone(
    tmp_path: Path, event: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    log.append("case", case.Opened(coordinator=CENTRE), SOCIAL)
    given = log.append("case", assigned(POLICE), CENTRE)
    log.append("case", disclosed(POLICE, frozenset(), SISTER), SOCIAL)
    log.append("case", case.AssignmentEnded(grant=given.act.id, unit=POLICE), CENTRE)
    log.append("case", case.StaffBlocked(staff="somebody"), CENTRE)  # type: ignore[arg-type]
    log.append("case", case.Closed(outcome=Outcome.MOVED), SOCIAL)
    log.append("sound", assigned(POLICE), SOCIAL)
    _broken(event, monkeypatch)
    runner = Runner(views, ACTS, log, log.stream, largest_batch=2)
    runner.catch_up()
    lists, position = Lists(views, ACTS), next(fact.position for fact in log.facts if type(fact.event) is event)
    found = {unit: lists.page(unit, role, Kind.CASE) for unit, role in _EVERYBODY}
    shut = {unit for unit, rows in found.items() if named("case") in {row.stream for row in rows}}
    assert shut == {SOCIAL}
    assert lists.inbox_of(POLICE, Role.HANDLER, 2**60, [named("case")]) == ()
    assert SetAside("unit_stream", position, "StandingUnknown") in set_aside(views, (ACTS,))["acts"]
    log.append("case", assigned(POLICE), CENTRE)
    Runner(views, ACTS, log, log.stream).catch_up()
    assert lists.page(POLICE, Role.HANDLER, Kind.CASE) == found[POLICE]
    assert_equal_to_rebuild(views, log)


_EVERYBODY: Final = ((SOCIAL, Role.HANDLER), (POLICE, Role.HANDLER), (CENTRE, Role.COORDINATOR), (CENTRE, Role.HANDLER))


def test_looks_have_the_same_wall(tmp_path: Path) -> None:
    from domain.access import Looked

    log, views = MemoryLog(), views_at(tmp_path)
    log.append("looks", Looked(what="case", position=1, as_of=2**63), SOCIAL, kind=Kind.ACCESS)
    log.append("looks", Looked(what="case", position=1, as_unit=UnitId("\0")), SOCIAL, kind=Kind.ACCESS)
    log.append("looks", Looked(what="case", position=1, denied=(Ref("a" * 32),)), SOCIAL, kind=Kind.ACCESS)
    caught_up(views, log, LOOKS)
    assert set_aside(views, (LOOKS,)) == {
        "looks": (SetAside("look_trail", 1, "NumberOutOfRange"), SetAside("look_trail", 2, "NotText"))
    }
    assert [row[1] for row in rows_of(views, "look_trail", LOOKS)] == [3]


def test_the_half_folded_state_is_thrown_away(tmp_path: Path, log: MemoryLog) -> None:
    def half(state: Any, fact: Fact) -> None:
        LISTS.fold(state, fact)
        if fact.position == 5:
            raise ZeroDivisionError

    views = views_at(tmp_path)
    broken = ViewSet("acts", (replace(LISTS, fold=half),))
    runner = Runner(views, broken, log, log.stream)
    runner.catch_up()
    assert rows_of(views, "tasks", broken) == []
    assert set_aside(views, (broken,))["acts"] == (
        SetAside("tasks", 4, "NumberOutOfRange"),
        SetAside("unit_stream", 5, "ZeroDivisionError"),
    )


def test_c7_a_log_line_may_name_each_view_and_nothing_else_of_the_kind() -> None:
    assert set(VIEWS) == {view.name for view_set in (ACTS, LOOKS) for view in view_set.views}


@pytest.mark.parametrize("batch", [1, 5_000])
def test_what_would_be_made_good_within_one_batch_is_set_aside_all_the_same(tmp_path: Path, batch: int) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    for persons in (2**63, -1):
        counted = ConsultationCounted(quarter="2026Q1", caller=CallerCategory.POLICE, persons=persons)
        log.append("statistics", counted, SOCIAL, kind=Kind.STATISTICS)
    Runner(views, ACTS, log, log.stream, largest_batch=batch).catch_up()
    assert set_aside(views, (ACTS,)) == {"acts": (SetAside("counted", 1, "NumberOutOfRange"),)}
    assert_equal_to_rebuild(views, log)

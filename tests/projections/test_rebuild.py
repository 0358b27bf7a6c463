"""Rebuilding: beside the living views, swapped in one transaction, equal row by row up to opaque ids."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec import structs

import domain.case.events as case
import domain.consultation.events as consultation
import domain.meeting.events as meeting
from domain.act import Fact
from domain.event import Event
from domain.vocabulary import Kind, MeetingKind, Mode, Ref, Role
from projections.catalogue import ACTS, LOOKS
from projections.errors import Gap, Overtaken, ViewsUnusable
from projections.lists import Lists
from projections.rebuild import Rebuild, compare_runs
from projections.runner import Runner
from projections.store import Views
from tests.projections.history import CENTRE, SOCIAL, MemoryLog, assigned, caught_up, named, requested, views_at

pytestmark = pytest.mark.usefixtures("both")


def story() -> MemoryLog:
    log = MemoryLog()
    for number in range(6):
        log.consult(f"consultation {number}", requested(), SOCIAL)
        log.append("case", assigned(CENTRE), SOCIAL)
    log.append("case", case.ConsultationLinked(consultation=named("consultation 1")), CENTRE)
    log.consult("consultation 1", consultation.KeyIssued(to=SOCIAL, tag="ab" * 32), CENTRE)
    log.append("meeting", meeting.Requested(meeting=MeetingKind.COORDINATION_MEETING), CENTRE, kind=Kind.MEETING)
    scheduled = meeting.Scheduled(mode=Mode.VIDEO, start=2_000_000_000_000_000, end=2_000_000_000_000_001)
    log.append("meeting", scheduled, CENTRE, kind=Kind.MEETING)
    log.append("meeting", meeting.WorkDivided(to=SOCIAL), CENTRE, kind=Kind.MEETING)
    log.append("meeting", meeting.WorkDivided(to=SOCIAL, due=2**63), CENTRE, kind=Kind.MEETING)
    return log


def tables(views: Views) -> set[str]:
    with views.reading() as connection:
        return set(sa.inspect(connection).get_table_names())


def test_a_rebuild_stands_beside_the_living_views_until_it_is_swapped_in(tmp_path: Path) -> None:
    log, views = story(), views_at(tmp_path)
    runner = caught_up(views, log)
    with views.writing() as connection:
        connection.execute(sa.delete(ACTS.living(connection).tables["unit_stream"]))
    lists = Lists(views, ACTS)
    rebuild = Rebuild(views, ACTS, log)
    rebuilt = rebuild.beside()
    assert lists.page(SOCIAL, Role.HANDLER, Kind.CASE) == ()
    rebuild.swap(rebuilt)
    assert [each.stream for each in lists.page(SOCIAL, Role.HANDLER, Kind.CASE)] == [named("case")]
    assert not any(name.endswith("_1") for name in tables(views))

    log.consult("afterwards", consultation.AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER), CENTRE)
    runner.catch_up()
    again = rebuild.beside()
    assert rebuild.compare(again) is None
    rebuild.discard(again)
    views.close()


def test_what_was_appended_during_a_rebuild_is_taken_after_the_swap(tmp_path: Path) -> None:
    log, views = story(), views_at(tmp_path)
    runner = caught_up(views, log)
    rebuild = Rebuild(views, ACTS, log)
    rebuilt = rebuild.beside()
    log.consult("meanwhile", requested(), SOCIAL)
    runner.catch_up()
    rebuild.swap(rebuilt)
    runner.catch_up()
    assert Lists(views, ACTS).page(SOCIAL, Role.HANDLER, Kind.CONSULTATION)[0].stream == named("meanwhile")
    views.close()


def test_a_rebuild_that_was_broken_off_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    log, views = story(), views_at(tmp_path)
    caught_up(views, log)
    rebuild = Rebuild(views, ACTS, log)
    rebuild.beside()
    rebuild.swap(rebuild.beside())
    assert {name.rpartition("_")[2] for name in tables(views)} == {
        "3",
        "tracking",
        "generation",
        "shape",
        "stopped",
        "reported",
    }
    views.close()


def test_a_rebuild_that_another_has_overtaken_does_not_take_its_place(tmp_path: Path) -> None:
    log, views = story(), views_at(tmp_path)
    caught_up(views, log)
    first, second = Rebuild(views, ACTS, log), Rebuild(views, ACTS, log)
    older, newer = first.beside(), second.beside()
    second.swap(newer)
    with pytest.raises(Overtaken, match="a rebuild that began later"):
        first.swap(older)
    with views.living(ACTS) as living:
        assert living.generation == newer.generation
    assert Lists(views, ACTS).page(SOCIAL, Role.HANDLER, Kind.CASE)
    views.close()


@pytest.mark.timeout(20)
def test_living_views_whose_tables_are_gone_are_told_and_made_anew_by_a_rebuild(tmp_path: Path) -> None:
    log, views = story(), views_at(tmp_path)
    caught_up(views, log)
    with views.writing() as connection:
        ACTS.drop(connection, 1)
    with pytest.raises(ViewsUnusable):
        Lists(views, ACTS).page(SOCIAL, Role.HANDLER, Kind.CASE)
    rebuild = Rebuild(views, ACTS, log)
    rebuild.swap(rebuild.beside())
    assert Lists(views, ACTS).page(SOCIAL, Role.HANDLER, Kind.CASE)
    views.close()


def test_a_rebuild_tells_how_far_it_has_come(tmp_path: Path) -> None:
    log, views, told = story(), views_at(tmp_path), list[tuple[int, int]]()
    Rebuild(views, ACTS, log, lambda done, last: told.append((done, last))).beside()
    assert told == [(18, 18)]
    views.close()


def test_a_rebuild_that_fails_leaves_the_collector_on(tmp_path: Path) -> None:
    log, views = story(), views_at(tmp_path)
    del log.facts[3]
    with pytest.raises(Gap):
        Rebuild(views, ACTS, log).beside()
    assert gc.isenabled()
    views.close()


def test_the_sets_of_views_are_rebuilt_apart(tmp_path: Path) -> None:
    log, views = story(), views_at(tmp_path)
    caught_up(views, log)
    looks = caught_up(views, MemoryLog(), LOOKS)
    rebuild = Rebuild(views, ACTS, log)
    rebuild.swap(rebuild.beside())
    assert looks.position() == 0
    with views.living(LOOKS) as living:
        assert living.generation == 1
    views.close()


@pytest.mark.parametrize("view", [view.name for view in ACTS.views if view.name not in {"counted", "ticked", "agenda"}])
def test_a_row_that_was_changed_added_or_taken_is_found(tmp_path: Path, view: str) -> None:
    log, views = story(), views_at(tmp_path)
    caught_up(views, log)
    rebuild = Rebuild(views, ACTS, log)
    rebuilt = rebuild.beside()
    assert rebuild.compare(rebuilt) is None
    with views.writing() as connection:
        target = ACTS.living(connection).tables[view]
        first = connection.execute(target.select().limit(1)).one()
        connection.execute(
            target.delete().where(*(target.c[key.name] == first._mapping[key.name] for key in target.primary_key))
        )
    found = rebuild.compare(rebuilt)
    assert found is not None
    assert found.view == view
    views.close()


def other_ids(log: MemoryLog, change: Callable[[Fact], Fact] = lambda fact: fact) -> MemoryLog:
    """The same run again: other ids and another clock."""

    def other(ref: Ref) -> Ref:
        return named(f"other {ref.hex}")

    def event(fact: Fact) -> Event:
        match fact.event:
            case case.ConsultationLinked(consultation=ref) as linked:
                return structs.replace(linked, consultation=other(ref))
        return fact.event

    again = MemoryLog()
    for fact in log.facts:
        again.facts.append(
            change(
                structs.replace(
                    fact,
                    stream=other(fact.stream),
                    committed=fact.committed + 5,
                    event=event(fact),
                    act=structs.replace(fact.act, id=other(fact.act.id)),
                )
            )
        )
    return again


def test_two_runs_of_one_story_are_equal_up_to_ids_and_committed_times(tmp_path: Path) -> None:
    log = story()

    def changed(fact: Fact) -> Fact:
        return structs.replace(fact, event=requested(persons=9)) if fact.position == 3 else fact

    found = []
    for name, other in (("same", other_ids(log)), ("changed", other_ids(log, changed))):
        (tmp_path / name).mkdir()
        one, two = views_at(tmp_path / name), Views.at(tmp_path / name / "other.db")
        caught_up(one, log)
        Runner(two, ACTS, other, other.stream).catch_up()
        with one.living(ACTS) as left, two.living(ACTS) as right:
            found.append(compare_runs(ACTS, left, right))
        one.close()
        two.close()
    assert found[0] is None
    assert found[1] is not None
    assert found[1].view == "requested"

"""Filling a generation: little is kept in memory, nothing disposed of meanwhile is left, reading ahead is no change."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

import domain.consultation.events as consultation
from domain.act import Fact
from domain.vocabulary import Ref, Role
from projections.catalogue import ACTS
from projections.errors import Gap
from projections.prefetch import Ahead
from projections.rebuild import Rebuild
from projections.runner import Runner
from tests.projections.history import CENTRE, SOCIAL, MemoryLog, caught_up, requested, views_at
from tests.projections.test_runner import history

pytestmark = pytest.mark.usefixtures("both")


def test_aggregates_that_were_written_to_spare_memory_are_folded_on_when_something_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.building.MOST_KEPT", 3)
    monkeypatch.setattr("projections.building.LARGEST_BATCH", 7)
    log, asked = history(200), list[Ref]()

    def stream(wanted: Ref) -> Sequence[Fact]:
        asked.append(wanted)
        return log.stream(wanted)

    with closing(views_at(tmp_path)) as views:
        caught_up(views, log)
        rebuild = Rebuild(views, ACTS, log, stream=stream)
        assert rebuild.compare(rebuild.beside()) is None
        assert asked


def test_invariant_6_what_is_disposed_of_during_a_rebuild_is_not_in_what_it_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.building.LARGEST_BATCH", 2)

    class Disposing(MemoryLog):
        """The first fact is disposed of after it was read."""

        def read(self, after: int, limit: int) -> Sequence[Fact]:
            found = super().read(after, limit)
            if self.last() == 3:
                self.take_keys(self.facts[0])
                self.consult("one", consultation.Disposed(keys=(Ref("0" * 32),)), SOCIAL)
            return found

    log = Disposing()
    log.consult("one", requested(reference="ABCD-2345"), SOCIAL)
    log.consult("one", consultation.AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER), CENTRE)
    log.consult("two", requested(), SOCIAL)
    with closing(views_at(tmp_path)) as views:
        rebuild = Rebuild(views, ACTS, log, stream=log.stream)
        rebuild.swap(rebuild.beside())
        with views.living(ACTS) as living:
            assert living.position == 4
            references = living.connection.execute(living.tables["reference"].select()).all()
        assert {row.reference for row in references} == {"AAAA-BBBB"}
        again = Rebuild(views, ACTS, log, stream=log.stream)
        assert again.compare(again.beside()) is None


def test_a_runner_that_reads_ahead_takes_the_same(tmp_path: Path) -> None:
    log = history(100)
    ahead = Ahead(log)
    with closing(views_at(tmp_path)) as views:
        runner = Runner(views, ACTS, ahead, log.stream, largest_batch=8)
        assert runner.catch_up() == 100
        log.consult("one more", requested(), SOCIAL)
        assert runner.catch_up() == 1
        rebuild = Rebuild(views, ACTS, log)
        assert rebuild.compare(rebuild.beside()) is None
    ahead.end()


def test_reading_ahead_meets_what_is_wrong_when_it_is_due_and_not_before() -> None:
    class Broken(MemoryLog):
        broken = True

        def read(self, after: int, limit: int) -> Sequence[Fact]:
            if self.broken and after >= 5:
                raise Gap(6, 7)
            return super().read(after, limit)

    log = Broken()
    log.facts = history(12).facts
    ahead = Ahead(log)
    assert [fact.position for fact in ahead.read(0, 5)] == [1, 2, 3, 4, 5]
    with pytest.raises(Gap):
        ahead.read(5, 5)
    log.broken = False
    assert [fact.position for fact in ahead.read(5, 5)] == [6, 7, 8, 9, 10]
    assert [fact.position for fact in ahead.read(2, 3)] == [3, 4, 5]
    assert ahead.last() == 12
    ahead.end()

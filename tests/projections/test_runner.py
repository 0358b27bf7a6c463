"""The runner: nothing lost, nothing doubled, and incremental rows equal rebuilt ones, for all histories."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec import structs

import domain.case.events as case
import domain.consultation.events as consultation
from domain.act import Fact
from domain.vocabulary import (
    Ref,
    Role,
)
from projections.catalogue import ACTS
from projections.errors import Gap, LogBehind
from projections.rebuild import Rebuild
from projections.runner import Runner
from projections.store import Views
from tests.projections.history import (
    CENTRE,
    POLICE,
    SCHOOL,
    SISTER,
    SOCIAL,
    MemoryLog,
    assigned,
    caught_up,
    requested,
    views_at,
)

pytestmark = pytest.mark.usefixtures("both")

UNITS = (CENTRE, SOCIAL, POLICE, SCHOOL)


def counted(views: Views, view: str) -> int:
    with views.living(ACTS) as living:
        return len(living.connection.execute(living.tables[view].select()).all())


def history(length: int) -> MemoryLog:
    """Cases and consultations that take turns; the same length gives the same history."""
    log = MemoryLog()
    for number in range(length):
        match number % 4:
            case 0:
                log.append(f"case {number // 40}", case.PersonAdded(person=SISTER), UNITS[number % 3])
            case 1:
                log.append(f"case {number // 40}", assigned(UNITS[number % 4]), SOCIAL)
            case 2:
                log.consult(f"consultation {number}", requested(), UNITS[number % 3])
            case _:
                log.consult(
                    f"consultation {number - 1}",
                    consultation.AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER),
                    CENTRE,
                )
    return log


def test_a_gap_stops_the_projection_before_anything_of_the_batch_is_written(tmp_path: Path) -> None:
    log, views = history(10), views_at(tmp_path)
    del log.facts[4]
    runner = Runner(views, ACTS, log, log.stream)
    with pytest.raises(Gap, match="position 5 was asked for, and 6 came"):
        runner.catch_up()
    assert runner.position() == 0
    assert counted(views, "act_trail") == 0
    with pytest.raises(Gap):
        Rebuild(views, ACTS, log).beside()
    views.close()


def test_an_older_log_is_noticed(tmp_path: Path) -> None:
    log, views = history(10), views_at(tmp_path)
    runner = caught_up(views, log)
    del log.facts[5:]
    with pytest.raises(LogBehind, match="position 10, but the log ends at 5"):
        runner.step()
    views.close()


def test_a_batch_is_what_is_there_up_to_a_limit(tmp_path: Path) -> None:
    log, views = history(25), views_at(tmp_path)
    runner = Runner(views, ACTS, log, log.stream, largest_batch=10)
    assert [runner.step() for _ in range(4)] == [10, 10, 5, 0]
    log.consult("one more", requested(), SOCIAL)
    assert [runner.step(), runner.step()] == [1, 0]
    views.close()


def test_two_runners_on_one_set_write_each_batch_once(tmp_path: Path) -> None:
    log, views = history(60), views_at(tmp_path)
    one = Runner(views, ACTS, log, log.stream, largest_batch=7)
    two = Runner(views, ACTS, log, log.stream, largest_batch=11)
    while one.step() + two.step():
        pass
    assert counted(views, "act_trail") == 60
    assert_equal_to_rebuild(views, log)
    views.close()


@pytest.mark.parametrize("believed", [0, 5, 15, 20])
def test_whoever_believes_the_views_to_stand_elsewhere_takes_what_follows_where_they_do(
    tmp_path: Path, believed: int
) -> None:
    log, views = history(20), views_at(tmp_path)
    Runner(views, ACTS, log, log.stream, largest_batch=10).step()
    runner = Runner(views, ACTS, log, log.stream, largest_batch=4)
    assert runner.step(believed) == 4
    assert runner.position() == 14
    runner.catch_up()
    assert_equal_to_rebuild(views, log)
    views.close()


def test_a_batch_that_another_runner_took_meanwhile_is_not_written_again(tmp_path: Path) -> None:
    log, views = history(10), views_at(tmp_path)
    other = Runner(views, ACTS, log, log.stream)

    class Slow(MemoryLog):
        """While it is read, the other runner takes all there is."""

        def read(self, after: int, limit: int) -> Sequence[Fact]:
            found = super().read(after, limit)
            other.catch_up()
            return found

    slow = Slow()
    slow.facts = log.facts
    assert Runner(views, ACTS, slow, slow.stream).catch_up() == 0
    assert_equal_to_rebuild(views, log)
    views.close()


def test_a_batch_that_fails_leaves_no_row_no_position_and_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, views = history(20), views_at(tmp_path)
    runner = Runner(views, ACTS, log, log.stream, largest_batch=8)
    runner.step()
    with monkeypatch.context() as patch:
        patch.setattr("projections.runner.insert_rows", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            runner.step()
    assert runner.position() == 8
    runner.catch_up()
    assert_equal_to_rebuild(views, log)
    views.close()


def test_killed_at_any_moment_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """A process that projects is killed a few times in the midst of it; the next one goes on."""
    log = history(1_500)
    program = (
        "import sys; from pathlib import Path; from projections.runner import Runner;"
        "from projections.catalogue import ACTS;"
        "from tests.projections.history import views_at; from tests.projections.test_runner import history;"
        "log = history(1_500); views = views_at(Path(sys.argv[1]));"
        "runner = Runner(views, ACTS, log, log.stream, largest_batch=10);"
        "print('ready', flush=True); [print(runner.position(), flush=True) for _ in iter(runner.step, 0)]"
    )
    reached = []
    for lines in (3, 17, 40):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": "."},
        )
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        views = views_at(tmp_path)
        reached.append(Runner(views, ACTS, log, log.stream).position())
        assert counted(views, "act_trail") == reached[-1]
        views.close()
    assert 0 < reached[0] < reached[1] < reached[2] < 1_500
    views = views_at(tmp_path)
    caught_up(views, log)
    assert_equal_to_rebuild(views, log)
    views.close()


@pytest.mark.parametrize(
    ("point", "reached"),
    [("Runner._write", 4), ("ViewSet.advance", 4), ("insert_rows", 4), ("Runner._take", 8)],
    ids=["rows and position written", "position moved", "some rows written", "committed"],
)
def test_invariant_2_killed_between_view_and_position_a_worker_leaves_neither_or_both(
    tmp_path: Path, point: str, reached: int
) -> None:
    """The process kills itself when the function at that point returns in its second batch."""
    log = history(20)
    program = (
        "import os, signal, sys; from pathlib import Path; import projections.runner as module;"
        "from projections.runner import Runner; from projections.store import ViewSet;"
        "from projections.catalogue import ACTS; from tests.projections.history import views_at;"
        "from tests.projections.test_runner import history;"
        "log = history(20); views = views_at(Path(sys.argv[1]));"
        "runner = Runner(views, ACTS, log, log.stream, largest_batch=4); assert runner.step() == 4;"
        "owner, _, name = sys.argv[2].rpartition('.');"
        "place = {'Runner': Runner, 'ViewSet': ViewSet, '': module}[owner]; real = getattr(place, name);"
        "setattr(place, name, lambda *given: (real(*given), os.kill(os.getpid(), signal.SIGKILL))); runner.step()"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), point],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((".", "hub-api"))},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    views = views_at(tmp_path)
    assert Runner(views, ACTS, log, log.stream).position() == reached
    assert counted(views, "act_trail") == reached
    caught_up(views, log)
    assert_equal_to_rebuild(views, log)
    views.close()


def test_a_disposal_takes_the_rows_that_its_keys_opened(tmp_path: Path) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    asked = log.consult("one", requested(reference="ABCD-2345"), SOCIAL)
    advice = log.consult("one", consultation.AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER), CENTRE)
    runner = caught_up(views, log)
    assert counted(views, "reference") == 2
    log.take_keys(asked)
    log.consult("one", consultation.Disposed(keys=(Ref("0" * 32),), whole=True), SOCIAL)
    runner.catch_up()
    assert counted(views, "reference") == 0
    assert counted(views, "requested") == 0
    with views.living(ACTS) as living:
        trail = living.connection.execute(living.tables["act_trail"].select().order_by("position")).all()
    assert [(row.position, row.unit) for row in trail] == [(1, None), (2, CENTRE), (3, SOCIAL)]
    assert advice.position == 2
    assert_equal_to_rebuild(views, log)
    views.close()


def test_keys_that_went_before_the_runner_saw_why_leave_no_row_behind(tmp_path: Path) -> None:
    """The disposal deletes keys at once; a runner that begins anew in between folds without them, onto older rows."""
    log, views = MemoryLog(), views_at(tmp_path)
    asked = log.consult("one", requested(), SOCIAL)
    caught_up(views, log)
    log.take_keys(asked)
    log.consult("one", consultation.Accepted(to=SOCIAL), CENTRE)
    caught_up(views, log)
    log.consult("one", consultation.Disposed(keys=(Ref("0" * 32),)), SOCIAL)
    caught_up(views, log)
    assert_equal_to_rebuild(views, log)
    views.close()


def test_folding_an_aggregate_again_changes_nothing_that_is_still_true(tmp_path: Path) -> None:
    log, views = history(40), views_at(tmp_path)
    runner = caught_up(views, log)
    runner.refold({fact.stream for fact in log.facts})
    assert_equal_to_rebuild(views, log)
    views.close()


def assert_equal_to_rebuild(views: Views, log: MemoryLog) -> None:
    rebuild = Rebuild(views, ACTS, log)
    rebuilt = rebuild.beside()
    assert rebuild.compare(rebuilt) is None
    rebuild.discard(rebuilt)


def test_a_fact_that_differs_is_found_by_the_comparison(tmp_path: Path) -> None:
    log, views = history(12), views_at(tmp_path)
    caught_up(views, log)
    log.facts[2] = structs.replace(log.facts[2], event=requested(asked_of=SCHOOL))
    rebuild = Rebuild(views, ACTS, log)
    found = rebuild.compare(rebuild.beside())
    assert found is not None
    assert found.view == "unit_stream"
    views.close()

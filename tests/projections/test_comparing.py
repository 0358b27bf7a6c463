"""Views are compared with what the log gives while they are used: as of one snapshot, and nobody waits for it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

import domain.consultation.events as consultation
from domain.act import Fact
from domain.vocabulary import Ref
from projections.catalogue import ACTS
from projections.errors import LogBehind
from projections.rebuild import Behind, DisposedMeanwhile, Rebuild
from projections.runner import Runner
from projections.store import TRACKING, Views
from tests.projections.history import CENTRE, SOCIAL, MemoryLog, assigned, caught_up, named, requested, views_at
from tests.projections.test_runner import history

pytestmark = pytest.mark.usefixtures("both")


class Used(MemoryLog):
    """A log that something is done with before each reading, once it is in use."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = history(40).facts
        self.meanwhile: Callable[[], object] = lambda: None

    def read(self, after: int, limit: int) -> Sequence[Fact]:
        self.meanwhile()
        return super().read(after, limit)


def change(views: Views, view: str, column: str, value: object, stream: str) -> None:
    with views.writing() as connection:
        target = ACTS.living(connection).tables[view]
        connection.execute(target.update().where(target.c.stream == named(stream).hex).values({column: value}))


def test_what_comes_after_a_rebuild_is_compared_too(tmp_path: Path) -> None:
    log, views = Used(), views_at(tmp_path)
    runner = caught_up(views, log)
    for wrong in (False, True):
        rebuild = Rebuild(views, ACTS, log, stream=log.stream)
        rebuilt = rebuild.beside()
        for number in range(20):
            log.append("case 0", assigned(CENTRE), SOCIAL)
            log.consult(f"meanwhile {number} {wrong}", requested(), SOCIAL)
        runner.catch_up()
        if wrong:
            change(views, "requested", "persons", 7, "meanwhile 19 True")
        found = rebuild.compare(rebuilt)
        rebuild.discard(rebuilt)
        assert (found is not None) is wrong
    assert found is not None
    assert (found.view, found.row) == ("requested", f"position={log.last()}")
    views.close()


def test_the_living_views_go_on_while_they_are_compared(tmp_path: Path) -> None:
    log, views = Used(), views_at(tmp_path)
    runner = caught_up(views, log)
    rebuild = Rebuild(views, ACTS, log, stream=log.stream)
    rebuilt = rebuild.beside()
    log.consult("after it", requested(), SOCIAL)
    runner.catch_up()
    last = log.last()

    def one_more() -> None:
        log.meanwhile = lambda: None
        log.consult("while it is compared", requested(), SOCIAL)
        runner.catch_up()

    log.meanwhile = one_more
    assert rebuild.compare(rebuilt) is None
    assert runner.position() == log.last() == last + 1
    views.close()


def test_a_row_is_named_by_its_keys_and_nothing_else(tmp_path: Path) -> None:
    log, views = history(40), views_at(tmp_path)
    caught_up(views, log)
    rebuild = Rebuild(views, ACTS, log, stream=log.stream)
    rebuilt = rebuild.beside()
    with views.writing() as connection:
        target = ACTS.living(connection).tables["unit_stream"]
        first = connection.execute(sa.select(target).order_by(*target.primary_key.columns)).first()
        assert first is not None
        keys = {column.name: getattr(first, column.name) for column in target.primary_key.columns}
        connection.execute(target.delete().where(*(target.c[name] == value for name, value in keys.items())))
    found = rebuild.compare(rebuilt)
    assert found is not None
    assert found.row == ", ".join(f"{name}={value}" for name, value in keys.items())
    views.close()


def test_an_aggregate_that_is_disposed_of_while_it_is_compared_is_no_difference(tmp_path: Path) -> None:
    log, views = Used(), views_at(tmp_path)
    asked = log.consult("disposed of", requested(), SOCIAL)
    runner = caught_up(views, log)
    rebuild = Rebuild(views, ACTS, log, stream=log.stream)
    rebuilt = rebuild.beside()
    log.consult("disposed of", consultation.KeyIssued(to=SOCIAL, tag="ab" * 32), CENTRE)
    runner.catch_up()

    def dispose() -> None:
        log.meanwhile = lambda: None
        log.take_keys(asked)
        log.consult("disposed of", consultation.Disposed(keys=(Ref("0" * 32),), whole=True), SOCIAL)

    log.meanwhile = dispose
    with pytest.raises(DisposedMeanwhile):
        rebuild.compare(rebuilt)
    rebuild.discard(rebuilt)
    runner.catch_up()
    assert rebuild.compare(rebuild.beside()) is None
    views.close()


def test_a_wrong_row_is_found_whatever_else_is_disposed_of_meanwhile(tmp_path: Path) -> None:
    log, views = Used(), views_at(tmp_path)
    log.consult("wrong", requested(), SOCIAL)
    caught_up(views, log)
    rebuild = Rebuild(views, ACTS, log, stream=log.stream)
    rebuilt = rebuild.beside()
    change(views, "requested", "persons", 7, "wrong")
    log.consult("other", consultation.Disposed(keys=(Ref("0" * 32),)), SOCIAL)
    found = rebuild.compare(rebuilt)
    assert found is not None
    assert found.view == "requested"
    views.close()


def test_views_that_lag_or_are_ahead_of_the_log_are_not_compared(tmp_path: Path) -> None:
    log, views = Used(), views_at(tmp_path)
    runner = Runner(views, ACTS, log, log.stream, largest_batch=30)
    runner.step()
    rebuild = Rebuild(views, ACTS, log, stream=log.stream)
    with pytest.raises(Behind, match="at position 30 and the log gives them up to 40"):
        rebuild.compare(rebuild.beside())
    with views.writing() as connection:
        connection.execute(TRACKING.update().values(notification_id=50))
    with pytest.raises(LogBehind):
        rebuild.compare(rebuild.beside())
    views.close()

"""Views that another version of this program made: never read, and made anew beside and swapped in."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.vocabulary import Kind, Role
from projections.catalogue import ACTS
from projections.errors import LogBehind, ViewsUnusable
from projections.lists import Lists
from projections.rebuild import renewed
from projections.runner import Runner
from projections.store import ViewSet
from projections.view import Flat, View, number, ref
from tests.projections.history import SOCIAL, MemoryLog, caught_up, requested, views_at

pytestmark = pytest.mark.usefixtures("both")

DROPPED = Flat(frozenset(), (View("dropped_since", (ref("stream", key=True), number("count"))),), lambda _: iter(()))
EARLIER = ViewSet("acts", (*ACTS.projections, DROPPED), edition=ACTS.edition - 1)


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    for word in ("one", "two"):
        log.consult(word, requested(), SOCIAL)
    return log


def test_rows_of_another_version_are_not_read_and_not_written(tmp_path: Path, log: MemoryLog) -> None:
    views = views_at(tmp_path)
    caught_up(views, log, EARLIER)
    assert ACTS.outdated(views)
    with pytest.raises(ViewsUnusable, match="another version"):
        Lists(views, ACTS).page(SOCIAL, Role.HANDLER, Kind.CONSULTATION)
    with pytest.raises(ViewsUnusable, match="another version"):
        Runner(views, ACTS, log, log.stream).step()


def test_they_are_made_anew_and_nothing_of_them_is_left(tmp_path: Path, log: MemoryLog) -> None:
    views = views_at(tmp_path)
    caught_up(views, log, EARLIER)
    assert renewed(views, ACTS, log, log.stream)
    assert len(Lists(views, ACTS).page(SOCIAL, Role.HANDLER, Kind.CONSULTATION)) == 2
    with views.reading() as connection:
        assert not [name for name in sa.inspect(connection).get_table_names() if name.startswith("dropped_since")]
    log.consult("three", requested(), SOCIAL)
    assert Runner(views, ACTS, log, log.stream).step() == 1


def test_rows_of_this_version_are_left_as_they_are(tmp_path: Path, log: MemoryLog) -> None:
    views = views_at(tmp_path)
    assert not renewed(views, ACTS, log, log.stream)
    caught_up(views, log)
    assert not renewed(views, ACTS, log, log.stream)


def test_rows_that_have_come_further_than_the_log_stay_as_the_witness_of_what_it_has_lost(
    tmp_path: Path, log: MemoryLog
) -> None:
    views = views_at(tmp_path)
    caught_up(views, log, EARLIER)
    del log.facts[-1:]
    with pytest.raises(LogBehind):
        renewed(views, ACTS, log, log.stream)
    assert ACTS.outdated(views)

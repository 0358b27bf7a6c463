"""Whatever an act says, an aggregate folds: what it may not say is refused when it comes, and was not always."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.aggregates import AGGREGATES, due, fold
from domain.agreement.state import Directory
from domain.case.risk import CircumstancesChanged, RiskAssessed, memos_to_share
from domain.case.state import Case
from domain.event import Event
from domain.open_items import needs_now
from domain.vocabulary import FOREVER, AgencyId, Instant, Kind, UnitId
from tests.projections.extremes import OF_ACTS, filled, kind_of, numbers
from tests.projections.history import CENTRE, POLICE, SOCIAL, START, MemoryLog

Acts = list[tuple[Event, UnitId, Instant]]
UNITS = st.sampled_from((CENTRE, SOCIAL, POLICE, UnitId("\0")))


def acts_of(*events: type[Event]) -> st.SearchStrategy[Acts]:
    return st.lists(st.tuples(st.sampled_from(events).flatmap(filled), UNITS, numbers), min_size=1, max_size=8)


def history_of(kind: Kind, acts: Acts) -> MemoryLog:
    log = MemoryLog()
    for event, unit, happened in acts:
        log.append(kind.value, event, unit, kind=kind, happened=happened)
    return log


def _folds(kind: Kind, acts: Acts) -> None:
    facts = history_of(kind, acts).facts
    state: Any = AGGREGATES[kind].initial
    for fact in facts:
        state = AGGREGATES[kind].evolve(state, fact)
    assert fold(kind, facts) == state
    directory = Directory.of(facts)
    for now in (START, FOREVER):
        needs_now(state, kind, now, directory)
        due(state, kind, now)
        if isinstance(state, Case):
            memos_to_share(state, now, directory)
    today = directory.at(START)
    today.units()
    today.limit("task", AgencyId(CENTRE))


@pytest.mark.parametrize("kind", AGGREGATES)
def test_any_history_of_any_values_folds_waits_and_comes_due(kind: Kind) -> None:
    @settings(max_examples=120, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
    @given(acts_of(*(event for event in OF_ACTS if kind_of(event) is kind)))
    def tried(acts: Acts) -> None:
        _folds(kind, acts)

    tried()


@settings(max_examples=200, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
@given(acts_of(CircumstancesChanged, RiskAssessed))
def test_d7_an_assessment_answers_a_change_of_whatever_day(acts: Acts) -> None:
    _folds(Kind.CASE, acts)

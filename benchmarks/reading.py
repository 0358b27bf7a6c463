"""What is read: a long case looked at and replayed, the first page of many cases, one decision."""

from time import perf_counter

from benchmarks import stage
from benchmarks.measure import Line, at_most, by_turns, expect
from domain.act import Principal
from domain.needtoknow import compile as policies
from domain.needtoknow.model import NO_GRANT, Action, Grant, GrantKind, Resource
from domain.vocabulary import AgencyId, Compartment, Kind, TableRow, UnitId


def long_case(rounds: int, acts: int = 500) -> list[Line]:
    """One case of 500 acts, every one with a sealed part, as its handler and as an auditor see it."""
    with stage.opened_hub() as hub:
        ((stream, _),) = stage.cases(hub, 1, acts)

        def look(_: int) -> float:
            began = perf_counter()
            seen = hub.gateway.look_now(stage.HANDLER, Kind.CASE, stream, what="case")
            taken = perf_counter() - began
            expect(len(seen.facts), acts - 2)  # of the beginning, the assignment alone is the handler's to see
            return taken

        def replay(_: int) -> float:
            began = perf_counter()
            seen = hub.gateway.replay_now(stage.AUDITOR, stream)
            taken = perf_counter() - began
            expect(len(seen.facts), acts)
            return taken

        def replay_as(_: int) -> float:
            began = perf_counter()
            hub.gateway.replay_now(stage.AUDITOR, stream, as_unit=stage.HANDLER.unit)
            return perf_counter() - began

        looked, replayed, replayed_as = by_turns(rounds, look, replay, replay_as)
    return [
        at_most(f"look at a case of {acts} acts, content opened", looked, 10),
        at_most(f"replay of a case of {acts} acts", replayed, 10),
        at_most("the same, beside it what a unit could see and saw", replayed_as, 10),
    ]


def first_page(rounds: int, count: int = 20_000, acts: int = 4) -> Line:
    """The first page of 50, of a unit that is let in to so many cases."""
    with stage.opened_hub() as hub:
        stage.cases(hub, count, acts)

        def page(_: int) -> float:
            began = perf_counter()
            found = hub.gateway.page_now(stage.HANDLER, "cases", what="cases")
            taken = perf_counter() - began
            expect(len(found.items), min(50, count))
            return taken

        (taken,) = by_turns(rounds, page)
    return at_most(f"first page of 50 out of {count:,} granted cases", taken, 20)


def decision(rounds: int, count: int = 20_000) -> Line:
    """One call of the compiled policy, over questions of many kinds."""
    decide, now = policies.load(policies.titles()[-1]).decide, 1_790_000_000_000_000
    asked = [
        (principal, Action.READ, resource, grant, now)
        for principal in (stage.HANDLER, stage.COORDINATOR, stage.ADVISER)
        for resource in _resources()
        for grant in (NO_GRANT, _grant(principal))
    ]
    asked = (asked * (count // len(asked) + 1))[:count]

    def deciding(_: int) -> float:
        began = perf_counter()
        for principal, action, resource, grant, at in asked:
            decide(principal, action, resource, grant, at)
        return perf_counter() - began

    (taken,) = by_turns(rounds, deciding)
    micros = taken / count * 1e6
    return Line(
        what="one decision",
        figure=f"{micros:.2f} µs",
        floor="",
        value=micros,
        target=0.5,
        unit=" µs",
        least=False,
    )


def _resources() -> list[Resource]:
    owner, agency = stage.HANDLER.unit, stage.HANDLER.agency
    rows: tuple[Compartment | TableRow, ...] = (*Compartment, *TableRow)
    return [
        Resource(kind=Kind.CASE, row=row, subject="p", owner=UnitId(unit), owner_agency=AgencyId(agency))
        for row in rows
        for unit in (owner, "?")
    ]


def _grant(holder: Principal) -> Grant:
    return Grant(kind=GrantKind.ASSIGNMENT, holder=holder.unit, subject="p", purpose=holder.purpose)

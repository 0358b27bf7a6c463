"""What is judged once for all acts of one shape is what would be judged for each act, grant and part by itself."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.act import Fact, Principal
from domain.case import events as case
from domain.event import Event
from domain.needtoknow.model import NO_GRANT, Action, Grant, Resource, Verdict
from domain.needtoknow.standing import Standing
from domain.vocabulary import Compartment, Existence, Protection, Purpose, Role, TableRow
from tests.domain.needtoknow.histories import (
    BROTHER,
    NOW,
    POLICY,
    SISTER,
    History,
    Letter,
    assigned,
    disclosed,
    everything_known,
    opened_case,
    works_at,
)

UNITS = [works_at(name) for name in ("a.one", "a.two", "b.one", "c.one", "d.one")]
WHO = st.sampled_from(UNITS)
PERSON = st.sampled_from([SISTER, BROTHER])
NAMED = st.lists(st.sampled_from(list(Compartment)), min_size=1, max_size=3)

events: st.SearchStrategy[Event] = st.one_of(
    st.builds(assigned, WHO, PERSON, until=st.sampled_from([NOW, NOW + 1])),
    st.builds(
        lambda to, parts, person, until: disclosed(to, *parts, person=person, until=until),
        WHO,
        NAMED,
        PERSON,
        st.sampled_from([NOW, NOW + 1]),
    ),
    st.builds(everything_known, PERSON),
    st.builds(lambda to, person: Letter(to=to.unit, person=person, advice="answer", contact="telephone"), WHO, PERSON),
    st.builds(lambda person: case.ProtectionMarked(person=person, level=Protection.ASSUMED_IDENTITY), PERSON),
    st.builds(lambda who: case.StaffBlocked(staff=who.person), st.sampled_from(UNITS[3:])),
    st.builds(lambda who: case.Opened(coordinator=who.unit), WHO),
)
LOOKING = [
    *UNITS,
    works_at("a.one", Role.COORDINATOR),
    works_at("a.review", Role.AUDITOR, Purpose.AUDIT),
    works_at("e.review", Role.REGIONAL_AUDITOR, Purpose.AUDIT),
]


def one_by_one(
    who: Principal, action: Action, fact: Fact, standing: Standing
) -> tuple[frozenset[Compartment] | None, Existence | None]:
    """(parts, mark) of one act, asked for alone with every name as it is; no parts at all if it is not there."""
    subject = fact.event.subject()
    resource = Resource(
        kind=fact.kind,
        row=fact.event.row,
        subject="" if subject is None else subject.hex,
        owner=fact.act.by.unit,
        owner_agency=fact.act.by.agency,
        addressees=fact.event.addressees(),
        coordinator=standing.coordinator,
        blocked=standing.blocked,
        callers=standing.callers,
    )

    def answer(row: Compartment | TableRow, beside: frozenset[Compartment], grant: Grant) -> Verdict:
        return POLICY.decide(who, action, msgspec.structs.replace(resource, row=row, beside=beside), grant, NOW).outcome

    allowed, there, known = set[Compartment](), False, False
    for grant in (NO_GRANT, *standing.grants):
        opened = frozenset(part for part in fact.sealed if answer(part, frozenset(), grant) is Verdict.ALLOW)
        allowed |= opened
        there = there or answer(resource.row, opened, grant) is Verdict.ALLOW
        known = known or answer(TableRow.EXISTENCE, frozenset(), grant) is not Verdict.ABSENT
    return frozenset(allowed) if there else None, fact.event.existence if known else None


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(WHO, events), max_size=12))
def test_f_judging_alike_acts_together_changes_nothing(acts: list[tuple[Principal, Event]]) -> None:
    history = History()
    for by, event in acts:
        history.by(by, event)
    standing = Standing.of(history.facts)
    for who in LOOKING:
        action = Action.AUDIT if who.purpose is Purpose.AUDIT else Action.READ
        expected = {fact.act.id: one_by_one(who, action, fact, standing) for fact in history.facts}
        found = history.seen_by(who)
        assert {sight.fact.act.id: sight.allowed for sight in found.facts} == {
            act: parts for act, (parts, _) in expected.items() if parts is not None
        }
        assert found.existence == {mark for _, mark in expected.values() if mark is not None}


def test_c1_a_grant_is_known_once_by_the_act_that_gave_it() -> None:
    history, social = opened_case(), UNITS[0]
    given = history.by(UNITS[1], assigned(social))
    history.by(UNITS[1], Letter(to=social.unit, person=SISTER))
    history.facts[2] = msgspec.structs.replace(history.facts[2], act=history.facts[1].act)
    assert [grant.id for grant in history.seen_by(social).grants] == [given]

"""R4: what a receiver is told of an end is no finer than the day, so that a withdrawal looks like ends by hand."""

from typing import Final

import msgspec

from domain.act import Principal
from domain.case import events as case
from domain.event import Event
from domain.needtoknow.endings import told_order, told_until
from domain.needtoknow.standing import Standing
from domain.time import parse_instant
from domain.vocabulary import Compartment, Instant, Purpose, Ref
from tests.domain.needtoknow.histories import POLICE, SISTER, SOCIAL, History, disclosed

DAY: Final = parse_instant("2026-03-14T00:00:00+01:00")
HOUR: Final = 3_600_000_000
NOON: Final = DAY + 12 * HOUR
CONSENT: Final = Ref("c0" * 16)


class Told:
    """A history in which each act has a time of its own."""

    def __init__(self) -> None:
        self.history = History()

    def at(self, when: Instant, event: Event, who: Principal = SOCIAL) -> Ref:
        act = self.history.by(who, event)
        facts = self.history.facts
        facts[-1] = msgspec.structs.replace(
            facts[-1], committed=when, act=msgspec.structs.replace(facts[-1].act, now=when, happened=when, known=when)
        )
        return act

    def end(self, when: Instant, grant: Ref) -> Ref:
        return self.at(when, case.DisclosureEnded(grant=grant, receiver=POLICE.unit))

    def ended(self) -> list[tuple[str, Instant]]:
        order = told_order(self.history.facts, POLICE.unit)
        return [(fact.act.id.hex, at) for fact, at in order if isinstance(fact.event, case.DisclosureEnded)]


def shared() -> tuple[Told, Ref, Ref]:
    told = Told()
    one = told.at(DAY - 24 * HOUR, disclosed(POLICE, Compartment.SOCIAL, consent=CONSENT))
    other = told.at(DAY - 23 * HOUR, disclosed(POLICE, Compartment.HEALTH, consent=CONSENT))
    return told, one, other


def test_r4_two_ends_of_one_day_are_told_at_its_beginning_in_the_order_of_what_they_end() -> None:
    told, one, other = shared()
    late = told.end(NOON, other)
    between = told.at(NOON + HOUR, disclosed(POLICE, Compartment.POLICE))
    early = told.end(NOON + 2 * HOUR, one)
    assert told.ended() == [(early.hex, DAY), (late.hex, DAY)]
    order = [fact.act.id for fact, _ in told_order(told.history.facts, POLICE.unit)]
    assert order == [one, other, early, late, between]


def test_r4_whoever_is_not_the_receiver_is_told_as_it_was() -> None:
    told, one, other = shared()
    told.end(NOON, other)
    told.end(NOON + HOUR, one)
    assert [(fact, fact.committed) for fact in told.history.facts] == list(told_order(told.history.facts, SOCIAL.unit))


def test_r4_an_end_on_the_day_of_the_disclosure_is_told_after_it() -> None:
    told = Told()
    given = told.at(NOON, disclosed(POLICE, Compartment.SOCIAL))
    end = told.end(NOON + HOUR, given)
    assert told.ended() == [(end.hex, NOON)]
    assert [fact.act.id for fact, _ in told_order(told.history.facts, POLICE.unit)] == [given, end]


def test_r4_as_of_any_instant_of_the_day_both_have_ended_and_the_day_before_neither() -> None:
    told, one, other = shared()
    told.end(NOON, one)
    told.end(NOON + 5 * HOUR, other)
    for then, ended in ((DAY - 1, 0), (DAY, 2), (NOON + HOUR, 2), (NOON + 6 * HOUR, 2)):
        known = told_until(told.history.facts, POLICE.unit, then)
        assert sum(isinstance(fact.event, case.DisclosureEnded) for fact in known) == ended
        own = told_until(told.history.facts, SOCIAL.unit, then)
        assert [fact.committed <= then for fact in own] == [True] * len(own)


def test_r4_a_withdrawal_changes_nothing_of_what_is_over_or_was_only_said() -> None:
    told = Told()
    consent = case.ConsentGiven(
        person=SISTER,
        purpose=Purpose.INVESTIGATION,
        receiver=POLICE.unit,
        compartments=frozenset({Compartment.SOCIAL}),
        until=DAY + 999 * HOUR,
    )
    given = told.at(DAY - 48 * HOUR, consent)
    over = told.at(DAY - 47 * HOUR, disclosed(POLICE, Compartment.SOCIAL, consent=given, until=DAY))
    said = told.at(DAY - 46 * HOUR, disclosed(POLICE, Compartment.SOCIAL, consent=given, spoken=True))
    goes_on = told.at(DAY - 45 * HOUR, disclosed(POLICE, Compartment.SOCIAL, consent=given))
    told.at(NOON, case.ConsentWithdrawn(consent=given, person=SISTER, given_to=SOCIAL.unit))
    ended = {grant.id: grant.ended for grant in Standing.of(told.history.facts).grants}
    assert ended == {over: False, said: False, goes_on: True}


def test_r4_the_end_of_a_disclosure_that_is_not_there_is_told_by_the_day_after_what_was_recorded_as_it_began() -> None:
    told = Told()
    end = told.end(NOON, Ref("d0" * 16))
    at_midnight = told.at(DAY, disclosed(POLICE, Compartment.POLICE))
    order = [(fact.act.id, at) for fact, at in told_order(told.history.facts, POLICE.unit)]
    assert order == [(at_midnight, DAY), (end, DAY)]
    assert told_until(told.history.facts, POLICE.unit, DAY - 1) == []
    assert len(told_until(told.history.facts, POLICE.unit, DAY)) == 2

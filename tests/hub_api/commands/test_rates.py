"""How fast commands may be sent: who goes beyond it waits, is sent away at last, and holds up nobody else."""

from collections.abc import Iterable
from typing import Final

import pytest
from msgspec.structs import replace

from domain.act import Principal
from domain.vocabulary import StaffId
from hub_api.commands.rates import AT_ONCE, LONGEST_WAIT, OF_A_UNIT, PER_SECOND, Pace, Rate, Rates
from hub_demo.county import PERSONAS

SARA: Final = PERSONAS["socialsekreterare-sara-exempel"]
PIA: Final = PERSONAS["utredare-pia-exempel"]


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def rates(seconds: Seconds) -> Rates:
    return Rates(now=seconds)


def colleagues(number: int) -> list[Principal]:
    return [replace(SARA, person=StaffId(f"handlaggare-{n}-exempel")) for n in range(number)]


def sends(rates: Rates, who: Principal, times: int, *, acute: bool = False) -> list[Pace]:
    return [rates.take(who, acute=acute) for _ in range(times)]


def taken(turns: Iterable[Pace]) -> int:
    return sum(not turn.refused for turn in turns)


def test_what_anybody_types_passes_at_once(rates: Rates, seconds: Seconds) -> None:
    for _ in range(1000):
        assert not rates.take(SARA, acute=False).wait
        seconds.now += 1 / PER_SECOND
    assert all(not turn.wait for turn in sends(rates, SARA, AT_ONCE))


def test_beyond_it_commands_wait_in_order_and_then_are_refused(rates: Rates) -> None:
    turns = sends(rates, SARA, AT_ONCE + 100)
    waiting = [turn.wait for turn in turns if turn.wait and not turn.refused]
    assert waiting == [n / PER_SECOND for n in range(1, int(LONGEST_WAIT * PER_SECOND) + 1)]
    assert taken(turns) == AT_ONCE + len(waiting)
    assert {turn.retry_after for turn in turns if turn.refused} == {4}


def test_who_comes_back_as_told_does_not_wait(rates: Rates, seconds: Seconds) -> None:
    refused = sends(rates, SARA, AT_ONCE + 100)[-1]
    seconds.now += refused.retry_after
    assert rates.take(SARA, acute=False) == Pace(wait=0)


def test_who_goes_on_impatiently_is_slowed_to_the_rate_and_not_locked_out(rates: Rates, seconds: Seconds) -> None:
    sends(rates, SARA, AT_ONCE + 100)
    passed = 0
    for _ in range(6000):
        seconds.now += 0.01
        passed += not rates.take(SARA, acute=False).refused
    assert passed == pytest.approx(60 * PER_SECOND, abs=1)


def test_a_flood_holds_up_no_other_unit_and_no_colleague(rates: Rates) -> None:
    sends(rates, SARA, 18_000)
    (colleague,) = colleagues(1)
    for other in (PIA, colleague):
        assert all(turn == Pace(wait=0) for turn in sends(rates, other, AT_ONCE))


def test_what_somebody_sends_for_one_unit_is_not_told_by_another(rates: Rates) -> None:
    sends(rates, SARA, 18_000)
    assert rates.take(replace(SARA, unit=PIA.unit), acute=False) == Pace(wait=0)


def test_a_unit_sends_five_times_as_much_and_who_sends_little_there_never_waits(rates: Rates) -> None:
    *flooding, little = colleagues(21)
    assert taken(turn for who in flooding for turn in sends(rates, who, 2 * AT_ONCE) if not turn.wait) < (
        20 * AT_ONCE * 3 / 4
    )
    assert all(rates.take(flooding[-1], acute=False).refused for _ in range(5))
    assert all(turn == Pace(wait=0) for turn in sends(rates, little, AT_ONCE // 2))
    together = Rates(Rate(AT_ONCE, PER_SECOND), now=Seconds())
    assert taken(turn for who in colleagues(OF_A_UNIT) for turn in sends(together, who, AT_ONCE)) == OF_A_UNIT * AT_ONCE


def test_an_acute_command_is_never_refused_and_a_flood_of_others_does_not_hold_it_up(rates: Rates) -> None:
    sends(rates, SARA, 18_000)
    acute = sends(rates, SARA, 18_000, acute=True)
    assert all(not turn.wait for turn in acute[:AT_ONCE])
    assert taken(acute) == len(acute)
    assert max(turn.wait for turn in acute) == LONGEST_WAIT


def test_a_spell_begins_once_and_another_only_when_the_first_is_over(rates: Rates, seconds: Seconds) -> None:
    assert [turn.begins for turn in sends(rates, SARA, AT_ONCE + 100)].count(True) == 1
    seconds.now += 10
    assert not any(turn.begins for turn in sends(rates, SARA, 100))
    seconds.now += AT_ONCE / PER_SECOND + LONGEST_WAIT
    assert [turn.begins for turn in sends(rates, SARA, AT_ONCE + 100)].count(True) == 1


def test_a_spell_that_could_not_be_told_is_told_with_the_next_command(rates: Rates) -> None:
    sends(rates, SARA, AT_ONCE + 1)
    rates.not_told(SARA, acute=False)
    assert rates.take(SARA, acute=False).begins


def test_one_person_in_another_spelling_is_one(rates: Rates) -> None:
    sends(rates, SARA, 18_000)
    assert rates.take(replace(SARA, person=StaffId(SARA.person.upper())), acute=False).refused


def test_asking_whether_one_has_to_wait_counts_nothing(rates: Rates) -> None:
    assert not any(rates.has_to_wait(SARA, acute=False) for _ in range(18_000))
    assert not rates.take(SARA, acute=False).wait
    sends(rates, SARA, 18_000)
    assert rates.has_to_wait(SARA, acute=False)


def test_few_are_remembered_and_the_longest_gone_is_forgotten_as_if_full(seconds: Seconds) -> None:
    rates = Rates(now=seconds, most=10)
    sends(rates, SARA, 18_000)
    others = [replace(PIA, person=StaffId(f"utredare-{n}-exempel")) for n in range(50)]
    assert all(not rates.take(who, acute=False).wait for who in others)
    assert len(rates) == 10
    assert not rates.take(SARA, acute=False).wait

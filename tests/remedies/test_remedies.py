"""Every refusal says what would make it possible; here each of them is raised, its remedy is carried out, and then what
was wanted is accepted. A refusal that is new in the code and has no way on here fails the last test."""

import re
from typing import Final

import pytest

from domain.errors import Caution, Refusal
from hub_api.runtime.hub import Hub
from tests.hub_api.conftest import girl, hub
from tests.hub_api.stand import Girl
from tests.hub_api.wording.test_refusals import HERE, template
from tests.remedies import (
    of_agreements,
    of_cases,
    of_consultations,
    of_mandates,
    of_meetings,
    of_referrals,
    of_reports,
    of_sharing,
    of_the_hub,
)
from tests.remedies.ways import Way

__all__ = ["girl", "hub"]

DECIDED: Final = (
    *of_agreements.WAYS,
    *of_consultations.WAYS,
    *of_cases.WAYS,
    *of_mandates.WAYS,
    *of_sharing.WAYS,
    *of_referrals.WAYS,
    *of_reports.WAYS,
    *of_meetings.WAYS,
)


def refusal_of(way: Way) -> Refusal:
    with pytest.raises(Refusal) as raised:
        way.refused()
    return raised.value


def _carried_out(way: Way) -> None:
    refusal = refusal_of(way)
    assert refusal.remedy == way.remedy, refusal
    if isinstance(refusal, Caution):
        assert way.explained is not None
        assert way.explained(), "a *should* passes with a reason"
    way.followed()


@pytest.mark.parametrize("way", DECIDED, ids=[f"{number} {way.remedy}" for number, way in enumerate(DECIDED)])
def test_after_the_remedy_the_command_is_accepted(way: Way) -> None:
    _carried_out(way)


@pytest.mark.parametrize("made", of_the_hub.WAYS, ids=[made.__name__ for made in of_the_hub.WAYS])
def test_after_the_remedy_the_hub_accepts_it(made: of_the_hub.Ways, hub: Hub, girl: Girl) -> None:
    _carried_out(made(hub, girl))


def test_every_refusal_in_the_code_has_its_way_carried_out(hub: Hub, girl: Girl) -> None:
    """By rule, reason and remedy, as the code has them: what a refusal names is told apart by its kind."""
    in_code = {(refusal.rule, template(refusal.reason), template(refusal.remedy)) for refusal in HERE if refusal.remedy}
    carried = set()
    for way in (*DECIDED, *(made(hub, girl) for made in of_the_hub.WAYS)):
        refusal = refusal_of(way)
        carried |= {each for each in in_code if _is(refusal, each)}
    assert sorted(in_code - carried) == []


def _is(refusal: Refusal, said: tuple[str, str, str]) -> bool:
    rule, *words = said
    return refusal.rule == rule and all(
        re.fullmatch(".*".join(map(re.escape, re.split(r"\{\w+\}", each))), told)
        for each, told in zip(words, (refusal.reason, refusal.remedy), strict=True)
    )

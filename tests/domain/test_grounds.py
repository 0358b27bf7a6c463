"""C2: the law is data with dates; nothing unlawful to share is among what a ground can open."""

from datetime import date

from domain.grounds import GROUNDS, SHAREABLE, grounds_at, grounds_sha256
from domain.vocabulary import Compartment, GroundId


def test_c2_each_ground_says_what_it_is_and_that_counsel_decides() -> None:
    for ground in GROUNDS:
        assert ground.source
        assert "counsel" in ground.en
        assert "jurist" in ground.sv
        assert ground.givers
        assert ground.receivers
    assert len({ground.id for ground in GROUNDS}) == len(GROUNDS)


def test_c2_the_ground_of_2025_ships_off() -> None:
    assert GroundId("osl-10-15a") not in grounds_at(date(2026, 3, 2))


def test_c2_a_ground_is_in_force_on_its_days_only() -> None:
    assert grounds_at(date(2009, 6, 29)) == {}
    assert GroundId("osl-10-2") in grounds_at(date(2009, 6, 30))


def test_c3_c6_no_ground_opens_an_assessment_or_a_working_note() -> None:
    for ground in GROUNDS:
        assert ground.compartments <= SHAREABLE
    assert not SHAREABLE & {Compartment.RISK_ASSESSMENT, Compartment.WORKING_NOTE, Compartment.ACCESS}


def test_c4_whereabouts_are_opened_by_consent_and_concern_for_a_child_alone() -> None:
    opening = {ground.id for ground in GROUNDS if Compartment.WHEREABOUTS in ground.compartments}
    assert opening == {"consent", "child-concern"}


def test_invariant_7_a_change_of_the_list_is_noticed_by_its_hash() -> None:
    assert grounds_sha256() == "ea3993ffcb51801ea203dda3f7ede27451ff3d406c6c04e2ca190be6bff4d578"

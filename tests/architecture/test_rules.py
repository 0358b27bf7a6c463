"""Each rule that a part of the hub carries is in its code and held by a test that is named after it."""

import pytest

from domain.rules import LATER, RULES
from tests.architecture.rules_reference import ROOT, held_by, places, written

CARRIED = [rule.number for rule in RULES if rule.number not in LATER]


@pytest.mark.parametrize("number", CARRIED)
def test_a_rule_that_is_carried_is_named_in_the_code_and_held_by_a_test(number: str) -> None:
    assert places()[number], f"nothing in the code names {number}"
    assert held_by()[number], f"no test is named after {number}"


def test_every_rule_that_a_test_is_named_after_is_a_rule() -> None:
    assert held_by().keys() <= {rule.number for rule in RULES}


def test_the_reference_of_rules_is_up_to_date() -> None:
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == written()

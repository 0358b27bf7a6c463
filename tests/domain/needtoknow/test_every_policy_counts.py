"""No policy could be left out unnoticed, and each says in one sentence what it is."""

import re
from collections.abc import Callable, Iterator
from types import FunctionType

import pytest

from domain.needtoknow.compile import Policy, compile_policy
from tests.domain.needtoknow import test_mandates, test_rules, test_table_f
from tests.domain.needtoknow.histories import (
    POLICY,
)

RULES = re.split(r"\n(?=// [A-F][0-9]*: )", POLICY.text)[1:]
GROUNDS = re.findall(r'@ground\("([^"]+)"', POLICY.text)


def _expectations() -> Iterator[Callable[[Policy], None]]:
    for name, test in sorted({**vars(test_rules), **vars(test_mandates)}.items()):
        if (
            name.startswith("test_")
            and isinstance(test, FunctionType)
            and test.__code__.co_varnames[: test.__code__.co_argcount] == ("policy",)
        ):
            yield test
    for cell in test_table_f.cells():
        yield lambda policy, cell=cell: test_table_f.check(policy, *cell)  # type: ignore[misc]


def _holds(expectation: Callable[[Policy], None], policy: Policy) -> bool:
    try:
        expectation(policy)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("rule", RULES, ids=GROUNDS)
def test_f_no_policy_can_be_left_out_unnoticed(rule: str) -> None:
    without = compile_policy(POLICY.text.replace(rule, ""), "one rule short")
    assert not all(_holds(expectation, without) for expectation in _expectations())


def test_f_each_policy_has_one_sentence_that_names_its_rule_above_it() -> None:
    assert len(RULES) == POLICY.text.count("\n@id(")
    for rule in RULES:
        named = re.match(r'// ([A-F][0-9]*): [^\n]+\.\n@id\("([A-F][0-9]*)"\) @ground\("[a-z-]+"\)', rule)
        assert named is not None, rule
        assert named[1] == named[2]
    assert len(set(GROUNDS)) == len(GROUNDS) == len(RULES)

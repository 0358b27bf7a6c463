"""What is mutated, and what of it is named as nothing to be noticed, is there: a module that moved is else left out."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.mutants.equivalents import EQUIVALENTS, Equivalent
from tests.mutants.groups import GROUPS, Group
from tests.mutants.stage import BESIDE_THE_POINT

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
def test_each_guard_and_each_test_of_a_group_is_there(group: Group) -> None:
    for pattern in group.modules:
        assert [*ROOT.glob(pattern), *(ROOT / "hub-api").glob(pattern)], pattern
    for tests in group.tests:
        assert (ROOT / tests).exists(), tests


def test_each_test_that_is_left_out_is_there() -> None:
    assert [path for path in BESIDE_THE_POINT if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("equivalent", EQUIVALENTS, ids=lambda each: each.function)
def test_each_function_that_is_named_is_there(equivalent: Equivalent) -> None:
    parts = equivalent.function.split(".")
    modules = [".".join(parts[:upto]) for upto in range(len(parts), 0, -1)]
    module = next(name for name in modules if (ROOT / f"{name.replace('.', '/')}.py").is_file())
    found: object = import_module(module)
    for name in equivalent.function.removeprefix(f"{module}.").split("."):
        found = getattr(found, name)
    assert callable(found)

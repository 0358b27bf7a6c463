"""The faults that are told by name: each is one of the program's own, and the reference says what to do about it."""

import re
from pathlib import Path

import adapters.kafka.errors
import adapters.postgresql.connect
import domain.errors
import hub_api.http.time_grid
import projections.errors
from adapters.telemetry.allow_list import ERRORS, OTHER
from domain.errors import SamradError

REFERENCE = Path(__file__).parents[3] / "docs" / "telemetry.md"
MODULES = (
    domain.errors,
    projections.errors,
    adapters.kafka.errors,
    adapters.postgresql.connect,
    hub_api.http.time_grid,
)


def test_each_fault_that_is_told_by_name_is_one_of_the_programs_own() -> None:
    own = {name for module in MODULES for name, each in vars(module).items() if _is_fault(each)}
    assert set(ERRORS) <= own


def test_the_reference_says_what_to_do_about_each() -> None:
    _, table = REFERENCE.read_text(encoding="utf-8").split("| kind of fault |", 1)
    rows = [line.split("|")[1] for line in table.split("\n\n", 1)[0].splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == {*ERRORS, OTHER}


def _is_fault(each: object) -> bool:
    return isinstance(each, type) and issubclass(each, SamradError)

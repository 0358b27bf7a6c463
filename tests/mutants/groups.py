"""What is mutated, by group: the modules that guard something, and the tests that are to notice."""

from typing import Final

from msgspec import Struct


class Group(Struct, frozen=True):
    """Modules as patterns of paths, with `hub_api` at the top; `tests` are those that may kill a mutant of them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


_DECIDED: Final = ("tests/domain", "tests/projections", "tests/hub_api", "tests/fixtures")
_STORED: Final = ("tests/adapters", "tests/fixtures", "tests/hub_api/runtime/test_hub.py")

GROUPS: Final = {
    "need-to-know": Group(("domain/needtoknow/*.py",), _DECIDED),
    "access": Group(
        tuple(
            f"hub_api/{module}.py"
            for module in ("sight", "seen", "aliases", "register", "cursors", "gateway", "steps", "linked", "boards")
        ),
        _DECIDED,
    ),
    "commands": Group(
        tuple(f"hub_api/{module}.py" for module in ("commander", "fills", "drafts", "scheduler", "counting", "load")),
        ("tests/hub_api", "tests/fixtures"),
    ),
    "sealing": Group(
        tuple(f"adapters/{module}.py" for module in ("sealing", "mapper", "key_vault", "vault", "master", "drawers")),
        _STORED,
    ),
    "chain": Group(
        tuple(f"adapters/{module}.py" for module in ("record", "rows", "application", "recorder", "verify")), _STORED
    ),
    "marks": Group(("adapters/store/high_water.py",), ("tests/adapters/store/test_high_water.py",)),
    "projections": Group(("projections/*.py",), ("tests/projections", "tests/hub_api", "tests/fixtures")),
}

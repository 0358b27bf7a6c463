"""What is mutated, by group: the modules that guard something, and the tests that are to notice."""

from typing import Final

from msgspec import Struct


class Group(Struct, frozen=True):
    """Modules as patterns of paths, with `hub_api` at the top; `tests` are those that may kill a mutant of them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


_DECIDED: Final = ("tests/domain", "tests/projections", "tests/hub_api", "tests/fixtures")
_STORED: Final = ("tests/adapters", "tests/fixtures", "tests/hub_api/runtime/test_hub.py")


def _of(room: str, *modules: str) -> tuple[str, ...]:
    return tuple(f"{room}/{module}.py" for module in modules)


GROUPS: Final = {
    "need-to-know": Group(("domain/needtoknow/*.py",), _DECIDED),
    "access": Group(
        (
            *_of("hub_api/access", "sight", "seen", "aliases", "register", "cursors"),
            *_of("hub_api/reads", "gateway", "look", "board_looks"),
            *_of("hub_api/commands", "references"),
        ),
        _DECIDED,
    ),
    "commands": Group(
        (
            *_of("hub_api/commands", "handler", "completion", "validation", "load"),
            *_of("hub_api/runtime", "scheduler", "counting"),
        ),
        ("tests/hub_api", "tests/fixtures"),
    ),
    "sealing": Group(
        (
            *_of("adapters/vault", "sealing", "key_vault", "embedded", "master_keys", "key_partitions"),
            *_of("adapters/store", "mapper"),
        ),
        _STORED,
    ),
    "chain": Group(_of("adapters/store", "record", "rows", "application", "recorder", "verification"), _STORED),
    "marks": Group(_of("adapters/store", "high_water"), ("tests/adapters/store/test_high_water.py",)),
    "projections": Group(("projections/*.py",), ("tests/projections", "tests/hub_api", "tests/fixtures")),
}

"""Mutants that no test can kill, because nothing that can be seen differs: each with the reason."""

from typing import Final

from msgspec import Struct


class Equivalent(Struct, frozen=True):
    """A change in a function, named by `module.function` or `module.Class.method`, that changes nothing to be seen."""

    function: str
    removed: str
    added: str
    reason: str


EQUIVALENTS: Final[tuple[Equivalent, ...]] = ()

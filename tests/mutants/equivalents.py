"""Mutants that no test can kill, because nothing that can be seen differs: each with the reason."""

from typing import Final

from msgspec import Struct


class Equivalent(Struct, frozen=True):
    """A change in a function, named by `module.function` or `module.Class.method`, that changes nothing to be seen."""

    function: str
    removed: str
    added: str
    reason: str


_MARKS: Final = "adapters.store.high_water.HighWater"
_ONLY_TRUE_OR_FALSE: Final = "a private flag that is only asked for its truth, and None is as false as False"
_ONLY_THE_POSITION: Final = "of the mark that is not there only the position is taken"
_ASKED_AGAIN: Final = "the same question is asked again and has the same answer, later"

EQUIVALENTS: Final[tuple[Equivalent, ...]] = (
    Equivalent(f"{_MARKS}.__init__", "self._told = False", "self._told = None", _ONLY_TRUE_OR_FALSE),
    Equivalent(f"{_MARKS}._try", "self._told = False", "self._told = None", _ONLY_TRUE_OR_FALSE),
    Equivalent(f"{_MARKS}.note", "self._written = False", "self._written = None", _ONLY_TRUE_OR_FALSE),
    Equivalent(
        f"{_MARKS}.note",
        'if position <= self._marks.get(name, (0, ""))[0]:',
        'if position <= self._marks.get(name, (0, "XXXX"))[0]:',
        _ONLY_THE_POSITION,
    ),
    Equivalent(
        f"{_MARKS}.mark",
        'return self._marks.get(name, (0, ""))[0] if self._marks else None',
        'return self._marks.get(name, (0, "XXXX"))[0] if self._marks else None',
        _ONLY_THE_POSITION,
    ),
    Equivalent(
        "domain.needtoknow.visible._Judge.ask",
        "answers = self.answers.get(asked)",
        "answers = self.answers.get(None)",
        _ASKED_AGAIN,
    ),
)

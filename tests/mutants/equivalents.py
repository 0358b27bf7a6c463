"""Mutants that no test can kill, because nothing that can be seen differs: each with the reason."""

import re
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

_STATEMENT: Final = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|WHERE|ORDER BY|PRAGMA)\b")

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
    Equivalent(
        "adapters.vault.master_keys._written",
        'return json.dumps({**head, "epochs": keys}, indent=1).encode() + b"\n"',
        'return json.dumps({**head, "epochs": keys}, indent=None).encode() + b"\n"',
        "the file is read the same, in one line or in many",
    ),
    Equivalent(
        "adapters.vault.key_vault.KeyVault._wrap",
        'bound = _bound_to(StoredKey(key_id, epoch, scope, stream, b"", drawer))',
        "bound = _bound_to(StoredKey(key_id, epoch, scope, stream, None, drawer))",
        "what a key is bound to is all of its row but the wrapping itself",
    ),
    Equivalent(
        "adapters.vault.key_vault._bound_to",
        'bound = b"key" + row.id + row.epoch.to_bytes(4, "big") + row.scope + row.stream',
        'bound = b"key" + row.id + row.epoch.to_bytes(4, ) + row.scope + row.stream',
        "the order of bytes is the same where none is named",
    ),
)


def same_statement(removed: str, added: str) -> bool:
    """Whether only the case of a statement of SQL is another, which has no text of its own in it: it asks the same."""
    return removed.lower() == added.lower() and bool(_STATEMENT.search(removed)) and "'" not in removed

"""One record in its place: that it continues the chain, asked before its value is blamed for an error."""

from typing import Protocol

from adapters.store.outcomes import Stored
from adapters.store.record import GENESIS, chain, place
from domain.act import Fact
from domain.errors import Tampered


class Chained(Protocol):
    """What is asked of the rows of a log."""

    @property
    def name(self) -> str: ...

    def rows(self, after: int, limit: int) -> list[Stored]: ...

    def chain_at(self, position: int) -> bytes | None: ...


def prove_place(log: Chained, fact: Fact) -> None:
    """`Tampered` if the store does not hold the record of that fact as the next one of its chain. Its seal and its key
    are right already, since it was opened."""
    before = GENESIS if fact.position == 1 else log.chain_at(fact.position - 1)
    found = log.rows(fact.position - 1, 1)
    if not found or before is None or place(found[0].frame) != (fact.position, fact.committed):
        raise Tampered(f"{log.name}, position {fact.position}: it is not there as it was read")
    if chain(before, found[0].frame) != log.chain_at(fact.position):
        raise Tampered(f"{log.name}, position {fact.position}: the chain's hash is another")

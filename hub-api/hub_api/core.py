"""What the gateway and the commander share: the two logs, the vault, the register, the views, time and chance."""

from collections.abc import Collection, Iterable
from typing import Protocol

from msgspec import Struct

from adapters.application import CoordinationLog
from adapters.looks import Looks
from adapters.turns import Turns
from adapters.writer import Writer
from domain.act import Principal
from domain.ports import Clock, Entropy, KeyInfo
from domain.vocabulary import AgencyId, Compartment, Instant, Purpose, Ref, Role, StaffId, UnitId
from hub_api.freshness import Freshness
from hub_api.register import Register
from projections.lists import Lists
from projections.statistics import Statistics
from projections.trail import Trail
from projections.waits import Waited

SYSTEM = Principal(
    person=StaffId("scheduler"),
    agency=AgencyId("hub"),
    unit=UnitId("hub"),
    role=Role.SYSTEM,
    purpose=Purpose.ADMINISTRATION,
    assurance=4,
)
"""The hub's own clockwork: it acts on dates that have come, and is no observer; nothing is ever shown to it."""


class Vault(Protocol):
    """What the hub's own code asks of the vault; it never has a key in its hands."""

    def secret(self, label: bytes) -> bytes: ...

    def keys_of(
        self,
        stream: Ref,
        owner: UnitId | None = None,
        compartments: Collection[Compartment] | None = None,
        single: Ref | None = None,
    ) -> list[KeyInfo]: ...

    def present(self, key_ids: Iterable[bytes]) -> list[bytes]: ...

    def delete(self, key_ids: Iterable[Ref]) -> int: ...

    def rotate(self) -> int: ...


class Core(Struct, frozen=True, kw_only=True):
    """The parts, wired; `hub.py` makes it, the gateway and the commander work on it."""

    clock: Clock
    entropy: Entropy
    vault: Vault
    log: CoordinationLog
    writer: Writer
    turns: Turns
    looks: Looks
    register: Register
    follower: Freshness
    lists: Lists
    waited: Waited
    trail: Trail
    statistics: Statistics

    def now(self) -> Instant:
        """Now, never before the last committed time: a clock set back changes no order."""
        return max(self.clock.now(), self.log.last_committed())

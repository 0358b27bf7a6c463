"""What the gateway and the commander share: the two logs, the vault, the register, the views, time and chance."""

from msgspec import Struct

from adapters.store.application import CoordinationLog
from adapters.store.looks import Looks
from adapters.store.loop_groups import Turns
from adapters.store.writer import Writer
from adapters.vault.key_vault import KeyVault
from domain.act import Principal
from domain.ports import Clock, Entropy
from domain.vocabulary import AgencyId, Instant, Purpose, Role, StaffId, UnitId
from hub_api.access.access_index import AccessIndex
from hub_api.access.freshness import Freshness
from hub_api.access.observing import Observing
from hub_api.access.own_writes import OwnWrites
from hub_api.access.register import Register
from hub_api.identity.staff import Staff
from projections.lists import Lists
from projections.statistics import Statistics
from projections.trail import Trail
from projections.upcoming import Upcoming
from projections.urgency import Urgency
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


class Core(Struct, frozen=True, kw_only=True):
    """The parts, wired; `hub.py` makes it, the gateway and the commander work on it."""

    clock: Clock
    entropy: Entropy
    vault: KeyVault
    log: CoordinationLog
    writer: Writer
    turns: Turns
    looks: Looks
    register: Register
    access: AccessIndex
    observing: Observing
    own: OwnWrites
    follower: Freshness
    lists: Lists
    waited: Waited
    upcoming: Upcoming
    urgency: Urgency
    trail: Trail
    statistics: Statistics
    staff: Staff

    def now(self) -> Instant:
        """Now, never before the last committed time: a clock set back changes no order."""
        return max(self.clock.now(), self.log.last_committed())

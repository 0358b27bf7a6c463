"""What either form of the hub opens, before `hub.py` wires the rest on it: one folder, or servers."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from adapters.store.application import CoordinationLog
from adapters.telemetry import UNWATCHED
from adapters.vault.key_vault import KeyVault
from domain.needtoknow import compile as policies
from domain.ports import Clock, Entropy, Watch
from hub_api.access.freshness import Freshness, Readiness
from hub_api.access.register import Register
from projections.runner import Runner
from projections.store import Views

LOGS: Final = ("acts", "looks")
"""The two logs, as they are called wherever they are kept."""


class Parts(Struct, frozen=True, kw_only=True):
    """The parts, open. Whoever opened them closes them, in the opposite order."""

    clock: Clock
    entropy: Entropy
    vault: KeyVault
    log: CoordinationLog
    looks_log: CoordinationLog
    views: Views
    register: Register
    follower: Freshness
    folder: Path | None = None
    """Where an embedded hub keeps its files."""
    keys: Path | None = None
    """The folder outside of the data where the hub keeps what a copy of the data must not hold."""
    runners: tuple[Runner, ...] = ()
    """Those that this process runs itself."""
    watch: Watch = UNWATCHED
    """What is told of how they run."""
    ready: Callable[[], Readiness] = lambda: Readiness.READY
    """Whether commands can be taken and lists be fresh; as a clock has sampled it, so that the answer tells nobody when
    something was recorded."""
    look: Callable[[], None] = lambda: None
    """Every minute: what is wrong is told though nobody asks for anything. It raises what it finds."""


def policy_by_hash(digest: str) -> policies.Policy | None:
    """The policy whose text has that hash, if this program carries it."""
    return next((policy for policy in map(policies.load, policies.titles()) if policy.sha256 == digest), None)

"""What time itself brings about: commands that the scheduler sends, each called by the thing and its boundary."""

from hashlib import sha256

from msgspec import Struct

from domain.command import Command
from domain.vocabulary import Instant, Ref


class Due(Struct, frozen=True, kw_only=True):
    """From `at` on, `command` is to be sent, under the act id `id`: however often it is sent, it happens once."""

    at: Instant
    id: Ref
    command: Command


def due_id(grant: Ref, boundary: Instant) -> Ref:
    """The act id of what time brings about for a grant (or note) at a boundary: the same on every machine."""
    at = min(max(boundary, -(2**63)), 2**63 - 1)
    what = b"samrad due\0" + bytes.fromhex(grant.hex) + at.to_bytes(8, "big", signed=True)
    return Ref(sha256(what).hexdigest()[:32])

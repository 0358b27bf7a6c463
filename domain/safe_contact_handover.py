"""What was sent about a person to a unit that is to confirm the safe contact (C12), in a case or by minutes."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from domain.agreement.state import Directory
from domain.errors import NotThere, Refusal
from domain.vocabulary import Instant, Ref, UnitId
from domain.waiting import Waiting, waits


class Handed(Struct, frozen=True, kw_only=True):
    """One sending to one unit, called by the act that sent it. Where `safe_contact` is not set, none came with it: it
    was danger, or it was said at the table."""

    id: Ref
    by: UnitId
    to: UnitId
    person: Ref
    at: Instant
    safe_contact: bool = False
    confirmed: bool = False
    over: bool = False
    """What was sent is open to the unit no more, so nothing more is waited for."""
    known_by: tuple[Ref, ...] = ()


def to_confirm(handed: Iterable[Handed], ref: Ref, unit: UnitId) -> Handed:
    """What that unit confirms, or the refusal (C12)."""
    found = [each for each in handed if each.id == ref]
    if not found:
        raise NotThere
    own = next((each for each in found if each.to == unit), None)
    if own is None:
        raise Refusal("C12", "the unit to which it went confirms the safe contact", remedy="ask that unit")
    if not own.safe_contact:
        raise Refusal("C12", "no safe contact came with it", remedy="ask the sender for one")
    if own.confirmed:
        raise Refusal("C12", "the safe contact has been confirmed already", remedy="go on with it")
    return own


def unconfirmed(handed: Iterable[Handed], now: Instant, directory: Directory) -> Iterator[Waiting]:
    """C12: who received something about a person has not confirmed the safe contact yet."""
    for each in handed:
        if each.safe_contact and not each.confirmed and not each.over and each.at <= now:
            yield waits(each.to, "safe_contact_confirmed", each.at, now, directory)

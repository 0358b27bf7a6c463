"""Who is kept from a case or a meeting: a member of staff or an interpreter, by name (C9)."""

from collections.abc import Iterable

from msgspec import Struct

from domain.identifiers import normal_form
from domain.vocabulary import Ref, StaffId, UnitId


class Block(Struct, frozen=True, kw_only=True):
    """A member of staff, or an interpreter, who is kept out, and by which unit (C9)."""

    id: Ref
    by: UnitId
    staff: StaffId
    lifted: bool = False


def is_blocked(blocks: Iterable[Block], staff: StaffId) -> bool:
    """Whether one of the blocks that are in force names them, however the name was written (C9)."""
    name = normal_form(staff)
    return bool(name) and any(normal_form(block.staff) == name and not block.lifted for block in blocks)

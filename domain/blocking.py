"""Who is kept from a case or a meeting: a member of staff or an interpreter, by name (C9)."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from domain.act import Act
from domain.errors import Refusal
from domain.identifiers import normal_form
from domain.vocabulary import Ref, StaffId, UnitId


class Block(Struct, frozen=True, kw_only=True):
    """A member of staff, or an interpreter, who is kept out, and by which unit (C9)."""

    id: Ref
    by: UnitId
    staff: StaffId
    lifted: bool = False


class _Blocking(Protocol):
    """Of a command that blocks, what is asked of it."""

    @property
    def staff(self) -> StaffId: ...

    @property
    def elsewhere(self) -> bool: ...

    @property
    def unknown_here(self) -> bool: ...


def refuse_blocking(act: Act, command: _Blocking) -> None:
    """C9: a block that keeps nobody out is worse than none. In one's own agency the name must be somebody's; of who
    works elsewhere nobody is told whether there is such a person."""
    if normal_form(command.staff) == normal_form(act.by.person):
        raise Refusal("C9", "nobody blocks themselves", remedy="ask a colleague, who can also lift it")
    if command.unknown_here and not command.elsewhere:
        raise Refusal(
            "C9",
            "nobody in this agency has that name",
            remedy="look how it is written, or say that they work elsewhere",
        )


def is_blocked(blocks: Iterable[Block], staff: StaffId) -> bool:
    """Whether one of the blocks that are in force names them, however the name was written (C9)."""
    name = normal_form(staff)
    return bool(name) and any(normal_form(block.staff) == name and not block.lifted for block in blocks)

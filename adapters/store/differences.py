"""What is told of something that is not what was written: where, and in which matter, never its content."""

from collections.abc import Callable
from typing import Final, NoReturn, TypeAlias

from msgspec import Struct

from domain.errors import SamradError, StoreBehind, Tampered, Unreadable

_RAISED: Final[dict[str, type[SamradError]]] = {each.__name__: each for each in (Tampered, Unreadable, StoreBehind)}


class Difference(Struct, frozen=True):
    """Something that is not what was written. `kind` and `stream` name the matter, where a record tells them."""

    place: str
    """The log, the topic or the view that it is in."""
    position: int
    """Where on the log; 0 of a view's row, which has no place there."""
    error: str
    """What sort of fault it is, by the name that docs/telemetry.md explains."""
    what: str
    kind: str | None = None
    stream: str | None = None

    def __str__(self) -> str:
        matter = "" if self.stream is None else f" ({self.kind or 'no known kind'} {self.stream})"
        where = f"{self.place}, position {self.position}" if self.position else self.place
        return f"{where}: {self.what}{matter}"


Tell: TypeAlias = Callable[[Difference], object]


def stop(found: Difference) -> NoReturn:
    """Raise the first difference, so that nothing after it is looked at."""
    raise _RAISED.get(found.error, Tampered)(str(found))

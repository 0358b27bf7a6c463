"""Not watching: what stands where nothing is configured. It keeps nothing, measures nothing and imports nothing."""

from collections.abc import Iterable
from types import TracebackType
from typing import Final

from domain.ports import Step
from domain.vocabulary import Instant


class _Nothing:
    """A request or a batch of which nothing is kept."""

    def __enter__(self) -> object:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Nothing began."""


class _Request(_Nothing):
    def ended(self, method: str, route: str, status: int) -> None:
        """Nothing began."""


class _Batch(_Nothing):
    def ended(self, *, failed: bool = False) -> None:
        """Nothing began."""


_REQUEST: Final = _Request()
_BATCH: Final = _Batch()


class Unwatched:
    """A `Watch` that looks away."""

    def request(self) -> _Request:
        return _REQUEST

    def refused(self, rule: str, *, look: bool) -> None:
        """Not counted."""

    def batch(self, step: Step, log: str, traces: Iterable[bytes], size: int, oldest: Instant | None = None) -> _Batch:
        return _BATCH

    def waits(self, step: Step, log: str, records: int) -> None:
        """Not counted."""

    def set_aside(self, log: str, records: int) -> None:
        """Not counted."""

    def alarm(self, part: str, error: str) -> None:
        """Not counted."""


UNWATCHED: Final = Unwatched()

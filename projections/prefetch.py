"""Reading ahead: while one batch is written to the database, the next is read and opened in another thread.

Only when much waits, that is, after a full page; who has caught up reads what comes, and nothing ahead of it.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from msgspec import Struct

from domain.act import Fact
from domain.ports import Log


class _Page(Struct, frozen=True):
    after: int
    limit: int
    facts: Future[Sequence[Fact]]


class Ahead:
    """A log, of which the page after a full one is read before it is asked for. For one thread at a time, like the
    log beneath it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._reader: ThreadPoolExecutor | None = None
        self._page: _Page | None = None

    def read(self, after: int, limit: int) -> Sequence[Fact]:
        """The facts after a position; what went wrong with reading ahead goes wrong again, or not, when it is due."""
        facts = self.settled(after, limit) or self._log.read(after, limit)
        if len(facts) == limit:
            following = facts[-1].position
            self._reader = self._reader or ThreadPoolExecutor(1, thread_name_prefix="ahead")
            self._page = _Page(following, limit, self._reader.submit(self._log.read, following, limit))
        return facts

    def last(self) -> int:
        self.settled()
        return self._log.last()

    def end(self) -> None:
        """Let go of what was read ahead and of the thread. The log beneath stays open."""
        self.settled()
        if self._reader is not None:
            self._reader.shutdown()
            self._reader = None

    def settled(self, after: int = -1, limit: int = 0) -> Sequence[Fact]:
        """What was read ahead, if it is the page that was asked for; nobody reads from here on."""
        page, self._page = self._page, None
        if page is None or page.facts.exception() is not None or (page.after, page.limit) != (after, limit):
            return ()
        return page.facts.result()

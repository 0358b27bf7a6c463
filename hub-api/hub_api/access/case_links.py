"""To which cases a consultation was linked, as fresh as the log: what the views hold when first asked, and from there
on what is read along the log."""

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final, Protocol

from domain.act import Fact
from domain.vocabulary import Kind, Ref
from projections.errors import ViewsUnusable
from projections.linking import ConsultationLinks, Link, link_in

PAGE: Final = 2000
CASES: Final = frozenset({Kind.CASE})


class LinkLog(Protocol):
    """Of the log: the facts of some kinds along it."""

    def read(self, after: int, limit: int, kinds: frozenset[Kind], /) -> Sequence[Fact]: ...


class CaseLinks:
    """Kept in memory: links are few, and none is ever taken back."""

    def __init__(self, linked: ConsultationLinks, log: LinkLog) -> None:
        self._linked = linked
        self._log = log
        self._lock = Lock()
        self._cases: dict[Ref, set[Ref]] = {}
        self._position: int | None = None

    def of(self, consultation: Ref, position: int) -> frozenset[Ref]:
        """The cases to which it was linked by that position of the log; later links may be among them."""
        with self._lock:
            self._read_on(position)
            return frozenset(self._cases.get(consultation, ()))

    def _read_on(self, position: int) -> None:
        if self._position is None:
            self._note(self._first())
        while self._position is not None and self._position < position:
            page = min(PAGE, position - self._position)
            facts = self._log.read(self._position, page, CASES)
            self._note(link for fact in facts if (link := link_in(fact)) is not None)
            self._position += page

    def _first(self) -> Sequence[Link]:
        """What the views hold; where they cannot be read, nothing, and all of the log is read instead."""
        try:
            links, self._position = self._linked.all()
        except ViewsUnusable:
            links, self._position = (), 0
        return links

    def _note(self, links: Iterable[Link]) -> None:
        for consultation, case in links:
            self._cases.setdefault(consultation, set()).add(case)

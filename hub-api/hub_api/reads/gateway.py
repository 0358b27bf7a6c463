"""The one gateway for reads of case data: snapshot → records → decide each part → open the allowed → access record.

Nothing leaves it before the access record is durable; if that cannot be written, nothing leaves (invariant 4). What
one may not see is looked for by the same steps as what is not there, and ends in the same answer.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final, Literal

import msgspec

from domain.act import Principal
from domain.agreement.state import Directory
from domain.errors import NotThere, Refusal
from domain.vocabulary import AgencyId, Instant, Kind, Purpose, Ref, Role, StaffId, UnitId
from hub_api.access.core import Core
from hub_api.access.key_attempts import Attempts
from hub_api.access.seen import ANY, InInbox, Seen, SeenPage, Wanted
from hub_api.reads.audits import Audits, TrailPage
from hub_api.reads.board_looks import Boards
from hub_api.reads.look import ACTS_ON_A_PAGE, IN_LISTS
from hub_api.wording.speakable import caller_tag
from projections.lists import InboxEntry
from projections.published import Table, published

__all__ = ["Gateway", "Seen", "SeenPage", "TrailPage", "Which"]

Which = Literal["cases", "consultations", "referrals", "reports", "meetings", "inbox"]
KINDS: Final[dict[Which, Kind]] = {
    "cases": Kind.CASE,
    "consultations": Kind.CONSULTATION,
    "referrals": Kind.REFERRAL,
    "reports": Kind.REPORT,
    "meetings": Kind.MEETING,
}


class Gateway(Boards, Audits):
    """Every look goes through here. The `…_now` forms answer in the caller's thread; the others in a reader's."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self._caller_secret = core.vault.secret(b"caller-key")
        self._callers = Attempts(core.clock, core.vault.secret(b"caller-attempts"))

    # One aggregate.

    async def look(
        self, principal: Principal, kind: Kind, stream: Ref, *, what: str, as_of: Instant | None = None
    ) -> Seen:
        """One aggregate as this principal may see it; as of an earlier time, what they could see then and still may."""
        return await self._in_reader(partial(self.look_now, principal, kind, stream, what=what, as_of=as_of))

    def look_now(
        self, principal: Principal, kind: Kind, stream: Ref, *, what: str, as_of: Instant | None = None
    ) -> Seen:
        snapshot = self._core.log.snapshot()
        seen = self._see(snapshot, principal, kind, stream, as_of)
        self._leave_trail(principal, what, snapshot, () if seen is None else (seen,), denied=stream, as_of=as_of)
        if seen is None:
            raise NotThere
        return seen

    async def by_reference(self, principal: Principal, kind: Kind, reference: str, *, what: str) -> Seen:
        """The consultation, referral or report that its parties call by that reference."""
        return await self._in_reader(partial(self.by_reference_now, principal, kind, reference, what=what))

    def by_reference_now(self, principal: Principal, kind: Kind, reference: str, *, what: str) -> Seen:
        self._refresh(principal.unit)
        found = self._core.lists.by_reference(principal.unit, reference)
        stream = found[0] if found else self._core.entropy.ref()
        return self.look_now(principal, kind, stream, what=what)

    async def answer_for_key(self, caller_key: str, source: bytes = b"") -> Seen:
        """The consultation that an anonymous caller's key belongs to, as the caller may read it (A4). `source` is where
        the caller comes from: attempts are limited for each by itself."""
        return await self._in_reader(partial(self.answer_for_key_now, caller_key, source))

    def answer_for_key_now(self, caller_key: str, source: bytes = b"") -> Seen:
        tag = caller_tag(self._caller_secret, caller_key)
        if not self._callers.allow(source, tag.encode()):
            # The same words however long the wait is: its length would tell of others behind the same address.
            raise Refusal("A4", "too many keys were tried", remedy="wait a quarter of an hour")
        self._refresh()
        found = self._core.lists.for_caller(tag)
        stream = found[0] if found else self._core.entropy.ref()
        return self.look_now(_caller(tag), Kind.CONSULTATION, stream, what="answer")

    # Lists.

    async def page(
        self,
        principal: Principal,
        which: Which,
        *,
        what: str,
        after: str | None = None,
        limit: int = 50,
        wanted: Wanted = ANY,
    ) -> SeenPage:
        """A page of one of the unit's lists, each item decided anew. Where `wanted` ones are asked for, a page can hold
        fewer than it may, and go on: it ends where it has looked through as much as it may show."""
        return await self._in_reader(
            partial(self.page_now, principal, which, what=what, after=after, limit=limit, wanted=wanted)
        )

    def page_now(
        self,
        principal: Principal,
        which: Which,
        *,
        what: str,
        after: str | None = None,
        limit: int = 50,
        wanted: Wanted = ANY,
    ) -> SeenPage:
        self._refresh(principal.unit)
        snapshot = self._core.log.snapshot()
        asked = which + wanted.name
        start = None if after is None else self._cursors.open(principal, asked, after)
        page: list[Seen] = []
        last, acts, more = 0, 0, None
        for place, kind, stream in self._listed(principal, which, start):
            seen = self._see(snapshot, principal, kind, stream, None, IN_LISTS)
            if seen is None:
                continue
            acts += len(seen.facts)
            if last and (len(page) == limit or acts > ACTS_ON_A_PAGE):
                more = self._cursors.make(principal, asked, last)
                break
            last = place
            if wanted.fits(seen):
                page.append(seen)
        if which == "inbox":
            page = self._with_items(principal, page)
        self._leave_trail(principal, what, snapshot, page)
        return SeenPage(items=tuple(page), next=more)

    def _listed(self, principal: Principal, which: Which, start: int | None) -> Iterable[tuple[int, Kind, Ref]]:
        """The streams that the views list for that role in the unit, page after page until there are no more."""
        if which == "inbox":
            yield from self._waiting(principal, start or 0)
            return
        kind = KINDS[which]
        while rows := self._core.lists.page(principal.unit, principal.role, kind, before=start):
            for row in rows:
                yield row.since, kind, row.stream
            start = rows[-1].since

    def _waiting(self, principal: Principal, start: int) -> Iterable[tuple[int, Kind, Ref]]:
        met: set[Ref] = set()
        while rows := self._core.lists.inbox(principal.unit, principal.role, self._core.now(), after=start):
            for row in rows:
                if row.stream not in met:
                    met.add(row.stream)
                    yield row.position, row.kind, row.stream
            start = rows[-1].position

    def _with_items(self, principal: Principal, page: list[Seen]) -> list[Seen]:
        """What of each waits in the inbox: of the views' rows those whose act this principal sees."""
        if not page:
            return page
        rows = self._core.lists.inbox_of(principal.unit, principal.role, page[0].at, [seen.stream for seen in page])
        waits: dict[Ref, list[InboxEntry]] = {}
        for row in rows:
            waits.setdefault(row.stream, []).append(row)
        return [msgspec.structs.replace(seen, inbox=_items(seen, waits.get(seen.stream, []))) for seen in page]

    # What is public among those who take part.

    async def statistics(self, principal: Principal, table: int) -> Table:
        """A published table (E1): public among those who take part."""
        return await self._in_reader(partial(self.statistics_now, principal, table))

    def statistics_now(self, principal: Principal, table: int) -> Table:
        self._refresh()
        made = published(table, self._core.statistics.counts())
        self._leave_trail(principal, f"table {table}", self._core.log.snapshot(), ())
        return made

    async def directory(self, principal: Principal) -> Directory:
        """Who is party to the cooperation today: public among those who take part."""
        return await self._in_reader(partial(self.directory_now, principal))

    def directory_now(self, principal: Principal) -> Directory:
        directory = self._core.register.directory.at(self._core.now())
        self._leave_trail(principal, "directory", self._core.log.snapshot(), ())
        return directory


def _items(seen: Seen, waits: Iterable[InboxEntry]) -> tuple[InInbox, ...]:
    acts = {known: fact.act.id for fact in seen.facts for known in (fact.id, fact.act.id)}
    return tuple(InInbox(each.what, acts[each.item], each.since) for each in waits if each.item in acts)


def _caller(tag: str) -> Principal:
    """Someone without a name: known by the tag of their key alone, and in no unit of the cooperation (A4)."""
    return Principal(
        person=StaffId(tag),
        agency=AgencyId(""),
        unit=UnitId("caller"),
        role=Role.CALLER,
        purpose=Purpose.ADVICE,
        assurance=3,
    )

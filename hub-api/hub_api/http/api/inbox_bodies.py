"""The inbox as it leaves the hub: what was addressed to the unit and waits there, and in which matters."""

from msgspec import Struct

from domain.vocabulary import Instant, Ref
from domain.waiting import Addressed
from hub_api.access.aliases import within
from hub_api.http.api.act_bodies import aggregate
from hub_api.http.api.bodies import Summary, summary
from hub_api.reads.gateway import SeenPage
from hub_api.wording.labels import in_inbox
from hub_api.wording.language import Language


class InboxItem(Struct, frozen=True, kw_only=True):
    """Something addressed to the unit that waits in the aggregate `of`: what it is, which act put it there and since
    when. `says` is `what` in words."""

    of: Ref
    what: Addressed
    says: str
    act: Ref
    since: Instant


class InboxPage(Struct, frozen=True, kw_only=True):
    """One page of the inbox: in which aggregates something waits, and `waiting`, which items those are."""

    items: tuple[Summary, ...]
    waiting: tuple[InboxItem, ...]
    next: str | None


def inbox(seen: SeenPage, language: Language) -> InboxPage:
    """A page of the inbox, with what waits in each."""
    return InboxPage(
        items=tuple(summary(item, language) for item in seen.items),
        waiting=tuple(
            InboxItem(
                of=aggregate(item),
                what=each.what,
                says=in_inbox(each.what, language),
                act=within(item.stream, each.act),
                since=each.since,
            )
            for item in seen.items
            for each in item.inbox
        ),
        next=seen.next,
    )

"""The demo's quarter: some sixty cases in Östergötland, from a few flows varied by seeded choices, told by commands."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Final, TypeAlias

from msgspec import Struct

from domain.vocabulary import AgencyId, Instant
from hub_api.runtime.hub import Hub
from hub_demo.consultations import ANNA
from hub_demo.county import MUNICIPALITIES, RUT, agreement, to_audit
from hub_demo.quarter_met import (
    QuarterEnd,
    consent_withdrawn,
    kin_at_work,
    risk_again,
    samrad,
    sibling_elsewhere,
    victim_and_client,
    within_the_hour,
)
from hub_demo.quarter_sent import asked_and_reported, referral_answered, referral_refused, referral_unanswered
from hub_demo.quarter_tale import FIRST, LAST, PEOPLE, Tale
from hub_demo.story import Scenes, Story, moment
from hub_demo.week import SEED, ULLA

BEGINS: Final = f"{FIRST} 07:00"
ENDS: Final = f"{LAST} 18:00"
SHOWN_FROM: Final = FIRST + timedelta(days=42)
"""The evening on which the samråd is called within the hour."""

Flow: TypeAlias = Callable[[Tale], Scenes]
FLOWS: Final[tuple[tuple[Flow, int], ...]] = (
    (asked_and_reported, 11),
    (referral_answered, 10),
    (referral_unanswered, 7),
    (referral_refused, 8),
    (samrad, 10),
    (consent_withdrawn, 5),
    (sibling_elsewhere, 4),
    (risk_again, 5),
)
"""How often each flow is told; those that are told once stand below."""


class Quarter(Struct, frozen=True):
    """What a quarter left behind: the hub, what is looked at in the end, what was done by whom, the sealed texts."""

    hub: Hub
    left: QuarterEnd
    done: Sequence[tuple[AgencyId, str]]
    texts: Sequence[str]


def play(hub: Hub, advance: Callable[[int], None] = lambda _: None) -> Quarter:
    """Conclude the agreement, and tell all stories together to the quarter's end. `advance` counts those begun."""
    story, left = Story(hub, PEOPLE), QuarterEnd()
    story.does(ULLA, agreement())
    story.tell((_begun(each, advance) for each in _tales(story, left)), moment(ENDS))
    story.at(moment(ENDS))
    story.does(ANNA, to_audit(RUT), left.case)
    return Quarter(hub, left, story.done, story.texts)


def stories() -> int:
    """How many stories are told: a case each, but for a report that nobody takes up, and for one that has two."""
    return sum(often for _, often in FLOWS) + 3


def three_days() -> tuple[Instant, Instant, Instant]:
    """Three days on which the case that is shown was known differently: its first evening, after the memo, after the
    withdrawal."""
    days = (SHOWN_FROM + timedelta(days=after) for after in (0, 3, 15))
    first, second, third = (moment(f"{day} 23:59") for day in days)
    return first, second, third


def _tales(story: Story, left: QuarterEnd) -> Iterator[Scenes]:
    chance = Random(SEED)  # noqa: S311 - a story, no secret
    often = [(flow, turn) for flow, times in FLOWS for turn in range(times)]
    once: tuple[Flow, ...] = (partial(victim_and_client, left=left), partial(kin_at_work, left=left))
    for flow, turn in (*often, *((flow, 0) for flow in once)):
        yield flow(_tale(story, chance, FIRST + timedelta(days=chance.randrange(7 * 11)), turn))
    yield within_the_hour(_tale(story, chance, SHOWN_FROM, 0), left)


def _tale(story: Story, chance: Random, begins: date, turn: int) -> Tale:
    """A tale with choices of its own: what another draws changes nothing in it."""
    own = Random(chance.getrandbits(64))  # noqa: S311 - a story, no secret
    return Tale(story, own, own.choice(sorted(MUNICIPALITIES)), begins, turn)


def _begun(tale: Scenes, advance: Callable[[int], None]) -> Scenes:
    """The tale, told of when its first scene is over."""
    yield next(tale)
    advance(1)
    yield from tale

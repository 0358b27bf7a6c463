"""The way on from a refusal, as something that can be done: refused, then what its remedy says, then accepted."""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Act
from domain.command import Command
from domain.vocabulary import Because, Kind
from tests.domain.stories import Story

Step = tuple[Command, Act]


class Way(Struct, frozen=True, kw_only=True):
    """`refused` raises the refusal whose remedy is `remedy`. `followed` does what that says and then what was wanted,
    and fails if that is refused. `explained` does what was wanted with a reason, for a *should*."""

    remedy: str
    refused: Callable[[], object]
    followed: Callable[[], object]
    explained: Callable[[], object] | None = None


def way(
    remedy: str,
    story: Story,
    command: Command,
    act: Act,
    *steps: Step,
    again: Command | None = None,
    act_again: Act | None = None,
    on: Story | None = None,
) -> Way:
    """In a story `command` is refused; after `steps` it is accepted, or `again`, by which the same is reached: changed
    as the remedy says, by whom it names. `on` is where that is done, if not there: in a matter of its own."""

    def followed() -> object:
        after = story
        for step in steps:
            after = after.then(*step)
        events = (on or after).when(again or command, act_again or act)
        assert events, "nothing came of it"
        return events

    return Way(
        remedy=remedy,
        refused=lambda: story.when(command, act),
        followed=followed,
        explained=lambda: story.when(command, replace(act, because=Because.URGENT)),
    )


NOTHING_MORE: Final = "nothing more is needed"


def nothing_more(
    story: Story, command: Command, act: Act, there: Callable[[Any], object], remedy: str = NOTHING_MORE
) -> Way:
    """What is asked for is there already, as the state says."""

    def followed() -> object:
        assert there(story.state(Kind(command.kind))), "it is not there"
        return None

    return Way(remedy=remedy, refused=lambda: story.when(command, act), followed=followed)

"""A pair: one history, and the same history after one hidden edit, in two hubs, stepped through the same probes."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct

from domain.act import Fact
from tests.noninterference.matters import Step
from tests.noninterference.people import EVERYONE
from tests.noninterference.probes import Observer, Sighting, everything, reads
from tests.noninterference.story import CHECKPOINTS, STORY, hours_of
from tests.noninterference.world import World


class Edit(Struct, frozen=True, kw_only=True):
    """One difference. `rule` says why it is hidden; `visible` names the observers from whom it is not, each with the
    row of table F (or the release) by which they may know.

    `after` adds a step behind that one; `instead` puts it in its place (or nothing, where `step` is None); `texts`
    replaces content.
    """

    name: str
    rule: str
    visible: Mapping[str, str]
    after: str = ""
    instead: str = ""
    later: float = 0.25
    step: Step | None = None
    texts: Mapping[str, str] = {}
    told_of_looks: frozenset[str] = frozenset()
    """Auditors who see that somebody for whom the edit makes a difference looked at something else; not compared."""

    @property
    def hidden_from(self) -> tuple[str, ...]:
        return tuple(name for name in EVERYONE if name not in self.visible and name not in self.told_of_looks)


LOOKS: Final = ("together", "quiet")
"""The two looks that every pair is given: when all is shared, and when some of it has ended."""
NO_EDIT: Final = Edit(name="as it was", rule="", visible={})


class Half(Struct):
    """One history, as everybody met it; `events` are the names of all that was recorded before the commands."""

    observers: dict[str, Observer]
    facts: tuple[Fact, ...]

    def of(self, observer: str) -> tuple[Sighting, ...]:
        return tuple(self.observers[observer].sightings)


def steps(edit: Edit) -> Iterable[tuple[str, float, Step]]:
    """The story with the edit in it."""
    for label, hours, step in STORY:
        if label == edit.instead:
            if edit.step is not None:
                yield label, hours + edit.later, edit.step
        else:
            yield label, hours, step
        if label == edit.after and edit.step is not None:
            yield f"{label} and the edit", hours + edit.later, edit.step


def play(folder: Path, seed: str, edit: Edit, *, turn: int | None = None, thorough: bool = True) -> Half:
    """Play a half. Those who pry send every command at the end; whoever may know of the edit looks and sends none,
    so that the halves differ by the edit alone. Where it need not be thorough, they look twice, and send each
    command in the one way whose turn it is."""
    observers = {name: Observer(name) for name in EVERYONE}
    order = sorted(EVERYONE, key=lambda name: (name in edit.visible, EVERYONE.index(name)))
    with World(folder, seed, edit.texts) as world:
        look = partial(_look, world, observers, order, frozenset(edit.visible), thorough)
        for number, (label, hours, step) in enumerate(all_steps := list(steps(edit))):
            world.clock(hours)
            step(world)
            following = all_steps[number + 1][0] if number + 1 < len(all_steps) else ""
            at = _checkpoint(label, following)
            if at in LOOKS or (at and thorough):
                world.clock(hours_of(at) + 0.5)
                look(at)
        facts = tuple(world.hub.log.read(0, 10_000))
        world.clock(hours_of("quiet") + 1)
        for number, name in enumerate(name for name in order if name not in edit.visible):
            world.clock(hours_of("quiet") + 1 + number)
            everything(world, "the commands", observers[name], None if turn is None else turn + number)
        if thorough:
            world.clock(hours_of("quiet") + 100)
            look("everything")
    return Half(observers, facts)


def _look(
    world: World,
    observers: Mapping[str, Observer],
    order: Iterable[str],
    visible: frozenset[str],
    thorough: bool,
    step: str,
) -> None:
    """Everybody looks; whoever may know of the edit pries no further, so that a colleague finds the same looks of
    theirs in both halves."""
    for name in order:
        pry = thorough or (name not in visible and step == LOOKS[-1])
        reads(world, step, observers[name], thorough=thorough, pry=pry)


def _checkpoint(label: str, following: str) -> str:
    base = label.partition(" and ")[0]
    return base if base in CHECKPOINTS and not following.startswith(f"{base} and ") else ""


def difference(one: Half, other: Half, observer: str) -> str:
    """The first thing that the observer met in one half and not in the other; "" where all is the same."""
    left, right = one.of(observer), other.of(observer)
    for mine, yours in zip(left, right, strict=False):
        if mine != yours:
            return f"{mine}\n--- against ---\n{yours}"
    return "" if len(left) == len(right) else f"{len(left)} answers against {len(right)}"

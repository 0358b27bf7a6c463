"""Rounds, medians, and one line of the table. Ours and its floor take turns, so that the machine's moods meet both."""

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter

from msgspec import Struct


class Line(Struct, frozen=True, kw_only=True):
    """What was measured: `figure` and `floor` for people, `value` against `target` for the verdict. With `least` the
    value is a ratio to the floor and is to be at least the target; without, it is to be at most that."""

    what: str
    figure: str
    floor: str
    value: float
    target: float
    unit: str = ""
    least: bool = True

    @property
    def met(self) -> bool:
        return self.value >= self.target if self.least else self.value <= self.target


class Stopwatch:
    """Seconds spent inside `with`."""

    seconds = 0.0

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += perf_counter() - self._began


def by_turns(rounds: int, *works: Callable[[int], float]) -> tuple[float, ...]:
    """The median seconds of each work, called with the number of the round; every round runs each of them once."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(rounds):
        for times, work in zip(taken, works, strict=True):
            gc.collect()
            times.append(work(number))
    return tuple(median(times) for times in taken)


def compared(what: str, count: int, unit: str, taken: tuple[float, ...], target: float) -> Line:
    """A line of `count` things that took so many seconds, here and at the floor."""
    ours, floor = taken
    return Line(
        what=what,
        figure=f"{count / ours:,.0f} {unit}/s",
        floor=f"{count / floor:,.0f} {unit}/s",
        value=floor / ours,
        target=target,
    )


def at_most(what: str, seconds: float, target: float) -> Line:
    """A line of something that is to take so many milliseconds and no more."""
    millis = seconds * 1e3
    return Line(what=what, figure=f"{millis:.1f} ms", floor="", value=millis, target=target, unit=" ms", least=False)


def expect(found: int, wanted: int) -> None:
    """A look that shows less than it should would be fast for nothing."""
    if found != wanted:
        raise RuntimeError(f"{found} were shown and not {wanted}")

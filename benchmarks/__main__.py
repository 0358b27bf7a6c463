"""Measure everything and print the table; `scripts/bench` calls this. What falls short is told, and is no error."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks import (
    absence,
    arriving,
    carrying,
    county,
    large_case,
    memory,
    reading,
    requests,
    store,
    telling,
    views,
    writing,
)
from benchmarks.measure import Line

Benchmark = Callable[[bool], list[Line]]

BENCHMARKS: dict[str, Benchmark] = {
    "append": lambda quick: [writing.append(*((2, 20) if quick else (9, 300)))],
    "store": lambda quick: store.append(*((1, 2) if quick else (7, 300))),
    "load": lambda quick: writing.load_and_rebuild(*((1, writing.EXAMPLES[:1]) if quick else (5, writing.EXAMPLES))),
    "case": lambda quick: reading.long_case(*((2, 20) if quick else (15, 500))),
    "decision": lambda quick: [reading.decision(*((2, 500) if quick else (15, 20_000)))],
    "page": lambda quick: [reading.first_page(*((2, 60) if quick else (15, 20_000)))],
    "telling": lambda quick: telling.telling(*((1, 2) if quick else (9, 30))),
    "views": lambda quick: views.views(*((1, writing.EXAMPLES[:1], 500, 1_000) if quick else (5,))),
    "kafka": lambda quick: carrying.with_a_broker(*((1, 200) if quick else (7, 50_000))),
    "arriving": lambda quick: arriving.arriving(*((2, 1, 4) if quick else (300,))),
    "board": lambda quick: county.board(*((2, 60) if quick else (15, 1000))),
    "timeline": lambda quick: [county.timeline(*((2, 20) if quick else (15, 500)))],
    "quarter": lambda quick: [county.quarter(1 if quick else 5)],
    "absence": lambda quick: absence.absence(*((20, (25,)) if quick else (6_000,))),
    "large": lambda quick: [
        *large_case.commands(*((1, 5, (20, 25, 30), 2) if quick else (5, 5))),
        large_case.second_look(*((2, 20) if quick else (15,))),
    ],
    "memory": lambda quick: memory.of_a_log(*((60, 120) if quick else (memory.FEW, memory.MANY))),
    "memory-long": lambda quick: memory.of_a_log(*((60, 120) if quick else (memory.MANY, memory.LONG))),
    "memory-serve": lambda quick: memory.of_serving(40 if quick else memory.COMMANDS),
    "http": lambda quick: requests.commands(*((1, 2) if quick else (7, 30))),
}


LONG = frozenset({"memory-long"})
"""Takes most of an hour, and is run only where it is named."""


def main(arguments: Sequence[str]) -> None:
    """Run those that are named, or all that take minutes."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    which = "all that take minutes unless some are named"
    parser.add_argument("which", nargs="*", metavar="|".join(BENCHMARKS), help=which)
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it runs; measures nothing")
    given = parser.parse_args(arguments)
    unknown = set(given.which) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    load = os.getloadavg()[0]
    names = given.which or [each for each in BENCHMARKS if each not in LONG]
    lines = [line for name in names for line in BENCHMARKS[name](given.quick)]
    console = Console()
    console.print(table(lines))
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    console.print(f"{machine}; load average {load:.1f} at the start", highlight=False)


def table(lines: Sequence[Line]) -> Table:
    """The lines as people read them."""
    made = Table("what", "figure", "floor", "ratio", "target", "")
    for line in lines:
        ratio = f"{line.value:.2f}" if line.least else ""
        target = f"≥ {line.target}" if line.least else f"≤ {line.target:g}{line.unit}"
        made.add_row(line.what, line.figure, line.floor, ratio, target, "" if line.met else "short")
    return made


if __name__ == "__main__":
    main(sys.argv[1:])

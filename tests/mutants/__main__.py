"""Changes each guard one small thing at a time, and counts the changes that make no test fail.

`scripts/mutants need-to-know marks`, or without a name all groups; `--only 'domain.needtoknow.standing*'` takes those
alone. A change that nothing can notice is named in `equivalents.py`, with the reason. Exit status 1 if less than 95 %
of the others are noticed. All groups take hours; each stands for itself. `--most 80` tries so many of each group, drawn
by `--seed`: the same seed draws the same of the same code, another one others.
"""

import argparse
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.mutants.equivalents import EQUIVALENTS, same_statement
from tests.mutants.groups import GROUPS
from tests.mutants.stage import stage

WANTED: Final = 0.95
TOOL: Final = (sys.executable, "-m", "mutmut")
NOTICED: Final = frozenset({"killed", "timeout", "segfault", "caught by type check"})
UNTRIED: Final = "not checked"
NO_MUTANT: Final = "no.such.mutant"
"""Asked for by this name, the tool makes all mutants, learns which tests meet which function, and tries none."""


class Mutant(Struct, frozen=True):
    """One change: where, what became of it, and, if it was not noticed, its lines."""

    name: str
    outcome: str
    removed: str = ""
    added: str = ""

    @property
    def function(self) -> str:
        """`module.function` or `module.Class.method`."""
        module, _, mangled = self.name.rpartition("__mutmut_")[0].rpartition(".")
        return f"{module}.{mangled.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"

    @property
    def equivalent(self) -> bool:
        return same_statement(self.removed, self.added) or any(
            (each.function, each.removed, each.added) == (self.function, self.removed, self.added)
            for each in EQUIVALENTS
        )


def main() -> int:
    """Run the groups that are named; 1 if too many changes go unnoticed."""
    parser = argparse.ArgumentParser(prog="scripts/mutants", description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="group", help=", ".join(GROUPS))
    parser.add_argument("--only", default="*", help="names of functions, as in domain.needtoknow.standing*")
    parser.add_argument("--children", type=int, default=2, help="how many run at a time")
    parser.add_argument("--most", type=int, default=0, help="so many of each group, drawn at random; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    arguments = parser.parse_args()
    enough = True
    for name in arguments.groups or GROUPS:
        draw = partial(drawn, most=arguments.most, seed=arguments.seed) if arguments.most else None
        enough = _enough(name, run(name, arguments.only, arguments.children, draw)) and enough
    return 0 if enough else 1


def run(name: str, only: str, children: int, draw: Callable[[list[str]], list[str]] | None = None) -> list[Mutant]:
    """Make and try the mutants of one group: those whose names match, or of these the ones that are drawn."""
    folder = stage(GROUPS[name], name)
    wanted = [only]
    if draw is not None:
        _try(folder, children, [NO_MUTANT])
        wanted = draw([each for each, _ in _listed(folder) if fnmatch(each, only)]) or wanted
    status = _try(folder, children, wanted)
    found = list(_results(folder))
    if not found:
        raise SystemExit(f"no mutant was tried (status {status}); see {folder / 'run.log'}")
    return found


def drawn(names: list[str], most: int, seed: int) -> list[str]:
    """So many of the names, the same each time for the same seed."""
    return random.Random(seed).sample(sorted(names), min(most, len(names)))


def _try(folder: Path, children: int, names: Sequence[str]) -> int:
    with (folder / "run.log").open("a") as log:
        ran = subprocess.run(
            [*TOOL, "run", "--max-children", str(children), *names], cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    return ran.returncode


def _listed(folder: Path) -> Iterator[tuple[str, str]]:
    """Each mutant by name, and what became of it."""
    listed = subprocess.run([*TOOL, "results", "--all", "true"], cwd=folder, capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        name, _, outcome = line.strip().rpartition(": ")
        if name:
            yield name, outcome


def _results(folder: Path) -> Iterator[Mutant]:
    for name, outcome in _listed(folder):
        if outcome != UNTRIED:
            yield Mutant(name, outcome) if outcome in NOTICED else Mutant(name, outcome, *_lines(folder, name))


def _lines(folder: Path, name: str) -> tuple[str, str]:
    """What a change took away and what it put in its place, without indentation."""
    shown = subprocess.run([*TOOL, "show", name], cwd=folder, capture_output=True, text=True, check=True).stdout
    body = [line for line in shown.splitlines() if not line.startswith(("---", "+++"))]
    removed, added = ("\n".join(line[1:].strip() for line in body if line.startswith(sign)) for sign in ("-", "+"))
    return removed, added


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _enough(group: str, mutants: list[Mutant]) -> bool:
    counted = [mutant for mutant in mutants if not mutant.equivalent]
    unnoticed = [mutant for mutant in counted if mutant.outcome not in NOTICED]
    for mutant in unnoticed:
        say(f"{mutant.function}: {mutant.outcome}\n  - {mutant.removed}\n  + {mutant.added}")
    share = 1 - len(unnoticed) / len(counted) if counted else 1.0
    say(f"{group}: {len(mutants)} changes, {len(mutants) - len(counted)} of them equivalent; {share:.1%} noticed")
    return share >= WANTED


if __name__ == "__main__":
    sys.exit(main())

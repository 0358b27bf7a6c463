"""In how much memory a log is loaded, verified, made into views again and opened, whatever its length; and what a
serving process holds over many commands. Each is a process of its own."""

import itertools
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final

import msgspec

from benchmarks import held, stage
from benchmarks.held import Held
from benchmarks.measure import Line
from benchmarks.requests import question
from hub_api.commands.handler import Circumstances
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo import county

FEW, MANY, LONG = 10_000, 100_000, 1_000_000
COMMANDS: Final = 100_000
YEARS: Final = range(2010, 2020)
ACTS_OF_A_LINE: Final = 3
"""Requested, closed, counted."""
CALLERS: Final = 4
CASES: Final = 400
FLAT: Final = 1.2
_CALLERS_OF_LINES: Final = ("school", "social_services", "exposed_or_relative", "health_care")


def of_a_log(few: int = FEW, many: int = MANY) -> list[Line]:
    """What load, verify, rebuild and a start hold with `many` acts beside what they hold with `few`."""
    taken = [_taken(acts) for acts in (few, many)]
    lines = [_flat(what, few, many, taken[0][what].most, taken[1][what].most) for what in taken[0]]
    seconds = [each["start"].seconds for each in taken]
    started = Line(
        what=f"processor time of a start, {many:,} acts",
        figure=f"{seconds[1]:.2f} s",
        floor=f"{seconds[0]:.2f} s with {few:,}",
        value=seconds[1] - seconds[0],
        target=0.3,
        unit=" s",
        least=False,
    )
    return [*lines, started]


def of_serving(commands: int = COMMANDS) -> list[Line]:
    """What a serving process holds after so many commands, beside what it held after a fifth of them."""
    with TemporaryDirectory(prefix="samrad-bench-") as folder:
        data = Path(folder) / "data"
        sent = _prepared(data, min(CASES, commands))
        with _served(data) as (process, port):
            grown = []
            for fifth in range(5):
                _send(port, sent, range(fifth * commands // 5, (fifth + 1) * commands // 5))
                grown.append(held.of(process))
    return [_flat("serve", commands // 5, commands, grown[0], grown[-1], "commands")]


def _flat(what: str, few: int, many: int, before: int, after: int, unit: str = "acts") -> Line:
    return Line(
        what=f"memory: {what}, {many:,} {unit}",
        figure=f"{after} MiB",
        floor=f"{before} MiB with {few:,}",
        value=after / before,
        target=FLAT,
        unit=" times",
        least=False,
    )


def _taken(acts: int) -> dict[str, Held]:
    with TemporaryDirectory(prefix="samrad-bench-") as folder:
        data = Path(folder) / "data"
        _begun(data).close()
        files = [str(file) for file in _series(Path(folder), acts // ACTS_OF_A_LINE)]
        at = ("--data", str(data))
        return {
            "load": held.by("load", *files, "--unit", stage.ADVISER.unit, "--by", "lena-exempel", *at),
            "verify": held.by("verify", *at),
            "rebuild": held.by("rebuild", *at),
            "start": held.by("open", str(data)),
        }


def _begun(data: Path) -> Hub:
    hub = Hub.open(Settings.beside(data))
    hub.commander.handle_now(stage.ADMINISTRATOR, county.agreement(), None, Circumstances())
    return hub


def _series(folder: Path, lines: int) -> Iterator[Path]:
    """As many lines in each year, spread over its days; the combinations are plainly made up."""
    for year in YEARS:
        path = folder / f"series-{year}.jsonl"
        with path.open("wb") as file:
            header = {"format": "samrad.consultations.v1", "file": path.stem, "source": "made up, to be measured"}
            file.write(msgspec.json.encode(header) + b"\n")
            for number in range(max(1, lines // len(YEARS))):
                line = {
                    "id": f"{year}-{number}",
                    "day": date(year, 1, 1) + timedelta(number % 365),
                    "caller": _CALLERS_OF_LINES[number % len(_CALLERS_OF_LINES)],
                    "persons": number % 3,
                    "county": county.COUNTY,
                }
                file.write(msgspec.json.encode(line) + b"\n")
        yield path


def _prepared(data: Path, cases: int) -> list[tuple[str, str, bytes | None]]:
    """What is sent by turns: who sends it, to where, and the body, or none for a look."""
    hub = _begun(data)
    try:
        made = stage.cases(hub, cases, 4)
        aliases = hub.aliases.of(stage.HANDLER.unit)
        handler, asks = "socialsekreterare-sara-exempel", "kurator-kim-exempel"
        ask = (asks, "/v1/consultations", msgspec.json.encode(question()))
        sent: list[tuple[str, str, bytes | None]] = []
        for case, person in made:
            alias = aliases.out(case)
            note = msgspec.json.encode({"person": aliases.out(person), "social": stage.TEXT})
            sent += [ask, (handler, f"/v1/cases/{alias}/record_information", note), ask]
            if len(sent) % 10 == 0:
                sent.append((handler, f"/v1/cases/{alias}", None))
        return sent
    finally:
        hub.close()


@contextmanager
def _served(data: Path) -> Iterator[tuple[int, int]]:
    """A serving process: its number, and its port."""
    limits = ("--commands-at-once", "100000", "--commands-per-second", "10000")
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [
            sys.executable,
            "-m",
            "benchmarks.held",
            "serve",
            "--personas",
            "--port",
            str(_free_port()),
            *limits,
            "--data",
            str(data),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=held.ROOT,
        env=held.ENVIRONMENT,
    )
    try:
        address = "" if process.stdout is None else process.stdout.readline().partition(";")[0]
        yield process.pid, int(address.rpartition(":")[2])
    finally:
        process.terminate()
        process.communicate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _send(port: int, sent: Sequence[tuple[str, str, bytes | None]], keys: range) -> None:
    """As many commands as there are keys, by a few callers at once; each takes the next when it was answered."""
    failed: list[str] = []

    def caller(first: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        for key in itertools.islice(keys, first, None, CALLERS):
            persona, path, body = sent[key % len(sent)]
            headers = {"Authorization": f"Persona {persona}", "Idempotency-Key": f"key-{key}"}
            method = "GET" if body is None else "POST"
            connection.request(method, path, body, headers | {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status not in (200, 201):
                failed.append(f"{path} answered {answer.status}: {said!r}")
                return
        connection.close()

    callers = [Thread(target=caller, args=(first,)) for first in range(CALLERS)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    if failed:
        raise RuntimeError(failed[0])

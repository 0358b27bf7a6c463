"""What is written: acts one at a time, the support line's years into log and views, and the views made again."""

import resource
from pathlib import Path
from time import perf_counter

from benchmarks import floors, stage
from benchmarks.measure import Line, by_turns, compared
from domain.time import day_of
from hub_api.commands.load import GROUP, load, read
from hub_api.runtime.hub import Hub
from projections.catalogue import ACTS
from projections.rebuild import Rebuild

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.jsonl"))


def append(rounds: int, count: int) -> Line:
    """One act with one sealed part, its keys there already, each durable before the next."""
    with stage.opened_hub() as hub:
        case = stage.Case(hub)
        stage.append_all(hub, [*case.began(), case.note()])
        raw = floors.RawLog(hub.folder, hub)
        raw.know(floors.log_rows(hub))

        def ours(_: int) -> float:
            acts = [case.note() for _ in range(count)]
            append_now = hub.writer.append_now
            began = perf_counter()
            for act in acts:
                append_now(act)
            return perf_counter() - began

        def floor(_: int) -> float:
            rows = floors.log_rows(hub, hub.log.last() - count)
            began = perf_counter()
            for row in rows:
                raw.append((row,))
            return perf_counter() - began

        taken = by_turns(rounds, ours, floor)
        raw.close()
    return compared("append, one at a time, durable", count, "acts", taken, target=0.8)


def load_and_rebuild(rounds: int, files: list[Path] = EXAMPLES) -> list[Line]:
    """Both on the support line's years: in through the commands, then out again into the views."""
    peaks: dict[str, int] = {}
    with stage.opened_hub() as model:
        _load(model, files)
        before = model.log.last()
        rows, views = floors.log_rows(model), floors.view_rows(model)
        groups = _as_loaded(rows)

        def loading(_: int) -> float:
            with stage.opened_hub() as hub:
                began = perf_counter()
                _load(hub, files)
                taken = perf_counter() - began
            peaks.setdefault("load", _peak())
            return taken

        def raw_loading(_: int) -> float:
            raw = floors.RawLog(model.folder, model)
            began = perf_counter()
            for group in groups:
                raw.append(group)
            raw.open_all()
            _write(model, views)
            taken = perf_counter() - began
            raw.close()
            return taken

        loaded = by_turns(rounds, loading, raw_loading)
        written = floors.RawLog(model.folder, model)
        for group in groups:
            written.append(group)

        def rebuilding(_: int) -> float:
            again = Rebuild(model.views, ACTS, model.log)
            began = perf_counter()
            again.swap(again.beside())
            taken = perf_counter() - began
            peaks["rebuild"] = _peak()
            return taken

        def raw_rebuilding(_: int) -> float:
            began = perf_counter()
            written.open_all()
            _write(model, views)
            return perf_counter() - began

        rebuilt = by_turns(rounds, rebuilding, raw_rebuilding)
        written.close()
    lines = sum(read(path, day_of(model.clock.now())).count for path in files)
    return [
        compared(f"load into log and views (peak {peaks['load']} MiB)", lines, "lines", loaded, target=0.4),
        compared(f"rebuild of all views (peak {peaks['rebuild']} MiB)", before, "acts", rebuilt, target=0.5),
    ]


def _load(hub: Hub, files: list[Path]) -> None:
    for path in files:
        load(read(path, day_of(hub.clock.now())), hub.commander, stage.ADVISER, skip=False, progress=_quietly)
    hub.follower.catch_up()


def _as_loaded(rows: list[floors.Sample]) -> list[list[floors.Sample]]:
    """The rows in as many commits as the load made: a line is two acts."""
    size = 2 * GROUP
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _write(model: Hub, views: floors.ViewRows) -> None:
    path = model.folder / "floor-views.db"
    floors.write_views(path, views)
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.unlink(missing_ok=True)


def _peak() -> int:
    """The most memory that this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _quietly(_: int) -> None:
    """Nobody watches."""

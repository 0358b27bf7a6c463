"""A load that is killed at any moment and run again gives the same rows as one run, up to ids and committed time."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub_api.commands.handler import Circumstances
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import LINE, PERSONAS, agreement
from projections.catalogue import ACTS
from projections.rebuild import compare_runs

ROOT = Path(__file__).parents[3]
FILES = [ROOT / "examples" / f"support-line-{year}.jsonl" for year in (2017, 2018)]
LOADING = """
import sys
import hub_api.commands.load as loading
from hub_api.cli import run
loading.GROUP = 50
load = loading.load
def telling(file, recorder, principal, *, skip, progress, published):
    print("begun", flush=True)
    tell = lambda lines: print("group", flush=True)
    return load(file, recorder, principal, skip=skip, progress=tell, published=published)
sys.modules["hub_api.cli.load"].load_file = telling
sys.exit(run(sys.argv[1:]))
"""
"""The command line, in small groups that it tells of as they are recorded."""


def agreed(data: Path) -> Path:
    hub = Hub.open(Settings.beside(data))
    try:
        hub.commander.handle_now(PERSONAS["administrator-ulla-exempel"], agreement(), None, Circumstances())
    finally:
        hub.close()
    return data


def started(data: Path, lines: int) -> subprocess.Popen[str]:
    """A load in a process of its own, that has said so many lines."""
    arguments = ["load", *map(str, FILES), "--unit", LINE, "--by", "lena-exempel", "--data", str(data)]
    load = subprocess.Popen(
        [sys.executable, "-c", LOADING, *arguments],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hub-api'}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert load.stdout is not None
    for _ in range(lines):
        assert load.stdout.readline()
    return load


def position(data: Path) -> int:
    hub = Hub.open(Settings.beside(data))
    try:
        return hub.log.last()
    finally:
        hub.close()


@pytest.mark.slow
def test_a_load_that_is_killed_again_and_again_gives_the_rows_of_one_run(tmp_path: Path) -> None:
    killed = agreed(tmp_path / "killed")
    whole = tmp_path / "whole"
    shutil.copytree(killed, whole)
    shutil.copytree(tmp_path / "killed.keys", tmp_path / "whole.keys")
    reached = []
    for lines, moment in ((1, 0.0), (3, 0.003), (9, 0.007), (15, 0.011)):
        load = started(killed, lines)
        time.sleep(moment)
        load.kill()
        load.communicate()
        reached.append(position(killed))
    assert reached == sorted(reached)
    for data in (killed, whole):
        load = started(data, 1)
        load.communicate(timeout=100)
        assert load.returncode == 0
    assert any(position(killed) > each > 3 for each in reached), "no kill met the load half-way"
    _same_rows(killed, whole)


def _same_rows(one: Path, two: Path) -> None:
    first, second = Hub.open(Settings.beside(one)), Hub.open(Settings.beside(two))
    try:
        for hub in (first, second):
            hub.follower.catch_up()
        with first.views.living(ACTS) as left, second.views.living(ACTS) as right:
            assert compare_runs(ACTS, left, right) is None
    finally:
        first.close()
        second.close()

"""Every benchmark runs, with small numbers; how fast is never asserted."""

import pytest

from benchmarks.__main__ import BENCHMARKS, main, table
from benchmarks.measure import Line, by_turns


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_and_measures_something(name: str) -> None:
    lines = BENCHMARKS[name](True)
    assert lines
    # What is to stay small may be nothing at all: a difference that time does not tell.
    assert all(line.figure and (line.value > 0 or not line.least) for line in lines)


def test_a_ratio_is_to_reach_its_target_and_a_time_is_to_stay_within_it() -> None:
    def line(value: float, least: bool) -> Line:
        return Line(what="", figure="", floor="", value=value, target=0.5, least=least)

    assert (line(0.5, True).met, line(0.49, True).met) == (True, False)
    assert (line(0.5, False).met, line(0.51, False).met) == (True, False)
    assert list(table([line(0.4, True)]).columns[5].cells) == ["short"]


def test_ours_and_its_floor_take_turns() -> None:
    order: list[str] = []

    def work(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    assert by_turns(3, lambda _: work("ours", 1), lambda _: work("floor", 2)) == (1, 2)
    assert order == ["ours", "floor"] * 3


def test_a_benchmark_that_is_not_there_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["speed"])
    assert stopped.value.code == 2
    assert "no such benchmark: speed" in capsys.readouterr().err

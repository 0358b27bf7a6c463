"""The command line: what it prints, how it ends, and one clear line where something is wrong."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from domain.case import commands as case
from domain.command import Command
from domain.meeting import commands as meeting
from domain.referral import commands as referral
from domain.report import commands as report
from domain.time import format_instant
from domain.vocabulary import Consideration, Kind, MeetingKind, Purpose, ReportKind
from hub_api.cli import run
from hub_api.cli.common import auditor
from hub_api.commands.handler import Circumstances
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import COORDINATION, LINE, PERSONAS, POLICE_VICTIMS, agreement

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "examples" / "support-line-2014.jsonl"
PROGRAM = (sys.executable, "-c", "from hub_api.cli import main; main()")
NOW = Circumstances()
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hub-api'}"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with the county's agreement and nothing else."""
    data = tmp_path_factory.mktemp("hub") / "data"
    hub = Hub.open(Settings.beside(data))
    try:
        hub.commander.handle_now(PERSONAS["administrator-ulla-exempel"], agreement(), None, NOW)
    finally:
        hub.close()
    return data


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    return copy(template, tmp_path / "data")


def copy(template: Path, to: Path) -> Path:
    shutil.copytree(template, to)
    shutil.copytree(template.with_name("data.keys"), to.with_name(to.name + ".keys"))
    return to


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (referral.Propose(reference="", receiver=POLICE_VICTIMS, purpose=Purpose.PROTECTION), "referral.proposed.v1"),
        (report.Consider(reference="", about=ReportKind.CRIME, outcome=Consideration.REPORT), "report.considered.v1"),
        (meeting.Request(meeting=MeetingKind.COORDINATION_MEETING), "meeting.requested.v1"),
    ],
    ids=lambda given: given.name if isinstance(given, Command) else "",
)
def test_e7_a_referral_a_report_and_a_meeting_are_replayed_like_a_case(
    data: Path, capsys: pytest.CaptureFixture[str], command: Command, event: str
) -> None:
    sara = PERSONAS["socialsekreterare-sara-exempel"]
    hub = Hub.open(Settings.beside(data))
    try:
        stream = hub.commander.handle_now(sara, command, None, NOW).stream
        alias = hub.aliases.out(auditor(hub).unit, stream)
    finally:
        hub.close()
    assert run(["replay", alias, "--as", sara.unit, "--json", "--data", str(data)]) == 0
    (act,) = json.loads(capsys.readouterr().out)
    assert (act["event"], act["could_open"], act["opened"]) == (event, ["record", "sealed"], ["sealed"])


def loading(data: Path, *files: Path) -> list[str]:
    return ["load", *map(str, files), "--unit", LINE, "--by", "lena-exempel", "--data", str(data)]


def failed(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> tuple[int, str]:
    """The status and the one line on standard error."""
    status = run(arguments)
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("samrad: ")
    assert error.count("\n") == 1
    return status, error


def test_load_counts_what_it_recorded_and_what_was_there(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*loading(data, SMALL), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recorded"] == 187
    assert run(loading(data, SMALL)) == 0
    assert "0 recorded, 187 there already, 0 left out" in capsys.readouterr().out


def test_load_at_a_wrong_line_stops_or_goes_on_as_asked(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = SMALL.read_text(encoding="utf-8").splitlines()
    lines[16] = lines[16].replace('"unknown"', '"nobody"')
    path = tmp_path / "wrong.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    status, error = failed(capsys, loading(data, path))
    assert status == 1
    assert f"{path}:17: caller: " in error
    assert run(["stats", "--table", "6", "--json", "--data", str(data)]) == 0
    assert json.loads(capsys.readouterr().out)["lines"][0]["numbers"] == [None, None]
    assert run([*loading(data, path), "--on-error", "skip"]) == 1
    out, error = capsys.readouterr()
    assert "186 recorded" in out
    assert "left out" in error
    assert f"{path}:17: " in error


def test_a_line_that_comes_again_with_another_content_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(loading(data, SMALL))
    capsys.readouterr()
    lines = SMALL.read_text(encoding="utf-8").splitlines()
    lines[99] = lines[99].replace('"persons": 1', '"persons": 7').replace('"persons": 2', '"persons": 7')
    path = tmp_path / "changed.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    status, error = failed(capsys, loading(data, path))
    assert status == 1
    assert f"{path}:100: id: it was loaded before with another content" in error
    assert run(["stats", "--table", "6", "--data", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"][0]["numbers"] == [187, 255]


def test_e1_a_loaded_year_is_in_the_table_at_once(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(loading(data, SMALL))
    capsys.readouterr()
    assert run(["stats", "--table", "6", "--data", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"][0]["numbers"] == [187, 255]
    assert run(["stats", "--table", "6", "--data", str(data)]) == 0
    assert "2014 (fr.o.m. 13 mars)" in capsys.readouterr().out


def test_verify_and_rebuild_agree_with_what_was_written(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(loading(data, SMALL))
    for arguments in (["verify"], ["rebuild"], ["verify", "--json"]):
        assert run([*arguments, "--data", str(data)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last)["records"] > 2 * 187


def test_verify_names_the_place_of_a_flipped_byte(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(loading(data, SMALL))
    capsys.readouterr()
    store = data / "acts.db"
    held = bytearray(store.read_bytes())
    places = [place for place in range(len(held) - 2) if held[place : place + 2] == b"SR"]
    held[places[len(places) // 2] + 200] ^= 1
    store.write_bytes(held)
    assert run(["verify", "--data", str(data)]) == 1
    assert "acts.db, position" in capsys.readouterr().err


def test_verify_names_a_view_that_is_not_what_the_log_gives(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(loading(data, SMALL))
    capsys.readouterr()
    views = sqlite3.connect(data / "views.db", isolation_level=None)
    views.execute("UPDATE counted_1 SET persons = persons + 1")
    views.close()
    assert run(["verify", "--data", str(data)]) == 1
    assert "views.db, counted: the row of stream=" in capsys.readouterr().err
    assert run(["rebuild", "--data", str(data)]) == 0
    assert run(["verify", "--data", str(data)]) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["verify"], 1, "there is no hub in"),
        (["stats", "--table", "7"], 1, "there is no hub in"),
        (["frobnicate"], 2, "frobnicate"),
        (["stats"], 2, "--table"),
        (["stats", "--table", "seven"], 2, "--table"),
        (["load", "x.jsonl", "--unit", "u", "--by", "b", "--on-error", "guess"], 2, "guess"),
        (["replay", "x", "--as", "polisen.ost.utredning", "--as-of", "yesterday"], 2, "2026-11-11T14:30"),
        (["serve", "--personas", "--host", "0.0.0.0"], 1, "for this machine only"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: list[str], status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, error = failed(capsys, [*arguments, *(["--data", str(tmp_path / "none")] if status == 1 else [])])
    assert found == status
    assert said in error


def test_the_trail_is_asked_by_matter_person_unit_and_period(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sara, pia = PERSONAS["socialsekreterare-sara-exempel"], PERSONAS["utredare-pia-exempel"]
    with closing(Hub.open(Settings.beside(data))) as hub:
        stream = hub.commander.handle_now(sara, case.Open(coordinator=COORDINATION), None, NOW).stream
        hub.gateway.look_now(sara, Kind.CASE, stream, what="case")
        hub.gateway.page_now(pia, "cases", what="cases")
        alias = hub.aliases.out(auditor(hub).unit, stream)
        today = format_instant(hub.core.now())[:10]

    def told(*asked: str) -> list[tuple[str, str | None]]:
        assert run(["trail", *asked, "--json", "--data", str(data)]) == 0
        return [(row["what"], row["about"]) for row in json.loads(capsys.readouterr().out) if row["what"] != "trail"]

    assert told() == [("case", alias), ("cases", None)]
    assert told("--matter", alias) == [("case", alias)]
    assert told("--person", pia.person.upper()) == told("--unit", f" {pia.unit} ") == [("cases", None)]
    assert told("--from", today, "--to", today) == told()
    assert told("--to", f"{today}T00:00") == []
    assert run(["trail", "--matter", alias, "--data", str(data)]) == 0
    assert "Linköping" in (out := capsys.readouterr().out)
    assert alias[:8] in out
    for asked, status, said in (
        (["--matter", "x" * 52], 1, "nothing here"),
        (["--unit", "nowhere"], 1, "nowhere"),
        (["--person", ""], 1, "--person"),
        (["--from", today, "--to", f"{today}T00:00"], 2, "--to does not lie after --from"),
        (["--from", "yesterday"], 2, "2026-11-11T14:30"),
    ):
        assert failed(capsys, ["trail", *asked, "--data", str(data)])[0] == status
        assert said in failed(capsys, ["trail", *asked, "--data", str(data)])[1]


def test_an_unknown_table_unit_case_or_file_is_said_in_one_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = ["--data", str(data)]
    for arguments, said in (
        (["stats", "--table", "3", *there], "6, 7, 10 and 12"),
        (["load", str(data / "none.jsonl"), "--unit", LINE, "--by", "b", *there], "none.jsonl"),
        (["load", str(SMALL), "--unit", "nowhere", "--by", "b", *there], "nowhere"),
        (["replay", "x" * 52, "--as", "nowhere", *there], "nowhere"),
        (["replay", "x" * 52, "--as", LINE, *there], "nothing here"),
    ):
        status, error = failed(capsys, arguments)
        assert status == 1
        assert said in error


def test_every_command_shows_by_example_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("demo", "serve", "load", "replay", "trail", "rebuild", "verify", "stats"):
        assert run([name, "--help"]) == 0
        assert f"samrad {name}" in capsys.readouterr().out.partition("Example")[2]


def test_without_a_command_it_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "verify" in capsys.readouterr().out


def test_demo_check_serves_nothing_and_ends_with_0_and_its_case_is_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = str(tmp_path / "data")
    assert run(["demo", "--check", "--data", data]) == 0
    out = capsys.readouterr().out
    assert "✗" not in out
    assert out.count("✓") >= 15
    hub = Hub.open(Settings.beside(tmp_path / "data"))
    try:
        page = hub.gateway.page_now(PERSONAS["samordnare-anna-exempel"], "cases", what="cases")
        shown = max(page.items, key=lambda seen: len(seen.facts)).stream
        alias = hub.aliases.out(PERSONAS["granskare-rut-exempel"].unit, shown)
    finally:
        hub.close()
    monkeypatch.setenv("SAMRAD_DATA", data)
    asked = ["replay", alias, "--as", "polisen.ost.utredning", "--as-of"]
    assert run([*asked, "2026-11-10", "--json"]) == 0
    tuesday = json.loads(capsys.readouterr().out)
    assert run([*asked, "2026-11-15T20:00", "--json"]) == 0
    sunday = json.loads(capsys.readouterr().out)
    assert len(tuesday) < len(sunday)
    named = {part for act in (*tuesday, *sunday) for part in (*act["could_open"], *act["opened"])}
    assert named == {"record", "sealed"}, "who runs the hub has no mandate for a case (R10)"
    assert run([*asked, "2026-11-10"]) == 0
    assert "could open" in capsys.readouterr().out


def test_a_port_that_is_taken_is_said_in_one_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, error = failed(capsys, ["serve", "--port", str(port), "--data", str(data)])
    assert status == 1
    assert f"cannot listen on 127.0.0.1, port {port}" in error


@pytest.mark.parametrize(("told", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_serve_answers_on_loopback_with_personas_and_ends_in_order_when_told(
    data: Path, told: signal.Signals, status: int
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [*PROGRAM, "serve", "--personas", "--port", str(port), "--data", str(data)],
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert _asked(f"http://127.0.0.1:{port}/health/live") == b'{"status":"up"}'
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/cases", headers={"Authorization": "Persona samordnare-anna-exempel"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200
    finally:
        served.send_signal(told)
        _, error = served.communicate(timeout=20)
    assert served.returncode in (0, status)  # an interrupt that finds it idle ends it as a wish to end does
    assert "Traceback" not in error
    assert "demonstration" in error.lower()


def _asked(url: str) -> bytes:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                found: bytes = answer.read()
                return found
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        ((), {"LANG": "sv_SE.UTF-8"}, "här finns inget som den här enheten får känna till"),
        ((), {"LANG": "de_DE.UTF-8"}, "there is nothing here that this unit may know of"),
        ((), {"LANG": "en_GB.UTF-8", "LC_ALL": "sv_SE.UTF-8"}, "här finns inget"),
        ((), {}, "there is nothing here"),
        (("--language", "sv"), {"LANG": "en_GB.UTF-8"}, "här finns inget"),
        (("--language", "en"), {"LANG": "sv_SE.UTF-8"}, "there is nothing here"),
        ((), {"SAMRAD_LANGUAGE": "sv"}, "här finns inget"),
    ],
)
def test_f_a_refusal_is_told_with_its_rule_in_the_language_of_whoever_reads_it(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    environment: dict[str, str],
    words: str,
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "SAMRAD_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = [*options, "replay", "a" * 52, "--as", POLICE_VICTIMS, "--data", str(data)]
    assert run(told) == 1
    line = capsys.readouterr().err
    assert line.startswith(f"samrad: F: {words}")
    assert line.rstrip().endswith(")"), "and what would make it possible"


def test_a_line_that_is_refused_in_a_load_is_told_in_that_language_too(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = '{"format": "samrad.consultations.v1", "file": "small", "source": "a list"}'
    (tmp_path / "small.jsonl").write_text(
        f'{header}\n{{"id": "1", "day": "2014-05-01", "caller": "school", "persons": 1}}\n'
    )
    load = ["load", str(tmp_path / "small.jsonl"), "--unit", POLICE_VICTIMS, "--by", "bo-exempel", "--data", str(data)]
    assert run(["--language", "sv", *load]) == 1
    assert "small.jsonl:2: B3: enligt överenskommelsen är enheten inte rådgivare" in capsys.readouterr().err
    assert run(["--language", "en", *load]) == 1
    assert "small.jsonl:2: B3: by agreement this unit does not act as adviser" in capsys.readouterr().err

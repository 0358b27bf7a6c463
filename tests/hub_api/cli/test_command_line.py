"""Whatever is typed, on whatever terminal, by whomever: one clear line in the reader's language, never a traceback."""

import ast
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
import typer

from domain.errors import SamradError
from hub_api.cli import app, main, release, run
from hub_api.cli.common import LANGUAGE
from hub_api.cli.output import PROGRAM, by_its_name, called, prepare
from hub_api.cli.spoken import catalogue, helped_in, said_in
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_api.wording.language import Language
from hub_demo.county import LINE, PERSONAS, agreement
from tests.hub_api.stand import NOW, ULLA

ROOT: Final = Path(__file__).parents[3]
ODD: Final = (
    *("", " ", ".", "..", "/", "-", "--", "~", "*", "\n", "/dev/null", "/dev/null/x", "/nonexistent/x"),
    *("a" * 300, "å ä ö", "\udcff", "-1", "0", "99999999999999999999", "1e9", "nan", "inf", "2026-13-45"),
    *("9999-12-31", "0001-01-01", "[bold]{}%s", "sv", "samrad"),
)
NAMED: Final = re.compile(r"`samrad[^`]*`|--[a-z-]+")
SAY: Final = frozenset({"SamradError", "InUse", "say", "warn", "BadParameter"})
"""By whose names a sentence reaches whoever runs the command line."""
GIVEN: Final = {
    "files": "none.jsonl",
    "unit": LINE,
    "by": "lena-exempel",
    "case": "a" * 52,
    "table": "7",
    "target": "backup",
    "to": "somewhere",
    "passwords": "somewhere",
}
"""What is given for whatever else is required."""


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = typer.main.get_command(app) if command is None else command
    below = getattr(command, "commands", {})
    if not below:
        yield path, command
    for name, each in below.items():
        yield from commands(each, (*path, name))


COMMANDS: Final = dict(commands())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a hub in it; nothing serves, plays for minutes, or starts servers."""

    def nothing(*_: Any, **__: Any) -> bool:
        return True

    def no_servers(*_: Any, **__: Any) -> None:
        raise SamradError("no servers here")

    inside = tmp_path / "one" / "two"
    inside.mkdir(parents=True)
    hub = Hub.open(Settings.beside(inside / "samrad-data"))
    hub.commander.handle_now(ULLA, agreement(), None, NOW)
    hub.close()
    monkeypatch.chdir(inside)
    for name in [name for name in os.environ if name.startswith("SAMRAD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(import_module("hub_api.cli.serve"), "listen", nothing)
    monkeypatch.setattr(import_module("hub_demo.command"), "listen", nothing)
    monkeypatch.setattr(import_module("hub_demo.command"), "the_week", nothing)
    monkeypatch.setattr(import_module("hub_demo.command"), "the_quarter", nothing)
    monkeypatch.setattr("hub_cluster.running.Cluster.__enter__", no_servers)
    return inside


def line_of(path: tuple[str, ...], command: Any, odd: Any = None, value: str = "") -> list[str]:
    """A command line in which one parameter has that value, and the others what they need."""
    line = list(path)
    for parameter in command.params:
        argument = parameter.param_type_name == "argument"
        if parameter is odd:
            flag = getattr(parameter, "is_flag", False)
            line += [value] if argument else [parameter.opts[0]] if flag else [parameter.opts[0], value]
        elif parameter.required:
            line += [GIVEN[parameter.name]] if argument else [parameter.opts[0], GIVEN[parameter.name]]
    return line


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_no_argument_of_any_command_ends_in_a_traceback(
    here: Path, path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    command = COMMANDS[path]
    for parameter in command.params:
        for value in ODD:
            arguments = line_of(path, command, parameter, value)
            status = run(arguments)  # an exception that gets out is the failure
            out, error = capsys.readouterr()
            assert status in (0, 1, 2), arguments
            assert "a fault of the program" not in error, (arguments, error)
            assert "Traceback" not in out + error, arguments
            for line in error.splitlines():
                assert line.startswith("samrad: "), (arguments, error)


@pytest.mark.parametrize("words", [["frobnicate"], ["--frobnicate"], ["", ""], ["keys"], ["keys", "x"], ["\udcff"]])
def test_no_command_that_there_is_not_does(here: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert "a fault of the program" not in capsys.readouterr().err


def test_what_no_one_foresaw_is_one_line_that_names_its_place_and_quotes_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("Exempla Exempelsson")

    monkeypatch.setattr(import_module("hub_api.cli.verify"), "prove", fails)
    assert run(["verify"]) == 1
    error = capsys.readouterr().err
    assert re.fullmatch(r"samrad: a fault of the program, ValueError at test_command_line\.py:\d+: .*\n", error)


def test_a_hub_may_be_named_from_within(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here / "samrad-data")
    for data in (".", "./", "../samrad-data", str(here / "samrad-data")):
        assert run(["verify", "--data", data]) == 0
    assert sorted(path.name for path in here.iterdir()) == ["samrad-data", "samrad-data.keys"]


def test_whoever_has_a_number_and_no_name_may_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert run(["stats", "--table", "7"]) == 0
    assert run(["replay", "a" * 52, "--as", LINE]) == 1


@pytest.mark.parametrize("language", Language)
def test_on_a_terminal_without_utf_8_everything_is_said_in_other_signs(
    here: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    error = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", error)
    prepare(out, error)
    speaking = ["--language", language]
    assert run([*speaking, "--help"]) == 0
    for path in COMMANDS:
        assert run([*speaking, *path, "--help"]) == 0
    for line in (["stats", "--table", "7"], ["personas"], ["verify"], ["status"], ["rebuild"], ["personas", "--json"]):
        assert run([*speaking, *line]) == 0, line
    assert run([*speaking, "stats", "--table", "7", "--json"]) == 0
    assert run([*speaking, "replay", "a" * 52, "--as", LINE]) == 1
    assert run([*speaking, "verify", "--data", "å\udcff"]) == 1
    out.flush()
    error.flush()
    assert rb"a\xff" in error.buffer.read() or rb"a\xff" in error.buffer.getvalue()


def test_a_process_on_such_a_terminal_shows_its_help_and_its_errors(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C", "PYTHONIOENCODING": "ascii"}
    for words, status in ((["--language", "sv", "demo", "--help"], 0), (["--language=sv", "verify", "--data", "ö"], 1)):
        done = subprocess.run(
            [sys.executable, "-c", "from hub_api.cli import main; main()", *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout.isascii()
        assert done.stderr.isascii()


def test_every_command_and_option_is_explained_in_swedish() -> None:
    def texts(command: Any) -> Iterator[str]:
        yield command.help or ""
        yield from (parameter.help for parameter in command.params if getattr(parameter, "help", None))

    whole = typer.main.get_command(app)
    for command in (whole, *whole.commands.values(), *COMMANDS.values()):  # type: ignore[attr-defined]
        for text in texts(command):
            assert helped_in(Language.SV, text) != text, text


@pytest.mark.parametrize(
    "module",
    [
        *("hub_api/cli", "hub_api/runtime/folder", "hub_api/runtime/backups", "hub_api/runtime/settings"),
        *("hub_api/runtime/clocks", "hub_demo/command", "hub_demo/personas_command", "hub_demo/week"),
    ],
)
def test_every_error_of_the_embedded_command_line_is_said_in_swedish(module: str) -> None:
    place = ROOT / "hub-api" / module
    for path in sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and (by := getattr(call.func, "id", getattr(call.func, "attr", ""))) in SAY:
                text = in_words(call.args[0])
                text = f"Invalid value: {text}" if text is not None and by == "BadParameter" else text
                assert text is None or said_in(Language.SV, text) != text, (path.name, text)


def in_words(node: ast.expr) -> str | None:
    """A message as it might be; None where it is not written here."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr) and any(isinstance(part, ast.Constant) for part in node.values):
        said = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        return said if re.search("[a-z]{4}", said.replace("samrad", "")) else None
    return None


def test_each_swedish_sentence_has_the_places_of_the_english_one() -> None:
    for english, swedish in catalogue().items():
        assert english.count("{}") == swedish.count("{}"), english
        assert NAMED.findall(english) == NAMED.findall(swedish), english


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["verify", "--data", "none"], 1, "det finns inget nav i none: börja med `samrad demo`"),
        (["stats"], 2, "Tillvalet '--table' saknas."),
        (["stats", "--table", "x"], 2, "Fel värde för '--table': det är inget heltal"),
        (["frobnicate"], 2, "Det finns inget kommando 'frobnicate'"),
        (["serve", "--personas", "--host", "0.0.0.0"], 1, "personas är bara för den här datorn"),
        (["restore"], 1, "ange säkerhetskopian"),
        (["trail", "--from", "9999-12-31"], 2, "samrad: '9999-12-31' ligger inte mellan 1900 och 2200"),
        (["serve", "--trusted-proxies", "x"], 2, "samrad: ange adresser eller nät, till exempel 10.0.0.0/8"),
        (["replay", "a" * 52, "--as", "nowhere"], 1, "B1: enheten nowhere omfattas inte av någon gällande"),
    ],
)
def test_what_is_wrong_is_said_in_swedish(
    here: Path, arguments: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in (["--language", "sv"], ["--language=sv"]):
        assert run([*asked, *arguments]) == status
        assert said in capsys.readouterr().err


def test_its_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"samrad {release()}\n"


def test_whom_anybody_may_play_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["personas"]) == 0
    out = capsys.readouterr().out
    assert [name for name in PERSONAS if name not in out] == []


@pytest.mark.parametrize("played", [True, False])
def test_serve_says_where_it_answers_and_what_is_lacking_for_anybody_to_be_let_in(
    here: Path, played: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    serving = import_module("hub_api.cli.serve")
    with serving.bound("127.0.0.1", 0) as listening:
        serving.told(listening, object() if played else None)
        port = listening.getsockname()[1]
    out = capsys.readouterr().out
    assert f"Serving on http://127.0.0.1:{port}; end it with Ctrl-C." in out
    assert ("samrad personas" in out) is played
    assert ("start it with --personas" in out) is not played


def test_hints_name_the_program_as_it_was_called(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = here / ".venv" / "bin" / "samrad"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    assert called("-c") == called("/usr/lib/python/pytest") == "samrad"
    assert called(".venv/bin/samrad") == called(str(program)) == ".venv/bin/samrad"
    monkeypatch.chdir(here.parent)
    assert called(str(program)) == "two/.venv/bin/samrad"
    monkeypatch.chdir("/")
    assert called(str(program)).endswith("/one/two/.venv/bin/samrad")
    monkeypatch.setenv("PATH", str(program.parent))
    assert called(str(program)) == "samrad"
    monkeypatch.chdir(here)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "argv", [str(program), "verify", "--data", "none"])
    with pytest.raises(SystemExit):
        main()
    assert "begin with `.venv/bin/samrad demo`" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", [str(program), "serve", "--help"])
    with pytest.raises(SystemExit):
        main()
    out = capsys.readouterr().out
    assert "Usage: .venv/bin/samrad serve" in out
    assert "  .venv/bin/samrad serve --personas" in out
    assert by_its_name("samrad-data and /srv/samrad are no commands") == "samrad-data and /srv/samrad are no commands"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Neither the language nor the name of the program stays as a test has set it."""
    language, program = LANGUAGE.get(), PROGRAM.get()
    yield
    LANGUAGE.set(language)
    PROGRAM.set(program)

"""docs/operations.md: each command in it exists, with the options that it is given."""

import re
import shlex
import subprocess

import pytest
import typer

from hub_api.cli import app
from hub_api.runtime.servers.settings import Production, setting
from hub_cluster.postgres_programs import programs
from tests.deploy.composed import ROOT, services
from tests.servers import available

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
LINES = sorted({line for block in BLOCKS for line in block.splitlines()} | {
    each for each in re.findall("`([^`\n]+)`", PAGE) if each.startswith(("samrad ", "docker compose "))
})  # fmt: skip
COMPOSE = {
    "build": set[str](),
    "config": {"--lock-image-digests"},
    "exec": {"-T"},
    "restart": set[str](),
    "run": {"--rm", "--volume", "--env"},
    "stop": set[str](),
    "up": {"--detach", "--wait", "--force-recreate"},
}
"""Of Docker's own verbs and options, those that are known to be there."""
KNOWN = {setting(name) for name in Production.model_fields}
POSTGRES = {"pg_dump", "pg_restore", "dropdb"}


def understood(words: list[str]) -> None:
    """The hub's own parser takes this command line; a word that stands for a folder of a container is any folder."""
    command = typer.main.get_command(app)
    context = command.make_context("samrad", list(words), resilient_parsing=False)
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        assert command is not None, words
        if any(option in rest for option in ("--help",)):
            return
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("line", LINES)
def test_each_command_is_one_that_there_is(line: str) -> None:
    words = shlex.split(re.sub(r"\s[<>]\s*\S+$", "", line))
    match words:
        case ["samrad" | ".venv/bin/samrad", *rest]:
            understood(rest)
        case ["docker", "compose", *rest]:
            composed(rest)
        case ["rm", *paths] | ["mv", *paths]:
            assert all(path.startswith("deploy/secrets/") for path in paths)
        case ["umask", mask]:
            assert mask == "077"
        case _:
            (script,) = words
            assert (ROOT / script).is_file()


def test_the_hubs_own_program_is_named_where_setting_up_puts_it() -> None:
    typed = [line for block in BLOCKS for line in block.splitlines()]
    assert "scripts/setup" in typed
    assert not [line for line in typed if line.startswith("samrad ")], "it is on nobody's PATH"


def test_a_backup_is_its_owners_alone_and_is_never_committed() -> None:
    for block in BLOCKS:
        if "pg_dump" in block:
            assert block.startswith("umask 077\n")
            written = re.findall(r"> (\S+)$", block, re.MULTILINE)
            assert {name.rpartition(".")[2] for name in written} == {"dump"}
    assert "*.dump" in (ROOT / ".gitignore").read_text().splitlines()


def composed(words: list[str]) -> None:
    while words[0].startswith("--"):
        option, value, *words = words
        assert option in ("--file", "--profile")
        if option == "--profile":
            assert [name for name, each in services().items() if value in each.get("profiles", ())]
    verb, *rest = words
    if verb not in ("run", "exec"):
        options = {word for word in rest if word.startswith("-")}
        assert options <= COMPOSE[verb], words
        names = set(rest) - options
        assert names <= set(services())
        if "--lock-image-digests" in options:
            fetched = {name for name, each in services().items() if not str(each["image"]).startswith("samrad")}
            assert names == fetched - {"demo-door"}, "what is built here has no digest anywhere"
        return
    while rest[0].startswith("-"):
        option, *rest = rest
        assert option in COMPOSE[verb], words
        if option in ("--volume", "--env"):
            value, *rest = rest
            assert option == "--volume" or value.partition("=")[0].removesuffix("_FILE") in KNOWN, words
    name, *inside = rest
    assert name in services()
    if inside and inside[0] == "samrad":
        understood(inside[1:])
    elif inside:
        exists(inside)


def exists(words: list[str]) -> None:
    """A program of PostgreSQL's, with these options."""
    program, *rest = words
    assert program in POSTGRES
    available(programs)
    told = subprocess.run([programs() / program, "--help"], capture_output=True, text=True, check=True).stdout
    for word in rest:
        if word.startswith("--"):
            assert word.partition("=")[0] in told.replace("=", " ").split(), word


def test_every_service_of_the_hub_is_spoken_of_and_every_part_has_its_bad_day() -> None:
    gone = PAGE[PAGE.index("## When a part is gone") :]
    for part in ("Kafka", "PostgreSQL", "vault", "views", "hub", "relay", "projections", "master keys", "high-water"):
        assert re.search(rf"^\| [^|]*{part}", gone, re.MULTILINE), part
    assert not [name for name in services() if name in ("status", "verify", "rebuild", "restore") and name not in PAGE]

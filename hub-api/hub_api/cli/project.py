"""`samrad project`: keep the views up to date from Kafka."""

from enum import StrEnum
from typing import Annotated

import typer

from hub_api.cli.common import until_ended


class Which(StrEnum):
    ACTS = "acts"
    LOOKS = "looks"


def project(
    view_set: Annotated[
        list[Which] | None, typer.Option("--view-set", help="Only these views; otherwise all. May be given twice.")
    ] = None,
) -> None:
    """Keep the views up to date from Kafka, until told to end.

    It opens records and coordination, and no content. Several share the work by view; one that ends is replaced.

    \b
    Examples:
      samrad project
      samrad project --view-set looks
    """
    from hub_api.runtime.servers.project import project as keep
    from hub_api.runtime.servers.settings import Production
    from hub_api.runtime.telemetry_setup import telling

    settings = Production.read()
    names = tuple(dict.fromkeys(view_set or Which))
    with telling(settings, "project") as watch:
        until_ended(lambda ended: keep(settings, names, ended, watch))

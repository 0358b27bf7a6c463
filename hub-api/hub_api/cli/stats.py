"""`samrad stats`: the published tables, from what is recorded."""

from typing import Annotated

import typer

from hub_api.cli.common import HERE, OUT, Data, Json, auditor, opened, print_json
from hub_api.cli.show import published_table
from projections.published import as_json as table_as_json


def stats(
    table: Annotated[int, typer.Option("--table", help="6, 7, 10 or 12, as the support line's tables are numbered.")],
    data: Data = HERE,
    as_json: Json = False,
) -> None:
    """Print a published table from recorded consultations; what was never published is unknown.

    \b
    Examples:
      samrad stats --table 7
      samrad stats --table 10 --json
    """
    with opened(data, "stats") as hub:
        made = hub.gateway.statistics_now(auditor(hub), table)
    if as_json:
        print_json(table_as_json(made))
    else:
        OUT.print(published_table(made))

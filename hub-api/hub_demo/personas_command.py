"""`samrad personas`: the made-up people whom anybody may play while the hub is only shown."""

from typing import Annotated

import typer

from hub_api.cli.common import OUT, Json, print_json
from hub_demo.county import PERSONAS
from hub_demo.quarter_tale import PEOPLE


def personas(
    quarter: Annotated[bool, typer.Option("--quarter", help="Those of the demo's quarter.")] = False,
    as_json: Json = False,
) -> None:
    """List whom `samrad serve --personas` lets anybody on this machine play, by name, unit, role and purpose.

    \b
    Examples:
      samrad personas
      curl -H 'Authorization: Persona samordnare-anna-exempel' http://127.0.0.1:8000/v1/cases
    """
    people = PEOPLE if quarter else PERSONAS
    if as_json:
        print_json(
            [
                {"name": name, "agency": who.agency, "unit": who.unit, "role": who.role, "purpose": who.purpose}
                for name, who in people.items()
            ]
        )
        return
    for name, who in people.items():
        OUT.print(name, style="bold", highlight=False, soft_wrap=True)
        OUT.print(f"    {who.unit}: {who.role}, {who.purpose}", highlight=False, soft_wrap=True)

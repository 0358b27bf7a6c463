"""`samrad restore`: an empty store written anew from Kafka."""

from typing import Annotated

import typer

from hub_api.cli.common import OUT, Json, print_json, steps


def restore(
    accept_loss: Annotated[
        bool,
        typer.Option(
            "--accept-loss", help="What Kafka lacks is lost: let `samrad serve` take commands again without it."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Write an empty store anew from Kafka alone, to the same bytes, and say how far that went and what is missing.

    What was accepted while Kafka was away is not there. `samrad serve` refuses commands while the store ends before
    its high-water mark; --accept-loss moves the mark back, once you have looked for an own backup of the store.

    \b
    Examples:
      samrad migrate && samrad restore
      samrad restore --accept-loss
    """
    from hub_api.production.restoring import restore_all
    from hub_api.production.settings import Production

    with steps() as progress:
        restored = restore_all(Production.read(), progress, accept_loss=accept_loss)
    if as_json:
        print_json({each.log: {"position": each.position, "missing": each.missing} for each in restored})
    else:
        for each in restored:
            lost = f"; {each.missing} that were accepted later are missing" if each.missing else ""
            OUT.print(f"{each.log}: restored up to position {each.position}{lost}", highlight=False)
    if any(each.missing for each in restored):
        raise typer.Exit(1)

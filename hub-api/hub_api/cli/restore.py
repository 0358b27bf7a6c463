"""`samrad restore`: an empty store written anew from Kafka."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub_api.cli.common import OUT, Json, print_json, steps

if TYPE_CHECKING:
    from hub_api.production.restoring import Restored


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

    How much is missing is told by the high-water mark, which may lag by a second: that many at least. Where there is
    none, it cannot be told (null in JSON). It ends with 1 unless nothing is missing.

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
            OUT.print(
                f"{each.log}: restored up to position {each.position}; {_lost(each)}", highlight=False, soft_wrap=True
            )
    if any(each.missing != 0 for each in restored):
        raise typer.Exit(1)


def _lost(restored: "Restored") -> str:
    if restored.missing is None:
        return "what is missing cannot be told: there is no high-water mark"
    if restored.missing:
        return f"at least {restored.missing} that were accepted later are missing"
    return "nothing is missing up to the high-water mark"

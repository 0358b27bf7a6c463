"""`samrad verify`: recompute every hash and every view."""

import msgspec

from hub_api.cli.common import HERE, OUT, Data, Json, opened, print_json, steps
from hub_api.proof import Progress, prove
from hub_api.settings import on_servers


def verify(data: Data = HERE, as_json: Json = False) -> None:
    """Recompute every hash, open every seal and make every view anew; the first difference ends it with status 1.

    On servers Kafka is compared too, record by record. It takes the hub's keys, and the role that makes views.

    \b
    Examples:
      samrad verify
      samrad verify --data /srv/samrad --json
    """
    with opened(data, "verify") as hub, steps() as progress:
        proven = prove(hub, progress)
        waiting = _agree(progress) if on_servers() else None
    if as_json:
        print_json(msgspec.structs.asdict(proven) | ({} if waiting is None else {"waiting": waiting}))
    else:
        OUT.print(
            f"{proven.records} records and {proven.looks} looks are what was written, {proven.views} views are what "
            f"they give; {proven.disposed} parts were disposed of, as the log says."
        )
        if waiting is not None:
            OUT.print(f"Kafka holds the same, byte by byte; {sum(waiting.values())} records wait to be carried.")


def _agree(progress: Progress) -> dict[str, int]:
    from hub_api.production.agreeing import agree_all
    from hub_api.production.settings import Production

    return agree_all(Production.read(), progress)

"""`samrad verify`: recompute every hash and every view."""

import msgspec

from hub_api.cli.common import HERE, OUT, Data, Json, opened, print_json, steps
from hub_api.proof import prove


def verify(data: Data = HERE, as_json: Json = False) -> None:
    """Recompute every hash, open every seal and make every view anew; the first difference ends it with status 1.

    \b
    Examples:
      samrad verify
      samrad verify --data /srv/samrad --json
    """
    with opened(data) as hub, steps() as progress:
        proven = prove(hub, progress)
    if as_json:
        print_json(msgspec.structs.asdict(proven))
    else:
        OUT.print(
            f"{proven.records} records and {proven.looks} looks are what was written, {proven.views} views are what "
            f"they give; {proven.disposed} parts were disposed of, as the log says."
        )

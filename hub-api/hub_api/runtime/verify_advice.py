"""What somebody does about what `samrad verify` has found. Each sentence is carried out in a test."""

from collections.abc import Iterator, Sequence
from typing import Final

from adapters.store.differences import Difference
from domain.errors import StoreBehind, Unreadable
from hub_api.runtime.open_parts import LOGS
from projections.errors import LogBehind, ViewsUnusable
from projections.rebuild import Behind

KEEP: Final = "change nothing, keep a copy of the disks, and find out who could write there"
FROM_BACKUP: Final = "put the newest whole backup back, keys and data (docs/operations.md, *Restore*)"
GIVE_UP: Final = "if there is none, `samrad rebuild --accept-loss` goes on without what is missing"
GIVE_UP_ON_SERVERS: Final = (
    "if there is none, empty the store, then `samrad restore --accept-loss` and `samrad rebuild --accept-loss` go on "
    "without what is missing"
)
FROM_KAFKA: Final = (
    "{log}: Kafka has what the store lacks; empty the store and run `samrad restore` (docs/operations.md)"
)
NEW_TOPIC: Final = (
    "{log}: the store is what was written and its topic is not; delete that topic, run `samrad migrate`, and start "
    "`samrad relay` and `samrad project` again: the relay fills the new one"
)
NEWER_VAULT: Final = (
    "look for a newer copy of the vault (docs/operations.md, *Restore*): nothing else has the missing keys"
)
REBUILD: Final = "the logs are right and the views are not: `samrad rebuild` makes them again"
SEE_STATUS: Final = "the views lag: `samrad status` says what keeps them"
_SHORT: Final = (StoreBehind.__name__, LogBehind.__name__)
"""A log that has lost its end, as marks or views remember it."""
_LAG: Final = (Behind.__name__, ViewsUnusable.__name__)
_LACKS: Final = "StoreLacks"
"""The topic holds more than the store; by name, since an embedded hub loads nothing of Kafka."""


def advice(found: Sequence[Difference]) -> list[str]:
    """What to do, the first thing first."""
    mend = dict.fromkeys(sentence for log in LOGS for sentence in _of_log(log, found))
    if mend:
        return [KEEP, *mend]
    if any(each.error in _LAG for each in found):
        return [SEE_STATUS]
    return [REBUILD] if found else []


def _of_log(log: str, found: Sequence[Difference]) -> Iterator[str]:
    own = [each for each in found if each.place in (log, f"{log}.db")]
    wrong = [each for each in own if each.error not in _SHORT]
    short = [each for each in found if each.error in _SHORT and (each in own or each.place.endswith(f" of {log}"))]
    topic = [each for each in found if each.place == f"topic of {log}"]
    if topic and (own or short or any(each.error == _LACKS for each in topic)):
        yield FROM_KAFKA.format(log=log)
    elif topic:
        yield NEW_TOPIC.format(log=log)
    elif wrong and all(each.error == Unreadable.__name__ for each in wrong):
        yield NEWER_VAULT
    elif wrong or short:
        yield FROM_BACKUP
        if not wrong:
            embedded = any(".db" in each.place for each in short)
            yield GIVE_UP if embedded else GIVE_UP_ON_SERVERS

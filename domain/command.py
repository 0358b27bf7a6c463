"""What may be asked for: a command is a frozen struct with a name.

Its act (who, when, on which ground) comes beside it.
"""

from typing import ClassVar

from msgspec import Struct

from domain.vocabulary import Kind


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request that `decide` answers with events or a named refusal.

    `opens` marks those that begin an aggregate. `hub_fills` names the fields that the application makes before it
    decides (a spoken reference, the ids of keys): no caller sends them. `operator_brings` names those that only an
    operator's `load` sends. `system` marks what the scheduler alone sends.
    `acute` marks what an emergency, or the protection of somebody, cannot wait for: it is never refused for its rate.
    `later` names the fields that a later version of the program added: where one is left out, the request is the same
    as one of before, and known again by its key.
    """

    name: ClassVar[str]
    kind: ClassVar[Kind]
    opens: ClassVar[bool] = False
    hub_fills: ClassVar[frozenset[str]] = frozenset()
    operator_brings: ClassVar[frozenset[str]] = frozenset()
    system: ClassVar[bool] = False
    acute: ClassVar[bool] = False
    later: ClassVar[frozenset[str]] = frozenset()

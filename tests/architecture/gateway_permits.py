"""Which module may reach case data beside the gateway's own way, how, and for which reason (invariant 1).

The lint is `one_gateway.py`; a permission that is not used any more is withdrawn.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class Way(StrEnum):
    """A way to reach case data."""

    SNAPSHOT = "takes a snapshot of the store"
    STREAM = "reads an aggregate's stream"
    OPEN = "opens sealed parts"
    LOG = "reads the log"
    CORE = "reaches into the core"
    VAULT = "reaches for the vault"
    VIEWS = "reads a view"
    QUERY = "runs a query"
    DATABASE = "imports a database library"
    ADAPTERS = "imports from adapters"
    PROJECTIONS = "imports from projections"


class Permit(NamedTuple):
    """One module may use these ways, for this reason."""

    module: str
    ways: frozenset[Way]
    reason: str


READINESS: Final = "asks whether the store records and who keeps the views; reads no record"
AUDITING: Final = "the gateway's looks at the trail and its replays: by mandate, each row and each part decided"
PERMITTED: Final = (
    Permit(
        "hub_api.reads.gateway",
        frozenset(Way) - {Way.QUERY, Way.DATABASE, Way.ADAPTERS, Way.STREAM, Way.LOG},
        "the gateway itself: decides each part, opens the allowed ones, writes the access record first",
    ),
    Permit(
        "hub_api.reads.look",
        frozenset({Way.STREAM, Way.OPEN, Way.CORE, Way.VAULT, Way.ADAPTERS}),
        "the gateway's own steps, in one place: decides each part, opens the allowed ones, writes the access record",
    ),
    Permit(
        "hub_api.reads.board_looks",
        frozenset({Way.SNAPSHOT, Way.CORE}),
        "the gateway's looks at what waits: the views select, the gateway's steps decide",
    ),
    Permit("hub_api.reads.audits", frozenset({Way.SNAPSHOT, Way.STREAM, Way.CORE, Way.LOG, Way.PROJECTIONS}), AUDITING),
    Permit(
        "hub_api.reads.board",
        frozenset({Way.PROJECTIONS}),
        "names places among what waits and the limits of the agreements, and reads nothing",
    ),
    Permit(
        "hub_api.runtime.status", frozenset({Way.PROJECTIONS}), "names the type of what is set aside, and reads nothing"
    ),
    Permit(
        "hub_api.commands.handler",
        frozenset({Way.SNAPSHOT, Way.STREAM, Way.CORE, Way.ADAPTERS}),
        "commands are decided on the visible state, folded from records that the decision lets through; opens nothing",
    ),
    Permit(
        "hub_api.commands.receipts",
        frozenset({Way.SNAPSHOT, Way.CORE, Way.VAULT, Way.ADAPTERS}),
        "gives the sender of a command its first receipt, from its record or what the vault kept of it; opens no part",
    ),
    Permit(
        "hub_api.commands.completion",
        frozenset({Way.CORE, Way.VAULT}),
        "what the hub puts into a command: chance, ids of keys to delete, what `linked` lets it know; opens nothing",
    ),
    Permit(
        "hub_api.access.observing",
        frozenset({Way.STREAM}),
        "the same decision, carried on from look to look; compared with the log each time, it opens nothing",
    ),
    Permit(
        "hub_api.access.sight",
        frozenset({Way.STREAM}),
        "the decision itself, with who is kept from the case that a stream belongs to; opens nothing",
    ),
    Permit(
        "hub_api.access.core",
        frozenset({Way.ADAPTERS, Way.PROJECTIONS}),
        "names the types of what the gateway and the commander share, and reads nothing",
    ),
    Permit(
        "hub_api.runtime.hub",
        frozenset({Way.SNAPSHOT, Way.STREAM, Way.CORE, Way.VAULT, Way.ADAPTERS, Way.PROJECTIONS}),
        "the composition root: puts the parts together; of the logs it reads the hub's own stream for its version",
    ),
    Permit(
        "hub_api.runtime.open_parts",
        frozenset({Way.ADAPTERS, Way.PROJECTIONS}),
        "names the types of what either form of the hub opens, and reads nothing",
    ),
    Permit(
        "hub_api.runtime.embedded",
        frozenset({Way.VAULT, Way.SNAPSHOT, Way.STREAM, Way.ADAPTERS, Way.PROJECTIONS}),
        "opens the parts of the embedded hub; of the logs it reads streams for the runners to fold again",
    ),
    Permit(
        "hub_cluster.kafka_access",
        frozenset({Way.ADAPTERS}),
        "makes users, rights and topics on a broker that it has started, and reads nothing",
    ),
    Permit(
        "hub_cluster.postgres_access",
        frozenset({Way.ADAPTERS}),
        "makes roles on a server that it has started, and reads nothing",
    ),
    Permit(
        "hub_cluster.running",
        frozenset({Way.ADAPTERS}),
        "names the roles and users as which the hub's processes come, and reads nothing",
    ),
    Permit("hub_api.runtime.follower", frozenset({Way.PROJECTIONS}), "lets the runners catch up, and hands nothing on"),
    Permit(
        "hub_api.runtime.counting",
        frozenset({Way.CORE, Way.PROJECTIONS}),
        "appends the counts: shows nothing to anybody",
    ),
    Permit(
        "hub_api.commands.load", frozenset({Way.ADAPTERS}), "keeps the ids of lines in little memory; reads no record"
    ),
    Permit(
        "hub_api.runtime.scheduler",
        frozenset({Way.SNAPSHOT, Way.STREAM, Way.CORE, Way.PROJECTIONS}),
        "acts on dates that have come: shows nothing to anybody and opens nothing",
    ),
    Permit(
        "hub_api.runtime.proof",
        frozenset({Way.SNAPSHOT, Way.STREAM, Way.ADAPTERS, Way.PROJECTIONS}),
        "`samrad verify`: recomputes hashes, seals and rows, streams of what went meanwhile again, and tells "
        "of numbers and the first difference only",
    ),
    Permit(
        "hub_api.runtime.provable",
        frozenset({Way.PROJECTIONS}),
        "opens logs and views for `samrad verify` and `samrad rebuild`, which tell of numbers and places only",
    ),
    Permit(
        "hub_api.runtime.verify_advice",
        frozenset({Way.ADAPTERS, Way.PROJECTIONS}),
        "knows differences by their names, and says what somebody does about them",
    ),
    Permit(
        "hub_api.runtime.servers.provable",
        frozenset({Way.ADAPTERS, Way.PROJECTIONS}),
        "`samrad verify`: opens logs and views on servers, as `hub_api.runtime.provable` does those in a folder",
    ),
    Permit(
        "hub_api.cli.verify",
        frozenset({Way.ADAPTERS}),
        "`samrad verify`: prints differences, which name kind and stream and no content",
    ),
    Permit(
        "hub_cluster.check",
        frozenset({Way.VIEWS, Way.ADAPTERS, Way.PROJECTIONS}),
        "`samrad cluster --check`: compares the made-up quarter's rows with the embedded hub's, and tells of the first",
    ),
    Permit(
        "hub_api.runtime.servers.passwords",
        frozenset({Way.ADAPTERS}),
        "names the roles and users that get a password, and reads nothing",
    ),
    Permit(
        "hub_api.runtime.servers.prepare",
        frozenset({Way.ADAPTERS}),
        "`samrad prepare`: makes databases, roles, users and rights, before there is anything to read",
    ),
    Permit(
        "hub_api.runtime.servers.opening",
        frozenset({Way.ADAPTERS, Way.PROJECTIONS}),
        "opens the parts of the hub on servers, as `hub_api.runtime.embedded` does those in a folder",
    ),
    Permit(
        "hub_api.runtime.servers.setting_values",
        frozenset({Way.ADAPTERS}),
        "reads the address of a database as its driver will, and connects to nothing",
    ),
    Permit(
        "hub_api.runtime.servers.startup_wait",
        frozenset({Way.ADAPTERS}),
        "knows a server that is away by its error, and reads nothing",
    ),
    Permit(
        "hub_api.runtime.servers.project",
        frozenset({Way.LOG, Way.ADAPTERS, Way.PROJECTIONS}),
        "`samrad project`: lets the runners follow the topics, with keys that open no content; hands nothing on",
    ),
    Permit(
        "hub_api.runtime.servers.relay",
        frozenset({Way.ADAPTERS}),
        "`samrad relay`: lets sealed frames be carried, and has no key to open one with",
    ),
    Permit(
        "hub_api.runtime.servers.restore",
        frozenset({Way.LOG, Way.ADAPTERS}),
        "`samrad restore`: writes sealed frames anew; of records it learns only which of them name keys",
    ),
    Permit(
        "hub_api.runtime.servers.migrate",
        frozenset({Way.VAULT, Way.ADAPTERS}),
        "`samrad migrate`: makes tables, topics and rights, those of the vault among them, and reads no row",
    ),
    Permit("hub_api.runtime.servers.condition", frozenset({Way.ADAPTERS, Way.PROJECTIONS}), READINESS),
    Permit(
        "hub_api.runtime.servers.status",
        frozenset({Way.ADAPTERS, Way.PROJECTIONS}),
        "`samrad status`: asks how far everything has come, and reads no record and no row",
    ),
    Permit(
        "hub_api.runtime.servers.comparison",
        frozenset({Way.ADAPTERS}),
        "`samrad verify`: compares sealed frames of store and topics byte by byte, and opens none",
    ),
    Permit(
        "hub_api.runtime.servers.addresses",
        frozenset({Way.ADAPTERS}),
        "names the type of what the brokers are reached by, and reaches nothing",
    ),
    Permit(
        "hub_api.runtime.backups",
        frozenset({Way.ADAPTERS}),
        "`samrad backup` and `samrad restore`: copies sealed files whole; of records it reads where each log ends",
    ),
    Permit(
        "hub_api.runtime.embedded_status",
        frozenset({Way.ADAPTERS, Way.PROJECTIONS}),
        "`samrad status` of a folder: asks how far everything has come, and reads no record and no row",
    ),
    Permit(
        "hub_api.cli.keys",
        frozenset({Way.VAULT, Way.ADAPTERS}),
        "`samrad keys`: makes, rotates and derives master keys; the keys of records stay wrapped, and open nothing",
    ),
    Permit(
        "hub_api.cli.rebuild",
        frozenset({Way.PROJECTIONS}),
        "`samrad rebuild`: makes the views again and tells how many records that took",
    ),
    Permit("hub_api.cli.show", frozenset({Way.PROJECTIONS}), "names the type of the rows that the gateway hands out"),
    Permit(
        "hub_api.reads.replay",
        frozenset({Way.PROJECTIONS}),
        "names the type of the looks that the gateway gives it; judges by records, and opens nothing",
    ),
    Permit(
        "hub_api.access.case_links",
        frozenset({Way.LOG, Way.PROJECTIONS}),
        "which consultation was linked to which case, for who is kept out: ids, for the decision itself",
    ),
    Permit(
        "hub_api.reads.trail_redaction",
        frozenset({Way.PROJECTIONS}),
        "names the type of the rows that the gateway hands out, and takes from them what their reader may not know",
    ),
    Permit(
        "hub_api.access.register",
        frozenset({Way.LOG}),
        "folds the agreements and adopted policies, which hold no case data, for the decision itself",
    ),
    Permit(
        "hub_api.access.access_index",
        frozenset({Way.SNAPSHOT, Way.STREAM}),
        "folds who may know of what; opens nothing",
    ),
    Permit(
        "hub_api.cli",
        frozenset({Way.DATABASE}),
        "only names sqlite3.Error, to turn a disk that fails into one clear line",
    ),
)

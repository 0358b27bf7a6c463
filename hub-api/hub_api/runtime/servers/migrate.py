"""`samrad migrate`: databases and topics as this program needs them, by roles that own them. Done again, it changes
nothing."""

from collections.abc import Iterator
from typing import Final

from adapters.kafka import topics
from adapters.postgresql import rights
from adapters.postgresql.migrate import migrate
from adapters.postgresql.roles import APPEND, PROJECT
from domain.errors import SamradError
from hub_api.runtime.open_parts import LOGS
from hub_api.runtime.servers.addresses import broker, database, topic
from hub_api.runtime.servers.settings import Production, setting

BY: Final = "`samrad migrate`"


def migrate_all(settings: Production) -> Iterator[str]:
    """Each of those that the settings name, and what was done; a process of its own may do each."""
    if settings.store is settings.vault is settings.views is settings.kafka is None:
        names = ", ".join(map(setting, ("store", "vault", "views", "kafka")))
        raise SamradError(f"none of {names} is set: {BY} prepares those that are")
    if settings.store is not None:
        migrate(database(settings, "store", BY))
        yield "the store is as this program needs it"
    if settings.vault is not None:
        dsn = database(settings, "vault", BY)
        rights.prepare_vault(dsn)
        rights.let_in(dsn, (APPEND, PROJECT))
        yield "the vault is as this program needs it"
    if settings.views is not None:
        dsn = database(settings, "views", BY)
        rights.prepare_views(dsn)
        rights.let_in(dsn, (APPEND, PROJECT))
        yield "the views can be made; `samrad project` makes them"
    if settings.kafka is not None:
        for log in LOGS:
            topics.create(broker(settings, BY), topic(settings, log), replicas=settings.topic_replicas)
            yield f"the topic {topic(settings, log)} keeps everything, in one order"

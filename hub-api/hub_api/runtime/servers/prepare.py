"""`samrad prepare`: databases, roles, users and rights, by those who may make them. Done again, it changes nothing but
passwords that are others now."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from adapters.kafka.access import administrator, hub_rules
from adapters.postgresql.databases import create_database, on_the_server
from adapters.postgresql.roles import OWNER, create_roles
from domain.errors import SamradError
from hub_api.runtime.open_parts import LOGS
from hub_api.runtime.servers.addresses import broker, database, topic
from hub_api.runtime.servers.passwords import ROLES, USERS, read
from hub_api.runtime.servers.settings import Production, setting

BY: Final = "`samrad prepare`"
DATABASES: Final = ("store", "vault", "views")


def prepare_all(settings: Production, passwords: Path) -> Iterator[str]:
    """Each of those that the settings name, and what was done."""
    named = [name for name in DATABASES if getattr(settings, name) is not None]
    if not named and settings.kafka is None:
        names = ", ".join(map(setting, (*DATABASES, "kafka")))
        raise SamradError(f"none of {names} is set: {BY} prepares those that are")
    servers: set[str] = set()
    for name in named:
        dsn = database(settings, name, BY)
        if on_the_server(dsn) not in servers:
            servers.add(on_the_server(dsn))
            create_roles(on_the_server(dsn), {role: read(passwords, role) for role in ROLES})
        made = create_database(dsn, OWNER)
        yield f"the database of the {name} is " + ("made" if made else "there")
    if settings.kafka is not None:
        with administrator(broker(settings, BY)) as at_work:
            at_work.enrol({user: read(passwords, user) for user in USERS})
            at_work.allow(hub_rules(topic(settings, log) for log in LOGS))
        yield "the brokers know the hub's users, and what each may do"

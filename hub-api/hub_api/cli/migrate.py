"""`samrad migrate`: make databases and topics as this program needs them."""

from hub_api.cli.common import say


def migrate() -> None:
    """Make databases and topics as this program needs them, empty or filled; done again, it changes nothing.

    Store, vault and views are prepared by the roles that own them, topics by a user who may make them: whatever is set.

    \b
    Example:
      SAMRAD_STORE=postgresql://samrad_owner@db/samrad SAMRAD_STORE_PASSWORD_FILE=owner samrad migrate
    """
    from hub_api.runtime.servers.migrate import migrate_all
    from hub_api.runtime.servers.settings import Production

    for done in migrate_all(Production.read()):
        say(done)

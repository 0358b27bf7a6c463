"""`samrad relay`: carry the store's records to Kafka."""

from functools import partial

from hub_api.cli.common import until_ended


def relay() -> None:
    """Carry what is recorded to Kafka, each record once and in order, until told to end.

    It holds no key. Of several one works and the others stand by; docs/settings.md says what each needs to be told.

    \b
    Example:
      SAMRAD_STORE=postgresql://samrad_relay@db/samrad SAMRAD_KAFKA=broker:9092 samrad relay
    """
    from hub_api.runtime.servers.relay import relay as carry
    from hub_api.runtime.servers.settings import Production
    from hub_api.runtime.telemetry_setup import telling

    settings = Production.read()
    with telling(settings, "relay") as watch:
        until_ended(partial(carry, settings, watch=watch))

"""Where the servers are, from the settings, in the words of those who connect to them."""

from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from adapters.kafka.carriage import FILE, Carriage, CarriageKeys
from adapters.kafka.connection import Broker
from adapters.system import SystemEntropy
from hub_api.runtime.servers.settings import Production


def database(settings: Production, name: str, by: str) -> str:
    """The address of a database with the password in it: for the driver alone, never to be told."""
    parts = urlsplit(settings.needed(name, by))
    password = settings.password(name)
    if password is not None:
        user, _, host = parts.netloc.rpartition("@")
        parts = parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}")
    return str(urlunsplit(parts))


def views(settings: Production, by: str) -> str:
    """The address of the views as SQLAlchemy wants it."""
    return database(settings, "views", by).replace("postgresql://", "postgresql+psycopg://", 1)


def broker(settings: Production, by: str) -> Broker:
    """The brokers, and as whom one comes."""
    return Broker(
        addresses=settings.needed("kafka", by),
        user=settings.needed("kafka_user", by),
        password=settings.password("kafka") or settings.needed("kafka_password", by),
        ca=settings.kafka_ca,
    )


def carriage_keys(settings: Production, by: str) -> CarriageKeys:
    """The keys of carriage: in a file of their own, or beside the master keys for who holds those."""
    own, folder = settings.carriage_keys, settings.keys
    if own is None and folder is None:
        settings.needed("carriage_keys", by)
    return CarriageKeys.load(own if own is not None else Path(str(folder)) / FILE)


def carriage(settings: Production, log: str, by: str) -> Carriage:
    """What seals and opens the records of a log on their way."""
    return Carriage(carriage_keys(settings, by), log, SystemEntropy())


def topic(settings: Production, log: str) -> str:
    """The topic of a log."""
    return settings.topic_acts if log == "acts" else settings.topic_looks

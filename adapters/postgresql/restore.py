"""Write a log anew from its frames, into a store that is empty: to the same bytes, or not at all.

The frames say everything but two things: the chain, which is computed again, and which records name keys, which is
sealed; whoever restores brings that mark with each frame.
"""

from collections.abc import Iterable
from typing import Final

import psycopg
from msgspec import Struct

from adapters.postgresql.connect import connect, place_of
from adapters.postgresql.migrations.sql import append_lock
from adapters.store.outcomes import Tip
from adapters.store.record import GENESIS, PLACE_SIZE, TOPIC, chain, decode, place
from domain.errors import NotRecorded, SamradError, Tampered

_COLUMNS: Final = "position, stream, version, topic, tag, disposal, frame, chain"
_TYPES: Final = ("int8", "bytea", "int8", "text", "bytea", "bool", "bytea", "bytea")


class Framed(Struct, frozen=True, gc=False):
    """A frame as it was stored, and whether the record in it names keys."""

    frame: bytes
    disposal: bool


def restore(dsn: str, schema: str, frames: Iterable[Framed]) -> Tip:
    """Write all of them in one transaction, by the role that owns the store; where the log ends then. `Tampered` if one
    is missing, goes back in time, does not follow in its stream or is in another form; `SamradError` if the store is
    not empty."""
    connection = connect(dsn, "samrad restore")
    try:
        with connection.transaction():
            connection.execute(f"SELECT pg_advisory_xact_lock({append_lock(schema)})")
            ((last,),) = connection.execute(f'SELECT position FROM "{schema}".log_end').fetchall()
            if last:
                raise SamradError(f"{place_of(dsn)}: {schema} holds {last} records; only an empty log is restored")
            connection.execute("SET LOCAL samrad.appending = 'on'")
            tip = _copied(connection, schema, frames)
            if tip[0]:
                connection.execute(f'UPDATE "{schema}".log_end SET position = %s, chain = %s, committed = %s', tip)
            return tip
    except psycopg.Error as error:
        raise NotRecorded(f"{schema} could not be restored, it is empty as before: {error}") from error
    finally:
        connection.close()


def _copied(connection: "psycopg.Connection[tuple[object, ...]]", schema: str, frames: Iterable[Framed]) -> Tip:
    tip: Tip = (0, GENESIS, 0)
    versions: dict[bytes, int] = {}
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{schema}".records ({_COLUMNS}) FROM STDIN (FORMAT BINARY)') as copy,
    ):
        copy.set_types(_TYPES)
        for framed in frames:
            tip = _next(tip, framed.frame)
            body = decode(framed.frame[PLACE_SIZE:])
            if body.version != versions.get(body.stream, 0) + 1:
                raise Tampered(f"{schema}, position {tip[0]}: the version is not the next one of its stream")
            versions[body.stream] = body.version
            tag = body.tag or None
            copy.write_row((tip[0], body.stream, body.version, TOPIC, tag, framed.disposal, framed.frame, tip[1]))
    return tip


def _next(tip: Tip, frame: bytes) -> Tip:
    position, committed = place(frame)
    if position != tip[0] + 1:
        raise Tampered(f"position {tip[0] + 1} is missing: position {position} came instead")
    if committed < tip[2]:
        raise Tampered(f"position {position}: the committed time goes back")
    return position, chain(tip[1], frame), committed

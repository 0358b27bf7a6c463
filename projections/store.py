"""The views' database: one of its own, so that a rebuild never blocks a look. SQLite in the embedded default, and
PostgreSQL where several processes read and write (`postgresql.py` has what differs).

The tables of one runner (its *set*) carry a generation in their names. The living generation is a row, read in the
same transaction as the rows themselves; a rebuild fills the next one beside it and moves the row (invariant 6).
The position stands in `tracking` and moves in the transaction that moves the rows (invariant 2).
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from eventsourcing.persistence import IntegrityError, Tracking, TrackingRecorder
from msgspec import Struct
from msgspec.structs import force_setattr

from domain.vocabulary import Kind
from projections import postgresql
from projections.errors import ViewsUnusable
from projections.view import Flat, Folded, Projection, Row, View, set_aside_by, table, views_of

_META = sa.MetaData()
TRACKING = sa.Table(
    "tracking",
    _META,
    sa.Column("application_name", sa.String(), primary_key=True),
    sa.Column("notification_id", sa.BigInteger(), nullable=False),
)
GENERATION = sa.Table(
    "generation",
    _META,
    sa.Column("name", sa.String(), primary_key=True),
    sa.Column("living", sa.BigInteger(), nullable=False),
    sa.Column("newest", sa.BigInteger(), nullable=False),
)
SHAPE = sa.Table(
    "shape",
    _META,
    sa.Column("name", sa.String(), primary_key=True),
    sa.Column("shape", sa.String(), nullable=False),
    sa.Column("tables", sa.String(), nullable=False),
)
"""What the living generation was made by: the form of its tables and the edition of the code that fills them."""

STOPPED = sa.Table(
    "stopped",
    _META,
    sa.Column("name", sa.String(), primary_key=True),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Column("error", sa.String(), nullable=False),
)
"""What keeps a set from going on, and before which position: for whoever asks how the hub is."""

REPORTED = sa.Table(
    "reported",
    _META,
    sa.Column("name", sa.String(), primary_key=True),
    sa.Column("at", sa.BigInteger(), nullable=False),
)
"""When a set of views last held all that its log gave, whether or not anything had come, by the database's clock."""

_WRITES = "samrad_writes"


class Living(Struct, frozen=True):
    """One transaction on a set of views: its connection, and the tables of the generation that lives in it."""

    connection: sa.Connection
    tables: Mapping[str, sa.Table]
    generation: int
    position: int


class Begun(Struct, frozen=True):
    """What lives of a set: its generation, the position up to which it is true, and by which code it was made."""

    generation: int
    position: int
    shape: str | None
    names: str | None
    """The names of its tables, without the generation."""


class Views:
    """The database and its transactions. Nothing else connects to it. Who only reads makes no tables."""

    def __init__(self, url: str | sa.URL, *, reads_only: bool = False) -> None:
        self.backend = sa.make_url(url).get_backend_name()
        if self.backend == "sqlite":
            self._engine = sa.create_engine(url, paramstyle="qmark")
            self._read: dict[str, Any] = {}
            sa.event.listen(self._engine, "connect", _prepare)
            sa.event.listen(self._engine, "begin", _begin)
        else:
            self._engine = sa.create_engine(url, paramstyle="format", pool_pre_ping=True)
            self._read = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            sa.event.listen(self._engine, "connect", postgresql.prepare)
        self._driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error  # a COPY's are the driver's own
        if not reads_only:
            with self.writing() as connection:
                postgresql.alone_making(connection)
                _META.create_all(connection)

    @classmethod
    def at(cls, path: Path, *, reads_only: bool = False) -> "Views":
        """The views in an SQLite file, which is its owner's alone: its ids and codes say who works with whom."""
        with suppress(FileExistsError):  # one that is there is not opened: SQLite's locks on it would be let go
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
        return cls(sa.URL.create("sqlite", database=str(path)), reads_only=reads_only)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes: on SQLite it takes the lock at once, so that it never fails half-way."""
        with (
            self._told(),
            self._engine.connect().execution_options(**{_WRITES: True}) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that reads one snapshot."""
        with self._told(), self._engine.connect().execution_options(**self._read) as connection, connection.begin():
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[sa.Connection]:
        """For one question by itself, without a transaction around it."""
        with self._told(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def living(self, views: "ViewSet") -> Iterator[Living]:
        """Read one set of views in its living generation, which stays until then."""
        dropped: int | None = None
        while True:
            with self.reading() as connection:
                living = views.living(connection)
                if postgresql.held(connection, living.tables):
                    yield living
                    return
            if living.generation == dropped:  # whoever drops one has let another live before
                raise ViewsUnusable("their tables are not there: `samrad rebuild` makes them anew")
            dropped = living.generation

    def compact(self) -> None:
        """Give back the room of what was dropped, where a file keeps it. Nobody needs it given back, so a disk that is
        full or somebody who writes just now keeps nobody from going on."""
        if self.backend != "sqlite":
            return
        with suppress(ViewsUnusable), self._told(), closing(self._engine.raw_connection()) as connection:
            for step in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.execute(step)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """One clear error where the views cannot be read or written."""
        try:
            yield
        except (self._driver_error, sa.exc.DatabaseError, sa.exc.NoResultFound, UnicodeDecodeError) as error:
            raise ViewsUnusable(_said(error), "views.db" if self.backend == "sqlite" else "PostgreSQL") from error


class ViewSet(Struct, frozen=True):
    """The views of one runner, by the name under which its position is kept."""

    name: str
    projections: tuple[Projection, ...]
    edition: int = 1
    """One more, each time that the same log gives other rows: whoever finds rows of another edition makes them anew."""
    shape: str = ""
    """By what rows are known to be made by this code: its edition, and the columns. Set here."""
    folding: Mapping[Kind, Mapping[int, Folded[Any]]] = {}
    """The projections that fold aggregates of a kind, by their place in `projections`. Set here."""
    flat: Mapping[Kind, tuple[Flat, ...]] = {}
    """The projections that make rows of single facts of a kind. Set here."""
    set_aside: View = View("", ())
    """What the others are made without. Set here."""

    def __post_init__(self) -> None:
        force_setattr(self, "set_aside", set_aside_by(self.name))
        made_by = (self.edition, [(view.name, *view.columns) for view in self.views])
        force_setattr(self, "shape", sha256(repr(made_by).encode()).hexdigest())
        about = {kind: [(at, each) for at, each in enumerate(self.projections) if kind in each.kinds] for kind in Kind}
        folding = {kind: {at: each for at, each in all_ if isinstance(each, Folded)} for kind, all_ in about.items()}
        flat = {kind: tuple(each for _, each in all_ if isinstance(each, Flat)) for kind, all_ in about.items()}
        force_setattr(self, "folding", folding)
        force_setattr(self, "flat", flat)

    @property
    def views(self) -> tuple[View, ...]:
        return (*views_of(self.projections), self.set_aside)

    def tables(self, generation: int) -> dict[str, sa.Table]:
        return {view.name: table(view, generation) for view in self.views}

    def prepare(self, views: Views) -> None:
        """Make the first generation, unless there is one."""
        with views.writing() as connection:
            postgresql.alone_making(connection)
            if self.begun(connection) is None:
                connection.execute(GENERATION.insert().values(name=self.name, living=1, newest=1))
                connection.execute(TRACKING.insert().values(application_name=self.name, notification_id=0))
                self.create(connection, 1)
                self.mark(connection)

    def outdated(self, views: Views) -> bool:
        """Whether what lives was made by another version of this program, so that it is to be made anew."""
        with views.reading() as connection:
            found = self.begun(connection)
            return found is not None and found.shape != self.shape

    def made(self, views: Views) -> bool:
        """Whether there are views, and this version of the program made them."""
        with views.reading() as connection:
            found = self.begun(connection)
            return found is not None and found.shape == self.shape

    def mark(self, connection: sa.Connection) -> None:
        """From now on what lives is what this code makes."""
        connection.execute(SHAPE.delete().where(SHAPE.c.name == self.name))
        names = " ".join(view.name for view in self.views)
        connection.execute(SHAPE.insert().values(name=self.name, shape=self.shape, tables=names))

    def living(self, connection: sa.Connection) -> Living:
        """What lives now, as this transaction sees it; if it writes, what lives stays so until it ends. What another
        version of this program made is not read: it may tell what this one would not."""
        found = self.begun(connection)
        if found is None or found.shape != self.shape:
            raise ViewsUnusable(
                "they are not made yet, or were made by another version of this program: `samrad rebuild` makes them",
                "PostgreSQL" if postgresql.is_postgresql(connection) else "views.db",
            )
        return Living(connection, self.tables(found.generation), found.generation, found.position)

    def begun(self, connection: sa.Connection) -> "Begun | None":
        """What lives, whichever version of this program made it; None before any did."""
        writes = connection.get_execution_options().get(_WRITES, False)
        found = connection.execute(_living_statement(self.name, writes)).first()
        return found and Begun(*found)

    def create(self, connection: sa.Connection, generation: int) -> None:
        for each in self.tables(generation).values():
            each.create(connection)

    def drop(self, connection: sa.Connection, generation: int, others: str | None = None) -> None:
        """Drop the tables of a generation, those too that only another version of this program had; in the order in
        which readers lock them, so that neither waits for what the other holds."""
        for name in dict.fromkeys([*(others or "").split(), *(view.name for view in self.views)]):
            sa.Table(f"{name}_{generation}", sa.MetaData()).drop(connection, checkfirst=True)

    def standing(self, connection: sa.Connection) -> list[int]:
        """The generations that have a table."""
        names, first = sa.inspect(connection).get_table_names(), self.views[0].name
        found = (name.rpartition("_") for name in names)
        return sorted(int(generation) for name, _, generation in found if name == first and generation.isdecimal())

    def advance(self, connection: sa.Connection, before: int, after: int) -> bool:
        """Move the position, if it still is where it was read: of two runners, one moves and the other begins anew."""
        moved = connection.execute(
            TRACKING.update()
            .where(TRACKING.c.application_name == self.name, TRACKING.c.notification_id == before)
            .values(notification_id=after)
        )
        return moved.rowcount == 1


class TrackingViews(TrackingRecorder):
    """The library's tracking, on the same table and in a transaction of one's own or of the views'."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def insert_tracking(self, tracking: Tracking) -> None:
        with self._views.writing() as connection:
            self.insert(connection, tracking)

    @staticmethod
    def insert(connection: sa.Connection, tracking: Tracking) -> None:
        """Record the position within the caller's transaction; one that is not later than the last is refused."""
        moved = connection.execute(
            TRACKING.update()
            .where(
                TRACKING.c.application_name == tracking.application_name,
                TRACKING.c.notification_id < tracking.notification_id,
            )
            .values(notification_id=tracking.notification_id)
        )
        if moved.rowcount == 0:
            try:
                connection.execute(
                    TRACKING.insert().values(
                        application_name=tracking.application_name, notification_id=tracking.notification_id
                    )
                )
            except sa.exc.IntegrityError as error:
                raise IntegrityError(
                    f"{tracking.application_name} is at {tracking.notification_id} or later"
                ) from error

    def max_tracking_id(self, application_name: str) -> int | None:
        with self._views.reading() as connection:
            found: int | None = connection.execute(
                sa.select(TRACKING.c.notification_id).where(TRACKING.c.application_name == application_name)
            ).scalar()
        return found


def insert_rows(connection: sa.Connection, target: sa.Table, rows: Iterable[Row]) -> None:
    """Insert many rows by one statement that the driver repeats; tuples all the way, nothing is compiled twice."""
    given: Sequence[Row] = list(rows)
    if len(given) >= postgresql.MANY and postgresql.is_postgresql(connection):
        postgresql.copy(connection, target, given)
    elif given:
        connection.exec_driver_sql(_insert_text(target, connection.dialect), given)


def delete_rows(connection: sa.Connection, target: sa.Table, rows: Iterable[Row]) -> None:
    """Delete those rows by their keys."""
    keys = [at for at, column in enumerate(target.columns) if column.primary_key]
    given = [tuple(row[at] for at in keys) for row in rows]
    if len(given) >= postgresql.MANY and postgresql.is_postgresql(connection):
        postgresql.delete(connection, target, given)
    elif given:
        connection.exec_driver_sql(_delete_text(target, connection.dialect), given)


@lru_cache(maxsize=256)
def _living_statement(name: str, writes: bool) -> sa.Select[int, int, str | None, str | None]:
    asked = (
        sa.select(GENERATION.c.living, TRACKING.c.notification_id, SHAPE.c.shape, SHAPE.c.tables)
        .join_from(GENERATION, TRACKING, TRACKING.c.application_name == GENERATION.c.name)
        .outerjoin(SHAPE, SHAPE.c.name == GENERATION.c.name)
        .where(GENERATION.c.name == name)
    )
    return asked.with_for_update(of=(GENERATION, TRACKING)) if writes else asked


@lru_cache(maxsize=512)
def _insert_text(target: sa.Table, dialect: sa.Dialect) -> str:
    return str(target.insert().compile(dialect=dialect))


@lru_cache(maxsize=512)
def _delete_text(target: sa.Table, dialect: sa.Dialect) -> str:
    keys = (column == sa.bindparam(f"at_{column.name}") for column in target.columns if column.primary_key)
    return str(target.delete().where(*keys).compile(dialect=dialect))


def _said(error: Exception) -> str:
    """What the database says, in one line and without what stands in a row: its details quote that."""
    original = getattr(error, "orig", None) or error
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    return " ".join(str(primary or original).partition(" with text ")[0].split())


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # what a power failure takes, the log gives again
    connection.execute("PRAGMA busy_timeout = 10000")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

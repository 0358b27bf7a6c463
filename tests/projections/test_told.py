"""What the views' database cannot do is told as one clear line, and never by what stands in a row."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from projections import postgresql
from projections.catalogue import ACTS
from projections.errors import ViewsUnusable
from projections.store import Views, insert_rows
from projections.view import Row
from tests.projections.history import SOCIAL, named, views_at

SECRET = named("somebody").hex
FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file: No space left on device',
        DETAIL = 'Failing row contains ' || NEW.unit;
END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON reference_1 FOR EACH ROW EXECUTE FUNCTION full_disk()
"""


def references(many: int) -> list[Row]:
    return [(SOCIAL, f"reference {number}", SECRET) for number in range(many)]


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("rows", [1, postgresql.MANY])
def test_a_row_that_stands_already_is_told_without_its_keys(tmp_path: Path, rows: int) -> None:
    twice = references(rows) * 2
    with closing(views_at(tmp_path)) as views:
        ACTS.prepare(views)
        with pytest.raises(ViewsUnusable) as told, views.writing() as connection:
            insert_rows(connection, ACTS.living(connection).tables["reference"], twice)
    assert SECRET not in str(told.value)
    assert SOCIAL not in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("rows", [1, postgresql.MANY])
def test_a_full_disk_is_one_clear_line(on_postgresql: sa.URL, rows: int) -> None:
    with closing(Views(on_postgresql)) as views:
        ACTS.prepare(views)
        with views.writing() as connection:
            connection.exec_driver_sql(FULL)
        with pytest.raises(ViewsUnusable) as told, views.writing() as connection:
            insert_rows(connection, ACTS.living(connection).tables["reference"], references(rows))
    assert str(told.value) == ("the views in PostgreSQL cannot be used: could not extend file: No space left on device")


def test_a_column_that_cannot_be_read_is_told_without_what_stands_there(tmp_path: Path) -> None:
    with closing(Views.at(tmp_path / "views.db")) as views:
        ACTS.prepare(views)
        with views.writing() as connection:
            connection.exec_driver_sql(
                "INSERT INTO reference_1 VALUES (CAST(? AS TEXT), 'reference', 'stream')", (SOCIAL.encode() + b"\xff",)
            )
        with pytest.raises(ViewsUnusable) as told, views.living(ACTS) as living:
            living.connection.execute(sa.select(living.tables["reference"])).all()
    assert "Could not decode to UTF-8 column 'unit'" in str(told.value)
    assert SOCIAL not in str(told.value)

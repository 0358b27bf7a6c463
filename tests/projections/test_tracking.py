"""The library's own contract for tracking, on our table and transactions."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import eventsourcing.cryptography
import pytest
import sqlalchemy as sa
from eventsourcing.persistence import IntegrityError, Tracking, TrackingRecorder

# The suite imports the library's default cipher, which needs a second cryptographic package; none of ours uses it.
sys.modules.setdefault("eventsourcing.cipher", eventsourcing.cryptography)

from eventsourcing.tests.persistence import TrackingRecorderTestCase  # noqa: E402

from projections.store import TrackingViews, Views  # noqa: E402
from tests.projections.history import views_at  # noqa: E402


class TestTrackingContract(TrackingRecorderTestCase):
    def setUp(self) -> None:
        self._folder = TemporaryDirectory()
        self._views = Views.at(Path(self._folder.name) / "views.db")

    def tearDown(self) -> None:
        self._views.close()
        self._folder.cleanup()

    def create_recorder(self) -> TrackingRecorder:
        return TrackingViews(self._views)


class TestTrackingContractOnPostgresql(TrackingRecorderTestCase):
    @pytest.fixture(autouse=True)
    def place(self, on_postgresql: sa.URL) -> Iterator[None]:
        self._views = Views(on_postgresql)
        yield
        self._views.close()

    def create_recorder(self) -> TrackingRecorder:
        return TrackingViews(self._views)


@pytest.mark.usefixtures("both")
def test_a_position_goes_with_the_transaction_that_it_was_recorded_in(tmp_path: Path) -> None:
    views = views_at(tmp_path)
    tracking = TrackingViews(views)

    def fail() -> None:
        with views.writing() as connection:
            tracking.insert(connection, Tracking("upstream", 5))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert tracking.max_tracking_id("upstream") is None
    tracking.insert_tracking(Tracking("upstream", 5))
    with pytest.raises(IntegrityError):
        tracking.insert_tracking(Tracking("upstream", 5))
    views.close()

"""The contract suites that the library ships, run against what stands behind its seams."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import eventsourcing.cryptography
import pytest

# The suites import the library's default cipher, which needs a second cryptographic package; none of ours uses it.
sys.modules.setdefault("eventsourcing.cipher", eventsourcing.cryptography)

from eventsourcing.tests.persistence import (  # noqa: E402
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    TrackingRecorderTestCase,
)

from adapters.postgresql.recorder import PostgresRecorder  # noqa: E402
from adapters.store.library_ports import StreamRecorder  # noqa: E402
from adapters.store.recorder import SqliteRecorder  # noqa: E402
from adapters.store.tracking import SqliteTracking  # noqa: E402
from adapters.system import SystemClock  # noqa: E402
from tests.adapters.stores import Store  # noqa: E402


class _Folder:
    """A new file for each recorder; all are closed at the end of the test."""

    def setUp(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._made: list[SqliteRecorder | SqliteTracking] = []

    def tearDown(self) -> None:
        for recorder in self._made:
            recorder.close()
        self._folder.cleanup()

    def _log(self) -> SqliteRecorder:
        recorder = SqliteRecorder(Path(self._folder.name) / f"{len(self._made)}.db", SystemClock())
        self._made.append(recorder)
        return recorder

    def _tracking(self) -> SqliteTracking:
        tracking = SqliteTracking(Path(self._folder.name) / f"{len(self._made)}.db")
        self._made.append(tracking)
        return tracking


class TestTheLogIsAnApplicationRecorder(_Folder, ApplicationRecorderTestCase[SqliteRecorder]):
    def create_recorder(self) -> SqliteRecorder:
        return self._log()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestItsStreamsAreAnAggregateRecorder(_Folder, AggregateRecorderTestCase):
    def create_recorder(self) -> StreamRecorder:
        return StreamRecorder(self._log())


class TestItsPositionsDoNotInterleave(_Folder, NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> SqliteRecorder:
        return self._log()


class _Database:
    """One database, emptied for each recorder; all are closed at the end of the test."""

    @pytest.fixture(autouse=True)
    def _given(self, prepared: Store) -> Iterator[None]:
        self._store = prepared
        self._recorders: list[PostgresRecorder] = []
        yield
        for recorder in self._recorders:
            recorder.close()

    def _log(self) -> PostgresRecorder:
        self._store.empty()
        self._recorders.append(self._store.recorder(SystemClock()))
        return self._recorders[-1]


class TestTheLogInPostgresqlIsAnApplicationRecorder(_Database, ApplicationRecorderTestCase[PostgresRecorder]):
    def create_recorder(self) -> PostgresRecorder:
        return self._log()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestItsStreamsInPostgresqlAreAnAggregateRecorder(_Database, AggregateRecorderTestCase):
    def create_recorder(self) -> StreamRecorder:
        return StreamRecorder(self._log())


class TestItsPositionsInPostgresqlDoNotInterleave(_Database, NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> PostgresRecorder:
        return self._log()


class TestTheViewsFileIsATrackingRecorder(_Folder, TrackingRecorderTestCase):
    def create_recorder(self) -> SqliteTracking:
        return self._tracking()


del (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    TrackingRecorderTestCase,
)

"""What the library's seams ask of a log beside appending and selecting: to be followed, and to be seen as streams."""

import time
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, ApplicationRecorder, Notification, StoredEvent, Subscription


class StreamRecorder(AggregateRecorder):
    """The log seen as streams alone, telling no positions, where the library asks for that."""

    def __init__(self, log: ApplicationRecorder) -> None:
        self._log = log

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        self._log.insert_events(stored_events, **kwargs)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        return self._log.select_events(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)


class Polling(Subscription[ApplicationRecorder]):
    """Follows the log by asking again, since SQLite tells nobody; pages of it, never past a gap."""

    PAGE = 500
    PAUSE = 0.05

    def __init__(self, recorder: ApplicationRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._page: Iterator[Notification] = iter(())

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            for notification in self._page:
                self._last_notification_id = notification.id
                return notification
            found = self._recorder.select_notifications(
                self._last_notification_id, self.PAGE, topics=self._topics, inclusive_of_start=False
            )
            self._page = iter(found)
            if not found:
                time.sleep(self.PAUSE)
        raise StopIteration

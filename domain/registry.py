"""The closed registry of events: a stored name leads to one class here, never to an import path."""

from collections.abc import Iterator

import domain.access
import domain.agreement.events
import domain.case.events
import domain.case.mandates
import domain.case.places
import domain.case.risk
import domain.consultation.events
import domain.hub
import domain.labelling
import domain.meeting.events
import domain.referral.events
import domain.report.events
from domain.errors import Unreadable
from domain.event import Event, compartments


def _all() -> Iterator[type[Event]]:
    yield from domain.hub.EVENTS
    yield from domain.agreement.events.EVENTS
    yield from domain.consultation.events.EVENTS
    yield from domain.case.events.EVENTS
    yield from domain.case.risk.EVENTS
    yield from domain.case.mandates.EVENTS
    yield from domain.case.places.EVENTS
    yield from domain.referral.events.EVENTS
    yield from domain.report.events.EVENTS
    yield from domain.meeting.events.EVENTS
    yield from domain.labelling.EVENTS
    yield from domain.access.EVENTS


def stored_name(event: type[Event]) -> str:
    """The name under which the event is stored: `case.opened.v1`."""
    return f"{event.name}.v{event.version}"


def _registered() -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for event in _all():
        if stored_name(event) in found:
            raise ValueError(f"two events are called {stored_name(event)}")
        compartments(event)
        found[stored_name(event)] = event
    return found


EVENTS = _registered()


def event_class(name: str) -> type[Event]:
    """The class of a stored name; `Unreadable` for a name that this program does not know."""
    try:
        return EVENTS[name]
    except KeyError:
        raise Unreadable(f"the log names an event that this program does not know: {name!r}") from None

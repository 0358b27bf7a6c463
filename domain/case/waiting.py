"""What waits in a case, on whom and since when: new assessments of risk, transfers that nobody answered, and safe
contact that a receiver has not confirmed."""

from collections.abc import Iterator

from domain.agreement.state import Directory
from domain.case.risk import risk_expires
from domain.case.state import Case
from domain.safe_contact_handover import unconfirmed
from domain.vocabulary import Instant
from domain.waiting import Waiting, waits


def needs_now(state: Case, now: Instant, directory: Directory) -> tuple[Waiting, ...]:
    """All that waits in the case as of `now`, the longest wait first. Limits are the agreements' (D8): of
    `risk_assessment`, `transfer` and `safe_contact_confirmed`; what was compromised is assessed at once (D11). In a
    case that is closed the last of these alone is waited for."""
    return tuple(sorted(_waits(state, now, directory), key=lambda wait: (wait.since, wait.what, wait.on)))


def _waits(state: Case, now: Instant, directory: Directory) -> Iterator[Waiting]:
    # C12: nobody reaches out to the person before it is confirmed, whether the case is closed meanwhile or not.
    yield from unconfirmed(state.handed.values(), now, directory)
    if state.closed:
        return
    for person in state.persons.values():
        over = risk_expires(state, person.id)
        if person.risk_due is not None and person.risk_asked is not None:
            yield waits(
                person.risk_asked, "risk_assessment", person.risk_due, now, directory, at_once=person.risk_at_once
            )
        elif over is not None and over <= now:
            # D7: an assessment holds for a time.
            yield waits(person.assessments[-1].by, "risk_assessment", over, now, directory)
    for transfer in state.transfers.values():
        if transfer.accepted is None:
            yield waits(transfer.to, "transfer", transfer.offered, now, directory)


def waiting(state: Case, now: Instant, directory: Directory) -> Waiting | None:
    """What has waited longest; None where nothing waits."""
    return next(iter(needs_now(state, now, directory)), None)

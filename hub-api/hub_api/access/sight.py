"""What a principal may know of one stream, with who is kept from the case that it belongs to (C9): asked in one way by
what reads and by what decides."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from domain.act import Fact, Principal
from domain.identifiers import normal_form
from domain.meeting.events import MinutesWritten, SafeContactConfirmed
from domain.needtoknow.compile import Policy
from domain.needtoknow.endings import told_until
from domain.needtoknow.standing import Standing
from domain.needtoknow.visible import Sight, Visible, visible
from domain.needtoknow.withholding import withhold
from domain.ports import Snapshot
from domain.vocabulary import Instant, Kind, Ref, StaffId
from hub_api.access.access_index import AccessIndex

OF_A_CASE: Final = frozenset({Kind.REFERRAL, Kind.REPORT, Kind.MEETING})
"""The kinds that can belong to a case: who is kept from that is kept from them. A consultation belongs to the cases to
which it was linked."""
NOBODY: Final = frozenset[StaffId]()


def sight(policy: Policy, principal: Principal, snapshot: Snapshot, history: Sequence[Fact], at: Instant) -> Visible:
    """What there is for this principal at `at`, under that policy, in the whole history of a stream."""
    found = visible(policy, principal, history, at, kept_out(snapshot, history, None))
    return without_barred(found, principal, snapshot, None)


def sight_then(
    policy: Policy, principal: Principal, snapshot: Snapshot, history: Sequence[Fact], then: Instant
) -> Visible:
    """What there was for this principal then: what was committed later counts neither here nor in the case."""
    known = told_until(history, principal.unit, then)
    found = visible(policy, principal, known, then, kept_out(snapshot, known, then))
    return without_barred(found, principal, snapshot, then)


def both(then: Visible, now: Visible) -> Visible:
    """What could be seen then and may be seen now: a grant that has ended shows nothing of its time any more."""
    still = {sight.fact.id: sight for sight in now.facts}
    facts = tuple(_as_still(sight, still[sight.fact.id]) for sight in then.facts if sight.fact.id in still)
    known = {grant.id for grant in now.grants}
    grants = tuple(grant for grant in then.grants if grant.id in known)
    return Visible(facts=facts, marks=then.marks & now.marks, grants=grants)


def _as_still(then: Sight, now: Sight) -> Sight:
    withheld = tuple(sorted({*then.withheld, *now.withheld}))
    # Which parts there are is told of those alone that are open now, too.
    known = msgspec.structs.replace(
        then.fact, sealed=then.fact.sealed & now.fact.sealed, disposed=then.fact.disposed & now.fact.disposed
    )
    fact = withhold(known, withheld, own=True)
    return msgspec.structs.replace(then, fact=fact, allowed=then.allowed & now.allowed, withheld=withheld)


def kept_out(snapshot: Snapshot, history: Sequence[Fact], then: Instant | None) -> frozenset[StaffId]:
    """The members of staff who are kept from a case that this history belongs to (C9)."""
    if not history:
        return NOBODY
    cases: Iterable[Ref] = ()
    if history[0].kind is Kind.CONSULTATION:
        cases = snapshot.cases_of(history[0].stream)
    elif history[0].kind in OF_A_CASE and (case := Standing.of(history).case) is not None:
        cases = (case,)
    return NOBODY.union(*(Standing.of(_until(snapshot.stream(case), then)).blocked for case in cases))


def names_matters(fact: Fact) -> bool:
    """Whether the act names other matters, by which somebody may be kept from it (C9)."""
    return isinstance(fact.event, MinutesWritten | SafeContactConfirmed) and bool(fact.event.known_by)


def without_barred(found: Visible, principal: Principal, snapshot: Snapshot, then: Instant | None) -> Visible:
    """C9: minutes about a person of another case than the meeting's are of that case, too; so is what answers them."""
    barred = frozenset(
        sight.fact.id
        for sight in found.facts
        if isinstance(sight.fact.event, MinutesWritten | SafeContactConfirmed)
        and any(is_barred(principal, snapshot, ref, then) for ref in sight.fact.event.known_by)
    )
    if not barred:
        return found
    return msgspec.structs.replace(found, facts=tuple(each for each in found.facts if each.fact.id not in barred))


def is_barred(principal: Principal, snapshot: Snapshot, stream: Ref, then: Instant | None = None) -> bool:
    """Whether the principal is kept from it, or from a case that it belongs to (C9)."""
    history = _until(snapshot.stream(stream), then)
    return normal_form(principal.person) in Standing.of(history).blocked | kept_out(snapshot, history, then)


def is_kept_from(access: AccessIndex, principal: Principal, snapshot: Snapshot, stream: Ref) -> bool:
    """The same as of that snapshot, without reading the stream where the index of access knows it."""
    known = access.is_kept_out(principal.person, stream, snapshot.position)
    return is_barred(principal, snapshot, stream) if known is None else known


def _until(facts: Sequence[Fact], then: Instant | None) -> Sequence[Fact]:
    return facts if then is None else [fact for fact in facts if fact.committed <= then]

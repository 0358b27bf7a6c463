"""What one principal may know of one stream: which acts, which of their sealed parts, and which marks (F)."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from domain.act import Fact, Principal
from domain.case.events import Assigned, Disclosed, NoteExpedited
from domain.needtoknow.compile import Policy
from domain.needtoknow.model import NO_GRANT, Action, Decision, Grant, Outcome, Resource
from domain.needtoknow.standing import Standing
from domain.vocabulary import Compartment, Existence, Instant, Kind, Role, Row, UnitId


class Sight(Struct, frozen=True):
    """An act whose record may be read. `allowed` are those of its sealed parts that may be opened, `why` says by which
    rule and on which ground the record may be known. The fact names no part but these: that there are others, and
    which, is not known."""

    fact: Fact
    allowed: frozenset[Compartment]
    why: Decision


class Visible(Struct, frozen=True):
    """All that is there for one principal. `existence` is what one may know to be there, and no more than that.

    `grants` are the unit's own, ended and expired ones too.
    """

    facts: tuple[Sight, ...] = ()
    existence: frozenset[Existence] = frozenset()
    grants: tuple[Grant, ...] = ()


NOTHING = frozenset[Compartment]()
GIVING = frozenset({Assigned, Disclosed})
"""The acts that give a grant. A unit knows of a grant as far as it may know of the act."""
WITHOUT_STANDING = frozenset({Kind.HUB, Kind.AGREEMENT, Kind.STATISTICS, Kind.ACCESS})
"""The kinds in which nobody is assigned, disclosed to or blocked; their streams may be read together."""


def visible(policy: Policy, principal: Principal, facts: Sequence[Fact], now: Instant) -> Visible:
    """What `principal` may know at `now` of one stream, whose whole history is `facts`.

    An auditor audits, everyone else reads. A grant that has reached its end is over at `now`, whatever the log says.
    """
    _one_stream(facts)
    standing = Standing.of(facts)
    judge = _Judge(policy, principal, standing, now)
    seen: dict[object, _Verdict] = {}
    sights: list[Sight] = []
    existence: set[Existence] = set()
    own = {grant.id: grant for grant in judge.held}
    grants: list[Grant] = []
    for fact in facts:
        event, by = fact.event, fact.act.by
        person = event.subject()
        subject = "" if person is None else person.hex
        addressees = event.addressees()
        # What one decision depends on; acts that are alike in it are judged once.
        parts = fact.sealed | fact.shown | fact.disposed if fact.shown or fact.disposed else fact.sealed
        shape = (type(event), fact.kind, subject, by.unit, by.agency, addressees, parts)
        verdict = seen.get(shape)
        if verdict is None:
            verdict = seen[shape] = judge.act(fact, subject, addressees, parts)
        if verdict.mark is not None:
            existence.add(verdict.mark)
        if verdict.record is None:
            continue
        sights.append(Sight(_narrowed(fact, verdict.allowed), verdict.allowed, verdict.record))
        if type(event) in GIVING and fact.act.id in own:
            grants.append(own[fact.act.id])
    return Visible(tuple(sights), frozenset(existence), tuple(grants))


class _Verdict(Struct, frozen=True):
    """On acts of one shape: the decision that lets their record be known, the parts allowed, the mark known."""

    record: Decision | None
    allowed: frozenset[Compartment]
    mark: Existence | None


class _Judge:
    """One principal at one instant before one stream: asks the policy once per grant, and combines the answers."""

    def __init__(self, policy: Policy, principal: Principal, standing: Standing, now: Instant) -> None:
        self.policy = policy
        self.principal = principal
        self.standing = standing
        self.now = now
        self.action = Action.AUDIT if principal.role in (Role.AUDITOR, Role.REGIONAL_AUDITOR) else Action.READ
        self.held = standing.held_by(principal.unit)

    def act(
        self, fact: Fact, subject: str, addressees: frozenset[UnitId], compartments: frozenset[Compartment]
    ) -> _Verdict:
        event = fact.event
        if addressees:  # an act addressed to nobody is its unit's own, whoever else was drawn in (A2)
            addressees |= self.standing.passed_on_to
        record = Resource(
            kind=fact.kind,
            row=Compartment.ACCESS if fact.kind is Kind.ACCESS else event.row,
            subject=subject,
            owner=fact.act.by.unit,
            owner_agency=fact.act.by.agency,
            addressees=addressees,
            coordinator=self.standing.coordinator,
            blocked=self.standing.blocked,
            sent=isinstance(event, NoteExpedited),
        )
        parts = {part: msgspec.structs.replace(record, row=part) for part in compartments}
        decision, allowed = Decision(Outcome.ABSENT), set[Compartment]()
        for grant in (NO_GRANT, *self.held):
            opened = frozenset(p for p, part in parts.items() if self._ask(part, grant).outcome is Outcome.ALLOW)
            allowed |= opened
            answer = self._ask(msgspec.structs.replace(record, beside=opened), grant)
            decision = _better(decision, answer)
        mark = self._mark(event.existence, record)
        if decision.outcome is not Outcome.ALLOW:
            return _Verdict(None, NOTHING, mark)
        return _Verdict(decision, frozenset(allowed), mark)

    def _mark(self, existence: Existence | None, record: Resource) -> Existence | None:
        if existence is None:
            return None
        mark = msgspec.structs.replace(record, row=Row.EXISTENCE)
        known = any(self._ask(mark, grant).outcome is not Outcome.ABSENT for grant in (NO_GRANT, *self.held))
        return existence if known else None

    def _ask(self, resource: Resource, grant: Grant) -> Decision:
        return self.policy.decide(self.principal, self.action, resource, grant, self.now)


_RANK = {Outcome.ABSENT: 0, Outcome.STUB: 1, Outcome.ALLOW: 2}


def _better(one: Decision, other: Decision) -> Decision:
    """What is allowed on one ground is allowed; of equals, the first."""
    return other if _RANK[other.outcome] > _RANK[one.outcome] else one


def _narrowed(fact: Fact, allowed: frozenset[Compartment]) -> Fact:
    """The fact as if it had no parts but those allowed: which others there are would tell what is hidden."""
    if fact.sealed <= allowed and fact.disposed <= allowed:
        return fact
    return msgspec.structs.replace(
        fact, sealed=fact.sealed & allowed, shown=fact.shown & allowed, disposed=fact.disposed & allowed
    )


def _one_stream(facts: Sequence[Fact]) -> None:
    """Grants of one case open nothing in another, so they are not folded together."""
    if len({fact.stream.hex for fact in facts if fact.kind not in WITHOUT_STANDING}) > 1:
        raise ValueError("what is visible is decided for one stream at a time")

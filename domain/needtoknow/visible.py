"""What one principal may know of one stream: which acts, which of their sealed parts, and which marks (F)."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from domain.act import Fact, Principal
from domain.case.events import Assigned, Disclosed
from domain.event import Audience, Event
from domain.identifiers import in_normal_form
from domain.needtoknow.compile import Policy
from domain.needtoknow.model import NO_GRANT, Action, Decision, Grant, Resource, Verdict
from domain.needtoknow.standing import Standing
from domain.needtoknow.withholding import withhold
from domain.vocabulary import AgencyId, Compartment, Existence, Instant, Kind, Mark, Role, StaffId, TableRow, UnitId


class Sight(Struct, frozen=True):
    """An act whose record may be read. `allowed` are those of its sealed parts that may be opened, `why` says by which
    rule and on which ground the record may be known. The fact names no part but these: that there are others, and
    which, is not known. `withheld` are the fields of the record that follow from parts of which the principal may know
    nothing: they are `UNSET` in the fact, and stay so when parts of it are opened."""

    fact: Fact
    allowed: frozenset[Compartment]
    why: Decision
    withheld: tuple[str, ...] = ()


class Visible(Struct, frozen=True):
    """All that is there for one principal. `marks` are what one may know to be there, of whom, and no more than that.

    `grants` are the unit's own, ended and expired ones too.
    """

    facts: tuple[Sight, ...] = ()
    marks: frozenset[Mark] = frozenset()
    grants: tuple[Grant, ...] = ()

    @property
    def existence(self) -> frozenset[Existence]:
        """What is known to be there, of whomever."""
        return frozenset(mark for mark, _ in self.marks)


NOTHING = frozenset[Compartment]()
GIVING = frozenset({Assigned, Disclosed})
"""The acts that give a grant. A unit knows of a grant as far as it may know of the act."""
WITHOUT_STANDING = frozenset({Kind.HUB, Kind.AGREEMENT, Kind.STATISTICS, Kind.ACCESS})
"""The kinds in which nobody is assigned, disclosed to or blocked; their streams may be read together."""


def visible(
    policy: Policy,
    principal: Principal,
    facts: Sequence[Fact],
    now: Instant,
    kept_out: frozenset[StaffId] = frozenset(),
) -> Visible:
    """What `principal` may know at `now` of one stream, whose whole history is `facts`.

    An auditor audits, everyone else reads. A grant that has reached its end is over at `now`, whatever the log says.
    `kept_out` are those who are blocked from the case that the stream belongs to (`Standing.case`, C9).
    """
    _one_stream(facts)
    return all_seen(Seeing(policy, principal, Standing.of(facts), now, kept_out), facts)


def all_seen(seeing: "Seeing", facts: Iterable[Fact]) -> Visible:
    """What there is among these acts for who sees the stream so."""
    sights: list[Sight] = []
    marks: set[Mark] = set()
    grants: list[Grant] = []
    for fact in facts:
        mark, sight = seeing.of(fact)
        if mark is not None:
            marks.add(mark)
        if sight is not None:
            sights.append(sight)
            if (grant := seeing.given(fact)) is not None:
                grants.append(grant)
    return Visible(tuple(sights), frozenset(marks), tuple(grants))


class Seeing:
    """How one principal sees one stream at `now`, act by act. It holds for acts that come later as long as none changes
    how anybody stands to the stream, who is kept out is the same, and the time is within `holds`: a policy compares the
    time with the beginning and the end of the unit's grants, and with nothing else (`compile.py` refuses it)."""

    __slots__ = ("_judge", "_standing", "_verdicts", "holds")

    def __init__(
        self,
        policy: Policy,
        principal: Principal,
        standing: Standing,
        now: Instant,
        kept_out: frozenset[StaffId] = frozenset(),
    ) -> None:
        self._standing = standing
        self._judge = _Judge(policy, in_normal_form(principal), standing, now, kept_out)
        self._verdicts: dict[object, _Verdict] = {}
        ends = {at + n for grant in self._judge.grants for at in (grant.start, grant.until) for n in (0, 1)}
        self.holds = (
            max((end for end in ends if end <= now), default=now),
            min((end for end in ends if end > now), default=now + 1),
        )
        """From the first of these instants until just before the second every answer is the same."""

    def of(self, fact: Fact) -> tuple[Mark | None, Sight | None]:
        """What may be known to be there of that act, and the act itself if its record may be read."""
        event = fact.event
        parts = fact.sealed | fact.shown | fact.disposed if fact.shown or fact.disposed else fact.sealed
        # What the decisions depend on; acts that are alike in it are judged once.
        row, relation = self._standing.row_of(fact), self._judge.relation(fact)
        shape = (type(event), row, *relation, parts)
        verdict = self._verdicts.get(shape)
        if verdict is None:
            verdict = self._verdicts[shape] = self._judge.act(event, row, relation, parts)
        mark = None if verdict.mark is None else (verdict.mark, event.subject())
        if verdict.record is None:
            return mark, None
        told = withhold(_narrowed(fact, verdict.allowed), verdict.withheld, own=verdict.own)
        return mark, Sight(told, verdict.allowed, verdict.record, verdict.withheld)

    def given(self, fact: Fact) -> Grant | None:
        """The unit's own grant that a seen act gave."""
        return self._judge.own.get(fact.act.id) if type(fact.event) in GIVING else None

    def is_singled_out(self, person: StaffId) -> bool:
        """Whether a rule may tell that member of staff from their colleagues: by a block (C9) or a caller's key (A4).
        A policy asks nothing else of who they are (`compile.py` refuses it)."""
        return person in self._judge.blocked or person in self._judge.callers


class _Verdict(Struct, frozen=True):
    """On acts of one shape: the decision that lets their record be known, the parts allowed, the mark known; whether
    they are the unit's own, and which fields of their record are not told."""

    record: Decision | None
    allowed: frozenset[Compartment]
    mark: Existence | None
    own: bool
    withheld: tuple[str, ...]


_Relation: TypeAlias = tuple[Kind, str, UnitId, AgencyId, bool]
"""How an act relates to the principal: kind, subject, owner, owner's agency, whether it is addressed to the unit.

A policy compares names with those of the principal and of the grant, and with nothing else (`compile.py` refuses it).
So all persons, units and agencies that neither has are one and the same here, which keeps the requests few.
"""
ANYONE_ELSE: Final = "?"


class _Judge:
    """One principal at one instant before one stream: asks the policy once per grant, and combines the answers."""

    def __init__(
        self,
        policy: Policy,
        principal: Principal,
        standing: Standing,
        now: Instant,
        kept_out: frozenset[StaffId],
    ) -> None:
        self.decide = policy.decide
        self.principal = principal
        self.now = now
        self.action = Action.AUDIT if principal.role in (Role.AUDITOR, Role.REGIONAL_AUDITOR) else Action.READ
        self.coordinator = standing.coordinator
        self.blocked = standing.blocked | kept_out
        self.callers = standing.callers
        self.own_alone = standing.unknown
        self.passed_on_here = principal.unit in standing.passed_on_to
        self.among = frozenset(who for who in Audience if principal.unit in standing.audience(who))
        held = standing.held_by(principal.unit)
        self.own = {grant.id: grant for grant in held}
        alike = {msgspec.structs.astuple(msgspec.structs.replace(grant, id=None)): grant for grant in held}
        self.grants = (NO_GRANT, *alike.values())
        self.subjects = {"", *(grant.subject for grant in held)}
        self.owners = {principal.unit, *(grant.owner for grant in held)}
        self.answers: dict[object, tuple[Decision, ...]] = {}

    def relation(self, fact: Fact) -> _Relation:
        event, by, unit = fact.event, fact.act.by, self.principal.unit
        person = event.subject()
        subject = "" if person is None else person.hex
        addressees = event.addressees()
        # An act addressed to nobody is its unit's own, whoever else was drawn in (A2).
        addressed = unit in addressees or (self.passed_on_here and bool(addressees)) or event.audience() in self.among
        addressed = addressed and not self.own_alone
        return (
            fact.kind,
            subject if subject in self.subjects else ANYONE_ELSE,
            by.unit if by.unit in self.owners else UnitId(ANYONE_ELSE),
            by.agency if by.agency == self.principal.agency else AgencyId(ANYONE_ELSE),
            addressed,
        )

    def act(
        self, event: Event, row: Compartment | TableRow, relation: _Relation, parts: frozenset[Compartment]
    ) -> _Verdict:
        """The verdict on an act in that relation, whose record that row governs, with those sealed parts."""
        if relation[0] is Kind.ACCESS:
            row = Compartment.ACCESS
        sent = event.sends
        opened: list[set[Compartment]] = [set() for _ in self.grants]
        for part in parts:
            for beside, answer in zip(opened, self.ask(part, relation, sent), strict=True):
                if answer.outcome is Verdict.ALLOW:
                    beside.add(part)
        answers = list(self.ask(row, relation, sent))
        for number, beside in enumerate(opened):
            if beside:
                resource = self.resource(row, relation, sent, frozenset(beside))
                answers[number] = self.decide(self.principal, self.action, resource, self.grants[number], self.now)
        record = next((answer for answer in answers if answer.outcome is Verdict.ALLOW), None)
        mark = None
        if event.existence is not None:
            known = self.ask(TableRow.EXISTENCE, relation, sent)
            mark = event.existence if any(answer.outcome is not Verdict.ABSENT for answer in known) else None
        return _Verdict(
            record,
            frozenset[Compartment]().union(*opened) if record else NOTHING,
            mark,
            own=self.action is Action.READ and relation[2] == self.principal.unit,
            withheld=tuple(field for field, rows in event.follows.items() if not self.may_know(rows, relation, sent)),
        )

    def may_know(self, rows: frozenset[Compartment | TableRow], relation: _Relation, sent: bool) -> bool:
        """Whether one of these rows of table F is open to the principal in an act of that relation."""
        return any(
            answer.outcome is Verdict.ALLOW or (row is TableRow.EXISTENCE and answer.outcome is Verdict.STUB)
            for row in rows
            for answer in self.ask(row, relation, sent)
        )

    def ask(self, row: Compartment | TableRow, relation: _Relation, sent: bool) -> tuple[Decision, ...]:
        """The answer on each grant, with nothing open beside that row."""
        asked = (row, relation, sent)
        answers = self.answers.get(asked)
        if answers is None:
            resource = self.resource(row, relation, sent, NOTHING)
            decide, principal, action, now = self.decide, self.principal, self.action, self.now
            answers = tuple([decide(principal, action, resource, grant, now) for grant in self.grants])
            self.answers[asked] = answers
        return answers

    def resource(
        self, row: Compartment | TableRow, relation: _Relation, sent: bool, beside: frozenset[Compartment]
    ) -> Resource:
        kind, subject, owner, owner_agency, addressed = relation
        return Resource(
            kind=kind,
            row=row,
            subject=subject,
            owner=owner,
            owner_agency=owner_agency,
            addressees=frozenset({self.principal.unit}) if addressed else frozenset(),
            coordinator=self.coordinator,
            blocked=self.blocked,
            callers=self.callers,
            beside=beside,
            sent=sent,
        )


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

"""Table F of the rules, as it stands there, held cell by cell against small histories of events."""

from collections.abc import Iterator
from datetime import date

import pytest

from domain.access import Looked
from domain.act import Principal
from domain.case import events as case
from domain.consultation import events as consultation
from domain.event import Event
from domain.labelling import CaseLabelled
from domain.needtoknow.compile import Policy
from domain.vocabulary import Compartment, Existence, Kind, Protection, StaffId, TableRow, UnitId
from tests.domain.needtoknow.histories import (
    CENTRE,
    HEALTH,
    POLICE,
    POLICIES,
    SISTER,
    SOCIAL,
    History,
    Letter,
    Marked,
    SentLetter,
    asked_of,
    assigned,
    disclosed,
    everything_known,
    works_at,
)

TABLE = """
| part                                  | owner      | addressee                            | participant | receiver        | coordinator |
| existence                             | yes        | its own act only                     | yes         | yes             | yes         |
| record                                | yes        | yes                                  | no          | yes             | yes         |
| participation                         | own grants | parties of its meeting who accepted  | no          | as disclosed    | yes         |
| coordination                          | yes        | yes                                  | own tasks   | yes             | yes         |
| identity, contact                     | yes        | of a referral or report: yes         | no          | yes             | no          |
| whereabouts                           | yes        | no                                   | no          | if named singly | no          |
| social, health, police                | yes        | no                                   | no          | yes             | no          |
| risk_memo                             | yes        | no                                   | no          | yes             | no          |
| risk_assessment, working_note         | yes        | no                                   | no          | no              | no          |
| child_statement                       | yes        | of a report: yes                     | no          | yes             | no          |
| advice                                | yes        | yes                                  | no          | yes             | no          |
| staff_block                           | who set it | no                                   | no          | no              | no          |
| label                                 | who set it | no                                   | no          | no              | no          |
| access                                | own looks  | no                                   | no          | no              | no          |
"""  # noqa: E501  a table is read as a table

READERS = {"owner": POLICE, "coordinator": CENTRE}
READER, OWNER = SOCIAL, POLICE


def cells() -> Iterator[tuple[str, str, str]]:
    """(row, relation, answer), one for each compartment that a line of the table names."""
    head, *lines = ([cell.strip() for cell in line.split("|")[1:-1]] for line in TABLE.strip().splitlines())
    for line in lines:
        for row in line[0].split(", "):
            for relation, answer in zip(head[1:], line[1:], strict=True):
                yield row, relation, answer


def act_with(row: str, to: UnitId | None) -> Event:
    """An act about the sister with that row, addressed to `to` if to anyone."""
    if to is not None and row in {"existence", "participation", "staff_block", "label"}:
        return {
            "existence": Marked(person=SISTER, level=Protection.CONFIDENTIALITY_MARKED, to=to),
            "participation": assigned(HEALTH),
            "staff_block": case.StaffBlocked(staff=StaffId("cousin")),
            "label": CaseLabelled(text="26-14"),
        }[row]
    if to is not None or row == "coordination":
        parts = {} if row in {"record", "access"} else {row: "text"}
        return Letter(to=to or HEALTH.unit, person=SISTER, **parts)
    match row:
        case "existence":
            return case.ProtectionMarked(person=SISTER, level=Protection.CONFIDENTIALITY_MARKED)
        case "record":
            return case.InformationRecorded(person=SISTER, social="social")
        case "participation":
            return assigned(HEALTH)
        case "identity" | "contact":
            return case.PersonIdentified(person=SISTER, identity="name", contact="telephone")
        case "working_note":
            return case.NoteWritten(person=SISTER, purge_on=date(2027, 1, 1), text="note")
        case "advice":
            return Letter(to=HEALTH.unit, person=SISTER, advice="answer")
        case "staff_block":
            return case.StaffBlocked(staff=StaffId("cousin"))
        case "label":
            return CaseLabelled(text="26-14")
        case "access":
            return Looked(what="case.show", position=1)
        case _:
            return everything_known()


def known(
    policy: Policy,
    row: str,
    relation: str,
    kind: Kind = Kind.CASE,
    named: tuple[Compartment, ...] | None = None,
    addressed: bool = True,
) -> bool:
    """Whether a unit in that relation to an act knows that row of it."""
    history = History(Kind.ACCESS if row == "access" else kind)
    reader: Principal = READERS.get(relation, READER)
    if relation == "coordinator":
        history.by(HEALTH, case.Opened(coordinator=CENTRE.unit))
    if relation == "participant":
        history.by(CENTRE, assigned(READER))
    if relation == "receiver":
        single = Compartment(row) if row in set(Compartment) else Compartment.SOCIAL
        history.by(OWNER, disclosed(READER, *(named or (single,))))
    act = history.by(OWNER, act_with(row, READER.unit if relation == "addressee" and addressed else None))
    if row == "existence":
        return Existence.PROTECTION in history.seen_by(reader, policy=policy).existence
    if row in {*TableRow, "access", "record"}:
        return history.of(act, reader, policy=policy) is not None
    return Compartment(row) in history.opens(act, reader, policy=policy)


def check(policy: Policy, row: str, relation: str, answer: str) -> None:
    """One cell of the table."""
    match answer:
        case "yes" | "own looks" | "who set it":
            assert known(policy, row, relation)
        case "no":
            assert not known(policy, row, relation)
        case "its own act only":
            assert known(policy, row, relation)
            assert not known(policy, row, relation, addressed=False)
        case "of a referral or report: yes" | "of a report: yes":
            takes = {kind for kind in Kind if kind.value in answer}
            assert takes
            assert {k for k in Kind if known(policy, row, relation, k)} == takes
        case "if named singly":
            assert known(policy, row, relation)
            assert not known(policy, row, relation, named=(Compartment.WHEREABOUTS, Compartment.SOCIAL))
        case "own grants":
            assert known(policy, row, relation)
            assert _knows_the_grant_that_it_holds(policy)
        case "as disclosed":
            assert not known(policy, row, relation, named=(Compartment.RECORD,))
            assert _knows_the_disclosure_to_it(policy)
        case "parties of its meeting who accepted":  # nobody has, where there is no meeting
            assert not known(policy, row, relation)
        case "own tasks":
            assert not known(policy, row, relation)
            assert known(policy, row, "addressee")
        case _:
            raise AssertionError(f"the table says what no test knows: {answer}")


def _knows_the_grant_that_it_holds(policy: Policy) -> bool:
    history = History()
    act = history.by(CENTRE, assigned(READER))
    return history.of(act, READER, policy=policy) is not None


def _knows_the_disclosure_to_it(policy: Policy) -> bool:
    history = History()
    act = history.by(OWNER, disclosed(READER, Compartment.SOCIAL))
    return history.of(act, READER, policy=policy) is not None


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.title)
@pytest.mark.parametrize(("row", "relation", "answer"), list(cells()))
def test_f_the_table_holds_as_it_stands(policy: Policy, row: str, relation: str, answer: str) -> None:
    check(policy, row, relation, answer)


SENT = {
    *(Compartment.IDENTITY, Compartment.CONTACT, Compartment.SOCIAL, Compartment.HEALTH, Compartment.POLICE),
    *(Compartment.RISK_MEMO, Compartment.CHILD_STATEMENT, Compartment.COORDINATION, Compartment.ADVICE),
}
"""What an act that sends opens to whom it is sent: never whereabouts (C4), an assessment (C3) or a note (C6)."""


@pytest.mark.parametrize("kind", [Kind.CASE, Kind.REFERRAL, Kind.REPORT, Kind.MEETING])
def test_f_to_send_is_to_disclose_what_is_carried_to_whom_it_is_sent_and_to_no_one_else(kind: Kind) -> None:
    history = History(kind)
    parts = {row.value: "text" for row in Compartment if row not in (Compartment.RECORD, Compartment.ACCESS)}
    sent = history.by(OWNER, SentLetter(to=READER.unit, person=SISTER, **parts))
    told = history.by(OWNER, Letter(to=READER.unit, person=SISTER, **parts))
    assert history.opens(sent, READER) == SENT | {Compartment.RECORD}
    assert Compartment.SOCIAL not in history.opens(told, READER)
    assert history.of(sent, HEALTH) is None
    assert history.of(sent, works_at("social.adults")) is None


def test_f_the_table_has_a_line_for_every_compartment_and_every_row() -> None:
    assert {row for row, _, _ in cells()} == {*Compartment, *TableRow}


def test_f_a_question_is_known_to_who_asked_and_who_was_asked() -> None:
    history = History(Kind.CONSULTATION)
    asked = history.by(SOCIAL, asked_of(CENTRE))
    answered = history.by(
        CENTRE, consultation.AdviceGiven(to=SOCIAL.unit, adviser_role=CENTRE.role, answer="Wait with the call.")
    )
    for act in (asked, answered):
        assert Compartment.ADVICE in history.opens(act, SOCIAL)
        assert Compartment.ADVICE in history.opens(act, CENTRE)
        assert history.of(act, POLICE) is None


def test_f_no_other_unit_of_the_same_agency_knows_anything() -> None:
    history = History()
    history.by(OWNER, everything_known())
    history.by(CENTRE, assigned(READER))
    for stranger in (HEALTH, works_at("police.patrol"), works_at("social.adults")):
        assert history.seen_by(stranger).facts == ()
        assert history.seen_by(stranger).existence == frozenset()

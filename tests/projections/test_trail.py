"""The flat audit trail: whose rows an auditor is given, and what a row says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

import domain.case.events as case
from domain.access import AskedFor, CommandRefused, Looked, ShownParts
from domain.act import Fact
from domain.labelling import CaseLabelled
from domain.vocabulary import AgencyId, Compartment, Kind, StaffId, UnitId
from projections.catalogue import ACTS, LOOKS
from projections.trail import Agency, OwnLooks, Region, Trail
from tests.projections.history import (
    CENTRE,
    POLICE,
    SISTER,
    SOCIAL,
    MemoryLog,
    assigned,
    caught_up,
    disclosed,
    named,
    views_at,
)

pytestmark = pytest.mark.usefixtures("both")

POLISEN = Agency(AgencyId("polisen"), frozenset({POLICE}))
SOCIAL_BOARD = Agency(AgencyId("linkoping.social"), frozenset({SOCIAL}))
NOBODY = Agency(AgencyId("nowhere"), frozenset())


class Audited:
    """Both logs, and the trail folded from them."""

    def __init__(self, folder: Path) -> None:
        self.acts, self.looks = MemoryLog(), MemoryLog()
        self.views = views_at(folder)
        self.trail = Trail(self.views, ACTS, LOOKS)

    def look(self, unit: UnitId, *seen: ShownParts, denied: tuple[str, ...] = ()) -> Fact:
        event = Looked(what="case", position=7, seen=seen, denied=tuple(named(word) for word in denied), as_unit=SOCIAL)
        return self.looks.append("process", event, unit, kind=Kind.ACCESS)

    def project(self) -> None:
        caught_up(self.views, self.acts)
        caught_up(self.views, self.looks, LOOKS)


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Audited]:
    made = Audited(tmp_path)
    yield made
    made.views.close()


def test_f_an_agencys_auditor_sees_its_acts_and_the_grants_to_its_units_and_no_more(audited: Audited) -> None:
    log = audited.acts
    log.append("case", case.Opened(coordinator=CENTRE), SOCIAL)
    log.append("case", assigned(POLICE), SOCIAL)
    log.append("case", case.PersonAdded(person=SISTER), SOCIAL)
    log.append("case", case.InformationRecorded(person=SISTER, police="x"), POLICE)
    log.append("other", disclosed(POLICE, frozenset({Compartment.SOCIAL})), SOCIAL)
    audited.project()
    assert [row.position for row in audited.trail.acts(POLISEN)] == [2, 4, 5]
    assert [row.position for row in audited.trail.acts(POLISEN, stream=named("case"))] == [2, 4]
    assert [row.position for row in audited.trail.acts(POLISEN, after=2, limit=1)] == [4]
    assert [row.position for row in audited.trail.acts(SOCIAL_BOARD)] == [1, 2, 3, 5]
    assert [row.position for row in audited.trail.acts(Region())] == [1, 2, 3, 4, 5]
    assert audited.trail.acts(NOBODY) == ()
    assert audited.trail.acts(OwnLooks(SOCIAL)) == ()


def test_f_an_auditor_without_units_is_given_no_grants(audited: Audited) -> None:
    audited.acts.append("case", assigned(POLICE), SOCIAL)
    audited.project()
    assert audited.trail.acts(structs.replace(POLISEN, units=frozenset())) == ()


def test_an_act_says_who_when_where_and_on_which_ground_and_nothing_of_its_content(audited: Audited) -> None:
    fact = audited.acts.append("case", case.InformationRecorded(person=SISTER, social="Content."), SOCIAL)
    audited.project()
    (row,) = audited.trail.acts(Region())
    assert (row.stream, row.kind, row.version, row.act) == (fact.stream, Kind.CASE, 1, fact.act.id)
    assert (row.agency, row.unit, row.staff) == ("linkoping.social", SOCIAL, StaffId(f"someone@{SOCIAL}"))
    assert (row.what, row.person, row.channel) == ("case.information_recorded", SISTER, "hub")
    assert (row.happened, row.known, row.committed) == (fact.act.happened, fact.act.known, fact.committed)
    assert "Content." not in repr(row)


def test_f_looks_are_given_to_who_looked_to_their_agencys_auditor_and_to_the_region(audited: Audited) -> None:
    audited.look(POLICE, ShownParts(named("case"), ((1, 1), (2, 4))))
    audited.look(SOCIAL, ShownParts(named("other"), ((1, 1),)))
    audited.project()
    trail = audited.trail
    assert [row.unit for row in trail.looks(POLISEN)] == [POLICE]
    assert [row.unit for row in trail.looks(OwnLooks(SOCIAL))] == [SOCIAL]
    assert [row.unit for row in trail.looks(Region())] == [POLICE, SOCIAL]
    assert [row.position for row in trail.looks(Region(), after=1)] == [2]
    assert trail.looks(NOBODY) == ()


def test_e7_who_looked_at_a_case_is_found_also_where_the_answer_was_no(audited: Audited) -> None:
    audited.look(POLICE, ShownParts(named("case"), ((1, 1), (2, 4))))
    audited.look(POLICE, denied=("case",))
    audited.look(POLICE, ShownParts(named("other"), ((1, 1),)))
    audited.looks.append(
        "process",
        CommandRefused(command="case.assign", rule="C1", stream=named("case")),
        SOCIAL,
        kind=Kind.ACCESS,
    )
    audited.project()
    found = audited.trail.looks(Region(), AskedFor(subject=named("case")))
    assert [(row.position, row.event, row.rule) for row in found] == [
        (1, "access.looked", None),
        (2, "access.looked", None),
        (4, "access.command_refused", "C1"),
    ]
    assert found[0].judged_at == 7
    assert found[0].as_unit == SOCIAL
    with audited.views.living(LOOKS) as living:
        at = living.tables["looked_at"]
        asked = at.select().where(at.c.subject == named("case").hex).order_by(at.c.position)
        rows = living.connection.execute(asked).all()
    assert [(row.position, row.denied, row.parts, row.compartments) for row in rows] == [(1, 0, 2, 5), (2, 1, 0, 0)]


def test_c9_a_block_keeps_its_place_and_names_nobody(audited: Audited) -> None:
    log = audited.acts
    block = log.append("case", case.StaffBlocked(staff=StaffId("cousin")), SOCIAL)
    log.append("case", case.StaffBlockLifted(block=block.act.id), SOCIAL)
    audited.project()
    for row in audited.trail.acts(Region()):
        assert (row.agency, row.unit, row.staff, row.what, row.act, row.happened) == (None,) * 6
    assert audited.trail.acts(SOCIAL_BOARD) == ()


def test_f_a_label_keeps_its_place_and_names_nobody(audited: Audited) -> None:
    audited.acts.append("case", CaseLabelled(text="26-14"), SOCIAL)
    audited.project()
    (row,) = audited.trail.acts(Region())
    assert (row.agency, row.unit, row.staff, row.what, row.act, row.happened) == (None,) * 6
    assert audited.trail.acts(SOCIAL_BOARD) == ()


def test_invariant_6_a_record_that_was_disposed_of_keeps_its_place_and_names_nobody(audited: Audited) -> None:
    fact = audited.acts.append("case", assigned(POLICE), SOCIAL)
    look = audited.look(POLICE, ShownParts(named("case"), ((1, 1),)))
    audited.acts.take_keys(fact)
    audited.looks.take_keys(look)
    audited.project()
    (act,) = audited.trail.acts(Region())
    (seen,) = audited.trail.looks(Region())
    assert (act.position, act.agency, act.what, act.person) == (1, None, None, None)
    assert (seen.position, seen.agency, seen.what) == (1, None, None)
    assert audited.trail.acts(POLISEN) == ()

"""The trail answers who looked at which matter, by person, unit and period, and tells nobody of a matter beside it."""

import pytest
from msgspec.structs import replace

from domain.access import ALL_LOOKS, AskedFor
from domain.act import Principal
from domain.case import commands as case
from domain.consultation.commands import IssueKey
from domain.errors import NotThere, Refusal
from domain.vocabulary import Compartment, Kind, Ref, StaffId, UnitId
from hub_api.runtime.hub import Hub
from hub_demo.county import to_audit
from projections.trail import LookRow
from tests.hub_api.stand import ANNA, ASKS, HOUR, LARS, OMAR, PIA, RELATED, RUT, SARA, Girl, does, later, let_in

NOTHING = Ref("ab" * 16)


def asked(hub: Hub, who: Principal, asked_for: AskedFor = ALL_LOOKS, limit: int = 200) -> list[LookRow]:
    return list(hub.gateway.trail_now(who, asked_for, limit=limit).items)


def looked(hub: Hub, who: Principal, girl: Girl) -> None:
    hub.gateway.look_now(who, Kind.CASE, girl.case, what="case")


def test_each_look_says_which_matter_it_was_about_and_a_list_is_about_none(hub: Hub, girl: Girl) -> None:
    looked(hub, SARA, girl)
    hub.gateway.page_now(SARA, "cases", what="cases")
    hub.gateway.board_now(SARA)
    for reader in (SARA, RUT, LARS):
        rows = [row for row in asked(hub, reader) if row.staff == SARA.person and row.what != "trail"]
        assert [(row.what, row.about) for row in rows] == [("case", girl.case), ("cases", None), ("board", None)]


def test_f_a_look_at_what_is_not_there_for_the_reader_is_about_nothing(hub: Hub, girl: Girl) -> None:
    """An auditor of the Police's agency is told of a look there, and not at which case of others."""
    auditor = replace(LARS, agency=PIA.agency)
    for matter in (girl.case, NOTHING):
        with pytest.raises(NotThere):
            hub.gateway.look_now(PIA, Kind.CASE, matter, what="case")
    assert [row.about for row in asked(hub, PIA)] == [None, None]
    assert [row.about for row in asked(hub, auditor) if row.staff == PIA.person and row.what == "case"] == [None, None]
    denied = [row.about for row in asked(hub, RUT) if row.staff == PIA.person and row.what == "case"]
    assert denied == [girl.case, None]


def test_c9_who_looked_is_asked_by_the_matter_and_lists_that_showed_it_tell_nothing(hub: Hub, girl: Girl) -> None:
    question = does(hub, OMAR, ASKS).stream
    looked(hub, SARA, girl)
    hub.gateway.page_now(SARA, "cases", what="cases")
    hub.gateway.look_now(OMAR, Kind.CONSULTATION, question, what="consultation")
    with pytest.raises(NotThere):
        hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case")
    of_case = AskedFor(subject=girl.case)
    assert [(row.staff, row.what) for row in asked(hub, RUT, of_case)] == [
        (SARA.person, "case"),
        (PIA.person, "case"),
    ]
    assert [row.what for row in asked(hub, SARA, of_case)] == ["case"]
    about = [(row.staff, row.what) for row in asked(hub, RUT, of_case) if row.about == girl.case]
    assert about[-2:] == [(RUT.person, "trail"), (SARA.person, "trail")], "who asks for it is found by it, too"


def test_f_the_trail_of_a_hidden_matter_is_the_trail_of_none(hub: Hub, girl: Girl) -> None:
    looked(hub, SARA, girl)
    looked(hub, RELATED, girl)
    does(hub, SARA, case.BlockStaff(staff=RELATED.person), girl.case)
    for who in (RELATED, PIA, replace(LARS, agency=PIA.agency)):
        for matter in (girl.case, NOTHING):
            with pytest.raises(NotThere):
                asked(hub, who, AskedFor(subject=matter))
    assert [row.staff for row in asked(hub, SARA, AskedFor(subject=girl.case))][:2] == [SARA.person, RELATED.person]


def test_it_is_asked_by_person_by_unit_and_by_period(hub: Hub, girl: Girl) -> None:
    let_in(hub, girl, PIA)
    looked(hub, SARA, girl)
    later(hub, HOUR)
    start = hub.core.now()
    looked(hub, PIA, girl)
    later(hub, HOUR)
    end = hub.core.now()
    looked(hub, ANNA, girl)

    def who(asked_for: AskedFor) -> list[str]:
        return [row.staff or "" for row in asked(hub, RUT, asked_for) if row.what == "case"]

    assert who(ALL_LOOKS) == [SARA.person, PIA.person, ANNA.person]
    assert who(AskedFor(staff=PIA.person)) == [PIA.person]
    assert who(AskedFor(unit=ANNA.unit)) == [ANNA.person]
    assert who(AskedFor(start=start)) == [PIA.person, ANNA.person]
    assert who(AskedFor(end=end)) == [SARA.person, PIA.person]
    assert who(AskedFor(start=start, end=end)) == [PIA.person]
    assert who(AskedFor(staff=PIA.person, end=start)) == []
    (row,) = asked(hub, RUT, AskedFor(staff=PIA.person))
    assert who(AskedFor(start=row.committed)) == [PIA.person, ANNA.person], "the beginning is part of a period"
    assert who(AskedFor(end=row.committed)) == [SARA.person], "the end is not"


def test_f_no_filter_widens_a_mandate(hub: Hub, girl: Girl) -> None:
    let_in(hub, girl, PIA)
    looked(hub, SARA, girl)
    looked(hub, PIA, girl)
    for reader in (SARA, LARS):
        assert asked(hub, reader, AskedFor(staff=PIA.person)) == []
        assert asked(hub, reader, AskedFor(unit=PIA.unit)) == []
        found = {row.staff for row in asked(hub, reader, AskedFor(subject=girl.case))}
        assert found <= {SARA.person, LARS.person}


def test_a4_the_tag_of_a_callers_key_is_nobodys_name(hub: Hub) -> None:
    question = does(hub, OMAR, ASKS).stream
    key = does(hub, ANNA, IssueKey(tag=""), question).said["caller_key"]
    hub.gateway.answer_for_key_now(key)
    (row,) = [row for row in asked(hub, RUT) if row.what == "answer"]
    assert row.staff is not None
    assert asked(hub, RUT, AskedFor(staff=row.staff)) == []


def test_b1_a_unit_that_is_nobodys_name_is_refused_and_not_answered_with_nothing(hub: Hub, girl: Girl) -> None:
    for reader in (RUT, LARS, SARA):
        with pytest.raises(Refusal, match="no agreement has ever named the unit nowhere"):
            asked(hub, reader, AskedFor(unit=UnitId("nowhere")))
        assert asked(hub, reader, AskedFor(unit=PIA.unit)) == []


def test_a_page_of_one_question_does_not_go_on_in_another(hub: Hub, girl: Girl) -> None:
    for _ in range(3):
        looked(hub, SARA, girl)
    by_sara = AskedFor(staff=SARA.person)
    first = hub.gateway.trail_now(RUT, by_sara, limit=2)
    second = hub.gateway.trail_now(RUT, by_sara, after=first.next, limit=2)
    assert [len(first.items), len(second.items), second.next] == [2, 1, None]
    for other in (ALL_LOOKS, AskedFor(staff=StaffId("anna")), AskedFor(subject=girl.case)):
        with pytest.raises(Refusal, match="no cursor of this list"):
            hub.gateway.trail_now(RUT, other, after=first.next)


def test_a_replay_says_whom_each_part_was_shown_to_and_when(hub: Hub, girl: Girl) -> None:
    act = does(hub, SARA, case.RecordInformation(person=girl.person, social="Afraid.", whereabouts="There."), girl.case)
    first = hub.core.now()
    looked(hub, SARA, girl)
    later(hub, HOUR)
    looked(hub, SARA, girl)
    looked(hub, RELATED, girl)
    for reader in (RUT, LARS):
        does(hub, ANNA, to_audit(reader.person), girl.case)
        seen = hub.gateway.replay_now(reader, girl.case, as_unit=SARA.unit)
        (version,) = [fact.version for fact in seen.facts if fact.act.id == act.created]
        shown = {(each.person, each.part): each for each in seen.opened_by[version]}
        assert {part for _, part in shown} == {Compartment.RECORD, Compartment.SOCIAL}, "of the narrow parts nothing"
        sara, related = shown[SARA.person, Compartment.SOCIAL], shown[RELATED.person, Compartment.SOCIAL]
        assert (sara.times, related.times) == (2, 1)
        assert first <= sara.first < first + HOUR <= sara.last <= related.first == related.last
    early = hub.gateway.replay_now(RUT, girl.case, as_unit=SARA.unit, as_of=sara.first)
    assert {each.times for each in early.opened_by[version]} == {1}


def test_r10_without_a_mandate_a_replay_says_of_no_sealed_part_whom_it_was_shown_to(hub: Hub, girl: Girl) -> None:
    looked(hub, SARA, girl)
    for reader in (RUT, LARS):
        seen = hub.gateway.replay_now(reader, girl.case, as_unit=SARA.unit)
        assert {each.part for shown in seen.opened_by.values() for each in shown} == {Compartment.RECORD}


def test_f_an_agencys_auditor_is_told_of_no_other_agencys_people(hub: Hub, girl: Girl) -> None:
    let_in(hub, girl, PIA)
    looked(hub, PIA, girl)
    assert any(hub.gateway.replay_now(RUT, girl.case, as_unit=PIA.unit).opened_by.values())
    assert hub.gateway.replay_now(LARS, girl.case, as_unit=PIA.unit).opened_by == {}

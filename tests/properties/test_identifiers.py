"""Identifiers have one normal form: every spelling of a name is that name, and no other name is."""

import unicodedata
from typing import Final

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.case import commands as case
from domain.errors import NotAnIdentifier, NotThere, Refusal
from domain.identifiers import in_normal_form, normal_form, taken_in
from domain.meeting import commands as meet
from domain.needtoknow.compile import load, titles
from domain.needtoknow.visible import visible
from domain.vocabulary import FOREVER, GroundId, Kind, MeetingKind, Mode, Role, StaffId, UnitId
from tests.domain.stories import CENTRE, NOW, POLICE, SOCIAL, Story, by, given
from tests.properties.spellings import NAMES, spellings

POLICY: Final = load(titles()[-1])
OPENED: Final = given((case.Open(coordinator=CENTRE), by(SOCIAL)))
MET: Final = given(
    (meet.Request(meeting=MeetingKind.COORDINATION_MEETING, coordinator=CENTRE), by(SOCIAL)),
)


@st.composite
def named(draw: st.DrawFn) -> tuple[str, str]:
    """A name, and one of its spellings."""
    name = draw(NAMES)
    return name, draw(spellings(name))


@drawn(named())
@settings(max_examples=300, deadline=None)
def test_every_spelling_of_a_name_has_its_normal_form(both: tuple[str, str]) -> None:
    name, spelling = both
    assert normal_form(spelling) == normal_form(name)


@drawn(st.text())
@settings(max_examples=500, deadline=None)
def test_the_normal_form_of_a_normal_form_is_itself_whatever_was_written(text: str) -> None:
    normal = normal_form(text)
    assert normal_form(normal) == normal
    assert normal == normal.strip()
    assert not {"Cf", "Pd"} & {unicodedata.category(sign) for sign in normal.replace("-", "")}


@pytest.mark.parametrize("other", ["anna-еk", "аnna-ek", "anna-ek1", "anna_ek", "annaek", "ana-ek", "anna-ék"])
def test_a_sign_of_another_script_that_looks_alike_makes_another_name_and_so_does_every_other_sign(other: str) -> None:
    assert normal_form(other) != normal_form("anna-ek")


# C9: a block.


@drawn(named())
@settings(max_examples=100, deadline=None)
def test_c9_every_spelling_of_a_name_blocks_it_from_a_case_and_its_commands(both: tuple[str, str]) -> None:
    name, spelling = both
    story = OPENED.then(case.BlockStaff(staff=StaffId(spelling)), by(SOCIAL))
    _is_kept_out(story, Kind.CASE, StaffId(name))


@drawn(named())
@settings(max_examples=100, deadline=None)
def test_c9_and_a_block_on_the_name_blocks_who_signs_in_by_another_spelling(both: tuple[str, str]) -> None:
    name, spelling = both
    story = OPENED.then(case.BlockStaff(staff=StaffId(name)), by(SOCIAL))
    _is_kept_out(story, Kind.CASE, StaffId(spelling))


@drawn(named())
@settings(max_examples=50, deadline=None)
def test_c9_every_spelling_blocks_from_a_meeting_and_keeps_an_interpreter_out(both: tuple[str, str]) -> None:
    name, spelling = both
    story = MET.then(meet.BlockStaff(staff=StaffId(spelling)), by(SOCIAL))
    _is_kept_out(story, Kind.MEETING, StaffId(name))
    booking = meet.BookInterpreter(mode=Mode.TELEPHONE, language="Somaliska", interpreter=StaffId(name))
    with pytest.raises(Refusal, match="kept from this"):
        story.when(booking, by(SOCIAL))


def _is_kept_out(story: Story, kind: Kind, staff: StaffId) -> None:
    colleague, kept = by(SOCIAL, person="colleague-of-theirs"), by(SOCIAL, person=staff)
    assert visible(POLICY, colleague.by, story.facts, NOW).facts
    assert not visible(POLICY, kept.by, story.facts, NOW).facts
    command = case.Reopen() if kind is Kind.CASE else meet.Cancel()
    with pytest.raises(NotThere):
        story.when(command, kept)


def test_c9_a_block_that_an_older_version_took_without_a_name_keeps_nobody_out() -> None:
    for nothing in ("", "\u200b", " \u00a0"):
        story = OPENED.then(case.BlockStaff(staff=StaffId(nothing)), by(SOCIAL))
        nobody = by(SOCIAL, person=StaffId(""))
        assert visible(POLICY, nobody.by, story.facts, FOREVER - 1).facts


# What is taken in.


@pytest.mark.parametrize(
    "nothing", ["", " ", "\u200b\ufeff", "a\x1bb c", "x" * 121, "två ord", "a\ud800", "namn\nnamn"]
)
def test_what_cannot_be_a_name_is_refused_and_the_field_is_named(nothing: str) -> None:
    with pytest.raises(NotAnIdentifier, match=r"`\$\.staff`"):
        taken_in(case.BlockStaff(staff=StaffId(nothing)))


def test_identifiers_are_brought_to_normal_form_wherever_they_stand_and_nothing_else_is() -> None:
    hold = meet.Hold(
        mode=Mode.VIDEO,
        start=NOW,
        attended=(meet.Present(unit=UnitId(" Polisen.Ost\u2010Brott"), role=Role.HANDLER),),
        apologies=frozenset({UnitId("REGION.psyk")}),
        confidentiality=True,
    )
    assert taken_in(hold).attended[0].unit == "polisen.ost-brott"
    assert taken_in(hold).apologies == {"region.psyk"}
    told = case.AddPerson(identity=" Exempla\u2010Exempelsson ", contact="RING inte\u200b.")
    assert taken_in(told) is told
    act = by(POLICE, person=" Bo ")
    assert in_normal_form(act).by.person == "bo"
    assert in_normal_form(by(POLICE, ground=GroundId("Consent"))).ground == "consent"
    plain = case.BlockStaff(staff=StaffId("bo"))
    assert taken_in(plain) is plain


@pytest.mark.parametrize("path", ["attended[…].unit", "apologies[…]"])
def test_a_field_within_a_field_is_named_by_its_path(path: str) -> None:
    wrong = UnitId("Fatima Exempelsson, Storgatan 1")
    right = UnitId(POLICE)
    hold = meet.Hold(
        mode=Mode.VIDEO,
        start=NOW,
        attended=(meet.Present(unit=wrong if path.startswith("attended") else right, role=Role.HANDLER),),
        apologies=frozenset({wrong if path.startswith("apologies") else right}),
        confidentiality=True,
    )
    with pytest.raises(NotAnIdentifier) as refused:
        taken_in(hold)
    assert refused.value.field == path
    assert "Fatima" not in str(refused.value)

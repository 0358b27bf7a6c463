"""Labels: shown to the unit that set them wherever it meets the matter, and to nobody else at all (F)."""

from typing import Any

import pytest
from msgspec import UNSET

from domain.act import Principal
from domain.case.commands import Dispose
from domain.command import Command
from domain.consultation import commands as consultation
from domain.labelling import LabelCase, LabelConsultation, LabelMeeting, LabelReferral, LabelReport
from domain.meeting.commands import Invite, Request
from domain.referral.commands import Propose
from domain.report.commands import Consider
from domain.vocabulary import Compartment, Consideration, Kind, MeetingKind, Ref, ReportKind
from hub_api.http.api import bodies
from hub_api.http.api.matter_bodies import closing
from hub_api.reads.gateway import KINDS
from hub_api.runtime.hub import Hub
from hub_api.wording.language import Language
from tests.hub_api.stand import ANNA, ASKS, BO, KIM, LARS, NILS, OMAR, PIA, RUT, SARA, Girl, does, last_look, let_in

OTHERS = (ANNA, OMAR, PIA, BO, NILS, LARS, RUT)
LISTS = {kind: which for which, kind in KINDS.items()}


def label_in(hub: Hub, who: Principal, kind: Kind, stream: Ref) -> tuple[Any, Any]:
    """What the matter is called where it is shown by itself, and in a list."""
    seen = hub.gateway.look_now(who, kind, stream, what=kind)
    page = hub.gateway.page_now(who, LISTS[kind], what=kind)
    (item,) = (each for each in page.items if each.stream == stream)
    return bodies.body(seen, who, Language.EN).label, bodies.summary(item, Language.EN).label  # type: ignore[union-attr]


def made(hub: Hub, girl: Girl, kind: Kind) -> tuple[Ref, Command]:
    """A matter of that kind that Sara's unit works with, and a label for it."""
    match kind:
        case Kind.CASE:
            return girl.case, LabelCase(text="2026-0117")
        case Kind.CONSULTATION:
            return does(hub, SARA, ASKS).stream, LabelConsultation(text="2026-0117")
        case Kind.REFERRAL:
            propose = Propose(reference="", receiver=PIA.unit, purpose=PIA.purpose, case=girl.case, person=girl.person)
            return does(hub, SARA, propose).stream, LabelReferral(text="2026-0117")
        case Kind.REPORT:
            consider = Consider(
                reference="",
                about=ReportKind.CRIME,
                outcome=Consideration.REPORT,
                case=girl.case,
                person=girl.person,
            )
            return does(hub, SARA, consider).stream, LabelReport(text="2026-0117")
    asked = Request(meeting=MeetingKind.COORDINATION_MEETING, case=girl.case, coordinator=ANNA.unit)
    meeting = does(hub, SARA, asked).stream
    does(hub, ANNA, Invite(unit=PIA.unit), meeting)
    return meeting, LabelMeeting(text="2026-0117")


def sight_of(hub: Hub, who: Principal, kind: Kind, stream: Ref) -> object:
    """All that somebody meets of a matter, by itself and in their list."""
    try:
        seen = hub.gateway.look_now(who, kind, stream, what=kind)
    except Exception as error:  # noqa: BLE001 - that it is not there is an answer like another
        return type(error)
    page = hub.gateway.page_now(who, LISTS[kind], what=kind)
    listed = [bodies.summary(item, Language.EN) for item in page.items]
    return seen.etag, bodies.body(seen, who, Language.EN), listed, [item.etag for item in page.items]


@pytest.mark.parametrize("kind", LISTS)
def test_f_a_label_is_shown_to_its_unit_by_itself_and_in_lists_and_changes_nothing_for_anybody_else(
    hub: Hub, girl: Girl, kind: Kind
) -> None:
    let_in(hub, girl, PIA)
    stream, label = made(hub, girl, kind)
    before = {who.person: sight_of(hub, who, kind, stream) for who in OTHERS}
    assert UNSET in label_in(hub, SARA, kind, stream)
    does(hub, SARA, label, stream)
    assert label_in(hub, SARA, kind, stream) == ("2026-0117", "2026-0117")
    assert {who.person: sight_of(hub, who, kind, stream) for who in OTHERS} == before


def test_f_each_unit_has_a_label_of_its_own_and_the_last_one_counts(hub: Hub, girl: Girl) -> None:
    let_in(hub, girl, PIA)
    for who, text in ((SARA, "2026-0117"), (PIA, "K-14"), (ANNA, "R 3"), (PIA, "K-15")):
        does(hub, who, LabelCase(text=text), girl.case)
    called = {who.unit: label_in(hub, who, Kind.CASE, girl.case) for who in (SARA, PIA, ANNA)}
    assert called == {SARA.unit: ("2026-0117",) * 2, PIA.unit: ("K-15",) * 2, ANNA.unit: ("R 3",) * 2}


def test_f_a_list_opens_labels_and_no_other_note(hub: Hub, girl: Girl) -> None:
    does(hub, SARA, LabelCase(text="2026-0117"), girl.case)
    (item,) = hub.gateway.page_now(SARA, "cases", what="cases").items
    shown = {fact.event.name: fact.shown for fact in item.facts if fact.shown}
    assert shown == {"case.labelled": {Compartment.WORKING_NOTE}}
    assert [stream.stream for stream in last_look(hub).seen] == [girl.case]


def test_f_what_would_be_left_open_is_called_by_its_label(hub: Hub, girl: Girl) -> None:
    meeting, label = made(hub, girl, Kind.MEETING)
    does(hub, SARA, label, meeting)
    assert {item.label for item in closing(hub.gateway.closing_now(SARA, girl.case), Language.EN).items} == {
        "2026-0117"
    }
    left = closing(hub.gateway.closing_now(ANNA, girl.case), Language.EN).items
    assert {item.label for item in left} == {UNSET}


def test_f_a_label_goes_with_the_content_that_its_unit_disposes_of(hub: Hub, girl: Girl) -> None:
    asked = does(hub, KIM, ASKS).stream
    does(hub, KIM, LabelConsultation(text="Elev 14"), asked)
    does(hub, SARA, LabelCase(text="2026-0117"), girl.case)
    does(hub, KIM, consultation.Dispose(), asked)
    does(hub, SARA, Dispose(compartments=frozenset({Compartment.WORKING_NOTE})), girl.case)
    assert label_in(hub, KIM, Kind.CONSULTATION, asked) == (UNSET,) * 2
    assert label_in(hub, SARA, Kind.CASE, girl.case) == (UNSET,) * 2

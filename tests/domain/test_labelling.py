"""Labels: by what a unit itself knows a matter again (F, B7, A5, C6)."""

import pytest

from domain.bounds import refuse_out_of_bounds
from domain.case import commands as case
from domain.consultation import commands as consultation
from domain.errors import NotThere, OutOfBounds, Refusal
from domain.event import sealed_in
from domain.labelling import LONGEST_LABEL, CaseLabelled, LabelCase, LabelConsultation, label_of
from domain.vocabulary import About, CallerCategory, Compartment, InformedOf, Outcome, Role
from tests.domain.stories import CARE, CENTRE, NOW, POLICE, SILENT, SOCIAL, Story, by, given, ref

OPENED = given((case.Open(coordinator=CENTRE), by(SOCIAL)))
LABEL = LabelCase(text="2026-0117")


def test_f_a_label_is_sealed_as_a_working_note() -> None:
    (event,) = OPENED.when(LABEL, by(SOCIAL))
    assert event == CaseLabelled(text="2026-0117")
    assert sealed_in(event) == {Compartment.WORKING_NOTE}


def test_f_a_closed_case_is_labelled_too_and_by_whoever_knows_of_it() -> None:
    closed = OPENED.then(case.Close(outcome=Outcome.OTHER), by(CENTRE))
    for unit in (SOCIAL, CENTRE, POLICE):
        assert closed.when(LABEL, by(unit))


def test_f_what_is_not_there_has_no_label() -> None:
    with pytest.raises(NotThere):
        Story().when(LABEL, by(SOCIAL))


def test_f_an_auditor_sets_no_label() -> None:
    with pytest.raises(Refusal, match="an auditor reads"):
        OPENED.when(LABEL, by(CENTRE, role=Role.AUDITOR))


@pytest.mark.parametrize("text", [None, " ", "\n\t"])
def test_b7_a_label_says_something(text: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        OPENED.when(LabelCase(text=text), by(SOCIAL))
    assert (refused.value.rule, refused.value.remedy) == ("B7", "write what this unit knows it by")


def test_b7_a_label_is_a_line_and_no_note() -> None:
    refuse_out_of_bounds(LabelCase(text="x" * LONGEST_LABEL), NOW)
    for text in ("", "x" * (LONGEST_LABEL + 1), "\0"):
        with pytest.raises(OutOfBounds):
            refuse_out_of_bounds(LabelCase(text=text), NOW)


def test_a5_where_no_personal_record_is_kept_there_is_no_label_either() -> None:
    asked = consultation.Request(
        asked_of=CENTRE,
        reference="ABCD-1234",
        caller=CallerCategory.SCHOOL,
        about=About.NOBODY,
        persons=0,
        told=InformedOf.NO_CONTACT,
        no_record=True,
    )
    unrecorded = given((asked, by(CARE)))
    for story, command, unit in ((OPENED, LABEL, SILENT), (unrecorded, LabelConsultation(text="14"), CARE)):
        with pytest.raises(Refusal) as refused:
            story.when(command, by(unit))
        assert refused.value.rule == "A5"


def test_f_a_label_is_not_taken_back_since_the_coordinator_would_see_that_it_was() -> None:
    labelled = OPENED.then(LABEL, by(SOCIAL))
    with pytest.raises(NotThere):
        labelled.when(case.Retract(act=ref(2)), by(SOCIAL))
    assert labelled.when(case.Retract(act=ref(1)), by(SOCIAL))


def test_f_the_last_label_counts() -> None:
    twice = OPENED.then(LABEL, by(SOCIAL)).then(LabelCase(text="2026-0120"), by(SOCIAL))
    assert label_of(OPENED.facts) is None
    assert label_of(twice.facts[:-1]) == "2026-0117"
    assert label_of(twice.facts) == "2026-0120"

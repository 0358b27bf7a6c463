"""Consultation, from the first call to the last follow-up (A1–A6, A9, B7, D1, D9)."""

import pytest
from msgspec import UNSET, ValidationError
from msgspec.structs import replace

from domain.aggregates import build
from domain.agreement.state import Directory
from domain.command import Command
from domain.consultation import commands as ask
from domain.consultation import events as then
from domain.consultation.state import Consultation, ConsultationStatus
from domain.errors import Caution, NotThere, Refusal
from domain.event import LONGEST_TEXT
from domain.open_items import needs_now
from domain.vocabulary import (
    About,
    Because,
    CallerCategory,
    InformedOf,
    Kind,
    Outcome,
    Ref,
    UnitId,
)
from tests.domain.stories import CENTRE, NOW, OUTSIDE, POLICE, SECOND, SILENT, SOCIAL, Story, by, given

REQUEST = ask.Request(
    asked_of=CENTRE,
    reference="ABCD-1234",
    caller=CallerCategory.SOCIAL_SERVICES,
    about=About.ONE,
    persons=1,
    told=InformedOf.NO_CONTACT,
    question="En flicka på femton år är rädd.",
)
ADVISE = ask.Advise(answer="Vänta inte.", guidance="handbok", guidance_version="3")
CLOSE = ask.Close(outcome=Outcome.ADVICE_GIVEN)
KEY = ask.IssueKey(tag="f" * 64)
ASKED = (REQUEST, by(SOCIAL))
ADVISED = (ADVISE, by(CENTRE))
CLOSED = (CLOSE, by(CENTRE))
CALLED = (replace(REQUEST, caller=CallerCategory.EXPOSED_OR_RELATIVE), by(CENTRE))


def _state(story: Story) -> Consultation:
    state = story.state(Kind.CONSULTATION)
    assert isinstance(state, Consultation)
    return state


@pytest.mark.parametrize(("about", "persons"), [(About.NOBODY, 0), (About.ONE, 1), (About.GROUP, 4)])
def test_a1_a_consultation_is_about_nobody_one_or_a_group_never_by_name(about: About, persons: int) -> None:
    (event,) = Story().when(replace(REQUEST, about=about, persons=persons), by(SOCIAL))
    assert isinstance(event, then.Requested)
    assert (event.about, event.persons) == (about, persons)
    assert not {"identity", "contact", "name"} & set(ask.Request.__struct_fields__)


@pytest.mark.parametrize(("about", "persons"), [(About.NOBODY, 1), (About.ONE, 2), (About.GROUP, 1)])
def test_a1_the_number_fits_whom_it_is_about(about: About, persons: int) -> None:
    with pytest.raises(Refusal, match="A1"):
        Story().when(replace(REQUEST, about=about, persons=persons), by(SOCIAL))


def test_a2_identification_is_a_later_act_of_one_unit_alone() -> None:
    story = given(ASKED)
    (event,) = story.when(ask.Identify(identity="Nora Exempel"), by(SOCIAL))
    assert event == then.Identified(identity="Nora Exempel")
    assert event.addressees() == frozenset()
    identified = _state(story.then(ask.Identify(identity="Nora Exempel"), by(SOCIAL)))
    assert identified.identified_by == {SOCIAL}


def test_a2_an_identification_without_anyone_is_refused() -> None:
    with pytest.raises(Refusal, match="A2"):
        given(ASKED).when(ask.Identify(identity=None), by(SOCIAL))


def test_a3_in_direct_contact_what_was_told_is_recorded_before_identification() -> None:
    story = given(CALLED)
    identify = ask.Identify(identity="Nora Exempel")
    with pytest.raises(Refusal, match="A3"):
        story.when(identify, by(CENTRE))
    for told in (InformedOf.TOLD, InformedOf.NOT_TOLD_URGENT):
        assert story.then(ask.Inform(told=told), by(CENTRE)).when(identify, by(CENTRE))


def test_a3_no_contact_is_no_answer_to_whether_the_person_was_told() -> None:
    with pytest.raises(Refusal, match="A3"):
        given(CALLED).when(ask.Inform(told=InformedOf.NO_CONTACT), by(CENTRE))


def test_a4_an_anonymous_person_comes_back_with_their_key_at_the_same_service() -> None:
    story = given(ASKED, (KEY, by(CENTRE)))
    assert story.when(ask.ContactAgain(question="Och nu?"), by(CENTRE)) == (
        then.ContactedAgain(to=SOCIAL, question="Och nu?"),
    )
    with pytest.raises(Refusal, match="A4"):
        story.when(ask.ContactAgain(), by(SOCIAL))


def test_a4_a_key_is_for_someone_whose_name_is_not_known() -> None:
    with pytest.raises(Refusal, match="A4"):
        given(ASKED, (ask.Identify(identity="Nora Exempel"), by(SOCIAL))).when(KEY, by(SOCIAL))


def test_a4_an_anonymous_minor_who_comes_back_prompts_to_involve_social_services() -> None:
    called = (replace(CALLED[0], minor=True), by(CENTRE))
    once = given(called, (KEY, by(CENTRE)))
    assert not _state(once).involve_social_services()
    twice = once.then(ask.ContactAgain(), by(CENTRE))
    assert _state(twice).involve_social_services()
    with pytest.raises(Caution, match="A4"):
        twice.when(CLOSE, by(CENTRE))
    assert twice.when(CLOSE, by(CENTRE, because=Because.DONE_ELSEWHERE))


def test_a4_no_prompt_to_involve_who_takes_part_already() -> None:
    minor = (replace(REQUEST, minor=True), by(SOCIAL))
    assert given(minor, (KEY, by(CENTRE)), (ask.ContactAgain(), by(CENTRE))).when(CLOSE, by(CENTRE))


def test_a4_who_comes_back_after_the_end_is_met_without_a_form() -> None:
    events = given(CALLED, (KEY, by(CENTRE)), (CLOSE, by(CENTRE))).when(ask.ContactAgain(), by(CENTRE))
    assert [type(event) for event in events] == [then.Reopened, then.ContactedAgain]


def test_a5_a_service_that_keeps_no_record_leaves_a_contact_without_content() -> None:
    with pytest.raises(Refusal, match="A5"):
        Story().when(REQUEST, by(SILENT))
    (event,) = Story().when(replace(REQUEST, question=None), by(SILENT))
    assert isinstance(event, then.Requested)
    assert event.no_record
    assert event.question is UNSET


def test_a5_a_contact_without_record_gets_no_content_from_the_other_side_either() -> None:
    story = given((replace(REQUEST, question=None, no_record=True), by(SOCIAL)))
    with pytest.raises(Refusal, match="A5"):
        story.when(ADVISE, by(CENTRE))
    assert story.when(ask.Advise(), by(CENTRE))
    with pytest.raises(Refusal, match="A5"):
        Story().when(replace(REQUEST, no_record=True), by(SOCIAL))


def test_a6_contacts_and_persons_are_two_counts() -> None:
    group = (replace(REQUEST, about=About.GROUP, persons=3), by(SOCIAL))
    state = _state(given(group, (KEY, by(CENTRE)), (ask.ContactAgain(), by(CENTRE))))
    assert (state.contacts, state.persons) == (2, 3)


def test_a9_help_from_first_call_to_follow_up_needs_no_name_and_no_report() -> None:
    story = given(CALLED, (ADVISE, by(CENTRE)), (ask.FollowUp(), by(CENTRE)), (CLOSE, by(CENTRE)))
    assert _state(story).identified_by == frozenset()


def test_b1_b3_who_is_asked_is_in_an_agreement_that_lets_it_advise() -> None:
    with pytest.raises(Refusal, match="B3"):
        Story().when(replace(REQUEST, asked_of=POLICE), by(SOCIAL))
    with pytest.raises(Refusal, match="B1"):
        Story().when(replace(REQUEST, asked_of=OUTSIDE), by(SOCIAL))
    with pytest.raises(Refusal, match="B1"):
        given(ASKED).when(ask.PassOn(to=OUTSIDE), by(CENTRE))


def test_b7_nobody_advises_in_the_centres_name() -> None:
    for unit in (SOCIAL, POLICE):
        with pytest.raises(Refusal, match="B7"):
            given(ASKED).when(ADVISE, by(unit))


def test_b7_who_passed_it_on_advises_no_more() -> None:
    with pytest.raises(Refusal, match="B7"):
        given(ASKED, (ask.PassOn(to=SOCIAL), by(CENTRE))).when(ADVISE, by(CENTRE))


@pytest.mark.parametrize(
    "command", [ask.FollowUp(), KEY, ask.Inform(told=InformedOf.TOLD), ask.Identify(identity="N"), CLOSE]
)
def test_b7_only_the_two_sides_act(command: Command) -> None:
    with pytest.raises(Refusal, match="B7"):
        given(ASKED, ADVISED).when(command, by(POLICE))


def test_b3_advice_is_given_in_an_advising_role() -> None:
    with pytest.raises(Refusal, match="B3"):
        given(ASKED, (ask.PassOn(to=SOCIAL), by(CENTRE))).when(ADVISE, by(SOCIAL))


def test_d1_a_consultation_goes_from_request_to_follow_up() -> None:
    told = given(ASKED)
    assert _state(told).status is ConsultationStatus.REQUESTED
    assert _state(told).waiting_since == NOW
    taken = told.then(ask.Accept(), by(CENTRE))
    assert _state(taken).status is ConsultationStatus.ACCEPTED
    advised = taken.then(ADVISE, by(CENTRE, now=NOW + SECOND))
    assert _state(advised).status is ConsultationStatus.ADVISED
    assert _state(advised).waiting_since is None
    followed = advised.then(ask.FollowUp(note="Hon är trygg."), by(SOCIAL))
    assert _state(followed).status is ConsultationStatus.FOLLOWED_UP
    assert _state(followed.then(CLOSE, by(SOCIAL))).status is ConsultationStatus.CLOSED


def test_d1_who_answers_at_once_has_taken_it_on() -> None:
    events = given(ASKED).when(ADVISE, by(CENTRE))
    assert [type(event) for event in events] == [then.Accepted, then.AdviceGiven]
    assert all(event.addressees() == {SOCIAL} for event in events)


def test_d1_conflicting_advice_stands_side_by_side() -> None:
    again = ask.Advise(answer="Anmäl i dag.")
    story = given(ASKED, ADVISED)
    assert [type(event) for event in story.when(again, by(CENTRE))] == [then.AdviceGiven]
    assert len(_state(story.then(again, by(CENTRE))).advice) == 2


def test_d1_passed_on_it_waits_for_the_unit_now_asked() -> None:
    story = given(ASKED, (ask.PassOn(to=SOCIAL), by(CENTRE)))
    (event,) = given(ASKED).when(ask.PassOn(to=SOCIAL), by(CENTRE))
    assert event == then.PassedOn(to=SOCIAL, asker=SOCIAL)
    assert _state(story).asked == SOCIAL
    assert story.when(ask.Accept(), by(SOCIAL))


@pytest.mark.parametrize(
    ("story", "on"),
    [
        (given(ASKED), CENTRE),
        (given(ASKED, (ask.Accept(), by(CENTRE))), CENTRE),
        (given(ASKED, (ask.PassOn(to=SOCIAL), by(CENTRE))), SOCIAL),
        (given(ASKED, CLOSED, (ask.Reopen(), by(SOCIAL))), CENTRE),
    ],
)
def test_d1_it_is_in_view_for_whom_it_waits_until_advice_is_given(story: Story, on: UnitId) -> None:
    (wait,) = needs_now(_state(story), Kind.CONSULTATION, NOW, Directory())
    assert (wait.on, wait.what) == (on, "consultation_answered")


@pytest.mark.parametrize("story", [given(ASKED, ADVISED), given(ASKED, CLOSED), Story()])
def test_d1_what_was_answered_or_ended_waits_for_nobody(story: Story) -> None:
    assert needs_now(_state(story), Kind.CONSULTATION, NOW, Directory()) == ()


def test_d1_what_is_accepted_or_passed_on_is_so_once() -> None:
    with pytest.raises(Refusal, match="D1"):
        given(ASKED, (ask.Accept(), by(CENTRE))).when(ask.Accept(), by(CENTRE))
    with pytest.raises(Refusal, match="D1"):
        given(ASKED).when(ask.PassOn(to=CENTRE), by(CENTRE))
    with pytest.raises(Refusal, match="D1"):
        given(ASKED).when(REQUEST, by(SOCIAL))


def test_d1_there_is_no_follow_up_of_advice_that_nobody_gave() -> None:
    with pytest.raises(Refusal, match="D1"):
        given(ASKED).when(ask.FollowUp(), by(SOCIAL))


@pytest.mark.parametrize(
    ("command", "unit"),
    [
        (ask.Accept(), CENTRE),
        (ADVISE, CENTRE),
        (ask.PassOn(to=SOCIAL), CENTRE),
        (ask.FollowUp(), SOCIAL),
        (KEY, CENTRE),
        (ask.Identify(identity="N"), SOCIAL),
        (CLOSE, SOCIAL),
    ],
)
def test_d9_a_closed_consultation_is_reopened_first(command: Command, unit: str) -> None:
    with pytest.raises(Refusal, match="D9"):
        given(ASKED, ADVISED, CLOSED).when(command, by(UnitId(unit)))


def test_d9_closed_is_never_final() -> None:
    story = given(ASKED, ADVISED, CLOSED)
    assert story.when(ask.Reopen(), by(SOCIAL)) == (then.Reopened(to=CENTRE),)
    assert _state(story.then(ask.Reopen(), by(SOCIAL))).status is ConsultationStatus.ADVISED
    with pytest.raises(Refusal, match="D9"):
        given(ASKED).when(ask.Reopen(), by(SOCIAL))


def test_d9_a_whole_consultation_is_disposed_of_when_it_is_closed() -> None:
    whole = ask.Dispose(whole=True, keys=(Ref("d" * 32),))
    with pytest.raises(Refusal, match="D9"):
        given(ASKED).when(whole, by(SOCIAL))
    assert given(ASKED, CLOSED).when(whole, by(SOCIAL)) == (then.Disposed(keys=whole.keys, whole=True),)
    with pytest.raises(Refusal, match="F"):
        given(ASKED, CLOSED).when(ask.Dispose(whole=True), by(SOCIAL))


@pytest.mark.parametrize("command", [command for command in ask.COMMANDS if not command.opens])
def test_f_what_one_may_not_know_of_answers_as_what_is_not_there(command: type[Command]) -> None:
    examples = {
        example.name: example
        for example in (
            ask.Accept(),
            ask.PassOn(to=SOCIAL),
            ADVISE,
            ask.FollowUp(),
            ask.ContactAgain(),
            KEY,
            ask.Inform(told=InformedOf.TOLD),
            ask.Identify(identity="N"),
            CLOSE,
            ask.Reopen(),
            ask.Dispose(),
        )
    }
    with pytest.raises(NotThere):
        Story().when(examples[command.name], by(CENTRE))


def test_f_without_the_request_nobody_is_addressed() -> None:
    with pytest.raises(NotThere):
        given(ASKED, ADVISED).without(then.Requested).when(ask.FollowUp(), by(CENTRE))


def test_no_caller_makes_what_the_hub_makes() -> None:
    fields = {"asked_of": CENTRE, "caller": "police", "about": "nobody", "persons": 0, "told": "no_contact"}
    command = build("consultation.request", fields, {"reference": "ABCD-1234"})
    assert command.name == ask.Request.name
    with pytest.raises(ValidationError, match="unknown field"):
        build("consultation.request", {**fields, "reference": "ABCD-1234"})


def test_b7_the_hub_carries_text_of_some_pages_and_no_more() -> None:
    fields = {"answer": "x" * (LONGEST_TEXT + 1)}
    with pytest.raises(ValidationError, match="length"):
        build("consultation.advise", fields)

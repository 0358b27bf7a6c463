"""What may be shared: on a ground, with a receiver, for a purpose and a time, and how it ends (C2–C4, C6–C8, C12)."""

from datetime import date

import pytest
from msgspec.inspect import StrType, UnionType, type_info
from msgspec.structs import fields, replace

from domain.agenda import due_id
from domain.aggregates import decide, due, fold
from domain.case import commands as ask
from domain.case import events as then
from domain.case.state import Case, withdrawal_preview
from domain.errors import Caution, NotThere, Refusal
from domain.event import compartments
from domain.time import day_end, day_start
from domain.vocabulary import Because, Compartment, Existence, Kind, Purpose, Ref, Role, ToDo
from tests.domain.stories import CARE, CENTRE, NOW, OUTSIDE, POLICE, SOCIAL, Story, by, events_of, given, ref

NORA = ref(2)
BEGUN = given((ask.Open(coordinator=CENTRE), by(SOCIAL)), (ask.AddPerson(), by(SOCIAL)))
SAFE = BEGUN.then(ask.SetSafeContact(person=NORA, contact="Via skolan."), by(SOCIAL))
LAST = date(2026, 3, 31)
CONSENT = ask.GiveConsent(
    person=NORA,
    purpose=Purpose.PROTECTION,
    receiver=POLICE,
    compartments=frozenset({Compartment.IDENTITY, Compartment.SOCIAL, Compartment.WHEREABOUTS}),
    last=LAST,
)
CONSENTED = SAFE.then(CONSENT, by(SOCIAL))
GIVEN = ref(4)
DISCLOSE = ask.Disclose(
    person=NORA,
    receiver=POLICE,
    compartments=frozenset({Compartment.SOCIAL}),
    purpose=Purpose.PROTECTION,
    last=LAST,
    consent=GIVEN,
)
ON_CONSENT = by(SOCIAL, ground="consent")
ON_LAW = by(SOCIAL, ground="osl-10-2")
BY_LAW = replace(DISCLOSE, consent=None)
SHARED = CONSENTED.then(DISCLOSE, ON_CONSENT).then(BY_LAW, ON_LAW)


def _state(story: Story) -> Case:
    state = story.state(Kind.CASE)
    assert isinstance(state, Case)
    return state


def test_c2_a_disclosure_states_ground_purpose_receiver_and_period() -> None:
    (event,) = CONSENTED.when(DISCLOSE, ON_CONSENT)
    assert event == then.Disclosed(
        person=NORA,
        receiver=POLICE,
        compartments=frozenset({Compartment.SOCIAL}),
        purpose=Purpose.PROTECTION,
        start=NOW,
        until=day_end(LAST),
        consent=GIVEN,
        used_for="protection",
        has_safe_contact=True,
    )
    assert event.addressees() == {POLICE}


@pytest.mark.parametrize("ground", [None, "osl-10-15a", "custom", "osl-25-12", "own-act", "osl-10-27"])
def test_c2_a_ground_that_is_missing_off_unknown_anothers_or_too_narrow_opens_nothing(ground: str | None) -> None:
    with pytest.raises(Refusal, match="C2"):
        SAFE.when(BY_LAW, by(SOCIAL, ground=ground))


def test_c2_a_ground_reaches_certain_agencies_only() -> None:
    with pytest.raises(Refusal, match="C2: the ground osl-26-9 does not reach"):
        SAFE.when(BY_LAW, by(SOCIAL, ground="osl-26-9"))
    assert SAFE.when(replace(BY_LAW, receiver=CARE), by(SOCIAL, ground="osl-26-9"))


def test_c2_a_ground_is_named_and_is_for_certain_agencies_to_use() -> None:
    with pytest.raises(Refusal, match="states its legal ground"):
        SAFE.when(BY_LAW, by(SOCIAL))
    with pytest.raises(Refusal, match="not for this kind of agency to use"):
        SAFE.when(replace(BY_LAW, receiver=CARE), by(SOCIAL, ground="osl-25-12"))


@pytest.mark.parametrize("named", [{Compartment.RECORD}, {Compartment.COORDINATION}, {Compartment.ACCESS}, set()])
def test_c2_a_consent_is_to_share_content_about_the_person(named: set[Compartment]) -> None:
    with pytest.raises(Refusal, match="C2"):
        SAFE.when(replace(CONSENT, compartments=frozenset(named)), by(SOCIAL))


def test_c2_the_general_clause_asks_for_a_balancing_note() -> None:
    weighed = replace(BY_LAW, balancing="Intresset av skydd väger över.")
    (event,) = SAFE.when(weighed, by(SOCIAL, ground="osl-10-27"))
    assert isinstance(event, then.Disclosed)
    assert event.balancing == "Intresset av skydd väger över."


@pytest.mark.parametrize(
    "change",
    [
        replace(DISCLOSE, consent=None),
        replace(DISCLOSE, consent=Ref("9" * 32)),
        replace(DISCLOSE, receiver=CARE),
        replace(DISCLOSE, purpose=Purpose.SUPPORT),
        replace(DISCLOSE, compartments=frozenset({Compartment.HEALTH})),
        replace(DISCLOSE, last=date(2026, 4, 1)),
        replace(DISCLOSE, last=date(2026, 3, 1)),
        replace(DISCLOSE, compartments=frozenset({Compartment.RECORD})),
        replace(DISCLOSE, receiver=SOCIAL),
    ],
)
def test_c2_a_consent_is_for_one_person_purpose_receiver_content_and_time(change: ask.Disclose) -> None:
    with pytest.raises(Refusal, match="C2"):
        CONSENTED.when(change, ON_CONSENT)


def test_c2_a_consent_is_one_persons() -> None:
    story = CONSENTED.then(ask.AddPerson(), by(SOCIAL)).then(
        ask.SetSafeContact(person=ref(5), contact="Via skolan."), by(SOCIAL)
    )
    with pytest.raises(Refusal, match="C2"):
        story.when(replace(DISCLOSE, person=ref(5)), ON_CONSENT)


def test_c2_a_consent_that_is_over_carries_nothing() -> None:
    later = day_end(LAST)
    with pytest.raises(Refusal, match="C2"):
        CONSENTED.when(replace(DISCLOSE, last=date(2026, 4, 30)), by(SOCIAL, ground="consent", now=later))


def test_c2_a_consent_given_to_one_unit_is_not_anothers_to_use() -> None:
    with pytest.raises(Refusal, match="C2"):
        CONSENTED.when(DISCLOSE, by(CENTRE, ground="consent"))


def test_c2_a_consent_is_named_only_where_it_is_the_ground() -> None:
    with pytest.raises(Refusal, match="C2"):
        CONSENTED.when(DISCLOSE, ON_LAW)


def test_c2_a_consent_has_an_end_to_come() -> None:
    with pytest.raises(Refusal, match="C2"):
        SAFE.when(replace(CONSENT, last=date(2026, 3, 1)), by(SOCIAL))


def test_c2_a_withdrawal_ends_what_rests_on_it_alone_and_shows_it_before() -> None:
    assert withdrawal_preview(_state(SHARED), GIVEN, NOW).ends == (ref(5),)
    assert withdrawal_preview(_state(SHARED), GIVEN, NOW).stands == (ref(6),)
    assert SHARED.when(ask.WithdrawConsent(consent=GIVEN), by(SOCIAL)) == (
        then.ConsentWithdrawn(consent=GIVEN, person=NORA, given_to=SOCIAL),
        then.DisclosureEnded(grant=ref(5), receiver=POLICE, to_do=ToDo.READ_NO_MORE),
    )


def test_c2_a_withdrawal_stops_further_disclosure_on_it() -> None:
    after = SHARED.then(ask.WithdrawConsent(consent=GIVEN), by(SOCIAL))
    with pytest.raises(Refusal, match="C2"):
        after.when(DISCLOSE, ON_CONSENT)
    with pytest.raises(Refusal, match="C2"):
        after.when(ask.WithdrawConsent(consent=GIVEN), by(SOCIAL))
    assert after.when(BY_LAW, ON_LAW)


def test_c2_a_withdrawal_at_the_coordinators_is_told_to_the_unit_that_recorded_the_consent() -> None:
    after = SHARED.then(ask.WithdrawConsent(consent=GIVEN), by(CENTRE))
    assert then.ConsentWithdrawn(consent=GIVEN, person=NORA, given_to=SOCIAL).addressees() == {SOCIAL}
    with pytest.raises(Refusal, match="C2"):
        after.without(then.DisclosureEnded).when(ask.EndDisclosure(grant=ref(5)), by(SOCIAL))


def test_c2_nothing_that_is_over_spoken_or_anothers_ends_by_a_withdrawal() -> None:
    spoken = CONSENTED.then(replace(DISCLOSE, spoken=True), ON_CONSENT)
    assert withdrawal_preview(_state(spoken), GIVEN).ends == ()
    assert withdrawal_preview(_state(SHARED), GIVEN, day_end(LAST)).ends == ()
    assert withdrawal_preview(_state(SHARED), Ref("9" * 32)).ends == ()
    elsewhere = SHARED.then(replace(BY_LAW, receiver=CARE), ON_LAW)
    assert withdrawal_preview(_state(elsewhere), GIVEN).stands == (ref(6),)


def test_c2_only_who_recorded_a_consent_or_coordinates_records_its_withdrawal() -> None:
    assert CONSENTED.when(ask.WithdrawConsent(consent=GIVEN), by(CENTRE))
    with pytest.raises(Refusal, match="C2"):
        CONSENTED.when(ask.WithdrawConsent(consent=GIVEN), by(POLICE))
    with pytest.raises(NotThere):
        CONSENTED.without(then.ConsentGiven).when(ask.WithdrawConsent(consent=GIVEN), by(SOCIAL))


def test_c2_who_disclosed_ends_it_once_and_never_says_why() -> None:
    end = ask.EndDisclosure(grant=ref(5), to_do=ToDo.RETURN_OR_DESTROY_COPIES)
    (event,) = SHARED.when(end, by(SOCIAL))
    assert event == then.DisclosureEnded(grant=ref(5), receiver=POLICE, to_do=ToDo.RETURN_OR_DESTROY_COPIES)
    for story, unit in ((SHARED, POLICE), (SHARED.then(end, by(SOCIAL)), SOCIAL)):
        with pytest.raises(Refusal, match="C2"):
            story.when(end, by(unit))
    with pytest.raises(Refusal, match="C2"):
        SHARED.when(end, by(SOCIAL, now=day_end(LAST)))
    with pytest.raises(NotThere):
        BEGUN.when(end, by(SOCIAL))


def test_c2_what_was_spoken_is_told_afterwards() -> None:
    spoken = replace(BY_LAW, spoken=True, last=date(2026, 3, 1))
    yesterday = replace(ON_LAW, happened=NOW - 86_400_000_000)
    (event,) = SAFE.when(spoken, yesterday)
    assert isinstance(event, then.Disclosed)
    assert event.spoken
    with pytest.raises(Refusal, match="C2"):
        SAFE.when(replace(spoken, spoken=False), yesterday)


def test_c3_a_risk_assessment_is_never_handed_out() -> None:
    with pytest.raises(Refusal, match="C3"):
        SAFE.when(replace(BY_LAW, compartments=frozenset({Compartment.RISK_ASSESSMENT})), ON_LAW)
    with pytest.raises(Refusal, match="C3"):
        SAFE.when(replace(CONSENT, compartments=frozenset({Compartment.RISK_ASSESSMENT})), by(SOCIAL))
    assert SAFE.when(replace(BY_LAW, compartments=frozenset({Compartment.RISK_MEMO})), ON_LAW)


def test_c4_whereabouts_are_named_singly() -> None:
    both = frozenset({Compartment.WHEREABOUTS, Compartment.SOCIAL})
    with pytest.raises(Refusal, match="C4"):
        CONSENTED.when(replace(DISCLOSE, compartments=both), ON_CONSENT)
    assert CONSENTED.when(replace(DISCLOSE, compartments=frozenset({Compartment.WHEREABOUTS})), ON_CONSENT)


def test_c6_a_working_note_is_expedited_not_disclosed() -> None:
    with pytest.raises(Refusal, match="C6"):
        SAFE.when(replace(BY_LAW, compartments=frozenset({Compartment.WORKING_NOTE})), ON_LAW)


NOTED = SAFE.then(ask.WriteNote(person=NORA, purge_on=date(2026, 4, 1), text="Ring."), by(SOCIAL))
SEND = ask.ExpediteNote(note=ref(4), person=NORA, receiver=POLICE, memo="Hotet består.")


def test_c6_an_expedited_note_is_no_working_note_any_more() -> None:
    sent = NOTED.then(SEND, ON_LAW)
    assert NOTED.when(SEND, ON_LAW) == (
        then.NoteExpedited(note=ref(4), person=NORA, receiver=POLICE, has_safe_contact=True, memo="Hotet består."),
    )
    with pytest.raises(Refusal, match="C6"):
        sent.when(ask.PurgeNote(note=ref(4)), by(SOCIAL))
    assert due(_state(sent), Kind.CASE, day_end(date(2026, 5, 1))) == ()


def test_c6_what_is_sent_exists_and_has_a_text() -> None:
    with pytest.raises(Refusal, match="C6"):
        NOTED.when(replace(SEND, memo=None), ON_LAW)
    with pytest.raises(Refusal, match="C6"):
        NOTED.then(ask.PurgeNote(note=ref(4)), by(SOCIAL)).when(SEND, ON_LAW)
    with pytest.raises(NotThere):
        NOTED.when(SEND, by(CENTRE, ground="osl-10-2"))


def test_c2_to_expedite_is_to_disclose_on_a_ground() -> None:
    for act in (by(SOCIAL), by(SOCIAL, ground="osl-10-27"), ON_CONSENT):
        with pytest.raises(Refusal, match="C2"):
            NOTED.when(SEND, act)
    with pytest.raises(Refusal, match="C2"):
        NOTED.when(replace(SEND, receiver=SOCIAL), ON_LAW)
    assert NOTED.then(CONSENT, by(SOCIAL)).when(SEND, ON_CONSENT)


def test_c7_free_text_is_sealed_and_what_is_left_open_is_named_here() -> None:
    outside = {
        (event.name, field.name)
        for event in events_of([Kind.CASE, Kind.CONSULTATION])
        for field in fields(event)
        if field.name not in compartments(event) and _free_text(field.type)
    }
    assert outside == {
        ("consultation.requested", "source"),
        ("consultation.advice_given", "guidance"),
        ("consultation.advice_given", "guidance_version"),
    }


def _free_text(hint: object) -> bool:
    """Whether a field takes any text: no code, no identifier, no pattern."""
    form = type_info(hint)
    members = form.types if isinstance(form, UnionType) else (form,)
    # An identifier is a NewType of its own: msgspec sees a text, the hint does not say `str`.
    return any(isinstance(member, StrType) and member.pattern is None for member in members) and "str" in str(hint)


def test_c8_each_item_says_what_it_may_be_used_for() -> None:
    (event,) = SAFE.when(replace(BY_LAW, used_for="planning_of_protection"), ON_LAW)
    assert isinstance(event, then.Disclosed)
    assert event.used_for == "planning_of_protection"


def test_c8_who_learnt_it_passes_it_on_only_by_taking_part_and_on_a_ground() -> None:
    with pytest.raises(Refusal, match="C1"):
        SHARED.when(replace(BY_LAW, receiver=CARE), by(POLICE, ground="osl-10-2"))
    inside = SHARED.then(
        ask.Assign(person=NORA, unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION), by(CENTRE)
    )
    with pytest.raises(Refusal, match="C2"):
        inside.when(replace(BY_LAW, receiver=CARE), by(POLICE))
    assert inside.when(replace(BY_LAW, receiver=CARE), by(POLICE, ground="osl-10-2"))


@pytest.mark.parametrize("because", [None, Because.NOT_APPLICABLE])
def test_c12_nothing_goes_out_about_a_person_without_safe_contact(because: Because | None) -> None:
    with pytest.raises(Refusal, match="C12"):
        BEGUN.when(BY_LAW, replace(ON_LAW, because=because))
    noted = BEGUN.then(ask.WriteNote(person=NORA, purge_on=date(2026, 4, 1), text="Ring."), by(SOCIAL))
    with pytest.raises(Refusal, match="C12"):
        noted.when(replace(SEND, note=ref(3)), replace(ON_LAW, because=because))


def test_c12_who_may_know_that_safe_contact_exists_need_not_know_how() -> None:
    state = fold(Kind.CASE, BEGUN.facts, {(Existence.SAFE_CONTACT, NORA)})
    assert tuple(decide(state, BY_LAW, ON_LAW, BEGUN.directory))
    another = fold(Kind.CASE, BEGUN.facts, {(Existence.SAFE_CONTACT, ref(99)), (Existence.PROTECTION, NORA)})
    with pytest.raises(Refusal, match="C12"):
        tuple(decide(another, BY_LAW, ON_LAW, BEGUN.directory))


@pytest.mark.parametrize("because", [Because.DANGER, Because.URGENT])
def test_c12_danger_does_not_wait_for_a_form(because: Because) -> None:
    assert BEGUN.when(BY_LAW, replace(ON_LAW, because=because))


def test_c12_what_was_said_has_gone_out_and_is_told_with_a_reason() -> None:
    spoken = replace(BY_LAW, spoken=True)
    with pytest.raises(Caution, match="C12"):
        BEGUN.when(spoken, ON_LAW)
    assert BEGUN.when(spoken, replace(ON_LAW, because=Because.NOT_AVAILABLE))


def test_b1_b3_a_receiver_is_agreed_or_a_guest_of_this_case() -> None:
    out = replace(CONSENT, receiver=OUTSIDE)
    with pytest.raises(Refusal, match="B1"):
        SAFE.when(out, by(SOCIAL))
    with pytest.raises(Refusal, match="B3"):
        SAFE.when(replace(BY_LAW, purpose=Purpose.CARE), ON_LAW)
    guest = ask.Assign(
        person=NORA, unit=OUTSIDE, role=Role.HANDLER, purpose=Purpose.PROTECTION, guest=True, last=date(2026, 4, 30)
    )
    joined = SAFE.then(guest, by(SOCIAL, because=Because.URGENT)).then(out, by(SOCIAL))
    assert joined.when(replace(DISCLOSE, receiver=OUTSIDE, consent=ref(5)), ON_CONSENT)
    with pytest.raises(Refusal, match="C2"):
        joined.when(replace(BY_LAW, receiver=OUTSIDE), ON_LAW)


def test_c1_who_does_not_take_part_shares_nothing() -> None:
    for command in (BY_LAW, CONSENT):
        with pytest.raises(Refusal, match="C1"):
            SAFE.when(command, by(CARE, ground="osl-10-2"))


SCHEDULER = by(CENTRE, role=Role.SYSTEM)


def test_an_end_becomes_an_event_once_at_its_boundary() -> None:
    boundary = day_end(LAST)
    state = _state(SHARED)
    assert due(state, Kind.CASE, boundary - 1) == ()
    entries = due(state, Kind.CASE, boundary)
    assert {entry.id for entry in entries} == {due_id(ref(number), boundary) for number in (4, 5, 6)}
    after = SHARED
    for entry in entries:
        act = replace(SCHEDULER, id=entry.id, now=boundary)
        (event,) = after.when(entry.command, act)
        assert isinstance(event, then.Expired)
        after = after.then(entry.command, act)
        with pytest.raises(Refusal, match="C2"):
            after.when(entry.command, act)
    assert due(_state(after), Kind.CASE, boundary) == ()


def test_nothing_expires_before_its_time_or_at_another() -> None:
    boundary = day_end(LAST)
    for expire, now in (
        (ask.Expire(grant=ref(5), boundary=boundary), boundary - 1),
        (ask.Expire(grant=ref(5), boundary=boundary - 1), boundary),
    ):
        with pytest.raises(Refusal, match="C2"):
            SHARED.when(expire, replace(SCHEDULER, now=now))
    with pytest.raises(NotThere):
        SHARED.when(ask.Expire(grant=Ref("9" * 32), boundary=boundary), replace(SCHEDULER, now=boundary))


def test_c6_a_note_is_due_on_the_first_instant_of_its_purge_date() -> None:
    at = day_start(date(2026, 4, 1))
    assert due(_state(NOTED), Kind.CASE, at - 1) == ()
    (entry,) = due(_state(NOTED), Kind.CASE, at)
    assert entry.command == ask.PurgeNote(note=ref(4))
    assert entry.id == due_id(ref(4), at)


def test_nothing_is_due_in_a_consultation() -> None:
    story = given()
    assert due(story.state(Kind.CONSULTATION), Kind.CONSULTATION, NOW) == ()

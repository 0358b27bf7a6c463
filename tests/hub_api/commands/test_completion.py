"""What the hub puts into a command follows from what its sender may see, and from nothing else."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact, Principal
from domain.case import commands as case
from domain.case.commands import GiveConsent
from domain.command import Command
from domain.errors import Refusal
from domain.meeting import commands as meeting
from domain.meeting.commands import WriteMinutes
from domain.meeting.events import MinutesWritten
from domain.referral import commands as referral
from domain.vocabulary import (
    Because,
    Compartment,
    Gender,
    GroundId,
    Instant,
    Kind,
    MeetingKind,
    Mode,
    Purpose,
    Ref,
    Role,
    UnitId,
)
from hub_api.commands.handler import Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.http.api.act_bodies import shown_parts
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import PERSONAS, agreement

SARA = PERSONAS["socialsekreterare-sara-exempel"]
ANNA = PERSONAS["samordnare-anna-exempel"]
BO = PERSONAS["brottsoffer-bo-exempel"]
PIA = PERSONAS["utredare-pia-exempel"]
RELATED = PERSONAS["socialsekreterare-slak-exempel"]
START: Instant = 1_790_000_000_000_000
BY_CONSENT = GroundId("consent")
NECESSARY = GroundId("osl-10-2")


class Room(Struct):
    """A case with one person in it, safe contact set, and a meeting about her that was held with the Police."""

    hub: Hub
    case: Ref
    person: Ref
    meeting: Ref

    def do(
        self,
        who: Principal,
        command: Command,
        stream: Ref | None,
        ground: GroundId | None = None,
        because: Because | None = None,
    ) -> Receipt:
        return self.hub.commander.handle_now(who, command, stream, Circumstances(ground=ground, because=because))

    def minutes(self) -> WriteMinutes:
        return WriteMinutes(to=frozenset({BO.unit}), person=self.person, social="Rädd.")

    def consent(self) -> GiveConsent:
        return GiveConsent(
            person=self.person,
            purpose=Purpose.PROTECTION,
            receiver=BO.unit,
            compartments=frozenset({Compartment.SOCIAL}),
            last=date(2027, 6, 30),
        )


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    hub = Hub.open(Settings.beside(tmp_path / "data", seed="fills", start=START))
    nowhere = Ref("0" * 32)
    made = Room(hub, nowhere, nowhere, nowhere)
    made.do(PERSONAS["administrator-ulla-exempel"], agreement(), None)
    made.case = made.do(SARA, case.Open(coordinator=ANNA.unit), None).stream
    made.person = made.do(SARA, case.AddPerson(gender=Gender.UNKNOWN), made.case).created
    made.do(SARA, case.SetSafeContact(person=made.person, contact="Genom skolan."), made.case)
    asked = meeting.Request(
        meeting=MeetingKind.COORDINATION_MEETING, case=made.case, persons=(made.person,), coordinator=ANNA.unit
    )
    made.meeting = made.do(SARA, asked, None).stream
    attended = tuple(meeting.Present(unit=who.unit, role=Role.HANDLER) for who in (SARA, BO, ANNA))
    made.do(SARA, meeting.Hold(mode=Mode.VIDEO, start=START, attended=attended, confidentiality=True), made.meeting)
    yield made
    hub.close()


def test_c2_a_consent_in_force_that_covers_receiver_purpose_and_content_carries_the_minutes(room: Room) -> None:
    room.do(SARA, room.consent(), room.case)
    room.do(SARA, room.minutes(), room.meeting, BY_CONSENT)


OTHER: dict[str, Callable[[GiveConsent], GiveConsent]] = {
    "another receiver": lambda consent: replace(consent, receiver=PIA.unit),
    "another purpose": lambda consent: replace(consent, purpose=Purpose.SUPPORT),
    "other content": lambda consent: replace(consent, compartments=frozenset({Compartment.HEALTH})),
}


@pytest.mark.parametrize("other", OTHER.values(), ids=OTHER.keys())
def test_c2_a_consent_to_something_else_carries_nothing(
    room: Room, other: Callable[[GiveConsent], GiveConsent]
) -> None:
    room.do(SARA, other(room.consent()), room.case)
    with pytest.raises(Refusal, match="C2: no consent in force"):
        room.do(SARA, room.minutes(), room.meeting, BY_CONSENT)


def test_c2_a_consent_about_another_person_carries_nothing(room: Room) -> None:
    sibling = room.do(SARA, case.AddPerson(gender=Gender.UNKNOWN), room.case).created
    room.do(SARA, replace(room.consent(), person=sibling), room.case)
    with pytest.raises(Refusal, match="C2: no consent in force"):
        room.do(SARA, room.minutes(), room.meeting, BY_CONSENT)


def test_c2_a_consent_that_was_withdrawn_carries_nothing_more(room: Room) -> None:
    given = room.do(SARA, room.consent(), room.case).created
    room.do(SARA, case.WithdrawConsent(consent=given), room.case)
    with pytest.raises(Refusal, match="C2: no consent in force"):
        room.do(SARA, room.minutes(), room.meeting, BY_CONSENT)


def test_c12_minutes_about_a_person_wait_for_safe_contact_that_their_writer_knows_of(room: Room) -> None:
    sibling = room.do(SARA, case.AddPerson(gender=Gender.UNKNOWN), room.case).created
    room.do(SARA, replace(room.consent(), person=sibling), room.case)
    with pytest.raises(Refusal, match="C12"):
        room.do(SARA, replace(room.minutes(), person=sibling), room.meeting, BY_CONSENT)


def test_f_whoever_does_not_know_the_case_of_a_meeting_names_nobody_in_its_minutes(room: Room) -> None:
    minutes = WriteMinutes(to=frozenset({SARA.unit}), person=room.person, police="Anmält.")
    with pytest.raises(Refusal, match="F: there is nothing here"):
        room.do(BO, minutes, room.meeting, GroundId("osl-10-2"), Because.DANGER)


def _known_to(room: Room, who: Principal) -> tuple[Ref, Ref]:
    """Another case, with a person in it around whom `who` works, and whom they can reach safely."""
    stream = room.do(SARA, case.Open(coordinator=ANNA.unit), None).stream
    person = room.do(SARA, case.AddPerson(gender=Gender.UNKNOWN), stream).created
    room.do(SARA, case.SetSafeContact(person=person, contact="Genom skolan."), stream)
    grant = case.Assign(person=person, unit=who.unit, role=who.role, purpose=who.purpose)
    room.do(SARA, grant, stream, because=Because.URGENT)
    return stream, person


def _says(person: Ref, *, case: Ref | None = None, referral: Ref | None = None) -> WriteMinutes:
    to = frozenset({SARA.unit})
    return WriteMinutes(to=to, person=person, case=case, referral=referral, police="Anmält.")


def test_d4_a_party_writes_minutes_about_a_person_whom_it_knows_by_its_own_grant(room: Room) -> None:
    grant = case.Assign(person=room.person, unit=BO.unit, role=BO.role, purpose=BO.purpose)
    room.do(SARA, grant, room.case, because=Because.URGENT)
    with pytest.raises(Refusal, match="F: there is nothing here"):
        room.do(BO, _says(room.person), room.meeting, NECESSARY, Because.DANGER)
    room.do(BO, _says(room.person, case=room.case), room.meeting, NECESSARY)
    assert Compartment.POLICE in _shown(room, SARA)


def test_f_it_is_not_told_by_what_is_accepted_whether_the_meeting_is_about_that_person(room: Room) -> None:
    grant = case.Assign(person=room.person, unit=BO.unit, role=BO.role, purpose=BO.purpose)
    room.do(SARA, grant, room.case, because=Because.URGENT)
    other, person = _known_to(room, BO)
    about, beside = (
        room.do(BO, minutes, room.meeting, NECESSARY)
        for minutes in (_says(room.person, case=room.case), _says(person, case=other))
    )
    assert (about.kind, about.said) == (beside.kind, beside.said)


def test_f_by_a_case_that_it_does_not_know_it_names_nobody(room: Room) -> None:
    other, person = _known_to(room, PIA)
    for named in (other, Ref("1" * 32)):
        with pytest.raises(Refusal, match="F: there is nothing here"):
            room.do(BO, _says(person, case=named), room.meeting, NECESSARY, Because.DANGER)
    # Nor somebody whom it knows by another case than the one that it names.
    mine, _ = _known_to(room, BO)
    with pytest.raises(Refusal, match="F: there is nothing here"):
        room.do(BO, _says(person, case=mine), room.meeting, NECESSARY, Because.DANGER)


def test_d4_a_party_writes_minutes_about_a_person_whom_a_referral_told_it_of(room: Room) -> None:
    proposed = referral.Propose(reference="", receiver=BO.unit, purpose=BO.purpose)
    sent = room.do(SARA, proposed, None).stream
    room.do(SARA, referral.Send(contact="Genom skolan."), sent, NECESSARY)
    seen = room.hub.gateway.look_now(BO, Kind.REFERRAL, sent, what="referral")
    with pytest.raises(Refusal, match="F: there is nothing here"):
        room.do(BO, _says(room.person, referral=sent), room.meeting, NECESSARY, Because.DANGER)
    room.do(BO, _says(seen.state.person, referral=sent), room.meeting, NECESSARY)
    assert Compartment.POLICE in _shown(room, SARA)


def test_a2_by_which_case_the_writer_knows_the_person_is_told_to_nobody(room: Room) -> None:
    other, person = _known_to(room, BO)
    room.do(BO, _says(person, case=other), room.meeting, NECESSARY)
    (written,) = (fact for fact in _seen(room, SARA) if isinstance(fact.event, MinutesWritten))
    assert written.event == replace(written.event, known_by=(other,))
    fields, _ = shown_parts(written)
    assert fields.keys() == {"to", "person", "used_for", "has_safe_contact"}


def test_a2_a_case_is_named_for_a_person_in_it(room: Room) -> None:
    other, _ = _known_to(room, BO)
    minutes = WriteMinutes(to=frozenset({SARA.unit}), case=other, summary="Vi ses på fredag.")
    with pytest.raises(Refusal, match="A2: a case is named for the person in it"):
        room.do(BO, minutes, room.meeting)


def test_c9_who_is_kept_from_that_case_finds_nothing_of_those_minutes(room: Room) -> None:
    other, person = _known_to(room, BO)
    before = [fact.id for fact in _seen(room, RELATED)]
    minutes = room.do(BO, _says(person, case=other), room.meeting, NECESSARY).created
    # C12: nor of the answer to them, which its own unit gave.
    room.do(SARA, meeting.ConfirmSafeContact(minutes=minutes), room.meeting)
    assert Compartment.POLICE in _shown(room, RELATED)
    written = room.hub.core.now()
    room.do(SARA, case.BlockStaff(staff=RELATED.person), other)
    assert [fact.id for fact in _seen(room, RELATED)] == before
    assert [fact.id for fact in _seen(room, RELATED, as_of=written)] == before
    assert Compartment.POLICE in _shown(room, SARA)


def _seen(room: Room, who: Principal, as_of: Instant | None = None) -> tuple[Fact, ...]:
    return room.hub.gateway.look_now(who, Kind.MEETING, room.meeting, what="meeting", as_of=as_of).facts


def _shown(room: Room, who: Principal) -> frozenset[Compartment]:
    return frozenset(part for fact in _seen(room, who) for part in fact.shown)


def test_b6_a_referral_goes_to_the_coordinator_that_its_sender_knows_of(room: Room) -> None:
    grant = case.Assign(person=room.person, unit=BO.unit, role=Role.HANDLER, purpose=Purpose.PROTECTION)
    room.do(SARA, grant, room.case, because=Because.URGENT)
    room.do(BO, case.RecordInformation(person=room.person, police="Anmält."), room.case)
    proposed = referral.Propose(
        reference="",
        receiver=UnitId("region-ostergotland.bup"),
        purpose=Purpose.CARE,
        case=room.case,
        person=room.person,
    )
    followed = room.do(SARA, proposed, None).stream
    alone = room.do(BO, proposed, None).stream
    listed = [seen.stream for seen in room.hub.gateway.page_now(ANNA, "referrals", what="referrals").items]
    assert followed in listed
    assert alone not in listed


def test_a_key_repeated_gives_the_first_reference_of_a_referral_again(room: Room) -> None:
    proposed = referral.Propose(reference="", receiver=BO.unit, purpose=Purpose.PROTECTION)
    first, again = (room.hub.commander.handle_now(SARA, proposed, None, Circumstances(), key="once") for _ in range(2))
    assert again.repeated
    assert (first.stream, first.said, first.kind) == (again.stream, again.said, Kind.REFERRAL)
    assert first.said["reference"]

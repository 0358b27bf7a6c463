"""Hidden edits of notes, consents, disclosures, the course of a case, and what becomes of access."""

from datetime import date
from typing import Final

from domain.case import commands as case
from domain.command import Command
from domain.vocabulary import (
    Channel,
    Compartment,
    GroundId,
    Outcome,
    Phase,
    Purpose,
)
from tests.noninterference.matters import Step
from tests.noninterference.pairs import Edit
from tests.noninterference.people import ADULTS, CENTRE, CLINIC
from tests.noninterference.reasons import (
    ADDRESSED,
    COLLEAGUE,
    LEADS,
    OF_CENTRE,
    OF_CLINIC,
    OF_OWNER,
    OWN,
    RECEIVED,
    REGION,
)
from tests.noninterference.story import hours_of, look
from tests.noninterference.world import HOUR, START, World, purge


def _of_case(who: str, command: Command, name: str = "", **how: str) -> Step:
    return lambda world: world.do(who, command, "case", name, **how)


def _hidden_case(world: World) -> None:
    world.do("outsider", case.Open(coordinator=CENTRE), None, "hidden")
    world.do("outsider", case.AddPerson(identity="Someone else"), "hidden", "hidden_person")


def _ended_one_by_one(*grants: str) -> Step:
    """By hand, half an hour apart."""

    def step(world: World) -> None:
        for number, grant in enumerate(grants):
            world.clock(hours_of("withdrawn") + number / 2)
            world.do("owner", case.EndDisclosure(grant=world.refs[grant]), "case")

    return step


def _withdrawn_by_coordinator(world: World) -> None:
    withdrawn = case.WithdrawConsent(consent=world.refs["consent"])
    world.do("coordinator", withdrawn, "case", channel=Channel.TELEPHONE, happened=START + 30 * HOUR)


def _consent_to_clinic(world: World) -> None:
    command = case.GiveConsent(
        person=world.person(),
        purpose=Purpose.CARE,
        receiver=CLINIC,
        compartments=frozenset({Compartment.SOCIAL}),
        last=date(2026, 12, 31),
    )
    world.do("owner", command, "case", "clinics_consent")


def _consent_withdrawn(world: World) -> None:
    _consent_to_clinic(world)
    world.do("owner", case.WithdrawConsent(consent=world.refs["clinics_consent"]), "case")


def disclose_to_clinic(world: World) -> None:
    """The owner lets the clinic take part, by law."""
    command = case.Disclose(
        person=world.person(),
        receiver=CLINIC,
        compartments=frozenset({Compartment.SOCIAL}),
        purpose=Purpose.CARE,
        last=date(2026, 12, 31),
    )
    world.do("owner", command, "case", "to_clinic", ground=GroundId("osl-26-9"))


def _disclosure_to_clinic_ended(world: World) -> None:
    disclose_to_clinic(world)
    world.do("owner", case.EndDisclosure(grant=world.refs["to_clinic"]), "case")


def _expedite(world: World) -> None:
    command = case.ExpediteNote(
        note=world.refs["note"], person=world.person(), receiver=ADULTS, memo=world.text("memo")
    )
    world.do("owner", command, "case", ground=GroundId("osl-10-2"))


def _note(purge_on: date) -> Step:
    return lambda world: world.do(
        "owner", case.WriteNote(person=world.person(), purge_on=purge_on, text=world.text("note")), "case", "note"
    )


def _closed_and_reopened(world: World) -> None:
    world.do("coordinator", case.Close(outcome=Outcome.PROTECTED), "case", because="not_available")
    world.do("coordinator", case.Reopen(), "case")


def _disposed_of_sibling(world: World) -> None:
    command = case.Dispose(person=world.person("sibling"), compartments=frozenset({Compartment.HEALTH}))
    world.do("siblings_participant", command, "case")


SHARING_EDITS: Final = (
    Edit(
        name="a working note more",
        rule="C6",
        after="note",
        step=_note(date(2026, 9, 1)),
        visible=OF_OWNER,
    ),
    Edit(
        name="a working note with another purge date",
        rule="C6",
        instead="note",
        later=0,
        step=_note(date(2026, 9, 1)),
        visible=OF_OWNER,
    ),
    Edit(
        name="a working note purged",
        rule="C6",
        after="disclosed_by_law",
        step=lambda world: purge(world, "owner", "note"),
        visible=OF_OWNER,
    ),
    Edit(
        name="a working note sent",
        rule="C6",
        after="disclosed_by_law",
        step=_expedite,
        visible={**OF_OWNER, "other_unit": ADDRESSED, "receiver": RECEIVED},
    ),
    Edit(name="a consent more", rule="C2", after="consented", step=_consent_to_clinic, visible=OF_OWNER),
    Edit(name="a consent withdrawn", rule="C2", after="consented", step=_consent_withdrawn, visible=OF_OWNER),
    Edit(
        name="a disclosure to another unit",
        rule="C2",
        after="disclosed_by_law",
        step=disclose_to_clinic,
        visible={**OF_OWNER, "siblings_participant": RECEIVED},
    ),
    Edit(
        name="a disclosure to another unit ended",
        rule="C2",
        after="disclosed_by_law",
        step=_disclosure_to_clinic_ended,
        visible={**OF_OWNER, "siblings_participant": RECEIVED},
    ),
    Edit(
        name="the safe contact confirmed by who received something",
        rule="C12",
        after="disclosed_by_law",
        step=lambda world: world.do("receiver", case.ConfirmSafeContact(disclosure=world.refs["by_law"]), "case"),
        visible={"receiver": OWN, "owner": ADDRESSED, "coordinator": LEADS, **REGION},
    ),
    Edit(
        name="another phase",
        rule="D9",
        instead="phase",
        later=0,
        step=_of_case("coordinator", case.EnterPhase(phase=Phase.MIDDLE)),
        visible={**OF_CENTRE, **REGION},
    ),
    Edit(
        name="the case closed",
        rule="D9",
        after="withdrawn",
        step=_of_case("coordinator", case.Close(outcome=Outcome.PROTECTED), because="not_available"),
        visible={**OF_CENTRE, **REGION},
    ),
    Edit(
        name="the case closed and reopened",
        rule="D9",
        after="withdrawn",
        step=_closed_and_reopened,
        visible={**OF_CENTRE, **REGION},
    ),
    Edit(
        name="something taken back",
        rule="D9",
        after="disclosed_by_law",
        step=lambda world: world.do("siblings_participant", case.Retract(act=world.refs["clinic_recorded"]), "case"),
        visible=OF_CLINIC,
    ),
    Edit(
        name="another owner's disposal",
        rule="F",
        after="disclosed_by_law",
        step=_disposed_of_sibling,
        visible=OF_CLINIC,
    ),
    Edit(
        name="a consultation linked",
        rule="A2",
        after="disclosed_by_law",
        step=lambda world: world.do("coordinator", case.LinkConsultation(consultation=world.refs["passed"]), "case"),
        visible={**OF_CENTRE, **REGION},
    ),
    Edit(
        name="another case",
        rule="C1",
        after="disclosed_by_law",
        step=_hidden_case,
        visible={"outsider": OWN, "coordinator": ADDRESSED, "adviser": ADDRESSED, **REGION},
    ),
    Edit(
        name="another unit's look",
        rule="F",
        after="looked",
        step=look("receiver", "case"),
        visible={"receiver": "own looks", **REGION},
    ),
    Edit(
        name="another unit's refusal",
        rule="F",
        after="looked",
        step=lambda world: world.refused("receiver", case.Close(outcome=Outcome.OTHER), "case"),
        visible={"receiver": "own looks", **REGION},
    ),
)

RELEASE_EDITS: Final = (
    Edit(
        name="a disclosure ended, not the consent withdrawn",
        rule="R4",
        instead="withdrawn",
        later=0,
        step=_ended_one_by_one("on_consent", "on_consent_too"),
        visible=OF_OWNER,
    ),
    Edit(
        name="the disclosures ended by hand, the later one first",
        rule="R4",
        instead="withdrawn",
        later=0,
        step=_ended_one_by_one("on_consent_too", "on_consent"),
        visible=OF_OWNER,
    ),
    Edit(
        name="a consent withdrawn at the coordinator's",
        rule="R4",
        instead="withdrawn",
        later=0,
        step=_withdrawn_by_coordinator,
        visible={**OF_OWNER, "adviser": COLLEAGUE},
    ),
    Edit(
        name="an expiry noted later",
        rule="R4",
        instead="days",
        later=0,
        step=lambda world: None,
        visible={"coordinator": LEADS, **REGION},
    ),
)
"""R4: that access ended is known to who had it; what it came from is not."""

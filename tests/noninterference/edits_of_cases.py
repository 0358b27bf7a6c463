"""Hidden edits of who takes part in a case, for whom, and what they record."""

from datetime import date
from typing import Final

from domain.case import commands as case
from domain.case.mandates import EndMandate, GiveMandate
from domain.command import Command
from domain.referral import commands as referral
from domain.vocabulary import (
    Gender,
    Outcome,
    Protection,
    Purpose,
    Role,
    StaffId,
)
from tests.noninterference.matters import Step
from tests.noninterference.pairs import Edit
from tests.noninterference.people import CENTRE, CLINIC, OBSERVERS
from tests.noninterference.reasons import AUDITS, MARK, OF_CENTRE, OF_CLINIC, OWN, OWN_GRANT, REGION
from tests.noninterference.story import assign, look, record, request
from tests.noninterference.world import World


def _of_case(who: str, command: Command, name: str = "", **how: str) -> Step:
    return lambda world: world.do(who, command, "case", name, **how)


def _blocked_from_the_start(world: World) -> None:
    """A whole case of the unit's own, kept from one of its members, at which the others look."""
    world.do("coordinator", case.Open(coordinator=CENTRE), None, "kept")
    world.do("coordinator", case.BlockStaff(staff=StaffId("blocked_colleague"), elsewhere=True), "kept")
    world.do("coordinator", case.AddPerson(), "kept", "kept_person")
    command = case.Assign(
        person=world.refs["kept_person"], unit=OBSERVERS["owner"].unit, role=Role.HANDLER, purpose=Purpose.PROTECTION
    )
    world.do("coordinator", command, "kept")
    look("owner", "kept")(world)
    world.refused("owner", case.Close(outcome=Outcome.OTHER), "kept")
    # What belongs to the case is kept from them as well: a draft made of it, and a consultation that was linked to it.
    world.do("owner", request("centre", world, "kept_question"), None, "kept_question")
    world.do("coordinator", case.LinkConsultation(consultation=world.refs["kept_question"]), "kept")
    draft = referral.Propose(
        reference="", receiver=CLINIC, purpose=Purpose.CARE, case=world.refs["kept"], person=world.refs["kept_person"]
    )
    world.do("owner", draft, None, "kept_draft")


def _lifted(world: World) -> None:
    world.do(
        "coordinator", case.BlockStaff(staff=StaffId("receivers_other_unit"), elsewhere=True), "case", "another_block"
    )
    world.do("coordinator", case.LiftBlock(block=world.refs["another_block"]), "case")


def _mandate(auditor: str, name: str = "mandate") -> Step:
    who = OBSERVERS[auditor]
    command = GiveMandate(
        auditor=who.person,
        agency=who.agency,
        decided_by=OBSERVERS["coordinator"].agency,
        decision="2026-1",
        last=date(2026, 12, 31),
    )
    return _of_case("coordinator", command, name)


def _mandate_ended(world: World) -> None:
    _mandate("administrator", "nobodys")(world)
    _mandate("agencys_auditor")(world)
    world.do("coordinator", EndMandate(mandate=world.refs["mandate"]), "case")


CASE_EDITS: Final = (
    Edit(
        name="a participant more",
        rule="B5",
        after="guest_assigned",
        step=assign("coordinator", "receivers_other_unit", Role.HANDLER, Purpose.PROTECTION, "person", "more"),
        visible={**OF_CENTRE, "receivers_other_unit": OWN_GRANT, **REGION},
    ),
    Edit(
        name="a participant fewer",
        rule="B1",
        instead="guest_assigned",
        visible={**OF_CENTRE, "guest": OWN_GRANT, **REGION},
    ),
    Edit(
        name="the same grant twice",
        rule="F",
        after="clinic_assigned",
        step=assign(
            "coordinator",
            "siblings_participant",
            Role.HANDLER,
            Purpose.CARE,
            "sibling",
            "twice",
            last=date(2026, 12, 31),
        ),
        visible={**OF_CENTRE, "siblings_participant": OWN_GRANT, **REGION},
    ),
    Edit(
        name="a grant for another period",
        rule="C1",
        instead="clinic_assigned",
        later=0,
        step=assign(
            "coordinator",
            "siblings_participant",
            Role.HANDLER,
            Purpose.CARE,
            "sibling",
            "clinics_grant",
            last=date(2026, 3, 10),
        ),
        visible={**OF_CENTRE, "siblings_participant": OWN_GRANT, **REGION},
    ),
    Edit(
        name="a grant ended before its time",
        rule="C1",
        after="disclosed_by_law",
        step=lambda world: world.do("coordinator", case.EndAssignment(grant=world.refs["guests"]), "case"),
        visible={**OF_CENTRE, "guest": OWN_GRANT, **REGION},
    ),
    Edit(
        name="a person more",
        rule="B5",
        after="sibling",
        step=_of_case("coordinator", case.AddPerson(gender=Gender.BOY_OR_MAN), "third"),
        visible={**OF_CENTRE, **REGION},
    ),
    Edit(
        name="an act earlier",
        rule="D1",
        instead="clinic_recorded",
        later=-0.5,
        step=record("siblings_participant", "sibling", "clinic_recorded", health="health"),
        visible=OF_CLINIC,
    ),
    Edit(
        name="an act later",
        rule="D1",
        instead="clinic_recorded",
        later=0.5,
        step=record("siblings_participant", "sibling", "clinic_recorded", health="health"),
        visible=OF_CLINIC,
    ),
    Edit(
        name="information of others",
        rule="C1",
        after="clinic_recorded",
        step=record("siblings_participant", "sibling", "more_recorded", social="more"),
        visible=OF_CLINIC,
    ),
    Edit(
        name="information in another compartment",
        rule="F",
        instead="clinic_recorded",
        later=0,
        step=record("siblings_participant", "sibling", "clinic_recorded", health="health", whereabouts="more"),
        visible={"siblings_participant": OWN},
    ),
    Edit(
        name="a person known by name to another unit",
        rule="A2",
        after="clinic_recorded",
        step=lambda world: world.do(
            "siblings_participant",
            case.IdentifyPerson(person=world.person("sibling"), identity="Someone"),
            "case",
        ),
        visible=OF_CLINIC,
    ),
    Edit(
        name="safe contact of the sibling",
        rule="C12",
        after="clinic_recorded",
        step=lambda world: world.do(
            "siblings_participant",
            case.SetSafeContact(person=world.person("sibling"), contact="At school"),
            "case",
        ),
        visible=OF_CLINIC,
    ),
    Edit(
        name="a protection mark on the sibling",
        rule="C11",
        after="clinic_recorded",
        step=lambda world: world.do(
            "coordinator",
            case.MarkProtection(person=world.person("sibling"), level=Protection.PROTECTED_REGISTRATION),
            "case",
        ),
        visible={**OF_CENTRE, "siblings_participant": MARK, **REGION},
    ),
    Edit(
        name="a protection mark on the person",
        rule="C11",
        after="disclosed_by_law",
        step=lambda world: world.do(
            "coordinator",
            case.MarkProtection(person=world.person(), level=Protection.CONFIDENTIALITY_MARKED),
            "case",
        ),
        visible={**OF_CENTRE, "owner": MARK, "receiver": MARK, "guest": MARK, **REGION},
    ),
    Edit(
        name="a member of another unit's staff blocked",
        rule="C9",
        after="disclosed_by_law",
        step=_of_case("coordinator", case.BlockStaff(staff=StaffId("receivers_other_unit"), elsewhere=True)),
        visible=OF_CENTRE,
    ),
    Edit(
        name="nobody blocked",
        rule="C9",
        instead="blocked",
        visible={**OF_CENTRE, "blocked_colleague": "not blocked, so the unit's own acts"},
        told_of_looks=frozenset({"agencys_auditor", "regional_auditor"}),
    ),
    Edit(
        name="a block lifted",
        rule="C9",
        after="disclosed_by_law",
        step=_lifted,
        visible=OF_CENTRE,
    ),
    Edit(
        name="a mandate to audit the case, of the regional auditor",
        rule="R10",
        after="disclosed_by_law",
        step=_mandate("regional_auditor"),
        visible={**OF_CENTRE, **REGION},
    ),
    Edit(
        name="a mandate of somebody else, and one that ended before it was used",
        rule="R10",
        after="disclosed_by_law",
        step=_mandate_ended,
        visible={**OF_CENTRE, **REGION},
    ),
    Edit(
        name="a case of one's unit from which one is blocked",
        rule="C9",
        after="closed",
        step=_blocked_from_the_start,
        visible={**OF_CENTRE, "owner": OWN_GRANT, "agencys_auditor": AUDITS, **REGION},
    ),
)

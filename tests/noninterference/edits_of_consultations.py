"""Hidden edits of consultations: more, fewer, and what became of them."""

from contextlib import suppress
from typing import Final

from domain.command import Command
from domain.consultation import commands as consultation
from domain.errors import NotThere, Refusal
from domain.vocabulary import (
    InformedOf,
    Outcome,
)
from tests.noninterference.matters import Step
from tests.noninterference.pairs import Edit
from tests.noninterference.people import LINE
from tests.noninterference.reasons import ADDRESSED, DISPOSED, OF_CENTRE, OWN, REGION
from tests.noninterference.story import request
from tests.noninterference.world import World


def _in_turn(*steps: Step) -> Step:
    def step(world: World) -> None:
        for one in steps:
            one(world)

    return step


def _of(who: str, which: str, command: Command, name: str = "") -> Step:
    return lambda world: world.do(who, command, which, name)


def _hidden_request(world: World) -> None:
    world.do("outsider", request("line", world, "hidden_question"), None, "hidden", key="shared-key")


def _clinics_lifecycle(world: World) -> None:
    world.do("coordinator", consultation.Accept(), "clinics")
    world.do("adviser", consultation.Advise(answer="Wait."), "clinics")
    world.do("siblings_participant", consultation.FollowUp(note="It went well."), "clinics")
    world.do("siblings_participant", consultation.Close(outcome=Outcome.ADVICE_GIVEN), "clinics")
    world.do("siblings_participant", consultation.Reopen(), "clinics")


def _clinics_caller(world: World) -> None:
    world.do("siblings_participant", consultation.IssueKey(tag=""), "clinics", key="another key")
    world.do("siblings_participant", consultation.ContactAgain(question="And now?"), "clinics")
    world.do("siblings_participant", consultation.Inform(told=InformedOf.TOLD), "clinics")


def _others_try_keys(world: World) -> None:
    for number in range(40):
        with suppress(NotThere, Refusal):
            world.hub.gateway.answer_for_key_now(f"bano-{'kilu' * number}", b"elsewhere")
    for number in range(40):
        with suppress(NotThere, Refusal):
            world.hub.gateway.answer_for_key_now("bano-bano", number.to_bytes(2, "big"))


def _identified_and_disposed(world: World) -> None:
    world.do("asker", consultation.Identify(identity="Someone"), "asked")
    world.do("asker", consultation.Dispose(), "passed")


CONSULTATION_EDITS: Final = (
    Edit(
        name="another consultation, under a key and with a reference that others try",
        rule="A1",
        after="adults_asked",
        step=_hidden_request,
        visible={"outsider": OWN, "passed_on_to": ADDRESSED, **REGION},
    ),
    Edit(
        name="a consultation fewer",
        rule="A1",
        instead="clinic_asked",
        step=lambda world: world.do("outsider", request("line", world, "question"), None, "clinics"),
        visible={
            "outsider": OWN,
            "siblings_participant": OWN,
            "coordinator": ADDRESSED,
            "adviser": ADDRESSED,
            "passed_on_to": ADDRESSED,
            **REGION,
        },
    ),
    Edit(
        name="what became of another's consultation",
        rule="D1",
        after="adults_asked",
        step=_clinics_lifecycle,
        visible={"siblings_participant": OWN, **OF_CENTRE, **REGION},
    ),
    Edit(
        name="another caller's key, and their coming back",
        rule="A4",
        after="adults_asked",
        step=_clinics_caller,
        visible={"siblings_participant": OWN, "coordinator": ADDRESSED, "adviser": ADDRESSED, **REGION},
    ),
    Edit(
        name="others who try keys where they are, again and again",
        rule="A4",
        after="adults_asked",
        step=_others_try_keys,
        visible={**REGION},
    ),
    Edit(
        name="what followed where it was passed on",
        rule="D1",
        after="looked",
        step=_in_turn(
            _of("asker", "passed", consultation.FollowUp(note="It went well.")),
            _of("passed_on_to", "passed", consultation.Advise(answer="And call.")),
        ),
        visible={"asker": OWN, "passed_on_to": OWN, **REGION},
    ),
    Edit(
        name="one side knows who it is, and has disposed of what it wrote",
        rule="A2",
        after="disclosed_by_law",
        step=_identified_and_disposed,
        visible={
            "asker": OWN,
            "passed_on_to": DISPOSED,
            "coordinator": DISPOSED,
            "adviser": DISPOSED,
            **REGION,
        },
    ),
    Edit(
        name="passed on to another",
        rule="D1",
        after="adults_asked",
        step=_of("coordinator", "clinics", consultation.PassOn(to=LINE)),
        visible={**OF_CENTRE, "siblings_participant": ADDRESSED, "passed_on_to": ADDRESSED, **REGION},
    ),
    Edit(
        name="passed on by another agency",
        rule="D1",
        after="adults_asked",
        step=_of("coordinator", "adults", consultation.PassOn(to=LINE)),
        visible={**OF_CENTRE, "other_unit": ADDRESSED, "passed_on_to": ADDRESSED, **REGION},
    ),
)

"""The table edit × channel × observer has no empty cell: what is new in the hub and has no comparison fails here."""

from collections import Counter
from pathlib import Path

import msgspec

from domain.act import Fact
from domain.case.events import EVENTS as OF_CASES
from domain.case.places import EVENTS as OF_PLACES
from domain.case.risk import EVENTS as OF_RISK
from domain.consultation.events import EVENTS as OF_CONSULTATIONS
from domain.event import Event
from domain.labelling import EVENTS as LABELS
from domain.meeting.events import EVENTS as OF_MEETINGS
from domain.referral.events import EVENTS as OF_REFERRALS
from domain.report.events import EVENTS as OF_REPORTS
from domain.vocabulary import Compartment, Ref, Role
from hub_api.http.api.commands import FORMS
from tests.noninterference.bodies import BODIES
from tests.noninterference.edits import EDITS
from tests.noninterference.edits_of_content import CONTENT, NOT_IN_THIS_PART
from tests.noninterference.pairs import NO_EDIT, Edit, steps
from tests.noninterference.people import EVERYONE, OBSERVERS
from tests.noninterference.test_pairs import AT_ONCE
from tests.noninterference.world import World

NOTHING_TO_KNOW = {
    "administrator": "keeps the agreements, which are open to all; knows of no case and no consultation",
}
"""Observers who may know of no edit, each with the reason."""
ALL_EVENTS = frozenset(
    (*OF_CASES, *OF_RISK, *OF_PLACES, *OF_CONSULTATIONS, *OF_REFERRALS, *OF_REPORTS, *OF_MEETINGS, *LABELS)
)


def test_each_command_has_bodies_to_be_tried_with() -> None:
    assert BODIES.keys() == {form.command.name for form in FORMS}


def test_each_compartment_has_a_text_that_is_edited() -> None:
    assert {compartment for compartment, _ in CONTENT.values()} | NOT_IN_THIS_PART.keys() == set(Compartment)
    assert not {compartment for compartment, _ in CONTENT.values()} & NOT_IN_THIS_PART.keys()


def test_each_role_is_an_observers_but_the_hubs_own() -> None:
    assert {observer.role for observer in OBSERVERS.values()} | {Role.CALLER, Role.SYSTEM} == set(Role)


def test_each_edit_is_hidden_from_somebody_and_names_only_observers() -> None:
    for edit in EDITS:
        assert edit.hidden_from
        assert set(edit.visible) < set(EVERYONE), edit.name
    assert len({edit.name for edit in EDITS}) == len(EDITS)
    assert {edit.name for edit in EDITS} >= AT_ONCE


def test_each_observer_may_know_of_some_edit_and_not_of_others() -> None:
    """An observer who can never see a difference would prove nothing."""
    for observer in EVERYONE:
        assert any(observer in edit.visible for edit in EDITS) is (observer not in NOTHING_TO_KNOW), observer
        assert any(observer in edit.hidden_from for edit in EDITS), observer


def test_each_event_is_hidden_in_some_edit(tmp_path: Path) -> None:
    told = _log(tmp_path, "told", NO_EDIT)
    missing = set(ALL_EVENTS)
    for number, edit in enumerate(edit for edit in reversed(EDITS) if not edit.texts):
        edited = _log(tmp_path, f"edited-{number}", edit)
        missing -= {kind for kind, _ in (told - edited) + (edited - told)}
        if not missing:
            return
    assert missing == set()


def _log(folder: Path, seed: str, edit: Edit) -> Counter[tuple[type[Event], str]]:
    with World(folder, seed, edit.texts) as world:
        for _, hours, step in steps(edit):
            world.clock(hours)
            step(world)
        return Counter(_without_references(fact) for fact in world.hub.log.read(0, 10_000))


def _without_references(fact: Fact) -> tuple[type[Event], str]:
    fields = msgspec.structs.asdict(fact.event)
    said = {name: value for name, value in fields.items() if not isinstance(value, Ref) and name != "keys"}
    return type(fact.event), f"{fact.act.by.unit} {fact.act.happened} {said.get('phase')} {said.get('until')}"

"""The kernel: what is sealed where, what a name leads to, and that decoding gives back what was encoded."""

from typing import Any

import pytest
from msgspec import UNSET, UnsetType

from domain.aggregates import AGGREGATES, COMMANDS
from domain.case.events import InformationRecorded, NoteWritten, PersonAdded
from domain.consultation.events import Requested
from domain.errors import Unreadable
from domain.event import compartments, decode_ref, encode_ref, join, sealed_in, split
from domain.registry import EVENTS, event_class
from domain.upcasters import UPCASTERS
from domain.vocabulary import Compartment, Kind, Ref

NORA = Ref("2" * 32)


def test_each_kind_of_information_is_a_part_of_its_own() -> None:
    event = InformationRecorded(person=NORA, social="Skolan vet.", whereabouts="Boende 4")
    assert split(event) == {
        Compartment.RECORD: {"person": NORA.hex},
        Compartment.SOCIAL: {"social": "Skolan vet."},
        Compartment.WHEREABOUTS: {"whereabouts": "Boende 4"},
    }


def test_what_is_not_opened_is_unset_and_the_rest_is_there() -> None:
    event = InformationRecorded(person=NORA, social="Skolan vet.")
    parts = split(event)
    shut = join(InformationRecorded, parts[Compartment.RECORD])
    assert isinstance(shut, InformationRecorded)
    assert (shut.person, shut.social) == (NORA, UNSET)
    assert join(InformationRecorded, {**parts[Compartment.RECORD], **parts[Compartment.SOCIAL]}) == event


def test_a_stored_name_leads_to_one_class_and_an_unknown_one_nowhere() -> None:
    assert event_class("consultation.requested.v1") is Requested
    with pytest.raises(Unreadable, match="does not know"):
        event_class("os.path")


def test_only_our_own_types_are_written_and_read() -> None:
    with pytest.raises(NotImplementedError):
        encode_ref(object())
    with pytest.raises(NotImplementedError):
        decode_ref(int, 1)


@pytest.mark.parametrize("text", ["", "g" * 32, "A" * 32, "1" * 31])
def test_an_identifier_is_32_hexadecimal_digits(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        Ref(text)


def test_an_identifier_is_equal_by_its_digits() -> None:
    assert Ref.of(NORA.uuid) == NORA
    assert len({NORA, Ref("2" * 32)}) == 1
    assert NORA != "2" * 32
    assert repr(NORA) == f"Ref({'2' * 32})"


def test_every_event_is_named_by_its_kind_and_older_names_lead_to_newer() -> None:
    kinds = {kind.value for kind in Kind}
    assert all(name.split(".")[0] in kinds for name in EVENTS)
    assert not UPCASTERS.keys() & EVENTS.keys()


def test_every_command_is_named_by_its_kind_and_says_what_it_does() -> None:
    for name, command in COMMANDS.items():
        assert name == command.name
        assert name.split(".")[0] == command.kind.value
        assert command.hub_fills <= set(command.__struct_fields__)
    assert sum(command.opens for command in COMMANDS.values()) == len(AGGREGATES)


def test_c6_a_note_is_sealed_as_a_working_note() -> None:
    marks: dict[str, Any] = compartments(NoteWritten)
    assert marks == {"text": Compartment.WORKING_NOTE}


@pytest.mark.parametrize("social", [UNSET, None, "Skolan vet."])
@pytest.mark.parametrize("contact", [None, "Ring efter tre."])
def test_what_an_event_seals_is_told_without_taking_it_apart(
    social: str | UnsetType | None, contact: str | None
) -> None:
    for event in (
        InformationRecorded(person=NORA, social=social, whereabouts="Boende 4"),
        PersonAdded(person=NORA, contact=contact, identity=social),
    ):
        assert sealed_in(event) == split(event).keys() - {Compartment.RECORD}

"""A2: what is named within a matter has another alias in each, and no answer tells whether two of them are one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from domain.act import Principal
from domain.case import commands as case
from domain.command import Command
from domain.errors import NotThere
from domain.meeting import commands as meeting
from domain.referral import commands as referral
from domain.vocabulary import Because, Kind, MeetingKind, Mode, Protection, Ref, Role
from hub_api.access.aliases import LENGTH, LENGTH_WITHIN, MatterRef, within
from hub_api.commands.receipts import KeyReused
from hub_api.http.api.bodies import body
from hub_api.runtime.hub import Hub
from hub_api.wording.language import Language
from tests.hub_api.stand import ANNA, BO, PIA, SARA, Girl, does, let_in, sent


class Referred(Struct):
    """Two referrals to one unit, by two senders, about one person; the unit is in no case of theirs."""

    hub: Hub
    girl: Girl
    first: Ref
    second: Ref

    def seen(self, stream: Ref) -> dict[str, Any]:
        seen = self.hub.gateway.look_now(BO, Kind.REFERRAL, stream, what="referral")
        found: dict[str, Any] = msgspec.json.decode(self.hub.aliases.of(BO.unit).encode(body(seen, BO, Language.SV)))
        return found


def _refer(hub: Hub, girl: Girl, who: Principal, to: Principal) -> Ref:
    propose = referral.Propose(reference="", receiver=to.unit, purpose=to.purpose, case=girl.case, person=girl.person)
    stream = does(hub, who, propose).stream
    does(hub, who, referral.Send(social="Afraid.", contact="By text."), stream, ground="osl-10-2")
    return stream


@pytest.fixture
def referred(hub: Hub, girl: Girl) -> Referred:
    let_in(hub, girl, PIA)
    does(hub, ANNA, case.MarkProtection(person=girl.person, level=Protection.PROTECTED_REGISTRATION), girl.case)
    return Referred(hub, girl, _refer(hub, girl, SARA, BO), _refer(hub, girl, PIA, BO))


def test_a2_two_senders_of_one_person_are_not_joined_by_an_alias(referred: Referred) -> None:
    one, other = referred.seen(referred.first), referred.seen(referred.second)
    aliases = referred.hub.aliases.of(BO.unit)
    assert one["person"] != other["person"]
    assert {len(one["person"]), len(other["person"]), len(one["id"])} == {LENGTH, LENGTH_WITHIN}
    # Each opens, without a word of the matter beside it.
    for told, stream in ((one, referred.first), (other, referred.second)):
        opened = aliases.into(told["person"])
        assert opened == referred.girl.person
        assert isinstance(opened, MatterRef)
        assert opened.matter == stream
    inside = [act["fields"]["person"] for told in (one, other) for act in told["acts"] if "person" in act["fields"]]
    assert set(inside) == {one["person"], other["person"]}


@pytest.fixture
def met(referred: Referred) -> tuple[Referred, Ref]:
    """A meeting of those units, about nobody in particular, that was held."""
    asked = meeting.Request(meeting=MeetingKind.COORDINATION_MEETING, coordinator=ANNA.unit)
    stream = does(referred.hub, SARA, asked).stream
    attended = tuple(meeting.Present(unit=who.unit, role=Role.HANDLER) for who in (SARA, BO, ANNA))
    hold = meeting.Hold(mode=Mode.VIDEO, start=referred.hub.core.now(), attended=attended, confidentiality=True)
    does(referred.hub, SARA, hold, stream, because=Because.URGENT)
    return referred, stream


def test_a2_a_person_is_named_by_the_matter_in_which_one_knows_them_and_by_no_other(
    met: tuple[Referred, Ref],
) -> None:
    referred, stream = met
    person = referred.girl.person

    def minutes(named: Ref, by: Ref) -> Command:
        to = frozenset({SARA.unit})
        return meeting.WriteMinutes(to=to, person=named, referral=by, social="Said.")

    def writes(named: Ref, by: Ref) -> None:
        does(referred.hub, BO, minutes(named, by), stream, ground="osl-10-2", because=Because.DANGER)

    for by in (referred.first, referred.second):
        writes(within(by, person), by)
    for named in (within(referred.first, person), within(referred.first, Ref("ab" * 16))):
        with pytest.raises(NotThere):
            writes(named, referred.second)


NEXT_YEAR = date(2027, 6, 1)
NOWHERE = Ref("cd" * 16)
WAYS: dict[str, Callable[[Ref], Command]] = {
    "in a case's own command": lambda person: case.RecordInformation(person=person, social="Afraid."),
    "in a note": lambda person: case.WriteNote(person=person, purge_on=NEXT_YEAR, text="Call."),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a2_what_was_named_within_another_matter_names_nothing_here_though_it_is_the_same(
    hub: Hub, girl: Girl, way: Callable[[Ref], Command]
) -> None:
    let_in(hub, girl, PIA)
    back = _refer(hub, girl, PIA, SARA)
    does(hub, SARA, way(within(girl.case, girl.person)), girl.case)
    does(hub, SARA, way(girl.person), girl.case)  # as an older version of the hub named them
    for named in (within(back, girl.person), within(back, Ref("ab" * 16))):
        with pytest.raises(NotThere):
            does(hub, SARA, way(named), girl.case)


def test_a2_whom_a_meeting_is_about_is_named_within_the_case_that_is_named(hub: Hub, girl: Girl) -> None:
    def ask(*persons: Ref) -> Command:
        return meeting.Request(meeting=MeetingKind.COORDINATION_MEETING, case=girl.case, persons=persons)

    let_in(hub, girl, PIA)
    back = _refer(hub, girl, PIA, SARA)
    assert does(hub, SARA, ask(within(girl.case, girl.person))).kind is Kind.MEETING
    with pytest.raises(NotThere):
        does(hub, SARA, ask(within(back, girl.person)))


def test_a2_a_key_that_is_used_again_does_not_tell_that_two_names_are_of_one_person(hub: Hub, girl: Girl) -> None:
    record = case.RecordInformation(person=within(girl.case, girl.person), social="Afraid.")
    first = sent(hub, SARA, record, girl.case, key="mine")
    assert sent(hub, SARA, record, girl.case, key="mine").created == first.created
    for person in (within(NOWHERE, girl.person), within(NOWHERE, Ref("ab" * 16))):
        with pytest.raises(KeyReused):
            sent(hub, SARA, msgspec.structs.replace(record, person=person), girl.case, key="mine")

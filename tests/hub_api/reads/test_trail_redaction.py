"""What the trail tells of a refused attempt: nothing by which its reader learns what is there, or what was in it."""

from typing import Any

import msgspec
import pytest

from domain.act import Principal
from domain.case import commands as case
from domain.command import Command
from domain.errors import Refusal
from domain.vocabulary import Outcome, Protection, Ref
from hub_api.runtime.hub import Hub
from projections.trail import LookRow
from tests.hub_api.stand import ANNA, LARS, PIA, RELATED, RUT, SARA, Girl, does, let_in

NOTHING = Ref("ab" * 16)


def refused(hub: Hub, who: Principal, command: Command, stream: Ref) -> LookRow:
    """The row of an attempt, as the one who made it is told it."""
    with pytest.raises(Refusal):
        does(hub, who, command, stream)
    return told(hub, who)


def told(hub: Hub, reader: Principal) -> LookRow:
    return [row for row in hub.gateway.trail_now(reader, limit=200).items if row.what != "trail"][-1]


def without_place(row: LookRow) -> dict[str, Any]:
    return {**msgspec.structs.asdict(row), "stream": None, "position": 0, "committed": 0}


def test_f_ones_own_trail_tells_of_a_hidden_case_what_it_tells_of_none(hub: Hub, girl: Girl) -> None:
    does(hub, SARA, case.BlockStaff(staff=RELATED.person), girl.case)
    hidden = refused(hub, RELATED, case.Reopen(), girl.case)
    assert without_place(hidden) == without_place(refused(hub, RELATED, case.Reopen(), NOTHING))
    assert (hidden.about, hidden.rule) == (None, "F")


def test_f_where_the_matter_is_there_for_the_reader_the_trail_says_which(hub: Hub, girl: Girl) -> None:
    assert refused(hub, SARA, case.Reopen(), girl.case).about == girl.case
    assert (told(hub, RUT).about, told(hub, LARS).about) == (girl.case, girl.case)


def test_f_an_auditor_is_told_of_attempts_at_what_is_not_there_for_them_as_of_nothing(hub: Hub, girl: Girl) -> None:
    does(hub, ANNA, case.Open(coordinator=ANNA.unit))
    alone = hub.log.read(hub.log.last() - 1, 1)[0].stream
    for stream in (alone, NOTHING):
        refused(hub, SARA, case.Close(outcome=Outcome.OTHER), stream)
        assert (told(hub, LARS).what, told(hub, LARS).about) == ("case.close", None)


def test_r4_a_units_trail_tells_a_block_and_an_ended_grant_alike(hub: Hub, girl: Girl) -> None:
    """C9: that a colleague was refused is on the unit's trail, but not by which rule."""
    grant = let_in(hub, girl, PIA)
    colleague = msgspec.structs.replace(PIA, person=RELATED.person)
    command = case.RecordInformation(person=girl.person, police="She was seen.")
    does(hub, ANNA, case.EndAssignment(grant=grant), girl.case)
    ended = refused(hub, colleague, command, girl.case)
    as_ended = without_place(told(hub, PIA))
    does(hub, SARA, case.BlockStaff(staff=RELATED.person), girl.case)
    blocked = refused(hub, colleague, command, girl.case)
    assert (ended.rule, blocked.rule) == ("C1", "F")
    assert without_place(told(hub, PIA)) == as_ended
    assert as_ended["rule"] is None


def test_c4_an_auditor_is_not_told_by_a_refusal_that_whereabouts_were_to_be_recorded(hub: Hub, girl: Girl) -> None:
    does(hub, SARA, case.MarkProtection(person=girl.person, level=Protection.PROTECTED_REGISTRATION), girl.case)
    own = refused(hub, SARA, case.RecordInformation(person=girl.person, whereabouts="There"), girl.case)
    whereabouts = [without_place(told(hub, auditor)) for auditor in (RUT, LARS)]
    refused(hub, SARA, case.RecordInformation(person=girl.person), girl.case)
    assert own.rule == "C11"
    assert [without_place(told(hub, auditor)) for auditor in (RUT, LARS)] == whereabouts


def test_b8_the_rules_that_follow_from_agreements_and_open_fields_are_told_to_auditors(hub: Hub, girl: Girl) -> None:
    refused(hub, SARA, case.AddPerson(offender_side=True), girl.case)
    assert told(hub, RUT).rule == "B8"

"""A name or a unit is the same however it was written: in what is sent now, and in what an older log holds."""

from pathlib import Path
from typing import Final

import msgspec
import pytest

from domain.act import Act, Principal
from domain.agreement.commands import Amend
from domain.case import commands as case
from domain.case.events import Assigned, StaffBlocked
from domain.errors import NotAnIdentifier, NotThere, Refusal
from domain.event import Event
from domain.ports import Append, Draft
from domain.time import day_of
from domain.vocabulary import FOREVER, AgencyId, Kind, Purpose, Ref, Role, StaffId, UnitId
from hub_api.commands.handler import Circumstances
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import (
    ANNA,
    DAY,
    LARS,
    NOW,
    PIA,
    RELATED,
    RUT,
    SARA,
    ULLA,
    Girl,
    does,
    finds,
    last_look,
    later,
    looks,
    opened,
    refusals,
)

SPELLINGS: Final = (
    RELATED.person.upper(),
    f" {RELATED.person}\t",
    RELATED.person.replace("-", "\u2010"),
    RELATED.person.replace("-", "\u2212", 1).replace("-", "\uff0d"),
    f"{RELATED.person[:5]}\u200b{RELATED.person[5:]}\ufeff",
    "".join(chr(ord(sign) + 0xFEE0) for sign in RELATED.person),
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_c9_a_block_holds_however_the_name_is_written_and_its_record_has_the_normal_form(
    hub: Hub, girl: Girl, spelling: str
) -> None:
    block = does(hub, SARA, case.BlockStaff(staff=StaffId(spelling)), girl.case).created
    assert not finds(hub, RELATED, girl.case)
    assert not hub.gateway.page_now(RELATED, "cases", what="cases").items
    with pytest.raises(NotThere):
        does(hub, RELATED, case.RecordInformation(person=girl.person, social="Asks."), girl.case)
    (blocked,) = (fact.event for fact in hub.log.snapshot().stream(girl.case) if fact.act.id == block)
    assert isinstance(blocked, StaffBlocked)
    assert blocked.staff == RELATED.person
    does(hub, SARA, case.LiftBlock(block=block), girl.case)
    assert finds(hub, RELATED, girl.case)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_c9_who_is_blocked_is_so_by_whatever_spelling_they_sign_in(hub: Hub, girl: Girl, spelling: str) -> None:
    does(hub, SARA, case.BlockStaff(staff=RELATED.person), girl.case)
    them = msgspec.structs.replace(RELATED, person=StaffId(spelling))
    assert not finds(hub, them, girl.case)
    with pytest.raises(NotThere):
        does(hub, them, case.RecordInformation(person=girl.person, social="Asks."), girl.case)
    played = Personas({"relative": them}).principal(b"Persona Relative")
    assert played == RELATED


@pytest.mark.parametrize("nothing", ["", " \u200b", "två ord", "x" * 121])
def test_c9_a_name_that_is_none_is_refused_and_the_refusal_says_where_and_not_what(
    hub: Hub, girl: Girl, nothing: str
) -> None:
    for command, how in (
        (case.BlockStaff(staff=StaffId(nothing)), NOW),
        (case.RecordInformation(person=girl.person, social="s"), Circumstances(acted_by=StaffId(nothing))),
    ):
        with pytest.raises(NotAnIdentifier) as refused:
            hub.commander.handle_now(SARA, command, girl.case, how)
        assert refused.value.field in ("staff", "act.acted_by")
        assert not nothing.strip() or nothing not in str(refused.value)
    assert len(refusals(hub)) == 2


def test_the_same_request_in_another_spelling_is_another_content_and_in_its_own_the_same(hub: Hub, girl: Girl) -> None:
    spelled = case.BlockStaff(staff=StaffId(SPELLINGS[0]))
    first = hub.commander.handle_now(SARA, spelled, girl.case, NOW, key="k")
    again = hub.commander.handle_now(SARA, spelled, girl.case, NOW, key="k")
    assert (again.created, again.repeated) == (first.created, True)


# What an older version recorded as it was written.


def _recorded(hub: Hub, who: Principal, stream: Ref, event: Event) -> None:
    """As an older version did: past what brings identifiers to their normal form."""
    later(hub, 1_000_000)
    now, version = hub.core.now(), len(hub.log.snapshot().stream(stream))
    act = Act(id=hub.entropy.ref(), by=who, now=now, happened=now, known=now)
    hub.writer.submit(Append((Draft(stream, Kind.CASE, version + 1, act, event),))).result()
    hub.follower.poke()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_c9_an_old_block_bites_now_in_lists_commands_and_as_of_earlier_times_and_the_trail_keeps_what_was_opened(
    tmp_path: Path, hub: Hub, girl: Girl, spelling: str
) -> None:
    before = hub.clock.now()
    assert finds(hub, RELATED, girl.case)
    opened_then = last_look(hub).seen
    _recorded(hub, SARA, girl.case, StaffBlocked(staff=StaffId(spelling)))
    hub.close()
    hub = opened(tmp_path, before + 60_000_000)  # with nothing kept in memory
    try:
        assert not finds(hub, RELATED, girl.case)
        assert not finds(hub, RELATED, girl.case, as_of=before)
        assert not hub.gateway.page_now(RELATED, "cases", what="cases").items
        with pytest.raises(NotThere):
            does(hub, RELATED, case.RecordInformation(person=girl.person, social="Asks."), girl.case)
        assert finds(hub, SARA, girl.case)
        own = [look.event for look in looks(hub) if look.act.by == RELATED]
        assert opened_then in [getattr(event, "seen", None) for event in own]
    finally:
        hub.close()


def test_b1_a_guest_that_an_older_version_let_in_as_it_was_written_is_that_unit(
    tmp_path: Path, hub: Hub, girl: Girl
) -> None:
    guest = UnitId("gastande-boende.hus")
    let_in = Assigned(
        person=girl.person,
        unit=UnitId(" Gastande\u2010Boende.HUS"),
        role=Role.HANDLER,
        purpose=Purpose.PROTECTION,
        start=0,
        until=FOREVER,
        guest=True,
    )
    _recorded(hub, ANNA, girl.case, let_in)
    start = hub.clock.now()
    hub.close()
    hub = opened(tmp_path, start)
    try:
        them = msgspec.structs.replace(SARA, person=StaffId("boende-exempel"), unit=guest, agency="gastande-boende")
        assert [item.stream for item in hub.gateway.page_now(them, "cases", what="cases").items] == [girl.case]
        assert hub.gateway.look_now(them, Kind.CASE, girl.case, what="case").existence
        seen = hub.gateway.replay_now(RUT, girl.case, as_unit=guest)
        assert seen.opened
        assert hub.gateway.replay_now(LARS, girl.case, as_unit=SARA.unit).could
    finally:
        hub.close()


# A replay as a unit that there is not.


@pytest.mark.parametrize("unit", ["polisen.ost.utredningen", "", "Fatima Exempelsson, Storgatan 1", "polis" * 40])
def test_a_replay_as_a_unit_that_no_agreement_names_is_refused_alike_for_all_who_may_replay(
    hub: Hub, girl: Girl, unit: str
) -> None:
    said = set()
    for auditor in (RUT, LARS):
        with pytest.raises(Refusal, match="no agreement in force names the unit") as refused:
            hub.gateway.replay_now(auditor, girl.case, as_unit=UnitId(unit))
        assert not isinstance(refused.value, NotThere)
        said.add(str(refused.value))
        look = last_look(hub)
        assert (look.what, look.as_unit, look.seen) == ("replay", None, ())
    assert len(said) == 1


def test_for_everyone_else_there_is_no_replay_whatever_the_unit(hub: Hub, girl: Girl) -> None:
    for unit in (PIA.unit, UnitId("no.such.unit"), UnitId("Some Body")):
        with pytest.raises(NotThere):
            hub.gateway.replay_now(SARA, girl.case, as_unit=unit)
        assert last_look(hub).as_unit in (PIA.unit, None)


def test_a_case_that_is_hidden_from_an_auditor_and_one_that_is_not_there_answer_alike_whatever_the_unit(
    hub: Hub, girl: Girl
) -> None:
    hidden = does(hub, PIA, case.Open(coordinator=ANNA.unit)).stream
    for unit in (PIA.unit, UnitId("no.such.unit"), UnitId("Some Body")):
        said = set()
        for stream in (hidden, Ref("f" * 32)):
            with pytest.raises(Refusal) as refused:
                hub.gateway.replay_now(LARS, stream, as_unit=unit)
            said.add((type(refused.value), str(refused.value)))
        assert len(said) == 1


def test_a_unit_is_replayed_as_however_it_is_written(hub: Hub, girl: Girl) -> None:
    plain = hub.gateway.replay_now(RUT, girl.case, as_unit=SARA.unit)
    other = hub.gateway.replay_now(RUT, girl.case, as_unit=UnitId(f" {SARA.unit.title()} "))
    assert plain.could
    assert other.could == plain.could
    assert last_look(hub).as_unit == SARA.unit


def test_a_unit_is_replayed_as_of_a_time_when_an_agreement_named_it(hub: Hub, girl: Girl) -> None:
    then = hub.clock.now()
    agreement = next(fact.stream for fact in hub.log.read(0, 100) if fact.kind is Kind.AGREEMENT)
    does(hub, ULLA, Amend(left=frozenset({AgencyId(" Polisen")}), first=day_of(then + DAY)), agreement)
    later(hub, 2 * DAY)
    hub.gateway.replay_now(RUT, girl.case, as_of=then, as_unit=PIA.unit)
    with pytest.raises(Refusal, match=f"names the unit {PIA.unit}"):
        hub.gateway.replay_now(RUT, girl.case, as_unit=PIA.unit)

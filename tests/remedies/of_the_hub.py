"""Ways on that a whole hub is needed for: what it fills in and carries, cursors, keys, policies (A4, B7, C2)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Final, cast

import msgspec

from domain.access import AskedFor
from domain.act import Principal
from domain.case import commands as case
from domain.case.places import RecordOutcome
from domain.command import Command
from domain.errors import NotThere
from domain.meeting import commands as meet
from domain.vocabulary import (
    AgencyId,
    Because,
    Compartment,
    MeetingKind,
    Mode,
    Outcome,
    Protected,
    Protection,
    Purpose,
    Ref,
    StaffId,
    UnitId,
)
from hub_api.access.register import Register
from hub_api.commands.handler import Circumstances
from hub_api.runtime.hub import Hub
from hub_demo.county import PERSONAS
from tests.hub_api.stand import ANNA, ASKS, HOUR, MONDAY, PIA, RELATED, RUT, SARA, TOMORROW, Girl, does, later
from tests.remedies import of_bounds
from tests.remedies.ways import Way

Ways = Callable[[Hub, Girl], Way]


def _way(remedy: str, hub: Hub, who: Principal, command: Command, again: Command, stream: Ref, **how: str) -> Way:
    return Way(
        remedy=remedy,
        refused=lambda: does(hub, who, command, stream, ground=how.get("ground")),
        followed=lambda: does(hub, who, again, stream, ground=how.get("ground")),
    )


def _met(hub: Hub, girl: Girl) -> Ref:
    """A meeting of the case, at which the coordinator and the Police were."""
    request = meet.Request(meeting=MeetingKind.COORDINATION_MEETING, case=girl.case, coordinator=ANNA.unit)
    stream = does(hub, SARA, request).stream
    present = tuple(meet.Present(unit=who.unit, role=who.role) for who in (ANNA, SARA, PIA))
    begun = hub.clock.now()
    later(hub, HOUR)
    does(hub, ANNA, meet.Hold(mode=Mode.VIDEO, start=begun, attended=present, confidentiality=True), stream)
    return stream


def coordinators_minutes(hub: Hub, girl: Girl) -> Way:
    """The coordinator coordinates, and nobody to whom minutes go does: they say what the minutes are sent for."""
    stream = _met(hub, girl)
    minutes = meet.WriteMinutes(to=frozenset({PIA.unit}), person=girl.person, social="She is afraid.")
    again = meet.WriteMinutes(
        to=frozenset({PIA.unit}), person=girl.person, social="She is afraid.", purpose=Purpose.INVESTIGATION
    )
    return _way("choose another purpose or another unit", hub, ANNA, minutes, again, stream, ground="osl-10-28")


def left_open(hub: Hub, girl: Girl) -> Way:
    """A meeting of the case is asked for and not held: it is held, and the case is closed."""
    outcome = RecordOutcome(person=girl.person, protected=Protected.YES)
    does(hub, SARA, outcome, girl.case)
    request = meet.Request(meeting=MeetingKind.COORDINATION_MEETING, case=girl.case, coordinator=ANNA.unit)
    stream = does(hub, SARA, request).stream
    close = case.Close(outcome=Outcome.PROTECTED)

    def followed() -> object:
        (found,) = hub.gateway.closing_now(ANNA, girl.case).items
        assert found.seen.stream == stream
        does(hub, ANNA, meet.Cancel(), stream)
        return does(hub, ANNA, close, girl.case)

    def explained() -> object:
        does(hub, ANNA, close, girl.case, because=Because.DONE_ELSEWHERE)
        return does(hub, ANNA, case.Reopen(), girl.case)

    return Way(
        remedy="settle what its view before closing lists, or say why the case is closed with it",
        refused=lambda: does(hub, ANNA, close, girl.case),
        followed=followed,
        explained=explained,
    )


def too_long(hub: Hub, girl: Girl) -> Way:
    """One act with all its texts is more than a record holds, each text of it is not."""
    text = "x" * 20_000
    kinds = ("social", "whereabouts", "risk_memo", "child_statement", "health", "police", "risk_assessment")
    parts = dict.fromkeys(kinds, "å" * 20_000)
    whole = case.RecordInformation(person=girl.person, **parts)
    one = case.RecordInformation(person=girl.person, social=text)
    return _way("divide it into several acts", hub, SARA, whole, one, girl.case)


def with_nul(hub: Hub, girl: Girl) -> Way:
    record = case.RecordInformation(person=girl.person, social="Afraid\0.")
    return _way(
        "take that character out",
        hub,
        SARA,
        record,
        case.RecordInformation(person=girl.person, social="Afraid."),
        girl.case,
    )


def no_code(hub: Hub, girl: Girl) -> Way:
    mark = case.MarkProtection(person=girl.person, level=cast(Protection, "none of the levels"))
    again = case.MarkProtection(person=girl.person, level=Protection.CONFIDENTIALITY_MARKED)
    return _way("shorten it, or use one of the codes", hub, SARA, mark, again, girl.case)


def counted_elsewhere(hub: Hub, girl: Girl) -> Way:
    counted = msgspec.structs.replace(ASKS, source="Another support line")
    return Way(
        remedy="leave the source out",
        refused=lambda: does(hub, SARA, counted),
        followed=lambda: does(hub, SARA, ASKS),
    )


def foreign_cursor(hub: Hub, girl: Girl) -> Way:
    def page(after: str | None) -> object:
        return hub.gateway.page_now(SARA, "cases", what="cases", after=after)

    return Way(remedy="begin with the first page", refused=lambda: page("a" * 64), followed=lambda: page(None))


def note_that_was_sent(hub: Hub, girl: Girl) -> Way:
    """What was expedited is a document: it is no longer purged as a note, but disposed of with its kind."""
    note = case.WriteNote(person=girl.person, purge_on=date(2026, 12, 1), text="Ring.")
    noted = does(hub, SARA, note, girl.case).created
    memo = case.ExpediteNote(note=noted, person=girl.person, receiver=PIA.unit, purpose=Purpose.INVESTIGATION, memo="M")
    does(hub, SARA, memo, girl.case, ground="osl-10-2")
    dispose = case.Dispose(person=girl.person, compartments=frozenset({Compartment.WORKING_NOTE}))
    remedy = "dispose of it as a document, when its time has come"
    return _way(remedy, hub, SARA, case.PurgeNote(note=noted), dispose, girl.case)


def memo_for_another_purpose(hub: Hub, girl: Girl) -> Way:
    note = case.WriteNote(person=girl.person, purge_on=date(2026, 12, 1), text="Ring.")
    noted = does(hub, SARA, note, girl.case).created
    memo = case.ExpediteNote(note=noted, person=girl.person, receiver=PIA.unit, purpose=Purpose.CARE, memo="M")
    again = case.ExpediteNote(
        note=noted, person=girl.person, receiver=PIA.unit, purpose=Purpose.INVESTIGATION, memo="M"
    )
    return _way("choose another purpose or another unit", hub, SARA, memo, again, girl.case, ground="osl-10-2")


def disposed_already(hub: Hub, girl: Girl) -> Way:
    nothing = frozenset({Compartment.COORDINATION})
    dispose = case.Dispose(person=girl.person, compartments=nothing)

    def followed() -> object:
        assert not [key for key in hub.vault.keys_of(girl.case, SARA.unit, nothing) if key.scope.subject == girl.person]
        return None

    return Way(remedy="nothing more is needed", refused=lambda: does(hub, SARA, dispose, girl.case), followed=followed)


def too_many_keys(hub: Hub, girl: Girl) -> Way:
    key = "babo-babo-babo-babo-babo-babo"

    def refused() -> object:
        for _ in range(40):
            with suppress(NotThere):
                hub.gateway.answer_for_key_now(key)
        raise AssertionError("nobody has to wait")

    def followed() -> object:
        later(hub, HOUR // 4)
        with suppress(NotThere):
            hub.gateway.answer_for_key_now(key)
        return None

    return Way(remedy="wait a quarter of an hour", refused=refused, followed=followed)


def no_identifier(hub: Hub, girl: Girl) -> Way:
    empty, named = case.BlockStaff(staff=StaffId(" ")), case.BlockStaff(staff=RELATED.person)
    return _way("write it as sign-in or the directory has it", hub, SARA, empty, named, girl.case)


def nobody_here(hub: Hub, girl: Girl) -> Way:
    """One who works elsewhere, or a name that is written wrongly."""
    hub.staff.known_to_sign_in(PERSONAS.values())
    block, again = case.BlockStaff(staff=PIA.person), case.BlockStaff(staff=PIA.person, elsewhere=True)
    return _way("look how it is written, or say that they work elsewhere", hub, SARA, block, again, girl.case)


def for_what_nobody_works(hub: Hub, girl: Girl) -> Way:
    """The unit lists both purposes by agreement, and the one who can sign in there works for one of them."""
    hub.staff.known_to_sign_in(PERSONAS.values())

    def assign(purpose: Purpose, because: Because | None = None) -> object:
        assignment = case.Assign(person=girl.person, unit=PIA.unit, role=PIA.role, purpose=purpose)
        return does(hub, ANNA, assignment, girl.case, because=because)

    return Way(
        remedy="choose a purpose that the directory says the unit answers for, or say why not",
        refused=lambda: assign(Purpose.PROTECTION),
        followed=lambda: assign(Purpose.INVESTIGATION),
        explained=lambda: assign(Purpose.PROTECTION, Because.NOT_AVAILABLE),
    )


def guest_who_is_nobody(hub: Hub, girl: Girl) -> Way:
    hub.staff.known_to_sign_in(PERSONAS.values())
    guest = msgspec.structs.replace(SARA, unit=UnitId("gast.enhet"), agency=AgencyId("gast"), person=StaffId("gast"))
    assign = case.Assign(
        person=girl.person, unit=guest.unit, role=guest.role, purpose=guest.purpose, last=TOMORROW, guest=True
    )

    def followed() -> object:
        hub.staff.known_to_sign_in((*PERSONAS.values(), guest))
        return does(hub, ANNA, assign, girl.case)

    return Way(
        remedy="have somebody there signed in for it first",
        refused=lambda: does(hub, ANNA, assign, girl.case),
        followed=followed,
    )


def acted_by_nobody_here(hub: Hub, girl: Girl) -> Way:
    hub.staff.known_to_sign_in(PERSONAS.values())
    record = case.RecordInformation(person=girl.person, social="By telephone.")

    def by(name: StaffId) -> object:
        return hub.commander.handle_now(SARA, record, girl.case, Circumstances(acted_by=name))

    return Way(
        remedy="name a colleague of this agency, or leave it out",
        refused=lambda: by(PIA.person),
        followed=lambda: by(RELATED.person),
    )


def no_policy(hub: Hub, girl: Girl) -> Way:
    """A hub whose log names no policy yet decides nothing; opening a hub adopts the program's newest."""
    empty = Register(hub.log, lambda digest: None)
    return Way(
        remedy="adopt one",
        refused=lambda: empty.policy_at(MONDAY),
        followed=lambda: hub.register.policy_at(hub.core.now()),
    )


def nobodys_looks(hub: Hub, _: Girl) -> Way:
    """An auditor misspells the unit whose looks are asked for, and asks for a unit that there is."""
    return Way(
        remedy="choose a unit that an agreement names",
        refused=lambda: hub.gateway.trail_now(RUT, AskedFor(unit=UnitId("nowhere"))),
        followed=lambda: hub.gateway.trail_now(RUT, AskedFor(unit=PIA.unit)),
    )


WAYS: Final[tuple[Ways, ...]] = (
    coordinators_minutes,
    left_open,
    too_long,
    with_nul,
    no_code,
    *of_bounds.WAYS,
    counted_elsewhere,
    foreign_cursor,
    note_that_was_sent,
    memo_for_another_purpose,
    disposed_already,
    too_many_keys,
    no_identifier,
    nobody_here,
    for_what_nobody_works,
    guest_who_is_nobody,
    acted_by_nobody_here,
    no_policy,
    nobodys_looks,
)

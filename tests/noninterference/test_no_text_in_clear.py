"""Invariant 5: whatever somebody writes in a command, in whichever field, stands in no file and no log in clear."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import msgspec
import pytest

from domain.aggregates import COMMANDS
from domain.case import commands as case_of
from domain.command import Command
from domain.consultation import commands as consultation
from domain.errors import Refusal
from domain.event import compartments
from domain.grounds import SHAREABLE
from domain.vocabulary import Compartment, Purpose, Role, StaffId, UnitId
from hub_api.commands.handler import Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.http.api.commands import FORMS
from hub_api.identity.staff import Staff
from tests.noninterference.edits import EDITS
from tests.noninterference.people import CALLER, CENTRE, OBSERVERS
from tests.noninterference.story import STORY, UNTIL
from tests.noninterference.world import World

CONTENT: Final = SHAREABLE | {Compartment.COORDINATION, Compartment.RISK_ASSESSMENT, Compartment.WORKING_NOTE}
CANARY: Final = "kanariefagel"
"""Stands in every text; of letters alone, so that it has the form of a code as well."""
BY_THE_HUB: Final = frozenset({"reference", "tag"})
OF_FIGURES: Final = frozenset({"county", "catchment", "municipality"})
OF_AN_OPERATOR: Final = frozenset({("consultation.request", "source")})
"""The source's word for a caller: one of a closed list, which a load alone brings (E2)."""


def texts_of(command: type[Command]) -> dict[str, bool]:
    """The fields in which a text can stand, and whether it is sealed; identifiers and closed codes are none."""
    sealed = compartments(command)
    own = {field.name: field.type for field in msgspec.structs.fields(command)}
    return {
        name: name in sealed
        for name, kind in own.items()
        if name not in command.hub_fills | BY_THE_HUB | OF_FIGURES and _is_text(kind)
    }


def _is_text(kind: Any) -> bool:
    if kind is str:
        return True
    return any(_is_text(each) for each in get_args(kind)) if get_origin(kind) is not None else False


class Told(World):
    """A world in which every text of every command is the canary, where that is taken."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "told")
        self.sent: set[tuple[str, str]] = set()
        self.taken: set[tuple[str, str]] = set()

    def do(
        self, who: str, command: Command, on: str | None = None, name: str = "", key: str = "", **how: Any
    ) -> Receipt:
        said = {field: CANARY for field in texts_of(type(command)) if (command.name, field) not in OF_AN_OPERATOR}
        for fields in (said, {field: text for field, text in said.items() if getattr(command, field)}, {}):
            self.sent |= {(command.name, field) for field in fields}
            try:
                receipt = super().do(who, msgspec.structs.replace(command, **fields), on, name, key, **how)
            except Refusal:
                if not fields:
                    raise
            else:
                self.taken |= {(command.name, field) for field in fields}
                return receipt
        raise AssertionError("the last of them is the command itself")


def _written(folder: Path) -> dict[str, bytes]:
    """Each file of the hub, its log as it is carried to Kafka among them."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _in_clear(files: dict[str, bytes]) -> list[str]:
    forms = [CANARY.encode(), CANARY.encode("utf-16-le"), CANARY.title().encode(), CANARY.encode().hex().encode()]
    return sorted(name for name, octets in files.items() if any(form in octets for form in forms))


def test_invariant_5_no_text_of_any_command_is_in_clear_in_a_file_or_a_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Told(tmp_path) as world:
        for _, hours, step in STORY:
            world.clock(hours)
            step(world)
        for edit in EDITS:
            if edit.step is not None:
                with suppress(Refusal, LookupError, AssertionError, ValueError):  # not all of them fit together
                    edit.step(world)
        with suppress(Refusal):
            world.do("siblings_participant", consultation.ContactAgain(question="Again"), "clinics")
        _written_where_no_text_belongs(world)
        own = world.send("GET", f"/v1/cases/{world.alias('owner', 'case')}", "owner")
        assert CANARY in own.body.decode()  # its owner reads it
        world.send("GET", "/v1/cases", "owner")  # the views have caught up
        assert _in_clear(_written(tmp_path)) == []
    assert _in_clear(_written(tmp_path)) == []
    assert CANARY not in caplog.text
    every = {(command.name, field) for command in COMMANDS.values() for field in texts_of(command)}
    assert every - world.sent <= OF_AN_OPERATOR
    recorded = {compartments(COMMANDS[name]).get(field) for name, field in world.taken}
    assert recorded >= {None, *CONTENT}, "a text of each compartment, and of the record, was recorded"


def _written_where_no_text_belongs(world: Told) -> None:
    """As a name, a unit, a ground, an alias, a reference, a key, a cursor: each is refused or leads to nothing."""
    who, case = "owner", world.alias("owner", "case")
    for act in ({"acted_by": CANARY}, {"ground": CANARY}, {"channel": CANARY}, {"because": CANARY}):
        answer = world.send("POST", f"/v1/cases/{case}/record_information", who, {"person": case, "act": act})
        assert answer.status in (409, 422), act
    for form in FORMS:
        fields = {field: CANARY for field in form.body.__struct_fields__ if field != "act"}
        world.send("POST", form.path.replace("{alias}", case), who, fields)
        world.send("POST", form.path.replace("{alias}", CANARY), who, {})
    for query in ("reference", "after", "as_of", "limit", CANARY):
        world.send("GET", f"/v1/consultations?{query}={CANARY}", who)
    for auditor in ("regional_auditor", "agencys_auditor"):
        for alias in (world.alias(auditor, "case"), CANARY):
            assert world.send("GET", f"/v1/replay/{alias}?as_unit={CANARY}", auditor).status == 409
    world.send("POST", "/v1/answers", CALLER, {"key": CANARY})
    guest = case_of.Assign(
        person=world.person(), unit=UnitId(CANARY), role=Role.HANDLER, purpose=Purpose.SUPPORT, last=UNTIL, guest=True
    )
    world.refused("coordinator", guest, "case")


def test_the_search_finds_a_text_that_was_let_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Staff, "lacks", lambda *_: False)
    with Told(tmp_path) as world:
        world.clock(0)
        for _, _, step in STORY[:1]:
            step(world)
        opened = case_of.Open(coordinator=CENTRE)
        world.hub.commander.handle_now(OBSERVERS["owner"], opened, None, Circumstances(acted_by=StaffId(CANARY)))
        world.send("GET", "/v1/cases", "owner")
    assert any(name.startswith("views.db") for name in _in_clear(_written(tmp_path)))

"""Whatever can be asked for: each command, filled in whatever way, by whoever, on whatever ground."""

from datetime import date

import msgspec
from hypothesis import strategies as st
from msgspec import UNSET

from domain.aggregates import AGGREGATES
from domain.agreement import commands as agree
from domain.command import Command
from domain.meeting import commands as meet
from domain.vocabulary import (
    FOREVER,
    AgencyId,
    Because,
    Compartment,
    Kind,
    Place,
    PlacementEnd,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)
from tests.domain.stories import CARE, CENTRE, NOW, OUTSIDE, PARTIES, POLICE, SECOND, SILENT, SOCIAL, by, ref

UNITS: list[UnitId] = [CENTRE, SOCIAL, POLICE, CARE, SILENT, OUTSIDE]
REFS = st.builds(ref, st.integers(1, 9))
DAYS = st.dates(date(2026, 2, 25), date(2026, 4, 5))
TEXT = st.sampled_from([None, UNSET, "En text."])


MOMENTS = st.integers(-2, 4).map(lambda hours: NOW + hours * 3600 * SECOND)
UNIT = st.sampled_from(UNITS)
SETS = st.frozensets(UNIT, max_size=3)
STAFF = st.sampled_from([StaffId("anna"), StaffId("bo")])
PRESENT = st.lists(st.builds(meet.Present, unit=UNIT, role=st.sampled_from(Role)), min_size=1, max_size=4).map(tuple)
_OF_ITS_OWN: dict[tuple[str, str], st.SearchStrategy[object]] = {
    ("case.record_place", "place"): st.sampled_from([None, *Place]),
    ("case.record_place", "municipality"): st.sampled_from([None, "0580"]),
    ("case.leave_place", "place"): st.sampled_from([None, *Place]),
    ("case.leave_place", "how"): st.sampled_from([None, *PlacementEnd]),
    ("meeting.request", "persons"): st.lists(REFS, max_size=2).map(tuple),
    ("meeting.write_minutes", "to"): st.frozensets(UNIT, min_size=1, max_size=2),
}
"""What one command's field takes, where its name elsewhere means something else."""


def _field(name: str, hint: type) -> st.SearchStrategy[object]:
    """A value for a command's field, by its name where its type is too wide to be of use."""
    by_name: dict[str, st.SearchStrategy[object]] = {
        "reference": st.just("ABCD-1234"),
        "tag": st.just("f" * 64),
        "keys": st.lists(REFS, max_size=2).map(tuple),
        "county": st.sampled_from([None, "05"]),
        "topic": st.none(),
        "source": st.none(),
        "persons": st.integers(0, 3),
        "mandate": st.none(),
        "used_for": st.none(),
        "guidance": st.none(),
        "guidance_version": st.none(),
        "boundary": st.sampled_from([NOW, FOREVER]),
        "compartments": st.frozensets(st.sampled_from(Compartment), max_size=2),
        "staff": STAFF,
        "interpreter": st.none() | STAFF,
        "start": MOMENTS,
        "end": MOMENTS,
        "due": st.none() | MOMENTS,
        "units": SETS,
        "apologies": SETS,
        "consented": SETS,
        "attended": PRESENT,
    }
    return by_name[name] if name in by_name else st.from_type(hint)


st.register_type_strategy(Ref, REFS)
st.register_type_strategy(date, DAYS)
_UNIT_FIELDS = {"unit", "receiver", "to", "asked", "asked_of", "coordinator"}


def _commands(kind: type[Command]) -> st.SearchStrategy[Command]:
    hints = {field.name: field for field in msgspec.structs.fields(kind)}
    fields: dict[str, st.SearchStrategy[object]] = {}
    for name, field in hints.items():
        text = field.type
        if (kind.name, name) in _OF_ITS_OWN:
            fields[name] = _OF_ITS_OWN[kind.name, name]
        elif name in _UNIT_FIELDS:
            fields[name] = UNIT
        elif "extra={'compartment'" in repr(text):
            fields[name] = TEXT
        else:
            fields[name] = _field(name, text)
    return st.builds(kind, **fields)


_AGREEMENT: dict[type[Command], st.SearchStrategy[Command]] = {
    agree.Conclude: st.builds(
        agree.Conclude,
        title=st.just("Samverkan"),
        county=st.just("05"),
        catchment=st.just(frozenset({"0580"})),
        parties=st.lists(st.sampled_from(PARTIES), max_size=3).map(tuple),
        responsible_body=st.just(AgencyId("centre")),
        first=DAYS,
        last=st.none() | DAYS,
    ),
    agree.Amend: st.builds(
        agree.Amend,
        parties=st.lists(st.sampled_from(PARTIES), max_size=2).map(tuple),
        left=st.frozensets(st.sampled_from([AgencyId("polisen.ost"), AgencyId("centre")]), max_size=1),
        first=DAYS,
    ),
    agree.End: st.builds(agree.End, last=DAYS),
}
ASKED: dict[type[Command], st.SearchStrategy[Command]] = {
    command: _AGREEMENT[command] if kind is Kind.AGREEMENT else _commands(command)
    for kind, aggregate in AGGREGATES.items()
    for command in aggregate.commands
}
"""Each command that there is, filled in whatever way; a new one is among them at once."""
STEPS: dict[Kind, st.SearchStrategy[Command]] = {
    kind: st.one_of([ASKED[command] for command in aggregate.commands]) for kind, aggregate in AGGREGATES.items()
}
ACTS = st.builds(
    by,
    UNIT,
    role=st.none() | st.sampled_from(Role),
    purpose=st.sampled_from([Purpose.PROTECTION, Purpose.PROTECTION, Purpose.SUPPORT]),
    person=st.sampled_from(["anna", "anna", "bo"]),
    ground=st.sampled_from([None, "consent", "osl-10-2", "osl-10-27", "child-concern", "nothing"]),
    because=st.none() | st.sampled_from(Because),
)

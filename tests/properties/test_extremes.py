"""Whatever a field of a command holds, the hub answers it, and after it answers everybody: no value stops it (1)."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import pytest

from hub_api.commands.handler import Circumstances
from hub_api.http.api.commands import FORMS, Form
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import stream_of
from projections.catalogue import ACTS, LOOKS
from projections.rebuild import Rebuild
from tests.hub_api.stand import agreed, opened
from tests.properties.extremes import EVERYTHING, Asking, of_type

Values = Callable[[str, Any], tuple[str, ...]]
EACH: Final = 5
"""Values that are tried in each field where all would take minutes; which, changes from field to field."""
WITH_ITS_ACT: Final = frozenset({"consultation.request", "case.add_person", "meeting.divide_work"})
"""Commands of which the act's own fields are tried too: they are the same for all."""


def tried(form: Form, *, acts: bool) -> Iterator[tuple[str, Any]]:
    """The fields of a command as they are sent, and their types."""
    for field in form.body.__struct_fields__:
        if field != "act":
            yield field, form.body.__annotations__[field]
    if acts:
        for field, hint in Circumstances.__annotations__.items():
            yield f"act.{field}", hint


async def try_all(hub: Hub, values: Values, *, all_acts: bool) -> set[int]:
    """Send every value in every field; what was answered."""
    asking = Asking(hub)
    await asking.begin()
    met: set[int] = set()
    for form in FORMS:
        for field, hint in tried(form, acts=all_acts or form.command.name in WITH_ITS_ACT):
            for value in values(f"{form.command.name}.{field}", hint):
                answer = await asking.send(form, asking.with_value(form, field, value))
                assert answer.status_code < 500, f"{form.command.name}.{field} = {value[:60]}: {answer.text}"
                if answer.status_code == 422:
                    assert answer.json()["detail"], f"{form.command.name}.{field} = {value[:60]}: {answer.text}"
                met.add(answer.status_code)
    await asking.all_lists_answer()
    await asking.browser.aclose()
    return met


async def still_answers(hub: Hub) -> None:
    asking = Asking(hub)
    await asking.all_lists_answer()
    await asking.browser.aclose()


def rebuilt(hub: Hub) -> None:
    for view_set, log in ((ACTS, hub.log), (LOOKS, hub.looks_log)):
        building = Rebuild(hub.views, view_set, log, lambda *_: None, partial(stream_of, log))
        building.swap(building.beside())


def hold(folder: Path, values: Values, *, all_acts: bool) -> None:
    """Nothing that was accepted stops a list: at once, after a rebuild, and after the hub was opened again."""
    hub = agreed(folder)
    try:
        met = asyncio.run(try_all(hub, values, all_acts=all_acts))
        assert {200, 201, 422} <= met
        rebuilt(hub)
        asyncio.run(still_answers(hub))
    finally:
        hub.close()
    again = opened(folder)
    try:
        asyncio.run(still_answers(again))
    finally:
        again.close()


def some(place: str, hint: Any) -> tuple[str, ...]:
    """A few values of a field's own type, others in each field, so that all are among them somewhere."""
    values = of_type(hint)
    first = crc32(place.encode())
    return tuple(values[(first + number * 7) % len(values)] for number in range(EACH))


@pytest.mark.timeout(600)
def test_values_at_the_ends_of_a_fields_type_do_not_stop_the_hub(tmp_path: Path) -> None:
    hold(tmp_path, some, all_acts=False)


def everything(place: str, hint: Any) -> tuple[str, ...]:
    """All values in every field; in the act of most commands a few, for its fields are the same for all."""
    command, _, of_act = place.partition(".act.")
    return some(place, hint) if of_act and command not in WITH_ITS_ACT else EVERYTHING


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_no_value_of_any_type_in_any_field_stops_the_hub(tmp_path: Path) -> None:
    hold(tmp_path, everything, all_acts=True)

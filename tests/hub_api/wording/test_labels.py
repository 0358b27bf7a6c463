"""Each code that leaves the hub has its words in both languages: the build fails on one without."""

from enum import StrEnum
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from domain.case.places import OutcomeRecorded
from domain.case.risk import RiskAssessed
from domain.event import Event
from domain.meeting.events import Invited, MeetingStatus
from domain.registry import EVENTS
from domain.time import day_of
from domain.vocabulary import Instrument, Kind, Mode, Place, Protected, ReportKind
from domain.waiting import WaitsFor
from hub_api.http.api.openapi import document
from hub_api.http.routes import ROUTES
from hub_api.wording.labels import WAITS, label, waits_for
from hub_api.wording.language import Language
from hub_api.wording.swedish.codes import CODES
from tests.hub_api.http.stage import NOW, POLICE, Stage, fact_of, ref, seen_of

NEVER_SHOWN = {"Shown"}
"""The form of a statistical table's cells, which tells how a number is written."""


def _lists(kind: object) -> set[type[StrEnum]]:
    """The closed lists of codes in a type and in all that it is made of."""
    found: set[type[StrEnum]] = set()
    met: set[int] = set()
    waiting: list[Any] = [kind]
    while waiting:
        part = waiting.pop()
        if id(part) in met:
            continue
        met.add(id(part))
        if isinstance(part, inspect.EnumType) and issubclass(part.cls, StrEnum):
            found.add(part.cls)
        elif isinstance(part, msgspec.Struct):
            waiting += (getattr(part, name) for name in part.__struct_fields__)
        elif isinstance(part, tuple):
            waiting += part
    return {codes for codes in found if codes.__name__ not in NEVER_SHOWN}


SHOWN = sorted(
    _lists(inspect.multi_type_info((*EVENTS.values(), *(route.response for route in ROUTES)))),
    key=lambda kind: (kind.__module__, kind.__name__),
)


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_code_that_is_shown_has_its_words(kind: type[StrEnum]) -> None:
    assert CODES[kind].keys() == set(kind)
    for language in Language:
        words = [label(code, language) for code in kind]
        assert all(words)
        assert len(set(words)) == len(words), "two codes of one list read alike"


def test_all_that_can_be_waited_for_has_its_words() -> None:
    assert WAITS.keys() == set(get_args(WaitsFor))
    assert all(waits_for(what, language) for what in WAITS for language in Language)


def test_codes_of_two_lists_that_are_spelt_alike_keep_their_own_words() -> None:
    assert label(Place.CRIME, Language.EN) == "place of the crime"
    assert label(ReportKind.CRIME, Language.EN) == "crime"


def test_the_reference_for_programs_gives_the_words_of_every_list_of_codes() -> None:
    components = msgspec.json.decode(document(personas=False))["components"]["schemas"]
    lists = {name: schema for name, schema in components.items() if "enum" in schema}
    assert lists
    for name, schema in lists.items():
        if schema["title"] not in NEVER_SHOWN:
            assert schema["x-labels"]["sv"].keys() == set(schema["enum"]), name
    assert components["Wait"]["properties"]["what"]["x-labels"]["en"].keys() == WAITS.keys()


@pytest.mark.parametrize(("language", "words"), [("sv", "delvis skydd"), ("en", "got protection in part")])
def test_an_act_tells_its_codes_in_words(language: str, words: str) -> None:
    (act,) = _acts(OutcomeRecorded(person=ref(9), protected=Protected.PARTLY), language)
    assert (act["fields"]["protected"], act["words"]) == ("partly", {"protected": words})


def test_f_an_act_tells_no_words_of_a_part_that_was_not_opened() -> None:
    assessed = RiskAssessed(
        person=ref(9),
        instrument=Instrument.PATRIARK,
        authority=True,
        trained=True,
        assessed=day_of(NOW),
        valid_until=day_of(NOW),
        assessment="Hög.",
    )
    (act,) = _acts(assessed, "sv")
    assert act["words"] == {"instrument": "PATRIARK"}


def _acts(event: Event, language: str) -> Any:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE, fact_of(event))
    return stage.get(f"/v1/cases/{'a' * 52}", accept_language=language).json()["acts"]


def test_r2_a_notice_tells_its_codes_and_nothing_beside_them() -> None:
    stage = Stage()
    invited = Invited(to=POLICE.unit, status=MeetingStatus.SCHEDULED, mode=Mode.VIDEO)
    stage.hub.answer = seen_of(Kind.MEETING, fact_of(invited))
    (act,) = stage.get(f"/v1/meetings/{'a' * 52}").json()["acts"]
    assert act["fields"]["mode"] == "video"
    assert "words" not in act

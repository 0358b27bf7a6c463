"""Nothing that the hub tells of its running tells of anybody.

The demo is played, everybody reads, everything breaks, and each byte of what was sent and written is searched for
whatever the demo calls its people, places, units and things.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub_api.http.routes import READS
from hub_api.runtime.hub import Hub
from hub_demo.county import PERSONAS
from hub_demo.week import Week, example_files, fresh, play
from tests.adapters.telemetry.collector import Collector, attributes
from tests.hub_api.stand import ANNA, SARA
from tests.hub_api.watched import SARAS, TOKEN, Request, Stood, needles_of, told_of, watched

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def told_all(tmp_path_factory: pytest.TempPathFactory) -> tuple[Collector, str, set[str]]:
    """The demo's week, then everybody reads everything, is refused, sends nonsense, and everything breaks."""
    folder = tmp_path_factory.mktemp("telling") / "data"
    needles: set[str] = set()

    def told(stood: Stood) -> None:
        week = play(stood.hub, example_files(ROOT / "examples")[:1], lambda _: None)
        needles.update(needles_of(week.hub, week.texts))
        everybody_reads(stood, week)
        nonsense(stood)
        everything_breaks(stood, week)
        needles.update(stood.aliases)

    collector, lines = watched(folder, told, lambda watch: Hub.open(fresh(folder), watch))
    return collector, lines, needles


def everybody_reads(stood: Stood, week: Week) -> None:
    for persona, principal in PERSONAS.items():
        alias = stood.hub.aliases.of(principal.unit).out(week.cast.case)
        stood.aliases.add(alias)
        lists: list[Request] = [
            ("GET", route.path.format(table=7), persona, {}) for route in READS if "{alias}" not in route.path
        ]
        one: list[Request] = [
            ("GET", route.path.format(alias=alias, consent=alias), persona, {})
            for route in READS
            if "{alias}" in route.path
        ]
        stood.together(*lists, *one)
        stood.send("GET", "/v1/consultations?reference=K7PM-2RXD", persona)
        stood.send(
            "POST", f"/v1/cases/{alias}/note", persona, json={"text": "Exempla Exempelsson", "act": {"ground": "x"}}
        )
        stood.send("POST", f"/v1/cases/{alias}/close", persona, json={"reason": "Exempla Exempelsson"})


def nonsense(stood: Stood) -> None:
    named = "/v1/Exempla-Exempelsson"
    stood.send("GET", named)
    stood.send("EXEMPLA", "/v1/cases")
    stood.send(
        "POST",
        "/v1/cases",
        content=b'{"coordinator": "Exempla Exempelsson", "act":',
        headers={"content-type": "application/json"},
    )
    stood.send("POST", "/v1/cases", json={"Exempla": "Exempelsson"})
    stood.send("GET", "/v1/cases?name=Exempla", None)
    stood.send("GET", "/v1/cases", "exempla-exempelsson")
    stood.send("POST", "/v1/answers", None, json={"key": "Exempla Exempelsson"})
    stood.send("GET", "/v1/cases", headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01", "tracestate": "a=Exempla"})


def everything_breaks(stood: Stood, week: Week) -> None:
    case = stood.hub.aliases.of(SARA.unit).out(week.cast.case)
    gateway, look = stood.hub.gateway, stood.hub.gateway.page_now

    def quoting(*_: object, **more: object) -> Any:
        raise sqlite3.IntegrityError("UNIQUE constraint failed: name = 'Exempla Exempelsson'")

    gateway.page_now = quoting  # type: ignore[method-assign]
    assert stood.send("GET", "/v1/cases").status_code == 500
    gateway.page_now = look  # type: ignore[method-assign]
    asyncio.run(_never_fetched())
    with closing(sqlite3.connect(stood.hub.folder / "acts.db")) as behind:
        for trigger in ("records_are_not_changed", "records_are_not_deleted", "records_are_appended"):
            behind.execute(f"DROP TRIGGER {trigger}")
        behind.execute("UPDATE records SET frame = CAST(substr(frame, 1, length(frame) - 1) || x'00' AS BLOB)")
        behind.commit()
        assert stood.send("GET", f"/v1/cases/{case}", SARAS).status_code == 503
        behind.execute("DROP TABLE records")
        behind.commit()
    assert stood.send("POST", "/v1/cases", SARAS, json={"coordinator": ANNA.unit}).status_code == 503


async def _never_fetched() -> None:
    async def failing() -> None:
        raise ValueError("Exempla Exempelsson")

    task = asyncio.get_running_loop().create_task(failing(), name="Exempla Exempelsson")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task


def test_c7_no_byte_of_a_trace_a_metric_or_a_line_tells_of_anybody(
    told_all: tuple[Collector, str, set[str]],
) -> None:
    collector, lines, needles = told_all
    assert len(needles) > 1_500
    needles |= {"Exempla", "Exempelsson", "K7PM", "Exempelwebbläsare", "127.0.0.1:5000"}
    assert told_of(needles, collector.everything + lines.encode()) == []


def test_all_of_it_was_told_of(told_all: tuple[Collector, str, set[str]]) -> None:
    collector, lines, _ = told_all
    names = {span.name for span in collector.spans()}
    assert {f"{route.method} {route.path}" for route in READS} <= names
    assert {"POST /v1/cases/{alias}/close", "other /v1/cases", "GET other", "samrad.append", "samrad.view"} <= names
    alarms = [attributes(point) for point in collector.metrics()["samrad.alarms"].sum.data_points]
    assert {"samrad.part": "http", "error.type": "other"} in alarms
    assert {"samrad.part": "http", "error.type": "Tampered"} in alarms
    assert {"samrad.part": "http", "error.type": "NotRecorded"} in alarms
    assert '"logger":"asyncio"' in lines
    assert "a request ended in IntegrityError at tests.hub_api.runtime.test_telling_of_nobody:" in lines
    said = [line.body.string_value for line in collector.lines()]
    assert any(sentence.startswith("a request ended in Tampered at adapters.") for sentence in said)
    traced = [line for line in collector.lines() if line.trace_id]
    assert {line.trace_id for line in traced} <= {span.trace_id for span in collector.spans()}
    assert traced


def test_the_collector_alone_is_given_its_token(told_all: tuple[Collector, str, set[str]]) -> None:
    collector, lines, _ = told_all
    assert all(TOKEN in head for _, head, _ in collector.came)
    assert TOKEN not in lines

"""What watches the hub: the collector lets through the closed list of words, panels and alarms ask for what is sent."""

import json
import re
from typing import Any

import pytest
import yaml

from adapters.telemetry.allow_list import (
    ALARMS,
    DENIALS,
    INSTRUMENTS,
    LOGS,
    METHODS,
    PROCESSES,
    REFUSALS,
    RESPONSES,
    SPANS,
)
from adapters.telemetry.allow_list import Words as KnownWords
from adapters.telemetry.filtered_exporters import SCOPE
from hub_api.http.routes import ROUTES
from tests.deploy.composed import ROOT

DEPLOY = ROOT / "deploy"
COUNTERS = {RESPONSES, REFUSALS, DENIALS, ALARMS}
LABELS = {
    "samrad_log",
    "samrad_rule",
    "samrad_part",
    "error_type",
    "http_route",
    "http_request_method",
    "http_response_status_code",
    "job",
    "le",
    "alertstate",
}
NAME = re.compile(r"\bsamrad_[a-z_]+")
KEYS_OF_LINES = {"logger", "at", "error", "stack"}
KEYS_OF_A_PROCESS = {"service.name", "service.version", "service.instance.id"}


def series_of(instrument: str) -> set[str]:
    """How Prometheus calls what an instrument sends."""
    plain = instrument.replace(".", "_")
    if instrument in COUNTERS or instrument.endswith(".failures"):
        return {f"{plain}_total"}
    if instrument.endswith((".waiting", ".set_aside")):
        return {plain}
    base = plain if instrument.endswith(".size") else f"{plain}_seconds"
    return {f"{base}_{part}" for part in ("bucket", "sum", "count")}


SENT = {series: instrument for instrument in INSTRUMENTS for series in series_of(instrument)}


def loaded(path: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / path).read_text(encoding="utf-8"))
    return found


def panels() -> list[dict[str, Any]]:
    found = json.loads((DEPLOY / "grafana" / "dashboards" / "hub.json").read_text(encoding="utf-8"))["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def alarms() -> dict[str, str]:
    (group,) = loaded("prometheus/alarms.yml")["groups"]
    return {rule["alarm" if "alarm" in rule else "alert"]: rule["expr"] for rule in group["rules"]}


def documented() -> list[tuple[str, str]]:
    """Each metric of docs/telemetry.md, and what alarms there."""
    found: list[tuple[str, str]] = []
    for line in (ROOT / "docs" / "telemetry.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `samrad.") and len(cells) == 4:
            first, *others = re.findall("`([a-z._]+)`", cells[0])
            stem = first.rpartition(".")[0]
            found += [(first, cells[3]), *((f"{stem}{other}", cells[3]) for other in others)]
    return found


def names_in(expression: str) -> set[str]:
    return set(NAME.findall(expression)) - LABELS


def test_each_panel_asks_for_what_the_hub_sends_and_every_metric_has_its_panel() -> None:
    asked: set[str] = set()
    for panel in panels():
        for target in panel["targets"]:
            names = names_in(target["expr"])
            assert names <= set(SENT), panel["title"]
            asked |= {SENT[name] for name in names}
    assert asked == {name for name, _ in documented()}


def test_each_alarm_asks_for_what_the_hub_sends_and_each_that_is_documented_is_there() -> None:
    told = {name: {SENT[series] for series in names_in(expression)} for name, expression in alarms().items()}
    assert all(told.values())
    watched = set().union(*told.values())
    assert {name for name, alarm in documented() if alarm and not alarm.startswith("none")} <= watched
    silent = {name for name, expression in alarms().items() if expression.startswith("absent(")}
    jobs = {job for name in silent for job in re.findall('job="samrad-([a-z]+)"', alarms()[name])}
    assert jobs == set(PROCESSES), "a process that dies tells nothing, so silence is an alarm"


@pytest.mark.parametrize("signal", ["traces", "metrics", "logs"])
def test_c7_each_pipeline_of_the_collector_drops_what_is_not_on_the_list(signal: str) -> None:
    config = loaded("collector/config.yaml")
    pipeline = config["service"]["pipelines"][signal]
    assert set(config["service"]["pipelines"]) == {"traces", "metrics", "logs"}
    assert pipeline["processors"][1:3] == ["filter/ours", "redaction/known"], "before anything is sent on"
    known = config["processors"]["redaction/known"]
    assert known["allow_all_keys"] is False
    keys = {*KnownWords()._under, "samrad.size"}
    assert set(known["allowed_keys"]) == keys | KEYS_OF_LINES | KEYS_OF_A_PROCESS
    ours = config["processors"]["filter/ours"]
    assert ours["error_mode"] == "propagate", "what cannot be judged is dropped"
    kind = {"traces": "span", "metrics": "metric", "logs": "log_record"}[signal]
    assert f'instrumentation_scope.name != "{SCOPE.name}"' in ours[signal][kind]


def test_c7_the_collector_knows_the_names_of_metrics_and_spans_and_no_others() -> None:
    processors = loaded("collector/config.yaml")["processors"]
    (metric,) = [each for each in processors["filter/ours"]["metrics"]["metric"] if "IsMatch" in each]
    (span,) = [each for each in processors["transform/known"]["trace_statements"] if "IsMatch" in each]
    metrics, spans = pattern_in(metric), pattern_in(span)
    assert all(metrics.fullmatch(name) for name in INSTRUMENTS)
    assert not metrics.fullmatch("samrad.people")
    routes = [route.path for route in ROUTES]
    assert all(spans.fullmatch(name) for name in (*SPANS, "other"))
    assert all(spans.fullmatch(f"{method} {route}") for method in METHODS for route in routes)
    assert not spans.fullmatch("GET /v1/cases/Anna Exempel")
    assert not spans.fullmatch("SELECT 1")


def pattern_in(statement: str) -> re.Pattern[str]:
    """The pattern as the collector reads it: `$$` is a dollar, and a backslash is written twice."""
    (found,) = re.findall(r'IsMatch\([a-z.]+, "(.*?)"\)', statement)
    return re.compile(str(found).replace("$$", "$").replace("\\\\", "\\"))


def test_the_dashboard_knows_its_sources() -> None:
    sources = {each["uid"] for each in loaded("grafana/provisioning/datasources/sources.yml")["datasources"]}
    asked = {target["datasource"]["uid"] for panel in panels() for target in panel["targets"]}
    assert asked <= sources
    assert {"acts", "looks"} == set(LOGS), "what `samrad_log` tells apart"

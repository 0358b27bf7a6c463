"""Referrals, reports, meetings, tasks and the board as bodies: what the acts that were seen tell, and no more."""

from typing import Any

import msgspec
import pytest

from domain.act import Fact
from domain.aggregates import fold
from domain.agreement.state import Directory
from domain.case import places
from domain.case.risk import RiskAssessed, limits_of
from domain.errors import Caution
from domain.event import Event
from domain.meeting import events as meeting
from domain.meeting.events import Attendee, MeetingStatus
from domain.meeting.waiting import ORDER_EN, ORDER_SV
from domain.meeting.waiting import tasks as own_tasks
from domain.open_items import needs_now
from domain.referral import events as referral
from domain.report import events as report
from domain.time import day_of
from domain.vocabulary import (
    Compartment,
    Consideration,
    Duty,
    Instrument,
    Kind,
    MeetingKind,
    Mode,
    Protected,
    Purpose,
    ReportKind,
    ReportOrder,
    ReportOutcome,
    Role,
)
from domain.waiting import Waiting
from hub_api.reads.board import Board, Closing, LeftOpen, SeenTask, TaskPage
from hub_api.reads.gateway import Seen, SeenPage
from tests.hub_api.http.stage import NOW, POLICE, SOCIAL, Stage, fact_of, ref, seen_of

ALIAS = "a" * 52
LOOKED = NOW + 1000
PROPOSED = referral.Proposed(reference="K7PM-2RXD", receiver=POLICE.unit, purpose=Purpose.PROTECTION, person=ref(9))
SENT = referral.Sent(
    receiver=POLICE.unit,
    reference="K7PM-2RXD",
    purpose=Purpose.PROTECTION,
    used_for="protection",
    person=ref(9),
    has_safe_contact=True,
)
CONSIDERED = report.Considered(
    reference="K7PM-2RXD",
    about=ReportKind.CRIME,
    duty=Duty.BY_LAW,
    outcome=Consideration.REPORT,
    person=ref(9),
    case=ref(5),
)
INVITED = meeting.Invited(
    to=POLICE.unit, status=MeetingStatus.SCHEDULED, mode=Mode.VIDEO, start=NOW + 100, end=NOW + 200
)
DIVIDED = meeting.WorkDivided(to=POLICE.unit, due=NOW - 1, what="Ring kuratorn.", how="Säg till skolan först.")


def seen(kind: Kind, *facts: Fact) -> Seen:
    state = fold(kind, facts)
    return msgspec.structs.replace(
        seen_of(kind, *facts), state=state, at=LOOKED, waits=needs_now(state, kind, LOOKED, Directory())
    )


def asked(path: str, found: object, **headers: str) -> dict[str, Any]:
    stage = Stage()
    stage.hub.answer = found
    response = stage.get(path, **headers)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_d2_a_referral_tells_how_far_it_has_come_and_for_whom_it_waits_since_when() -> None:
    body = asked(f"/v1/referrals/{ALIAS}", seen(Kind.REFERRAL, fact_of(PROPOSED), fact_of(SENT, 2)))
    assert (body["kind"], body["status"], body["reference"]) == ("referral", "sent", "K7PM-2RXD")
    assert body["waits"] == [
        {"on": POLICE.unit, "what": "referral_received", "says": "the referral to be received", "since": NOW - 5}
    ]
    assert [act["event"] for act in body["acts"]] == ["referral.proposed.v1", "referral.sent.v1"]


def test_f_who_received_a_referral_is_told_of_no_case_and_no_proposal() -> None:
    body = asked(f"/v1/referrals/{ALIAS}", seen(Kind.REFERRAL, fact_of(SENT)))
    assert body.keys() & {"case", "proposed", "named", "reason"} == set()


def test_d10_a_case_tells_which_municipality_is_responsible_for_whom_until_another_accepts() -> None:
    girl, brother = ref(9), ref(8)
    offered = fact_of(places.TransferOffered(person=girl, to=POLICE.unit), 3)
    history = (
        fact_of(places.ResponsibilityTaken(person=girl)),
        fact_of(places.OutcomeRecorded(person=brother, protected=Protected.NO), 2),
        offered,
    )
    accepted = places.TransferAccepted(transfer=offered.act.id, person=girl, to=SOCIAL.unit)
    assert _people(*history) == [(SOCIAL.unit, None), (None, "no")]
    assert _people(*history, fact_of(accepted, 4, by=POLICE)) == [(POLICE.unit, None), (None, "no")]


def test_d13_a_case_tells_the_last_answer_to_whether_a_person_got_protection() -> None:
    answers = (fact_of(places.OutcomeRecorded(person=ref(9), protected=said), n) for n, said in enumerate(Protected, 1))
    assert _people(*answers) == [(None, list(Protected)[-1])]


def test_f_where_neither_was_seen_neither_is_told() -> None:
    body = asked(f"/v1/cases/{ALIAS}", seen(Kind.CASE, fact_of(places.PlaceRecorded(person=ref(9)))))
    (person,) = body["persons"]
    assert person.keys() == {"id"}


def _people(*facts: Fact) -> list[tuple[str | None, str | None]]:
    """By person: who is responsible, and whether they got protection."""
    body = asked(f"/v1/cases/{ALIAS}", seen(Kind.CASE, *facts))
    return [(person.get("responsible"), person.get("protected")) for person in body["persons"]]


def test_d3_a_report_tells_its_times_as_far_as_one_knows_them() -> None:
    body = asked(f"/v1/reports/{ALIAS}", seen(Kind.REPORT, fact_of(CONSIDERED)))
    assert (body["status"], body["concern_known"], body["decided"]) == ("considered", NOW - 4, NOW - 5)
    assert "handed_over" not in body
    assert body["waits"][0]["what"] == "report_made"


def test_r2_who_is_only_invited_reads_time_mode_and_status_and_no_cause() -> None:
    body = asked(f"/v1/meetings/{ALIAS}", seen(Kind.MEETING, fact_of(INVITED)))
    assert (body["status"], body["mode"], body["start"]) == ("scheduled", "video", NOW + 100)
    assert body.keys() & {"case", "persons", "meeting", "requester", "tasks"} == set()


def test_d4_a_task_is_told_in_words_only_where_they_were_opened() -> None:
    for shown, words in (({Compartment.COORDINATION}, "Ring kuratorn."), (set(), None)):
        found = seen(Kind.MEETING, fact_of(DIVIDED, shown=shown))
        (task,) = own_tasks(found.state, POLICE.unit, found.at)
        body = asked("/v1/tasks", TaskPage(items=(SeenTask(found, task),), at=NOW, next=None))
        (line,) = body["items"]
        assert (line.get("what"), line["overdue"], line["progress"]) == (words, True, "open")
        assert line["meeting"] != line["id"]


def test_d3_a_report_of_many_outcomes_is_written_out() -> None:
    outcomes = list(ReportOutcome) * 10
    told = [report.OutcomeTold(to=SOCIAL.unit, outcome=outcome) for outcome in outcomes]
    body = asked(f"/v1/reports/{ALIAS}", seen(Kind.REPORT, *(fact_of(event, n) for n, event in enumerate(told, 1))))
    assert body["outcomes"] == outcomes


@pytest.mark.parametrize(("language", "order"), [("sv", ORDER_SV), ("en", ORDER_EN)])
def test_d6_the_order_of_samrad_and_report_is_shown_in_both_languages(language: str, order: str) -> None:
    asked_for = meeting.Requested(meeting=MeetingKind.LEGAL_SAMRAD, at_barnahus=True)
    body = asked(f"/v1/meetings/{ALIAS}", seen(Kind.MEETING, fact_of(asked_for)), accept_language=language)
    assert body["order"] == order


def test_d6_where_the_order_was_kept_nothing_is_said_of_it() -> None:
    held = meeting.Held(
        mode=Mode.VIDEO,
        start=NOW,
        attended=(Attendee(unit=POLICE.unit, role=Role.HANDLER),),
        report=ReportOrder.BEFORE_REPORT,
    )
    asked_for = meeting.Requested(meeting=MeetingKind.LEGAL_SAMRAD, at_barnahus=True)
    body = asked(f"/v1/meetings/{ALIAS}", seen(Kind.MEETING, fact_of(asked_for), fact_of(held, 2)))
    assert "order" not in body
    assert (body["report"], body["attended"][0]["unit"]) == ("before_report", POLICE.unit)


@pytest.mark.parametrize(("language", "place"), [("sv", 0), ("en", 1)])
def test_d7_the_limits_of_an_instrument_are_said_with_each_assessment(language: str, place: int) -> None:
    assessed = RiskAssessed(
        person=ref(9),
        instrument=Instrument.FREDA,
        authority=True,
        trained=True,
        assessed=day_of(NOW),
        valid_until=day_of(NOW),
    )
    body = asked(f"/v1/cases/{ALIAS}", seen(Kind.CASE, fact_of(assessed)), accept_language=language)
    assert body["acts"][0]["limits"] == limits_of(Instrument.FREDA)[place]


def test_a_board_tells_of_each_aggregate_all_that_waits_in_it() -> None:
    items = (seen(Kind.REFERRAL, fact_of(PROPOSED), fact_of(SENT, 2)), seen(Kind.REPORT, fact_of(CONSIDERED)))
    body = asked("/v1/board", Board(items=items, at=NOW, next="more"))
    assert [(item["kind"], len(item["waits"])) for item in body["items"]] == [("referral", 1), ("report", 1)]
    assert body["next"] == "more"
    assert all("acts" not in item for item in body["items"])


@pytest.mark.parametrize("path", ["board", "tasks"])
def test_an_earlier_board_is_asked_for_with_its_page(path: str) -> None:
    stage = Stage()
    page = {"board": Board(items=(), at=NOW, next=None), "tasks": TaskPage(items=(), at=NOW, next=None)}
    stage.hub.answer = page[path]
    assert stage.get(f"/v1/{path}?as_of={NOW}&after=abc&limit=7").status_code == 200
    assert stage.hub.asked[0] == {"principal": POLICE, "as_of": NOW, "after": "abc", "limit": 7}
    assert stage.get(f"/v1/{path}?reference=K7PM-2RXD").status_code == 400


@pytest.mark.parametrize("kind", [Kind.REFERRAL, Kind.REPORT])
def test_a_spoken_reference_leads_to_its_referral_or_report(kind: Kind) -> None:
    stage = Stage()
    events: dict[Kind, Event] = {Kind.REFERRAL: SENT, Kind.REPORT: CONSIDERED}
    stage.hub.answer = seen(kind, fact_of(events[kind]))
    body = stage.get(f"/v1/{kind}s?reference=K7PM-2RXD").json()
    assert [item["reference"] for item in body["items"]] == ["K7PM-2RXD"]
    assert (stage.hub.asked[0]["kind"], stage.hub.asked[0]["reference"]) == (kind, "K7PM-2RXD")


@pytest.mark.parametrize("which", ["referrals", "reports", "meetings"])
def test_each_kind_has_its_list(which: str) -> None:
    stage = Stage()
    stage.hub.answer = SeenPage(items=(), next=None)
    assert stage.get(f"/v1/{which}?limit=3").json() == {"items": [], "next": None}
    assert (stage.hub.asked[0]["which"], stage.hub.asked[0]["limit"]) == (which, 3)


def test_b5_a_line_of_a_list_names_no_member_of_staff() -> None:
    stage = Stage()
    stage.hub.answer = SeenPage(items=(seen(Kind.REFERRAL, fact_of(SENT)),), next=None)
    assert SOCIAL.person not in stage.get("/v1/referrals").text


def test_what_would_be_left_open_is_named_with_its_matter_and_a_caution_names_no_matter() -> None:
    stage = Stage()
    wait = Waiting(on=POLICE.unit, what="task", since=NOW, due=NOW + 1)
    case, met = seen_of(Kind.CASE), seen_of(Kind.MEETING)
    stage.hub.answer = Closing(case=case, items=(LeftOpen(met, wait),))
    (item,) = stage.get(f"/v1/cases/{'a' * 52}/closing").json()["items"]
    matter = stage.hub.aliases.out(POLICE.unit, met.stream)
    waited = {"on": POLICE.unit, "what": "task", "says": "a task", "since": NOW, "due": NOW + 1}
    assert item == {"kind": "meeting", "id": matter, **waited}
    assert stage.get(f"/v1/cases/{'a' * 52}/closing?limit=1").json()["field"] == "limit"
    stage.hub.answer = Caution(
        "D2",
        "what belongs to the case is still open: invitation, task",
        remedy="settle what its view before closing lists, or say why the case is closed with it",
    )
    for language, said in (("en", "an answer to the invitation, a task"), ("sv", "en uppgift")):
        problem = stage.post(f"/v1/cases/{'a' * 52}/close", {"outcome": "other"}, accept_language=language).json()
        assert problem["rule"] == "D2"
        assert said in problem["detail"]
        assert "done_elsewhere" in problem["because"]

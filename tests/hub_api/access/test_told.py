"""What a case reminds of, and which items an inbox says wait: from what each principal sees, and from nothing else."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.act import Principal
from domain.case import commands as case
from domain.case.risk import AssessRisk
from domain.vocabulary import Instrument, Kind
from hub_api.http.api.bodies import CaseBody, body
from hub_api.http.api.inbox_bodies import InboxItem, inbox
from hub_api.runtime.hub import Hub
from hub_api.wording.language import Language
from tests.hub_api.stand import ANNA, PIA, RELATED, SARA, Girl, agreed, disclosed, does, let_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = agreed(tmp_path)
    yield hub
    hub.close()


@pytest.fixture
def girl(hub: Hub) -> Girl:
    return Girl(hub)


def test_c3_the_coordinator_is_reminded_that_a_memo_of_the_assessment_should_be_shared(hub: Hub, girl: Girl) -> None:
    let_in(hub, girl, PIA)
    assessed = AssessRisk(
        person=girl.person,
        instrument=Instrument.PATRIARK,
        authority=True,
        trained=True,
        assessed=date(2026, 11, 9),
        valid_until=date(2026, 12, 9),
    )
    does(hub, SARA, assessed, girl.case)
    (reminder,) = _case(hub, girl, ANNA).share
    assert (reminder.person, reminder.by, reminder.other) == (girl.person, SARA.unit, PIA.unit)
    assert "promemoria" in reminder.says
    # The Police do not know of the assessment, social services not that the Police take part.
    assert _case(hub, girl, PIA).share == _case(hub, girl, SARA).share == ()


def _case(hub: Hub, girl: Girl, who: Principal) -> CaseBody:
    found = body(hub.gateway.look_now(who, Kind.CASE, girl.case, what="case"), who, Language.SV)
    assert isinstance(found, CaseBody)
    return found


def test_the_inbox_says_which_items_wait_by_the_acts_that_put_them_there(hub: Hub, girl: Girl) -> None:
    grant, shared = let_in(hub, girl, PIA), disclosed(hub, girl, PIA)
    page = inbox(hub.gateway.page_now(PIA, "inbox", what="inbox"), Language.EN)
    assert [item.id for item in page.items] == [girl.case]
    assert [(item.of, item.what, item.act) for item in page.waiting] == [
        (girl.case, "assignment", grant),
        (girl.case, "disclosure", shared),
    ]
    assert [item.says for item in page.waiting] == ["an assignment", "something disclosed"]
    does(hub, SARA, case.EndDisclosure(grant=shared), girl.case)
    again = inbox(hub.gateway.page_now(PIA, "inbox", what="inbox"), Language.SV)
    assert [(item.act, item.says) for item in again.waiting] == [(grant, "ett uppdrag")]


def test_c9_an_inbox_names_no_item_to_who_is_kept_from_the_case(hub: Hub, girl: Girl) -> None:
    grant = let_in(hub, girl, RELATED)
    assert [item.act for item in _waiting(hub, RELATED)] == [grant]
    does(hub, ANNA, case.BlockStaff(staff=RELATED.person), girl.case)
    assert _waiting(hub, RELATED) == ()
    assert [item.act for item in _waiting(hub, SARA)] == [grant]


def _waiting(hub: Hub, who: Principal) -> tuple[InboxItem, ...]:
    return inbox(hub.gateway.page_now(who, "inbox", what="inbox"), Language.EN).waiting

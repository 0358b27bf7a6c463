"""The board: what needs a unit now, as of any time, page by page of one instant, each item decided and on the trail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.system import SeededClock
from domain.access import Looked
from domain.act import Principal
from domain.agreement.events import TimeLimit
from domain.case import commands as case
from domain.case.risk import ChangeCircumstances
from domain.command import Command
from domain.errors import Refusal
from domain.referral import commands as referral
from domain.vocabulary import Because, Gender, Instant, Outcome, Purpose, Ref, UnitId
from domain.waiting import HOUR
from hub_api.commands.handler import Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.reads.board import limits_at, number_of, place_of
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import PERSONAS, agreement
from projections.urgency import UrgencyRank

SARA = PERSONAS["socialsekreterare-sara-exempel"]
ANNA = PERSONAS["samordnare-anna-exempel"]
OMAR = PERSONAS["radgivare-omar-exempel"]
LEO = PERSONAS["lakare-leo-exempel"]
BUP = UnitId("region-ostergotland.bup")
START: Instant = 1_790_000_000_000_000
MINUTE: Instant = 60_000_000


class Table:
    """A hub whose clock stands still unless it is moved, and those who work at it."""

    def __init__(self, folder: Path) -> None:
        self.hub = Hub.open(Settings.beside(folder / "data", seed="board", start=START))
        self.do(PERSONAS["administrator-ulla-exempel"], agreement())

    def do(
        self, who: Principal, command: Command, stream: Ref | None = None, because: Because | None = None
    ) -> Receipt:
        """A minute later each time, so that what was done before can be told from what was done after."""
        clock = self.hub.clock
        assert isinstance(clock, SeededClock)
        clock.set(clock.now() + MINUTE)
        return self.hub.commander.handle_now(who, command, stream, Circumstances(because=because))

    def opened(self) -> tuple[Ref, Ref]:
        """A case and the person in it."""
        stream = self.do(SARA, case.Open(coordinator=ANNA.unit)).stream
        return stream, self.do(SARA, case.AddPerson(gender=Gender.UNKNOWN), stream).created

    def waiting(self) -> Ref:
        stream, person = self.opened()
        self.do(SARA, ChangeCircumstances(person=person), stream)
        return stream

    def shown(self, who: Principal, as_of: Instant | None = None) -> list[Ref]:
        return [seen.stream for seen in self.hub.gateway.board_now(who, as_of=as_of).items]

    def looks(self) -> list[Looked]:
        return [fact.event for fact in self.hub.looks_log.read(0, 1000) if isinstance(fact.event, Looked)]


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    made = Table(tmp_path)
    yield made
    made.hub.close()


def test_a_board_shows_each_case_in_which_something_waits_and_no_other(table: Table) -> None:
    table.opened()
    first, second = table.waiting(), table.waiting()
    assert table.shown(ANNA) == [first, second]
    assert table.shown(SARA) == [first, second]
    assert table.shown(LEO) == []


def test_f_only_as_coordinator_does_the_centre_see_what_waits_in_a_case(table: Table) -> None:
    table.waiting()
    assert table.shown(OMAR) == []


def test_a_board_as_of_an_earlier_time_shows_what_waited_then(table: Table) -> None:
    before = table.hub.core.now()
    stream = table.waiting()
    after = table.hub.core.now()
    table.do(SARA, case.Close(outcome=Outcome.MOVED), stream, because=Because.NOT_AVAILABLE)
    assert table.shown(ANNA) == []
    assert table.shown(ANNA, after) == [stream]
    assert table.shown(ANNA, before) == []


def test_c9_who_is_kept_from_the_case_now_sees_no_earlier_wait_of_it_either(table: Table) -> None:
    stream = table.waiting()
    then = table.hub.core.now()
    blocked = PERSONAS["socialsekreterare-slak-exempel"]
    assert table.shown(blocked) == [stream]
    table.do(SARA, case.BlockStaff(staff=blocked.person), stream)
    assert table.shown(blocked) == []
    assert table.shown(blocked, then) == []


def test_the_pages_of_a_board_are_of_the_instant_of_the_first(table: Table) -> None:
    streams = [table.waiting() for _ in range(3)]
    first = table.hub.gateway.board_now(ANNA, limit=2)
    table.waiting()
    assert first.next is not None
    second = table.hub.gateway.board_now(ANNA, limit=2, after=first.next)
    assert [seen.stream for seen in (*first.items, *second.items)] == streams
    assert (second.at, second.next) == (first.at, None)


def test_a_cursor_leads_nobody_else_and_to_no_other_board(table: Table) -> None:
    for _ in range(2):
        table.waiting()
    cursor = table.hub.gateway.board_now(ANNA, limit=1).next
    for who, as_of in ((SARA, None), (ANNA, START)):
        with pytest.raises(Refusal, match="no cursor"):
            table.hub.gateway.board_now(who, as_of=as_of, after=cursor)
    with pytest.raises(Refusal, match="no cursor"):
        table.hub.gateway.tasks_now(ANNA, after=cursor)


def test_each_look_at_a_board_is_on_the_trail_with_what_it_showed(table: Table) -> None:
    stream = table.waiting()
    before = len(table.looks())
    table.hub.gateway.board_now(ANNA, as_of=table.hub.core.now())
    table.hub.gateway.board_now(LEO)
    annas, leos = table.looks()[before:]
    assert annas.what == leos.what == "board"
    assert [seen.stream for seen in annas.seen] == [stream]
    assert annas.as_of is not None
    assert leos.seen == ()


def test_d2_a_referral_that_its_coordinator_follows_is_on_the_board_until_it_is_sent(table: Table) -> None:
    stream, person = table.opened()
    mine = table.do(
        SARA,
        referral.Propose(reference="", receiver=BUP, purpose=Purpose.CARE, case=stream, person=person),
    ).stream
    (seen,) = table.hub.gateway.board_now(ANNA).items
    assert (seen.stream, seen.waits[0].what, seen.waits[0].on) == (mine, "referral_sent", SARA.unit)
    table.do(SARA, referral.Withdraw(), mine)
    assert table.shown(ANNA) == []


def test_d8_the_limits_of_a_board_are_those_of_the_agreement_of_that_day(table: Table) -> None:
    limit = next(limit for limit in agreement().limits if limit.what == "victim_contacted")
    assert limit == TimeLimit(what="victim_contacted", hours=24)
    hours = limits_at(table.hub.directory, START + HOUR)
    assert hours(BUP, "victim_contacted") == 24
    assert hours(BUP, "something") is None
    assert hours(UnitId("nowhere"), "victim_contacted") is None


def test_a_place_and_its_instant_come_back_from_their_number() -> None:
    for place in (UrgencyRank(True, 5, 7), UrgencyRank(False, START, 1)):
        assert place_of(number_of(START, place)) == (START, place)

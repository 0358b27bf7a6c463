"""Lists, references and callers' keys: filled over what is hidden, never wrong where the views cannot follow."""

import threading

import pytest

from domain.access import Looked, ShownParts
from domain.act import Principal
from domain.case import commands as case
from domain.consultation import commands as consultation
from domain.errors import NotThere, Refusal, SamradError
from domain.vocabulary import Compartment, Kind, Ref
from hub_api.access.key_attempts import AT_ONCE
from hub_api.reads import gateway
from hub_api.reads import look as steps
from hub_api.reads.gateway import Which
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import (
    ASKS,
    KIM,
    OMAR,
    PIA,
    RELATED,
    SARA,
    Girl,
    does,
    finds,
    last_look,
    later,
)

WHICH: tuple[Which, ...] = ("cases", "consultations", "inbox")


def pages(hub: Hub, who: Principal, which: Which, limit: int) -> list[list[Ref]]:
    found: list[list[Ref]] = []
    after: str | None = None
    while True:
        page = hub.gateway.page_now(who, which, what=which, after=after, limit=limit)
        found.append([item.stream for item in page.items])
        if page.next is None:
            return found
        after = page.next


def test_a_list_goes_on_where_its_page_ended_newest_first(hub: Hub) -> None:
    made = [does(hub, KIM, ASKS).stream for _ in range(7)]
    assert pages(hub, KIM, "consultations", 3) == [made[6:3:-1], made[3:0:-1], made[:1]]
    assert pages(hub, KIM, "consultations", 7) == [made[::-1]]


def test_a_page_is_filled_over_what_is_hidden(hub: Hub) -> None:
    girls = [Girl(hub) for _ in range(6)]
    for girl in girls[1:5]:
        does(hub, SARA, case.BlockStaff(staff=RELATED.person), girl.case)
    assert pages(hub, RELATED, "cases", 2) == [[girls[5].case, girls[0].case]]
    assert pages(hub, RELATED, "cases", 1) == [[girls[5].case], [girls[0].case]]
    assert len(pages(hub, SARA, "cases", 2)) == 3


def test_what_comes_in_between_moves_no_later_page(hub: Hub) -> None:
    made = [does(hub, KIM, ASKS).stream for _ in range(6)]
    first = hub.gateway.page_now(KIM, "consultations", what="c", limit=3)
    newer = does(hub, KIM, ASKS).stream
    second = hub.gateway.page_now(KIM, "consultations", what="c", limit=3, after=first.next)
    assert [item.stream for item in (*first.items, *second.items)] == made[::-1]
    assert hub.gateway.page_now(KIM, "consultations", what="c", limit=1).items[0].stream == newer


def test_an_inbox_lists_each_matter_once_longest_waiting_first(hub: Hub) -> None:
    made = [does(hub, KIM, ASKS).stream for _ in range(5)]
    does(hub, OMAR, consultation.Accept(), made[2])
    waiting = [stream for page in pages(hub, OMAR, "inbox", 2) for stream in page]
    assert waiting == [stream for stream in made if stream in waiting]
    assert len(set(waiting)) == len(waiting)
    assert set(made) - {made[2]} <= set(waiting)


def test_lists_show_no_content(hub: Hub, girl: Girl) -> None:
    does(hub, SARA, ASKS)
    for which in WHICH[:2]:
        page = hub.gateway.page_now(SARA, which, what=which)
        assert {part for item in page.items for fact in item.facts for part in fact.shown} == set()


def test_a_page_ends_before_its_access_record_is_too_large(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [does(hub, KIM, ASKS).stream for _ in range(5)]
    monkeypatch.setattr(gateway, "ACTS_ON_A_PAGE", 2)
    assert pages(hub, KIM, "consultations", 50) == [made[4:2:-1], made[2:0:-1], made[:1]]
    monkeypatch.setattr(gateway, "ACTS_ON_A_PAGE", 0)
    assert pages(hub, KIM, "consultations", 50) == [[stream] for stream in made[::-1]]


def test_the_largest_page_fits_in_its_access_record(hub: Hub) -> None:
    seen = tuple((version, (1 << len(Compartment)) - 1) for version in range(10_001, 10_001 + steps.ACTS_ON_A_PAGE))
    event = Looked(what="cases", position=2**53, seen=(ShownParts(Ref("f" * 32), seen),))
    assert hub.looks.write_now(SARA, event).hex


def test_a_cursor_is_its_units_own_for_its_own_list(hub: Hub) -> None:
    for _ in range(3):
        does(hub, KIM, ASKS)
    cursor = hub.gateway.page_now(KIM, "consultations", what="c", limit=1).next
    assert cursor is not None
    with pytest.raises(Refusal, match="no cursor"):
        hub.gateway.page_now(OMAR, "consultations", what="c", after=cursor)
    with pytest.raises(Refusal, match="no cursor"):
        hub.gateway.page_now(KIM, "cases", what="c", after=cursor)
    for made_up in ("bb" + cursor[2:] if cursor[:2] == "aa" else "aa" + cursor[2:], "", "å", "0189", cursor + cursor):
        with pytest.raises(Refusal, match="no cursor"):
            hub.gateway.page_now(KIM, "consultations", what="c", after=made_up)


def test_a_list_is_refused_while_the_views_cannot_follow(hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise SamradError("the log has a gap")

    hub.follower.catch_up()
    with monkeypatch.context() as patched:
        patched.setattr(hub.runners[0], "catch_up", broken)
        does(hub, KIM, ASKS)
        for which in WHICH:
            with pytest.raises(SamradError, match="gap"):
                hub.gateway.page_now(KIM, which, what="c")
        # One aggregate is read from its stream, never from a view.
        assert finds(hub, SARA, girl.case)
    assert len(hub.gateway.page_now(KIM, "consultations", what="c").items) == 1


def test_the_follower_goes_on_after_whatever_stopped_it(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()

    def broken(*_: object) -> int:
        failed.set()
        raise RuntimeError("whatever")

    with monkeypatch.context() as patched:
        patched.setattr(hub.runners[0], "catch_up", broken)
        hub.follower.poke()
        assert failed.wait(5)
    caught = threading.Event()
    catch_up = hub.runners[1].catch_up

    def watched() -> int:
        caught.set()
        return catch_up()

    monkeypatch.setattr(hub.runners[1], "catch_up", watched)
    hub.follower.poke()
    assert caught.wait(5)


def test_a_reference_is_known_to_its_parties_alone(hub: Hub) -> None:
    receipt = does(hub, KIM, ASKS)
    reference = receipt.said["reference"]
    assert hub.gateway.by_reference_now(OMAR, Kind.CONSULTATION, reference, what="r").stream == receipt.stream
    told = []
    for who, asked in ((PIA, reference), (PIA, "AAAA-2222")):
        with pytest.raises(NotThere) as refusal:
            hub.gateway.by_reference_now(who, Kind.CONSULTATION, asked, what="r")
        told.append(str(refusal.value))
        assert len(last_look(hub).denied) == 1
    assert told[0] == told[1]


def test_a4_who_comes_back_with_a_key_reads_the_answer_and_keys_that_are_tried_are_counted(hub: Hub) -> None:
    asked = does(hub, OMAR, ASKS)
    key = does(hub, OMAR, consultation.IssueKey(tag=""), asked.stream).said["caller_key"]
    does(hub, OMAR, consultation.Advise(answer="Come back whenever you want."), asked.stream)
    seen = hub.gateway.answer_for_key_now(key.upper().replace("-", " "))
    assert seen.stream == asked.stream
    assert {part for fact in seen.facts for part in fact.shown} == {Compartment.ADVICE}
    for _ in range(AT_ONCE - 1):
        with pytest.raises(NotThere):
            hub.gateway.answer_for_key_now("bano-kilu-bano-kilu-bano-kilu")
    # Attempts are counted, not hits: the right key waits like every other.
    with pytest.raises(Refusal, match="A4"):
        hub.gateway.answer_for_key_now(key)
    assert hub.gateway.answer_for_key_now(key, b"another source").stream == asked.stream
    later(hub, 15 * 60_000_000)
    assert hub.gateway.answer_for_key_now(key).stream == asked.stream

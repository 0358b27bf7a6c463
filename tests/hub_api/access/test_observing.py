"""What is known of a stream is carried on from one look to the next, and never tells another thing than the log."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Phases
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.act import Principal
from domain.case import commands as ask
from domain.case.risk import AssessMotive
from domain.consultation.commands import IssueKey
from domain.consultation.events import KeyIssued
from domain.errors import NotThere, SamradError, Tampered
from domain.needtoknow.visible import all_seen
from domain.referral.commands import Propose
from domain.time import day_of
from domain.vocabulary import Because, Compartment, Kind, Motive, Outcome, Phase, Ref, Role, StaffId
from hub_api.access import observing as module
from hub_api.runtime.hub import Hub
from tests.adapters.support import behind_the_back
from tests.hub_api.access.agreement_of_sights import Compared, Counted
from tests.hub_api.stand import (
    ANNA,
    ASKS,
    BO,
    DAY,
    HOUR,
    KIM,
    LARS,
    NILS,
    OMAR,
    PIA,
    RELATED,
    RUT,
    SARA,
    TOMORROW,
    Girl,
    agreed,
    disclosed,
    does,
    finds,
    later,
    let_in,
    texts,
)

WEAKLY: Final = replace(SARA, assurance=1)
"""Of the unit that is in the case, and signed in too weakly for its records."""
EVERYBODY: Final = (
    *(SARA, RELATED, ANNA, PIA, BO, NILS, LARS, RUT, WEAKLY),
    replace(SARA, role=Role.ADMINISTRATOR),
    replace(PIA, person=StaffId("another")),
)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = agreed(tmp_path)
    yield made
    made.close()


def told(hub: Hub, girl: Girl, who: Principal = SARA, text: str = "Is afraid of Friday.") -> Ref:
    return does(hub, who, ask.RecordInformation(person=girl.person, social=text), girl.case).created


# The same as anew.


class Tale:
    """A case in which whatever can be done is done; what a rule refuses is left out."""

    def __init__(self, hub: Hub) -> None:
        self.hub: Final = hub
        self.girl: Final = Girl(hub)
        self.made: Final[dict[str, list[Ref]]] = defaultdict(list)

    def act(self, what: str, who: Principal) -> None:
        girl = self.girl
        last = self.made[what.partition(" ")[2]]
        named = last[-1] if last else girl.own
        tomorrow = day_of(self.hub.clock.now() + DAY)
        commands: dict[str, Callable[[], Any]] = {
            "tells": lambda: ask.RecordInformation(person=girl.person, social="Is afraid.", police="A threat."),
            "enters": lambda: ask.EnterPhase(phase=Phase.ACUTE),
            "assesses": lambda: AssessMotive(person=girl.person, motive=Motive.SUSPECTED, why="Fears the family."),
            "writes note": lambda: ask.WriteNote(person=girl.person, purge_on=tomorrow, text="Call."),
            "purges note": lambda: ask.PurgeNote(note=named),
            "retracts act": lambda: ask.Retract(act=named),
            "lets in assignment": lambda: ask.Assign(
                person=girl.person, unit=BO.unit, role=BO.role, purpose=BO.purpose, last=tomorrow
            ),
            "ends assignment": lambda: ask.EndAssignment(grant=named),
            "discloses disclosure": lambda: ask.Disclose(
                person=girl.person,
                receiver=PIA.unit,
                compartments=frozenset({Compartment.SOCIAL, Compartment.IDENTITY}),
                purpose=PIA.purpose,
                last=tomorrow,
            ),
            "ends disclosure": lambda: ask.EndDisclosure(grant=named),
            "blocks block": lambda: ask.BlockStaff(staff=RELATED.person),
            "lifts block": lambda: ask.LiftBlock(block=named),
            "closes": lambda: ask.Close(outcome=Outcome.PROTECTED),
            "reopens": lambda: ask.Reopen(),
            "disposes": lambda: ask.Dispose(),
        }
        ground = "osl-10-2" if what.startswith("discloses") else None
        try:
            made = does(self.hub, who, commands[what](), girl.case, ground, Because.NOT_AVAILABLE).created
        except SamradError:
            return
        self.made["act"].append(made)
        if what.split(" ")[0] in ("writes", "lets", "discloses", "blocks"):
            self.made[what.split(" ")[-1]].append(made)


ORDINARY: Final = ("tells", "tells", "tells", "enters", "assesses", "writes note", "retracts act")
CHANGING: Final = (
    *("purges note", "lets in assignment", "ends assignment", "discloses disclosure", "ends disclosure"),
    *("blocks block", "lifts block", "closes", "reopens", "disposes"),
)
steps: Final = st.tuples(
    st.sampled_from(ORDINARY) | st.sampled_from(CHANGING),
    st.sampled_from((SARA, SARA, ANNA, PIA, BO)),
    st.sampled_from((0, 0, 0, HOUR, DAY // 2, 2 * DAY)),
)


def test_what_is_carried_on_is_what_is_made_anew_after_every_act_and_at_every_boundary(hub: Hub) -> None:
    compared = Compared(hub)

    @settings(max_examples=8, deadline=None, phases=[Phases.generate], suppress_health_check=list(HealthCheck))
    @given(st.lists(steps, min_size=10, max_size=16))
    def tried(acts: list[tuple[str, Principal, int]]) -> None:
        tale = Tale(hub)
        compared.of(EVERYBODY, (tale.girl.case,))
        for what, who, passes in acts:
            tale.act(what, who)
            compared.of(EVERYBODY, (tale.girl.case,))
            if passes:
                later(hub, passes)
                compared.of(EVERYBODY, (tale.girl.case,))

    tried()
    assert compared.carried() > 300, "and most of it was carried on"


# An ordinary act costs one act; what is no ordinary one costs all.


def test_an_ordinary_act_is_read_judged_and_folded_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    girl = Girl(hub)
    for _ in range(20):
        told(hub, girl)
    judged: list[int] = []
    first: list[int] = []
    rows_of = hub.log.rows.rows_of

    def judging(seeing: Any, facts: Any) -> Any:
        judged.append(len(facts))
        return all_seen(seeing, facts)

    def reading(stream: bytes, upto: int, version: int = 1) -> Any:
        first.append(version)
        return rows_of(stream, upto, version)

    monkeypatch.setattr(module, "all_seen", judging)
    monkeypatch.setattr(hub.log.rows, "rows_of", reading)
    for _ in range(10):
        told(hub, girl)
    assert judged == [1] * 10
    version = len(hub.log.snapshot().stream(girl.case))
    first.pop()
    assert first == list(range(version - 11, version - 1)), "from the last record that was read, and no earlier one"


@pytest.mark.parametrize("name", ["block", "grant", "boundary", "end"])
def test_what_changes_who_may_know_begins_anew(hub: Hub, name: str) -> None:
    girl = Girl(hub)
    let_in(hub, girl, PIA, last=TOMORROW)
    grant = disclosed(hub, girl, PIA)
    told(hub, girl)
    observing = Counted(hub)

    def anew() -> int:
        before = observing.anew
        observing.know(PIA, girl.case, hub.log.snapshot(), hub.core.now(), acts=True)
        return observing.anew - before

    assert [anew(), anew()] == [1, 0]
    told(hub, girl)
    assert anew() == 0
    match name:
        case "block":
            does(hub, SARA, ask.BlockStaff(staff=RELATED.person), girl.case)
        case "grant":
            let_in(hub, girl, BO)
        case "boundary":
            later(hub, 2 * DAY)
        case _:
            does(hub, SARA, ask.EndDisclosure(grant=grant), girl.case)
    assert [anew(), anew()] == [1, 0]


def test_c2_a_grant_that_is_over_opens_nothing_though_nothing_was_recorded(hub: Hub) -> None:
    girl = Girl(hub)
    disclosed(hub, girl, PIA)
    assert Compartment.SOCIAL in texts(hub, PIA, girl.case)
    assert Compartment.SOCIAL in texts(hub, PIA, girl.case)
    later(hub, 2 * DAY)
    assert texts(hub, PIA, girl.case) == set()


def test_c9_a_colleague_who_is_blocked_finds_nothing_of_what_was_kept_for_another(hub: Hub) -> None:
    girl = Girl(hub)
    assert finds(hub, SARA, girl.case)
    assert finds(hub, RELATED, girl.case)
    does(hub, SARA, ask.BlockStaff(staff=RELATED.person), girl.case)
    assert finds(hub, SARA, girl.case)
    snapshot, now = hub.log.snapshot(), hub.core.now()
    assert hub.core.observing.know(RELATED, girl.case, snapshot, now, acts=True).is_nothing
    assert finds(hub, SARA, girl.case)


def test_c9_a_block_counts_before_what_was_kept_whatever_the_index_of_access_says(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    girl = Girl(hub)
    does(hub, SARA, ask.BlockStaff(staff=RELATED.person), girl.case)
    snapshot, now = hub.log.snapshot(), hub.core.now()
    assert not hub.core.observing.know(SARA, girl.case, snapshot, now, acts=True).is_nothing
    monkeypatch.setattr(hub.access, "is_kept_out", lambda *_: False)
    assert hub.core.observing.know(RELATED, girl.case, snapshot, now, acts=True).is_nothing


def test_a4_nothing_is_kept_for_colleagues_by_one_who_is_called_like_a_callers_key(hub: Hub) -> None:
    asked = does(hub, KIM, ASKS).stream
    does(hub, OMAR, IssueKey(tag=""), asked)
    tag = next(fact.event.tag for fact in hub.log.snapshot().stream(asked) if isinstance(fact.event, KeyIssued))
    observing, snapshot, now = Counted(hub), hub.log.snapshot(), hub.core.now()
    alike = replace(OMAR, person=StaffId(tag))
    assert not observing.know(alike, asked, snapshot, now, acts=True).is_nothing
    assert observing._kept.weight == 0
    observing.know(OMAR, asked, snapshot, now, acts=True)
    assert observing._kept.weight > 0
    observing.know(alike, asked, snapshot, now, acts=True)
    assert observing.anew == 3


def test_c6_what_was_disposed_of_is_gone_from_what_was_kept(hub: Hub) -> None:
    girl = Girl(hub)
    told(hub, girl)
    snapshot, now = hub.log.snapshot(), hub.core.now()
    observing = Counted(hub)
    observing.know(SARA, girl.case, snapshot, now, acts=True)
    observing.know(SARA, girl.case, snapshot, now, acts=True)
    assert observing.anew == 1
    hub.vault.retire([bytes.fromhex("5" * 32)])
    observing.know(SARA, girl.case, snapshot, now, acts=True)
    assert observing.anew == 2
    hub.vault.retire([bytes.fromhex("5" * 32)])
    observing.know(SARA, girl.case, snapshot, now, acts=True)
    assert observing.anew == 2, "the same disposal read again is no other"


# Nothing but what the log holds.


def test_a_record_that_was_changed_is_noticed_though_its_case_was_kept(hub: Hub) -> None:
    girl = Girl(hub)
    told(hub, girl)
    assert finds(hub, SARA, girl.case)
    last = hub.log.rows.rows(hub.log.last() - 1, 1)[0]
    changed = last.frame[:-1] + bytes([last.frame[-1] ^ 1])
    behind_the_back(
        hub.folder / "acts.db", ("UPDATE records SET frame = ? WHERE position = ?", (changed, last.position))
    )
    with pytest.raises(Tampered):
        hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")


def test_a_log_that_was_shortened_is_noticed_though_its_case_was_kept(hub: Hub) -> None:
    girl = Girl(hub)
    told(hub, girl)
    snapshot, now = hub.log.snapshot(), hub.core.now()
    before = hub.core.observing.know(SARA, girl.case, snapshot, now, acts=True)
    last = hub.log.rows.rows(hub.log.last() - 1, 1)[0]
    behind_the_back(hub.folder / "acts.db", ("DELETE FROM records WHERE position = ?", (last.position,)))
    after = hub.core.observing.know(SARA, girl.case, snapshot, now, acts=True)
    assert (before.version, after.version) == (last.version, last.version - 1)


def test_f_who_finds_nothing_neither_reads_what_was_kept_nor_leaves_anything(hub: Hub) -> None:
    girl = Girl(hub)
    observing = Counted(hub)
    snapshot, now = hub.log.snapshot(), hub.core.now()
    assert observing.know(WEAKLY, girl.case, snapshot, now, acts=True).is_nothing
    assert observing.know(NILS, girl.case, snapshot, now, acts=True).is_nothing
    assert observing._kept.weight == 0
    observing.know(SARA, girl.case, snapshot, now, acts=True)
    weight, anew = observing._kept.weight, observing.anew
    for _ in range(3):
        assert observing.know(WEAKLY, girl.case, snapshot, now, acts=True).is_nothing
    assert (observing._kept.weight, observing.anew) == (weight, anew + 3)


def test_nothing_that_is_sealed_is_kept_open(hub: Hub) -> None:
    girl = Girl(hub)
    assert Compartment.SOCIAL in texts(hub, SARA, girl.case)
    snapshot, now = hub.log.snapshot(), hub.core.now()
    known = hub.core.observing.know(SARA, girl.case, snapshot, now, acts=True)
    assert known.visible().facts
    assert not any(sight.fact.shown for sight in known.visible().facts)


def test_as_of_an_earlier_time_nothing_is_taken_from_what_was_kept(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    girl = Girl(hub)
    then = hub.core.now()
    later(hub, HOUR)
    monkeypatch.setattr(module.Observing, "know", lambda *_, **__: pytest.fail("it was asked"))
    hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case", as_of=then)


def test_an_older_snapshot_is_not_answered_with_what_came_later(hub: Hub) -> None:
    girl = Girl(hub)
    earlier, now = hub.log.snapshot(), hub.core.now()
    told(hub, girl)
    observing = Counted(hub)
    newest = observing.know(SARA, girl.case, hub.log.snapshot(), hub.core.now(), acts=True)
    older = observing.know(SARA, girl.case, earlier, now, acts=True)
    assert older.version == newest.version - 1
    assert observing.know(SARA, girl.case, hub.log.snapshot(), hub.core.now(), acts=True) is newest


def test_who_is_not_there_any_more_is_refused_by_the_command_too(hub: Hub) -> None:
    girl = Girl(hub)
    told(hub, girl, RELATED)
    does(hub, SARA, ask.BlockStaff(staff=RELATED.person), girl.case)
    with pytest.raises(NotThere):
        told(hub, girl, RELATED)


def test_c9_who_is_blocked_from_the_case_finds_nothing_of_what_was_kept_of_its_referral(hub: Hub) -> None:
    girl = Girl(hub)
    propose = Propose(reference="", receiver=BO.unit, purpose=BO.purpose, person=girl.person, case=girl.case)
    referral = does(hub, SARA, propose).stream
    known = [
        hub.core.observing.know(RELATED, referral, hub.log.snapshot(), hub.core.now(), acts=True) for _ in range(2)
    ]
    assert not any(each.is_nothing for each in known)
    does(hub, SARA, ask.BlockStaff(staff=RELATED.person), girl.case)
    assert hub.core.observing.know(RELATED, referral, hub.log.snapshot(), hub.core.now(), acts=True).is_nothing
    assert not hub.core.observing.know(SARA, referral, hub.log.snapshot(), hub.core.now(), acts=True).is_nothing

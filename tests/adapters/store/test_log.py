"""The log of acts: what is appended is there once, in one order, and opens as far as it is asked to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from adapters.store.mapper import PendingEvent
from adapters.store.verification import verify
from adapters.system import SeededClock
from domain.access import Looked
from domain.act import Fact
from domain.agreement.events import Ended
from domain.case.events import Disposed, InformationRecorded, NoteWritten, PersonAdded
from domain.errors import Refusal, Tampered, Unreadable
from domain.event import Gone
from domain.ports import Append, Conflict, Draft, KeyInfo, Recorded
from domain.upcasters import UPCASTERS
from domain.vocabulary import Compartment, Kind, Ref, Role
from tests.adapters.stores import every_store, sqlite
from tests.adapters.support import (
    CENTRE,
    ENTROPY,
    POLICE,
    SECRETS,
    SOCIAL,
    START,
    Hub,
    act,
    behind_the_back,
    draft,
    every_file,
    information,
    one,
    opened,
    person,
)

IDENTITY = frozenset({Compartment.IDENTITY})


@every_store
def test_what_was_appended_is_read_with_its_record_open_and_all_else_shut(hub: Hub) -> None:
    case, by = ENTROPY.ref(), act()
    added = person()
    hub.log.append([one(case, 1), Append((draft(case, 2, added, by=by),))])

    fact = hub.log.read(0, 10)[1]

    assert (fact.position, fact.stream, fact.version, fact.kind, fact.act) == (2, case, 2, Kind.CASE, by)
    assert fact.event == PersonAdded(person=added.person)
    assert fact.sealed == {Compartment.IDENTITY, Compartment.CONTACT}
    assert fact.shown == frozenset()


def test_a_part_is_opened_by_name_and_the_others_stay_shut(hub: Hub) -> None:
    case, added = ENTROPY.ref(), person()
    hub.log.append([one(case, 1, added)])
    snapshot = hub.log.snapshot()

    fact = snapshot.open(snapshot.stream(case)[0], IDENTITY)

    assert isinstance(fact.event, PersonAdded)
    assert fact.event.identity == added.identity
    assert fact.event.contact is UNSET
    assert fact.shown == IDENTITY
    assert fact.sealed == {Compartment.CONTACT}
    assert snapshot.open(fact, frozenset(Compartment)).event == added


@every_store
def test_a_snapshot_stays_as_it_was_while_the_log_goes_on(hub: Hub) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1)])
    snapshot = hub.log.snapshot()
    hub.log.append([one(case, 2, person())])

    assert [fact.version for fact in snapshot.stream(case)] == [1]
    assert [fact.version for fact in hub.log.snapshot().stream(case)] == [1, 2]
    assert [fact.version for fact in hub.log.snapshot(1).stream(case)] == [1]


@every_store
def test_of_two_commands_on_one_version_one_wins_and_the_other_leaves_nothing(hub: Hub) -> None:
    case, other = ENTROPY.ref(), ENTROPY.ref()

    verdicts = hub.log.append([one(case, 1), Append((opened(other), opened(case))), one(other, 1)])

    assert [type(verdict) for verdict in verdicts] == [Recorded, Conflict, Recorded]
    assert [(fact.stream, fact.version) for fact in hub.log.read(0, 10)] == [(case, 1), (other, 1)]


@every_store
@pytest.mark.parametrize("version", [0, 2, 3])
def test_a_version_that_is_not_the_next_one_is_a_conflict(hub: Hub, version: int) -> None:
    assert hub.log.append([one(ENTROPY.ref(), version)]) == [Conflict()]
    assert hub.log.last() == 0


def test_committed_time_never_goes_back(tmp_path: Path) -> None:
    clock = SeededClock(START)
    with Hub(tmp_path, clock) as hub:
        hub.log.append([one(ENTROPY.ref(), 1)])
        clock.set(START - 5_000_000)
        hub.log.append([one(ENTROPY.ref(), 1)])
        clock.set(START + 7)
        hub.log.append([one(ENTROPY.ref(), 1)])
        assert [fact.committed for fact in hub.log.read(0, 9)] == [START, START, START + 7]


def test_nothing_readable_is_in_any_file(hub: Hub) -> None:
    case, who = ENTROPY.ref(), person()
    hub.log.append([one(case, 1), one(case, 2, who), one(case, 3, information(who.person))])

    stored = every_file(hub.data)

    for secret in (*SECRETS, "case.opened", "identity", "070-000", CENTRE, who.person.hex, "handler"):
        assert secret.encode() not in stored, secret
    assert who.person.uuid.bytes not in stored
    assert all(key.id.uuid.bytes in stored for key in hub.vault.keys_of(case))


def test_a_record_tells_its_size_in_blocks_only(hub: Hub) -> None:
    short, long = ENTROPY.ref(), ENTROPY.ref()
    hub.log.append(
        [
            one(short, 1, PersonAdded(person=ENTROPY.ref(), identity="A")),
            one(long, 1, PersonAdded(person=ENTROPY.ref(), identity="A" * 230)),
        ]
    )
    first, second = hub.log.rows.rows(0, 2)
    assert len(first.frame) == len(second.frame)


def test_b7_an_act_beyond_256_kib_is_refused_and_nothing_is_recorded(hub: Hub) -> None:
    who = ENTROPY.ref()
    long = information(who)
    fields = dict.fromkeys(("social", "health", "police", "risk_memo", "risk_assessment"), "å" * 30_000)
    with pytest.raises(Refusal, match="B7"):
        hub.log.append([one(ENTROPY.ref(), 1, type(long)(person=who, **fields))])
    assert hub.log.last() == 0


def test_an_event_outside_the_registry_is_not_stored(hub: Hub) -> None:
    with pytest.raises(Unreadable, match=r"gone\.v1"):
        hub.log.append([one(ENTROPY.ref(), 1, Gone())])


def test_each_part_is_under_the_key_of_its_owner_subject_and_compartment(hub: Hub) -> None:
    case, who = ENTROPY.ref(), person()
    by = act()
    hub.log.append(
        [
            one(case, 1, who),
            Append((draft(case, 2, information(who.person), POLICE),)),
            Append((draft(case, 3, NoteWritten(purge_on=_day(), text="x", person=who.person), by=by),)),
        ]
    )
    scopes = {(key.scope.owner, key.scope.compartment, key.scope.subject, key.scope.single) for key in _keys(hub, case)}
    assert scopes == {
        (SOCIAL, Compartment.RECORD, None, None),
        (SOCIAL, Compartment.IDENTITY, who.person, None),
        (SOCIAL, Compartment.CONTACT, who.person, None),
        (SOCIAL, Compartment.WORKING_NOTE, who.person, by.id),
        (POLICE, Compartment.RECORD, None, None),
        (POLICE, Compartment.SOCIAL, who.person, None),
        (POLICE, Compartment.WHEREABOUTS, who.person, None),
    }
    assert [key.scope.single for key in hub.vault.keys_of(case, single=by.id)] == [by.id]
    assert len(hub.vault.keys_of(case, owner=POLICE, compartments={Compartment.SOCIAL})) == 1


def test_the_hubs_own_events_and_the_looks_are_under_the_hubs_keys(hub: Hub) -> None:
    agreement, looks = ENTROPY.ref(), ENTROPY.ref()
    look = Looked(what="case", position=1)
    months = [START, START, START + 40 * 86_400 * 1_000_000]
    hub.log.append(
        [Append((Draft(agreement, Kind.AGREEMENT, 1, act(), Ended(last=_day())),))]
        + [Append((Draft(looks, Kind.ACCESS, v, act(now=now), look),)) for v, now in enumerate(months, 1)]
    )
    assert _keys(hub, agreement) == []
    assert _keys(hub, looks) == []
    first, second, third = (row.frame[132:148] for row in hub.log.rows.rows(1, 3))
    assert first == second != third


@every_store
def test_a_disposed_part_is_told_as_disposed_and_the_rest_opens(hub: Hub) -> None:
    case, who = ENTROPY.ref(), person()
    hub.log.append([one(case, 1, who)])
    keys = hub.vault.keys_of(case, owner=SOCIAL, compartments={Compartment.IDENTITY})
    hub.log.append([one(case, 2, Disposed(keys=tuple(key.id for key in keys)))])
    hub.vault.delete([key.id for key in keys])

    fact = hub.log.open(hub.log.read(0, 1)[0], frozenset(Compartment))

    assert fact.disposed == IDENTITY
    assert fact.shown == {Compartment.CONTACT}
    assert isinstance(fact.event, PersonAdded)
    assert fact.event.identity is UNSET


@every_store
def test_when_all_of_a_unit_is_disposed_of_the_places_and_the_disposal_itself_stay(hub: Hub) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1), one(case, 2, person()), one(case, 3, person(), POLICE)])
    keys = tuple(key.id for key in hub.vault.keys_of(case, owner=SOCIAL))
    hub.log.append([one(case, 4, Disposed(keys=keys, whole=True))])
    hub.vault.delete(keys)

    facts = hub.log.snapshot().stream(case)

    assert [type(fact.event) for fact in facts] == [Gone, Gone, PersonAdded, Disposed]
    assert [(fact.version, fact.position) for fact in facts] == [(1, 1), (2, 2), (3, 3), (4, 4)]
    nobody = facts[0].act.by
    assert (nobody.person, nobody.agency, nobody.unit, nobody.role, nobody.assurance) == ("", "", "", Role.SYSTEM, 0)
    assert facts[0].disposed == {Compartment.RECORD}
    assert list(verify(hub.log))[-1].disposed == 2


@every_store
def test_a_look_whose_key_is_gone_lacks_what_looks_are_sealed_under(hub: Hub) -> None:
    look = Looked(what="case", position=1)
    hub.log.append([Append((Draft(ENTROPY.ref(), Kind.ACCESS, 1, act(), look),))])
    key = Ref(hub.log.rows.rows(0, 1)[0].frame[132:148].hex())
    hub.log.append([one(ENTROPY.ref(), 1, Disposed(keys=(key,)))])
    hub.vault.delete([key])
    assert hub.log.read(0, 1)[0].disposed == {Compartment.ACCESS}


def test_what_the_library_reads_stands_at_no_place_of_the_log(hub: Hub) -> None:
    hub.log.append([one(ENTROPY.ref(), 1), one(ENTROPY.ref(), 1)])
    (stored,) = hub.log.rows.select_notifications(2, 1)
    fact = hub.log.mapper.to_domain_event(stored)
    assert isinstance(fact, Fact)
    assert (fact.position, fact.committed) == (0, 0)


@every_store
def test_what_is_recorded_after_a_disposal_is_under_another_key(hub: Hub) -> None:
    case, who = ENTROPY.ref(), person()
    hub.log.append([one(case, 1, who)])
    keys = tuple(key.id for key in hub.vault.keys_of(case))
    hub.log.append([one(case, 2, Disposed(keys=keys, whole=True))])
    hub.log.snapshot().stream(case)

    hub.log.append([one(case, 3, person(who.person))])
    hub.vault.delete(keys)

    assert hub.log.open(hub.log.read(2, 1)[0], frozenset(Compartment)).disposed == frozenset()


def test_a_disposal_that_was_interrupted_is_finished_at_the_next_opening(tmp_path: Path) -> None:
    case = ENTROPY.ref()
    with Hub(tmp_path) as hub:
        hub.log.append([one(case, 1, person())])
        keys = tuple(key.id for key in hub.vault.keys_of(case, compartments={Compartment.IDENTITY}))
        hub.log.append([one(case, 2, Disposed(keys=keys))])
        assert hub.vault.keys_of(case, compartments={Compartment.IDENTITY}) != []
    with Hub(tmp_path) as hub:
        assert hub.vault.keys_of(case, compartments={Compartment.IDENTITY}) == []
        assert hub.log.open(hub.log.read(0, 1)[0], IDENTITY).disposed == IDENTITY


def test_a_key_that_is_missing_without_a_disposal_stops_the_reading(hub: Hub) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1, person())])
    hub.vault.delete([key.id for key in hub.vault.keys_of(case, compartments={Compartment.CONTACT})])
    fact = hub.log.read(0, 1)[0]

    assert hub.log.open(fact, IDENTITY).shown == IDENTITY
    with pytest.raises(Unreadable, match="no disposal on the log names it"):
        hub.log.open(fact, frozenset(Compartment))


@every_store
def test_the_librarys_application_stores_and_reads_through_the_same_record(hub: Hub) -> None:
    case = ENTROPY.ref()
    pending = PendingEvent(opened(case))
    hub.log.mapper.to_stored_event(pending)
    hub.vault.make_durable()

    (recording,) = hub.log.save(pending)

    assert recording.notification.id == 1
    assert [type(fact) for fact in hub.log.events.get(case.uuid)] != []
    assert hub.log.notification_log["1,10"].items[0].originator_id == case.uuid
    assert hub.log.repository.get(case.uuid, projector_func=lambda _, facts: _Folded(list(facts))).id == case.uuid
    with pytest.raises(IntegrityError):
        hub.log.save(pending)
    assert list(verify(hub.log))[-1].position == 1


class _Folded:
    """What the library's repository asks of an aggregate."""

    def __init__(self, facts: list[object]) -> None:
        self.facts = facts

    @property
    def id(self) -> UUID:
        found = self.facts[0].originator_id  # type: ignore[attr-defined]
        assert isinstance(found, UUID)
        return found

    @property
    def version(self) -> int:
        return len(self.facts)


def test_an_older_event_is_read_as_its_newer_form_after_its_seal_was_checked(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, who = ENTROPY.ref(), person()
    hub.log.append([one(case, 1, who)])

    def renamed(data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        newer = {"person": data["person"]}
        if "identity" in data:
            newer["social"] = data["identity"]
        return "case.information_recorded.v1", newer

    monkeypatch.setitem(UPCASTERS, "case.person_added.v1", renamed)
    fact = hub.log.read(0, 1)[0]

    assert fact.event == InformationRecorded(person=who.person)
    assert hub.log.open(fact, IDENTITY).event == InformationRecorded(person=who.person, social="Fiktiva Testsson")


def test_a_gap_in_the_positions_stops_the_reading(hub: Hub) -> None:
    hub.log.append([one(ENTROPY.ref(), 1), one(ENTROPY.ref(), 1)])
    behind_the_back(sqlite(hub.log).path, ("DELETE FROM records WHERE position = 1", ()))
    with pytest.raises(Tampered, match="position 1 is missing"):
        hub.log.read(0, 5)


@every_store
def test_many_threads_append_and_every_event_is_there_once(hub: Hub) -> None:
    cases = [ENTROPY.ref() for _ in range(4)]

    def work(case: Ref) -> None:
        for version in range(1, 26):
            (verdict,) = hub.log.append([one(case, version)])
            assert isinstance(verdict, Recorded)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, cases))

    facts = hub.log.read(0, 1000)
    assert [fact.position for fact in facts] == list(range(1, 101))
    assert list(verify(hub.log))[-1].position == 100


_GROUPS = st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 5)), max_size=6), max_size=6)


@settings(max_examples=15, deadline=None)
@given(groups=_GROUPS)
def test_any_sequence_of_groups_gives_contiguous_positions_and_a_chain_that_holds(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[tuple[int, int, int]]]
) -> None:
    streams = [ENTROPY.ref() for _ in range(4)]
    tags = [b"", *(ENTROPY.bytes(32) for _ in range(5))]
    with Hub(tmp_path_factory.mktemp("hub")) as hub:
        recorded = 0
        for group in groups:
            verdicts = hub.log.append([one(streams[s], version, tag=tags[tag]) for s, version, tag in group])
            recorded += sum(isinstance(verdict, Recorded) for verdict in verdicts)
        assert [fact.position for fact in hub.log.read(0, 100)] == list(range(1, recorded + 1))
        assert sum(1 for _ in verify(hub.log)) == (1 if recorded else 0)


def _keys(hub: Hub, stream: Ref) -> list[KeyInfo]:
    hub.vault.make_durable()
    return hub.vault.keys_of(stream)


def _day() -> date:
    return date(2026, 12, 1)

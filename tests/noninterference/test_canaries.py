"""The pairs can fail: with the gateway's filter out, or identifiers out as they are, what was hidden shows."""

import base64
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from domain.act import Fact, Principal
from domain.needtoknow.model import Decision, Verdict
from domain.needtoknow.visible import Sight, Visible
from domain.ports import KnownSnapshot
from domain.vocabulary import Instant, Ref
from hub_api.access.aliases import MatterRef, UnitAliases
from hub_api.access.observing import KnownStream, Observing
from tests.noninterference.edits import EDITS
from tests.noninterference.pairs import NO_EDIT, Edit, Half, difference, play
from tests.noninterference.people import OBSERVERS
from tests.noninterference.probes import Observer, reads
from tests.noninterference.story import STORY
from tests.noninterference.world import World

pytestmark = pytest.mark.timeout(600)
"""A history is played twice, by everybody, through every route."""

SHOWS = Decision(Verdict.ALLOW)


def _pair(folder: Path, name: str) -> tuple[Edit, Half, Half]:
    edit = next(edit for edit in EDITS if edit.name == name)
    plain = msgspec.structs.replace(NO_EDIT, visible=edit.visible)
    told = play(folder, "told", plain, turn=0, thorough=False)
    return edit, told, play(folder, "edited", edit, turn=0, thorough=False)


def _everything(_: object, facts: Iterable[Fact]) -> Visible:
    return Visible(facts=tuple(Sight(fact, fact.sealed, SHOWS) for fact in facts))


def _without_filter(monkeypatch: pytest.MonkeyPatch, *, of_looks: bool) -> None:
    """Take the filter out of looks, or of commands; nothing that was found without it is kept for the others."""
    filtered = Observing.know

    def know(
        self: Observing, principal: Principal, stream: Ref, snapshot: KnownSnapshot, now: Instant, *, acts: bool
    ) -> KnownStream:
        if acts is not of_looks:
            return filtered(self, principal, stream, snapshot, now, acts=acts)
        self.forget()
        with pytest.MonkeyPatch.context() as within:
            within.setattr("hub_api.access.observing.all_seen", _everything)
            found = filtered(self, principal, stream, snapshot, now, acts=acts)
        self.forget()
        return found

    monkeypatch.setattr(Observing, "know", know)


def test_f_without_the_gateways_filter_a_hidden_participant_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_filter(monkeypatch, of_looks=True)
    edit, told, edited = _pair(tmp_path, "a participant more")
    shown_to = {observer for observer in edit.hidden_from if difference(told, edited, observer)}
    assert {"owner", "receiver", "siblings_participant", "guest"} <= shown_to


@pytest.mark.slow
def test_f_without_the_commanders_filter_a_hidden_closing_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_filter(monkeypatch, of_looks=False)
    edit, told, edited = _pair(tmp_path, "the case closed")
    shown_to = {observer for observer in edit.hidden_from if difference(told, edited, observer)}
    assert {"owner", "siblings_participant"} <= shown_to


def test_f_two_units_that_compare_what_they_hold_find_nothing_in_common(tmp_path: Path) -> None:
    assert _in_common(play(tmp_path, "aliased", NO_EDIT, turn=0, thorough=False)) == set()


def test_f_with_plain_identifiers_they_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UnitAliases, "out", lambda _, ref: _plain(ref))
    monkeypatch.setattr(UnitAliases, "into", lambda _, alias: Ref(base64.b32decode(f"{alias}====", True)[:16].hex()))
    held = _in_common(play(tmp_path, "plain", NO_EDIT, turn=0, thorough=False))
    assert {("asker", "coordinator"), ("owner", "receiver")} <= held


def _plain(ref: Ref) -> str:
    return base64.b32encode(bytes.fromhex(ref.hex) + bytes(16)).decode().rstrip("=").lower()


def _in_common(half: Half) -> set[tuple[str, ...]]:
    """Pairs of observers in different units who were given the same alias of something."""
    given = {name: half.observers[name].aliases for name in OBSERVERS}
    return {
        tuple(sorted((one, other)))
        for one in OBSERVERS
        for other in OBSERVERS
        if OBSERVERS[one].unit != OBSERVERS[other].unit and given[one] & given[other]
    }


def test_a2_only_matters_have_an_alias_that_is_the_same_everywhere(tmp_path: Path) -> None:
    """What is named within one (a person, an act, a grant, a task) has an alias of that matter, wherever it stands."""
    with World(tmp_path, "named") as world:
        for _, hours, step in STORY:
            world.clock(hours)
            step(world)
        matters = {fact.stream for fact in world.hub.log.read(0, 10_000)}
        for name, who in OBSERVERS.items():
            observer = Observer(name)
            for _ in range(2):
                reads(world, "at the end", observer, thorough=False, pry=False)
            opened = [world.hub.aliases.into(who.unit, alias.decode()) for alias in observer.aliases]
            assert {ref for ref in opened if not isinstance(ref, MatterRef)} <= matters, name
            assert {ref.matter for ref in opened if isinstance(ref, MatterRef)} <= matters, name

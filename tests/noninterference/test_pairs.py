"""Need-to-know is non-interference: what one may not know of makes no difference to anything that one can try (F).

Each edit of the catalogue is played beside the history without it. To everybody from whom it is hidden every answer is
the same, to the byte, opaque tokens by their pattern of equality; to everybody else some answer differs.
"""

from pathlib import Path

import pytest

from tests.noninterference.conftest import GROUPS, Bases, turn_of
from tests.noninterference.edits import EDITS
from tests.noninterference.edits_of_content import CONTENT
from tests.noninterference.pairs import Edit, Half, difference, play
from tests.noninterference.people import CALLER, EVERYONE
from tests.noninterference.probes import names_of_public_routes, names_of_routes

pytestmark = pytest.mark.timeout(600)
"""A history is played twice, by everybody, through every route."""

AT_ONCE = frozenset(
    {
        next(edit.name for edit in EDITS if "whereabouts" in edit.texts),
        "a participant more",
        "a case of one's unit from which one is blocked",
        "the case closed",
        "a disclosure ended, not the consent withdrawn",
        "another consultation, under a key and with a reference that others try",
        "a referral and its course, another sent back, another given as a signpost",
        "a task of one party, overdue, and one that is done",
        "what is set aside as no view can hold it",
        "a part more in an act, as no replay tells without a mandate",
        "a mandate of somebody else, and one that ended before it was used",
        "labels that units give to what they work with",
    }
)
"""Played in every run of the tests; the others are slow together."""


def _cases(edits: list[Edit]) -> list[object]:
    return [
        pytest.param(edit, id=edit.name.replace(" ", "-"), marks=() if edit.name in AT_ONCE else pytest.mark.slow)
        for edit in edits
    ]


@pytest.mark.parametrize("edit", _cases(sorted(EDITS, key=lambda edit: GROUPS[frozenset(edit.visible)])))
def test_f_a_hidden_edit_makes_no_difference_to_those_from_whom_it_is_hidden_and_one_to_all_others(
    edit: Edit, bases: Bases, tmp_path: Path
) -> None:
    _compare(bases.of(edit), play(tmp_path, "edited", edit, turn=turn_of(edit, False), thorough=False), edit)


def test_f_each_text_is_read_by_whoever_may_read_it_and_by_nobody_else(bases: Bases) -> None:
    half = bases.of(EDITS[0])
    for name, (_, visible) in CONTENT.items():
        text = f'"what is said of {name}"'.encode()
        read_by = {who for who in EVERYONE if any(text in sighting.answer.body for sighting in half.of(who))}
        assert read_by == visible.keys(), name


def _compare(base: Half, edited: Half, edit: Edit) -> None:
    assert edit.visible, "an edit that nobody may know of hides nothing"
    for observer in edit.hidden_from:
        assert difference(base, edited, observer) == "", f"{edit.name} ({edit.rule}) shows to the {observer}"
        assert _tried(base, observer) == _to_try(observer), f"the {observer} did not try every route"
    for observer, row in edit.visible.items():
        assert difference(base, edited, observer), f"{edit.name} does not show to the {observer}: {row}"


def _tried(half: Half, observer: str) -> set[str]:
    return {sighting.route for sighting in half.of(observer)}


def _to_try(observer: str) -> set[str]:
    return names_of_routes() if observer == CALLER else names_of_routes() - names_of_public_routes()

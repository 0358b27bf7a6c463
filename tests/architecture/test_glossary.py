"""Each concept has one term, and the glossary has them all."""

import inspect
import re
from enum import StrEnum
from pathlib import Path

import pytest

import domain.vocabulary
from domain.registry import EVENTS

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
WORDS = sorted(
    {
        (name, member.value)
        for name, kind in inspect.getmembers(domain.vocabulary, inspect.isclass)
        if issubclass(kind, StrEnum) and kind is not StrEnum
        for member in kind
    }
)


@pytest.mark.parametrize(("kind", "code"), WORDS, ids=[f"{kind}.{code}" for kind, code in WORDS])
def test_every_word_that_people_meet_has_its_swedish_term(kind: str, code: str) -> None:
    assert f"| `{code}` |" in GLOSSARY, f"docs/glossary.md has no row for {kind} {code}"


def test_every_event_has_its_swedish_term_and_no_term_is_of_an_event_that_is_not_there() -> None:
    names = {event.name for event in EVENTS.values()}
    listed = set(re.findall(r"\| `([a-z]+\.[a-z_]+)` \|", GLOSSARY))
    assert listed == names

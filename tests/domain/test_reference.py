"""The events' reference is generated, and what is committed is what the code says."""

from pathlib import Path

import pytest

from domain.event import compartments
from domain.reference import main, text
from domain.registry import EVENTS

REFERENCE = Path(__file__).parents[2] / "docs" / "events.md"


def test_the_committed_reference_of_events_is_up_to_date() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == text(), "run: python -m domain.reference > docs/events.md"


def test_every_event_and_every_sealed_field_is_in_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    written = capsys.readouterr().out
    for name, event in EVENTS.items():
        assert f"## `{name}`" in written
        for field, compartment in compartments(event).items():
            assert f"- `{field}`: compartment `{compartment.value}`" in written

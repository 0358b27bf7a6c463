"""What must be true of the demo's week: the views differ as they should, and the hub is what was written."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from domain.case.events import PersonAdded
from domain.errors import NotThere
from domain.vocabulary import Compartment, Kind
from hub_api.access.seen import Seen
from hub_api.cli.show import texts
from hub_api.runtime.proof import Proven
from hub_demo.cases import PIA, RELATED
from hub_demo.consultations import ANNA, NILS, OMAR, SARA
from hub_demo.county import PERSONAS, RUT
from hub_demo.story import Story, moment
from hub_demo.week import Week

TUESDAY_EVENING: Final = moment("Tue 18:00")
NAMES: Final = ("Exempelsson", "Testsson", "Påhittsson", "Ingenstansvägen")
"""What the story calls people and places, whatever stands around it."""


def opened(seen: Seen) -> set[Compartment]:
    """The compartments of which something was opened."""
    return {compartment for compartment, _, _ in texts(seen.facts)}


def views_differ(story: Story, week: Week) -> Iterator[tuple[str, bool]]:
    """What each reader of the girl's case sees, and does not see."""
    case = week.cast.case
    centre, child, police, other = (story.looks(who, Kind.CASE, case) for who in (ANNA, SARA, PIA, NILS))
    yield (
        "the coordinator sees every act and no content (F)",
        len(centre.facts) > len(police.facts) and not opened(centre),
    )
    yield (
        "social services read the Police's memo, never its assessment (C3)",
        Compartment.RISK_MEMO in opened(child) and (Compartment.RISK_ASSESSMENT not in opened(child)),
    )
    yield "social services read what health care disclosed (C2)", Compartment.HEALTH in opened(child)
    yield (
        "the Police read nothing on a consent that was withdrawn (C2)",
        not opened(police)
        & {
            Compartment.IDENTITY,
            Compartment.SOCIAL,
        },
    )
    yield "the brother's municipality does not read the sister (B5)", bool(other.existence) and not opened(other)
    yield "whoever is kept from the case finds nothing (C9)", not _finds(story, RELATED, week)
    yield "a purged note is gone for its writer too (C6)", _notes(child) == 1
    before = story.hub.gateway.replay_now(PERSONAS[RUT], case, as_of=TUESDAY_EVENING, as_unit=PERSONAS[PIA].unit)
    could = {part for parts in before.could.values() for part in parts}
    yield "on Tuesday the Police could read who she is", {Compartment.IDENTITY, Compartment.SOCIAL} <= could
    yield "on Tuesday nobody knew of the brother", (_persons(before), _persons(centre)) == (1, 2)


def both_answers_stand(story: Story, week: Week) -> Iterator[tuple[str, bool]]:
    """The consultation in which two advisers disagree."""
    seen = story.looks(OMAR, Kind.CONSULTATION, week.cast.conflicting)
    answers = [text for compartment, field, text in texts(seen.facts) if field == "answer"]
    yield "conflicting advice stands side by side (D1)", len(answers) == 2


def counts_agree(story: Story, week: Week) -> Iterator[tuple[str, bool]]:
    """The published tables (E1)."""
    loaded = sum(each.recorded + each.repeated for each in week.loaded)
    table = story.hub.gateway.statistics_now(PERSONAS[RUT], 7)
    shares = [line.numbers[1] or 0 for line in table.lines]
    yield "3,518 consultations came in (E1)", loaded == 3518
    yield (
        "table 7 counts 1,019 and its shares sum to 101 % (E1)",
        (table.total is not None and table.total.numbers[0] == 1019 and sum(shares) == 101),
    )


def proven(found: Proven) -> Iterator[tuple[str, bool]]:
    yield f"{found.records} records, {found.looks} looks and {found.views} views are what was written", True
    yield "what was disposed of cannot be opened, as the log says", found.disposed > 0


class PlayedStory(Protocol):
    """A week or a quarter that was told."""

    @property
    def texts(self) -> Sequence[str]: ...


def nothing_readable(data: Path, told_of: PlayedStory, people: Iterable[str] = PERSONAS) -> Iterator[tuple[str, bool]]:
    """The data folder, searched byte by byte for every text that was told; and all but the views, which hold the ids
    of staff, for everyone who told it (invariant 5)."""
    told = [text.encode() for text in sorted({*told_of.texts, *NAMES})]
    staff = [name.encode() for name in people]
    found = []
    for path in sorted(each for each in data.rglob("*") if each.is_file()):
        held = path.read_bytes()
        wanted = told if path.name.startswith("views.db") else told + staff
        found += [word for word in wanted if word in held]
    yield f"the data folder holds none of {len(told)} names and notes", not found


def _finds(story: Story, who: str, week: Week) -> bool:
    try:
        story.looks(who, Kind.CASE, week.cast.case)
    except NotThere:
        return False
    return True


def _persons(seen: Seen) -> int:
    return sum(isinstance(fact.event, PersonAdded) for fact in seen.facts)


def _notes(seen: Seen) -> int:
    return sum(
        compartment is Compartment.WORKING_NOTE and field == "text" for compartment, field, _ in texts(seen.facts)
    )

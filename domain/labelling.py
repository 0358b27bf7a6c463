"""A label: the number or the words by which a unit itself knows a matter again, sealed and shown to that unit alone.

An alias is made so that nobody can tell by it what it stands for, so people need a name of their own for the matter.
That a unit has set one tells that it works with the matter, so its record is known to that unit alone, too (F). The
text is sealed as a working note, which no disclosure and no addressing opens to another unit (C6).
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Final

from msgspec import UNSET, Meta

from domain.act import Fact
from domain.command import Command
from domain.errors import Refusal
from domain.event import Event, WorkingNote, sealed
from domain.vocabulary import Compartment, Kind, TableRow

LONGEST_LABEL: Final = 200
"""Characters in a label: a line of a list, never a note."""


class Labelled(Event, frozen=True, kw_only=True):
    """The acting unit calls the matter so from now on; nobody but that unit knows."""

    row: ClassVar = TableRow.LABEL
    text: WorkingNote = UNSET


class CaseLabelled(Labelled, frozen=True, kw_only=True):
    """The acting unit calls the case so from now on; nobody but that unit knows."""

    name: ClassVar = "case.labelled"


class ConsultationLabelled(Labelled, frozen=True, kw_only=True):
    """The acting unit calls the consultation so from now on; nobody but that unit knows."""

    name: ClassVar = "consultation.labelled"


class ReferralLabelled(Labelled, frozen=True, kw_only=True):
    """The acting unit calls the referral so from now on; nobody but that unit knows."""

    name: ClassVar = "referral.labelled"


class ReportLabelled(Labelled, frozen=True, kw_only=True):
    """The acting unit calls the report so from now on; nobody but that unit knows."""

    name: ClassVar = "report.labelled"


class MeetingLabelled(Labelled, frozen=True, kw_only=True):
    """The acting unit calls the meeting so from now on; nobody but that unit knows."""

    name: ClassVar = "meeting.labelled"


class Label(Command, frozen=True, kw_only=True):
    """Call the matter so within this unit: by its number in the unit's own register, or by a few words. The last one
    counts."""

    brings: ClassVar[type[Labelled]]
    text: Annotated[
        Annotated[str, Meta(min_length=1, max_length=LONGEST_LABEL)] | None, sealed(Compartment.WORKING_NOTE)
    ]


class LabelCase(Label, frozen=True, kw_only=True):
    """Call the case so within this unit, which alone sees it: by a number of its own, or a few words. The last one
    counts."""

    name: ClassVar = "case.label"
    kind: ClassVar = Kind.CASE
    brings: ClassVar = CaseLabelled


class LabelConsultation(Label, frozen=True, kw_only=True):
    """Call the consultation so within this unit, which alone sees it: by a number of its own, or a few words. The last
    one counts."""

    name: ClassVar = "consultation.label"
    kind: ClassVar = Kind.CONSULTATION
    brings: ClassVar = ConsultationLabelled


class LabelReferral(Label, frozen=True, kw_only=True):
    """Call the referral so within this unit, which alone sees it: by a number of its own, or a few words. The last one
    counts."""

    name: ClassVar = "referral.label"
    kind: ClassVar = Kind.REFERRAL
    brings: ClassVar = ReferralLabelled


class LabelReport(Label, frozen=True, kw_only=True):
    """Call the report so within this unit, which alone sees it: by a number of its own, or a few words. The last one
    counts."""

    name: ClassVar = "report.label"
    kind: ClassVar = Kind.REPORT
    brings: ClassVar = ReportLabelled


class LabelMeeting(Label, frozen=True, kw_only=True):
    """Call the meeting so within this unit, which alone sees it: by a number of its own, or a few words. The last one
    counts."""

    name: ClassVar = "meeting.label"
    kind: ClassVar = Kind.MEETING
    brings: ClassVar = MeetingLabelled


def label(_: Any, command: Label) -> Iterator[Event]:
    """Whoever may know of the matter may call it something, open or closed: nothing of it follows from a label."""
    if not command.text or not command.text.strip():
        raise Refusal("B7", "a label has a text", remedy="write what this unit knows it by")
    yield command.brings(text=command.text)


def label_of(facts: Iterable[Fact]) -> str | None:
    """What the unit that sees these facts calls the matter: the last label whose text was opened."""
    label = None
    for fact in facts:
        if isinstance(fact.event, Labelled) and isinstance(fact.event.text, str):
            label = fact.event.text
    return label


EVENTS: tuple[type[Event], ...] = (
    CaseLabelled,
    ConsultationLabelled,
    ReferralLabelled,
    ReportLabelled,
    MeetingLabelled,
)

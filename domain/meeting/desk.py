"""What a decision about a meeting rests on, and what several decisions ask of it."""

from msgspec import Struct

from domain.act import Act
from domain.agreement.state import Directory
from domain.errors import Refusal
from domain.meeting.events import MeetingStatus
from domain.meeting.state import Meeting
from domain.vocabulary import Instant, MeetingKind, UnitId


class MeetingContext(Struct, frozen=True):
    """The visible state, the act, and whom the agreements of the day name."""

    state: Meeting
    act: Act
    directory: Directory

    @property
    def unit(self) -> UnitId:
        return self.act.by.unit

    @property
    def now(self) -> Instant:
        return self.act.now

    def lead(self) -> None:
        """B6: who asked for the meeting, or coordinates it, answers for its course."""
        if not self.state.leads(self.unit):
            raise Refusal("B6", "who called the meeting does this", remedy="ask who invited this unit")

    def not_over(self) -> None:
        if self.state.status is MeetingStatus.HELD:
            raise Refusal("D4", "the meeting was held", remedy="ask for another")
        if self.state.status is MeetingStatus.CANCELLED:
            raise Refusal("D4", "the meeting is cancelled", remedy="ask for another")

    def agreed(self, unit: UnitId) -> None:
        """B1: who is to take part is named by an agreement in force."""
        if self.directory.unit(unit) is None:
            raise Refusal(
                "B1", f"no agreement in force names the unit {unit}", remedy="choose a unit that an agreement names"
            )

    def case_bearing(self) -> bool:
        """B4: a meeting bears a case unless it is known not to."""
        return self.state.case_bearing is not False

    def prosecutors_place(self) -> bool:
        """B2: where a prosecutor normally takes part."""
        return self.state.meeting is MeetingKind.LEGAL_SAMRAD and self.state.at_barnahus

"""Hidden edits of values that nothing holds: what is set aside shows to nobody, readiness included."""

from typing import Final

from domain.consultation.events import Requested
from domain.meeting.events import Requested as Met
from domain.meeting.events import WorkDivided
from domain.vocabulary import About, CallerCategory, InformedOf, Kind, MeetingKind
from projections.catalogue import ACTS
from projections.set_aside import set_aside
from tests.hub_api.beneath import AFTER_ALL_TIME, BEFORE_THE_FIRST_YEAR, put
from tests.noninterference.pairs import Edit
from tests.noninterference.people import LINE, OBSERVERS
from tests.noninterference.reasons import ADDRESSED, OWN, REGION
from tests.noninterference.world import World


def _that_nothing_holds(world: World) -> None:
    """A consultation and a task, as a version put them on the log that asked nothing of a number."""
    outsider = OBSERVERS["outsider"]
    asks = Requested(
        asked_of=LINE,
        reference="WXYZ-2345",
        caller=CallerCategory.SCHOOL,
        about=About.ONE,
        persons=1,
        told=InformedOf.TOLD,
        county="05",
    )
    world.refs["hidden"] = put(world.hub, outsider, Kind.CONSULTATION, asks, happened=BEFORE_THE_FIRST_YEAR)
    met = put(world.hub, outsider, Kind.MEETING, Met(meeting=MeetingKind.FORUM, case_bearing=False))
    put(world.hub, outsider, Kind.MEETING, WorkDivided(to=outsider.unit, due=AFTER_ALL_TIME), met)
    world.refs["hidden_meeting"] = met
    world.hub.follower.catch_up()
    assert len(set_aside(world.hub.views, (ACTS,))["acts"]) == 2, "or nothing is compared"


VALUE_EDITS: Final = (
    Edit(
        name="what is set aside as no view can hold it",
        rule="C1",
        after="adults_asked",
        step=_that_nothing_holds,
        visible={"outsider": OWN, "passed_on_to": ADDRESSED, **REGION},
    ),
)

"""The catalogue of hidden edits. Whoever is not named in `visible` must find no difference; whoever is, must."""

from typing import Final

from tests.noninterference.edits_of_cases import CASE_EDITS
from tests.noninterference.edits_of_consultations import CONSULTATION_EDITS
from tests.noninterference.edits_of_content import CONTENT_EDITS
from tests.noninterference.edits_of_matters import MATTER_EDITS
from tests.noninterference.edits_of_meetings import MEETING_EDITS
from tests.noninterference.edits_of_sharing import RELEASE_EDITS, SHARING_EDITS
from tests.noninterference.edits_of_values import VALUE_EDITS

EDITS: Final = (
    *CONTENT_EDITS,
    *CASE_EDITS,
    *SHARING_EDITS,
    *RELEASE_EDITS,
    *CONSULTATION_EDITS,
    *MATTER_EDITS,
    *MEETING_EDITS,
    *VALUE_EDITS,
)

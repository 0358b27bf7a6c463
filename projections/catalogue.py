"""The two sets of views: what is folded from the log of acts, and what from the log of looks."""

from typing import Final

from projections.linking import LINKING
from projections.lists import LISTS
from projections.schedule import SCHEDULING
from projections.statistics import COUNTING, REQUESTING, TICKING
from projections.store import ViewSet
from projections.trail import ACT_TRAILING, LOOK_TRAILING

ACTS: Final = ViewSet("acts", (LISTS, SCHEDULING, ACT_TRAILING, COUNTING, TICKING, REQUESTING, LINKING), edition=5)
LOOKS: Final = ViewSet("looks", (LOOK_TRAILING,), edition=3)

"""What stops a projection, or a rebuild. It never goes on past any of them."""

from domain.errors import SamradError


class Gap(SamradError):
    """The log does not go on with the next position: facts are missing between them, and nothing may skip them."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"the log has a gap: position {expected} was asked for, and {found} came")
        self.expected = expected
        self.found = found


class LogBehind(SamradError):
    """The log ends before the position that the views have reached: an older copy of it was put back."""

    def __init__(self, views: int, log: int) -> None:
        super().__init__(
            f"the views have reached position {views}, but the log ends at {log}: records were taken from it, or an "
            "older copy was put back; `samrad verify` says what to do"
        )
        self.views = views
        self.log = log


class Overtaken(SamradError):
    """Of two rebuilds at once, the one that began later lives already, and has dropped what the other made."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the views of {name}: a rebuild that began later has taken their place, and stands")


class ViewsUnusable(SamradError):
    """The views are damaged, full, locked or away. Nothing is lost with them: the log gives all of it again."""

    def __init__(self, why: object, place: str = "PostgreSQL") -> None:
        again = "; if it is damaged, remove it: it is made again" if place == "views.db" else ""
        super().__init__(f"the views in {place} cannot be used: {why}{again}")

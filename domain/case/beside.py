"""What begins beside a case and is about a person in it: a referral, a report.

Each is a history of its own. Before it begins, the case is asked here, by what the acting unit may see of it; the
answer is the coordinator who follows it, as far as that unit knows one.
"""

from domain.act import Act
from domain.agreement.state import Directory
from domain.case.desk import Desk
from domain.case.state import Case
from domain.errors import NotThere
from domain.vocabulary import Ref, UnitId


def referred_from(state: Case, person: Ref, act: Act, directory: Directory) -> UnitId | None:
    """The coordinator, if this unit works around that person now: it refers whom it helps (B5, C1)."""
    desk = _desk(state, act, directory)
    desk.works_about(person)
    return state.coordinator


def reported_from(state: Case, person: Ref, act: Act, directory: Directory) -> UnitId | None:
    """The coordinator, if this unit knows that person: a duty to report asks for no assignment (D3)."""
    desk = _desk(state, act, directory)
    desk.person(person)
    return state.coordinator


def _desk(state: Case, act: Act, directory: Directory) -> Desk:
    if not state.seen or state.blocked(act.by.person):
        # C9: for who is blocked the case is not there.
        raise NotThere
    return Desk(state, act, directory)

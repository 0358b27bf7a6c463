"""What must be true at the quarter's end: what each reads and read, what waits, and who finds nothing."""

from collections.abc import Iterator
from typing import Final

from domain.case.commands import Open
from domain.errors import NotThere
from domain.meeting.events import Held
from domain.vocabulary import Compartment, Kind, Ref
from hub_api.access.seen import Seen
from hub_demo.check import opened
from hub_demo.consultations import ANNA, LEO, VERA
from hub_demo.county import POLICE_INVESTIGATION, RUT
from hub_demo.quarter import Quarter, three_days
from hub_demo.quarter_sent import PIA
from hub_demo.quarter_tale import PEOPLE

WALKED: Final = frozenset(
    {
        "referral.decline",
        "referral.redirect",
        "referral.withdraw",
        "referral.signpost",
        "referral.remind",
        "referral.contact_attempted",
        "referral.did_not_attend",
        "referral.complete",
        "report.consider_crime",
        "report.tell_outcome",
        "meeting.call_now",
        "meeting.cancel",
        "meeting.write_minutes",
        "meeting.task_done",
        "meeting.task_not_done",
        "meeting.task_no_longer_possible",
        "meeting.book_interpreter",
        "case.assess_risk",
        "case.change_circumstances",
        "case.leave_place",
        "case.accept_transfer",
        "case.withdraw_consent",
        "case.block_staff",
        "case.record_outcome",
    }
)
"""What is done in a quarter, whatever is drawn for it."""
_HOUR: Final = 3_600_000_000


def ends_as_it_should(quarter: Quarter) -> Iterator[tuple[str, bool]]:
    """All of it, sentence by sentence."""
    yield from _walked(quarter)
    yield from _four_pairs_of_eyes(quarter)
    yield from _three_days(quarter)
    yield from _waits(quarter)
    yield from _kept_apart(quarter)


def _walked(quarter: Quarter) -> Iterator[tuple[str, bool]]:
    begun = [agency for agency, name in quarter.done if name == Open.name]
    yield (
        f"{len(begun)} cases were opened by {len(set(begun))} authorities",
        55 <= len(begun) <= 65 and len(set(begun)) > 10,
    )
    missing = WALKED - {name for _, name in quarter.done}
    yield "referrals, reports, meetings, risk, places and outcomes were all walked" + _of(missing), not missing
    case, met = (
        quarter.hub.gateway.look_now(PEOPLE[ANNA], kind, stream, what=kind)
        for kind, stream in ((Kind.CASE, quarter.left.case), (Kind.MEETING, quarter.left.meeting))
    )
    held = [fact.committed for fact in met.facts if isinstance(fact.event, Held) and fact.event.called]
    yield (
        "a samråd was called and held within the hour (D4)",
        len(held) == 1 and held[0] - case.facts[0].committed < _HOUR,
    )


def _of(missing: frozenset[str]) -> str:
    return f", but for {', '.join(sorted(missing))}" if missing else ""


def _four_pairs_of_eyes(quarter: Quarter) -> Iterator[tuple[str, bool]]:
    readers = (ANNA, quarter.left.worker, PIA, LEO)
    centre, services, police, care = (_looks(quarter, who, quarter.left.case) for who in readers)
    yield (
        "the coordinator sees every act and no content (F)",
        len(centre.facts) > len(police.facts) > 0 and not opened(centre),
    )
    yield "social services read what health care disclosed (C2)", Compartment.HEALTH in opened(services)
    yield (
        "the Police read their own, and no memo on a consent that was withdrawn (C2)",
        opened(police) == {Compartment.POLICE},
    )
    yield "health care reads its own alone (B5)", opened(care) == {Compartment.HEALTH}


def _three_days(quarter: Quarter) -> Iterator[tuple[str, bool]]:
    replayed = [
        quarter.hub.gateway.replay_now(PEOPLE[RUT], quarter.left.case, as_of=day, as_unit=POLICE_INVESTIGATION)
        for day in three_days()
    ]
    could = [Compartment.RISK_MEMO in {part for parts in each.could.values() for part in parts} for each in replayed]
    yield "the Police could open the memo on the second of three days alone", could == [False, True, False]
    did = [Compartment.RISK_MEMO in {part for parts in each.opened.values() for part in parts} for each in replayed]
    yield "that they had opened it is not recalled (C2)", did == [False, True, True]


def _waits(quarter: Quarter) -> Iterator[tuple[str, bool]]:
    board = quarter.hub.gateway.board_now(PEOPLE[ANNA], limit=200)
    silent = [(seen, wait) for seen in board.items for wait in seen.waits if wait.what == "referral_received"]
    late = sum(wait.alarmed for _, wait in silent)
    yield (
        f"{len(silent)} referrals that nobody answered wait in view, {late} of them over their time (D2)",
        late >= 3,
    )
    reminded = [(min(seen.state.reminders), wait.since) for seen, wait in silent if seen.state.reminders]
    yield (
        f"in {len(reminded)} of them somebody asked, and the wait was not begun anew",
        len(reminded) >= 3 and all(since < asked for asked, since in reminded),
    )
    overdue = [any(wait.alarmed for wait in seen.waits) for seen in board.items]
    yield (
        f"of {len(overdue)} matters in which something waits, what is overdue comes first",
        overdue == sorted(overdue, reverse=True),
    )


def _kept_apart(quarter: Quarter) -> Iterator[tuple[str, bool]]:
    left = quarter.left
    yield (
        "a relative who works in the unit that has the case finds nothing (C9)",
        not _finds(quarter, left.kin, left.kins),
    )
    trail = quarter.hub.gateway.trail_now(PEOPLE[RUT], limit=200)
    told, more = [row.rule for row in trail.items], trail.next
    while more is not None:
        trail = quarter.hub.gateway.trail_now(PEOPLE[RUT], after=more, limit=200)
        told, more = [*told, *(row.rule for row in trail.items)], trail.next
    yield "the offender side was let into no case (B8)", "B8" in told
    yield (
        "a victim, and a client of the offender side who is one too, have two cases with staff of their own (B8)",
        len({left.victims, left.clients}) == 2
        and _finds(quarter, VERA, left.clients)
        and not _finds(quarter, VERA, left.victims),
    )


def _looks(quarter: Quarter, who: str, case: Ref) -> Seen:
    return quarter.hub.gateway.look_now(PEOPLE[who], Kind.CASE, case, what="case")


def _finds(quarter: Quarter, who: str, case: Ref) -> bool:
    try:
        _looks(quarter, who, case)
    except NotThere:
        return False
    return True

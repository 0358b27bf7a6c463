"""Ways on in a report, which nothing delays (D3, C2, C12)."""

from typing import Final

from msgspec.structs import replace

from domain.report import commands as ask
from domain.vocabulary import Because, Consideration, Ref, ReportKind, ReportOutcome
from tests.domain.stories import CARE, CENTRE, NOW, OUTSIDE, POLICE, SECOND, SOCIAL, Story, by, given
from tests.remedies.ways import Way, nothing_more, way

CONSIDER: Final = ask.Consider(
    reference="ABCD-1234", about=ReportKind.CONCERN_CHILD, outcome=Consideration.REPORT, coordinator=CENTRE
)
CRIME: Final = replace(CONSIDER, about=ReportKind.CRIME)
NOT: Final = replace(CONSIDER, outcome=Consideration.NO_REPORT, reasons="Oron gällde någon annan.")
CONSIDERED: Final = given((CONSIDER, by(CARE)))
DUTY: Final = by(CARE, ground="child-concern")
MAKE: Final = ask.Make(receiver=SOCIAL, contact="Via skolan.", social="Rädd.")
MADE: Final = CONSIDERED.then(MAKE, DUTY)
RECEIVED: Final = MADE.then(ask.ConfirmReceipt(), by(SOCIAL))
UNSAFE: Final = CONSIDERED.then(replace(MAKE, contact=None), replace(DUTY, because=Because.URGENT))
SAFE: Final = MADE.then(ask.ConfirmSafeContact(), by(SOCIAL))
TELL: Final = ask.TellOutcome(outcome=ReportOutcome.INQUIRY_OPENED)
MORE: Final = ask.Supplement(contact="Via skolan.", social="Mer.")
_KEYS: Final = (Ref("9" * 32),)
_BEFORE: Final = NOW - SECOND

WAYS: Final[tuple[Way, ...]] = (
    way("make it", CONSIDERED, MORE, DUTY, again=MAKE),
    way("make one of your own", CONSIDERED, MAKE, by(POLICE, ground="child-concern"), again=CONSIDER, on=Story()),
    way("supplement it", MADE, MAKE, DUTY, again=MORE),
    way("ask that unit", MADE, TELL, by(CARE), act_again=by(SOCIAL)),
    way("reconsider it", CONSIDERED, NOT, by(CARE), again=ask.Reconsider(outcome=NOT.outcome, reasons=NOT.reasons)),
    way(
        "name the person",
        Story(),
        replace(CONSIDER, case=Ref("d" * 32)),
        by(CARE),
        again=replace(CONSIDER, case=Ref("d" * 32), person=Ref("e" * 32)),
    ),
    way(
        "say when it became known",
        Story(),
        CONSIDER,
        replace(by(CARE), happened=_BEFORE),
        act_again=replace(by(CARE), happened=_BEFORE, known=_BEFORE),
    ),
    way(
        "make the report",
        CONSIDERED,
        ask.Reconsider(outcome=NOT.outcome),
        by(CARE, because=Because.DONE_ELSEWHERE),
        again=MAKE,
        act_again=DUTY,
    ),
    way("say the reasons", Story(), replace(NOT, reasons=None), by(CARE), again=NOT),
    way(
        "say when this was decided",
        CONSIDERED,
        ask.Reconsider(outcome=NOT.outcome, reasons="Lugnt."),
        replace(by(CARE), happened=_BEFORE),
        act_again=by(CARE),
    ),
    way(
        "consider the report of the crime itself",
        given((CRIME, by(CARE))),
        ask.ConsiderCrime(outcome=Consideration.REPORT),
        by(CARE),
        again=ask.Reconsider(outcome=Consideration.REPORT),
    ),
    way("choose a unit that an agreement names", CONSIDERED, replace(MAKE, receiver=OUTSIDE), DUTY, again=MAKE),
    way("name a unit of theirs", CONSIDERED, replace(MAKE, receiver=POLICE), DUTY, again=MAKE),
    way("say when it was handed over", CONSIDERED, MAKE, replace(DUTY, happened=_BEFORE), act_again=DUTY),
    way("say how the person can be reached safely", CONSIDERED, replace(MAKE, contact=None), DUTY, again=MAKE),
    way(
        "consider it, and say so",
        CONSIDERED,
        replace(MAKE, crime_suspected=True),
        DUTY,
        (ask.ConsiderCrime(outcome=Consideration.NO_REPORT), by(CARE)),
    ),
    way("say what is new", MADE, ask.Supplement(), DUTY, again=MORE),
    way("name the duty or the ground that it is made on", CONSIDERED, MAKE, by(CARE, ground="consent"), act_again=DUTY),
    way("tell the outcome, when there is one", RECEIVED, ask.ConfirmReceipt(), by(SOCIAL), again=TELL),
    way("ask whoever made the report for one", UNSAFE, ask.ConfirmSafeContact(), by(SOCIAL), (MORE, DUTY)),
    way("go on with it", SAFE, ask.ConfirmSafeContact(), by(SOCIAL), again=TELL),
    way("ask one of them", MADE, ask.Identify(identity="Påhittad"), by(POLICE), act_again=by(SOCIAL)),
    way("give the identity", MADE, ask.Identify(identity=None), by(SOCIAL), again=ask.Identify(identity="Påhittad")),
    way("tell its outcome first", MADE, ask.Dispose(whole=True, keys=_KEYS), by(SOCIAL), (TELL, by(SOCIAL))),
    nothing_more(MADE, ask.Dispose(), by(POLICE), lambda state: state.receiver == SOCIAL),
)

"""Ways on in a consultation."""

from typing import Final

from msgspec.structs import replace

from domain.consultation import commands as ask
from domain.consultation.state import ConsultationStatus
from domain.vocabulary import About, CallerCategory, InformedOf, Outcome, Ref, Role
from tests.domain.stories import CARE, CENTRE, OUTSIDE, POLICE, SOCIAL, Story, by, given
from tests.remedies.ways import Way, nothing_more, way

REQUEST: Final = ask.Request(
    asked_of=CENTRE,
    reference="ABCD-1234",
    caller=CallerCategory.HEALTH_CARE,
    about=About.ONE,
    persons=1,
    told=InformedOf.NO_CONTACT,
)
ASKED: Final = given((REQUEST, by(CARE)))
TAKEN: Final = ASKED.then(ask.Accept(), by(CENTRE))
CLOSE: Final = ask.Close(outcome=Outcome.ADVICE_GIVEN)
CLOSED: Final = TAKEN.then(CLOSE, by(CARE))
ADVISE: Final = ask.Advise(answer="Vänta inte.")
KEY: Final = ask.IssueKey(tag="f" * 64)
IDENTIFY: Final = ask.Identify(identity="Påhittad Person")
_DIRECT: Final = given((replace(REQUEST, caller=CallerCategory.EXPOSED_OR_RELATIVE), by(CARE)))
_MINOR_AGAIN: Final = (
    given((replace(REQUEST, minor=True), by(CARE))).then(KEY, by(CARE)).then(ask.ContactAgain(minor=True), by(CARE))
)
_KEYS: Final = (Ref("9" * 32),)

WAYS: Final[tuple[Way, ...]] = (
    way("request one of your own", ASKED, ask.FollowUp(), by(POLICE), again=REQUEST, on=Story()),
    way("ask that unit", ASKED, ask.Accept(), by(CARE), act_again=by(CENTRE)),
    way("reopen it", CLOSED, ask.FollowUp(), by(CENTRE), (ask.Reopen(), by(CARE)), (ADVISE, by(CENTRE))),
    way("choose a unit that an agreement names", Story(), replace(REQUEST, asked_of=OUTSIDE), by(CARE), again=REQUEST),
    way("ask one that does", Story(), replace(REQUEST, asked_of=POLICE), by(CARE), again=REQUEST),
    way("go on in it", ASKED, REQUEST, by(CARE), again=KEY),
    way(
        "say 0 for nobody, 1 for one person, 2 or more for a group",
        Story(),
        replace(REQUEST, persons=2),
        by(CARE),
        again=replace(REQUEST, about=About.GROUP, persons=2),
    ),
    nothing_more(TAKEN, ask.Accept(), by(CENTRE), lambda state: state.status is ConsultationStatus.ACCEPTED),
    way("choose another unit", ASKED, ask.PassOn(to=CENTRE), by(CENTRE), again=ask.PassOn(to=SOCIAL)),
    way(
        "act in that role",
        given((replace(REQUEST, asked_of=SOCIAL), by(CARE))),
        ADVISE,
        by(SOCIAL),
        act_again=by(SOCIAL, role=Role.ADVISER),
    ),
    way("give advice first", TAKEN, ask.FollowUp(), by(CENTRE), (ADVISE, by(CENTRE))),
    way("give one, or request anew", TAKEN, ask.ContactAgain(), by(CARE), (KEY, by(CARE))),
    way("give one, or request anew", TAKEN, ask.ContactAgain(), by(CARE), again=REQUEST, on=Story()),
    way(
        "reach the person by a safe contact",
        ASKED.then(IDENTIFY, by(CARE)),
        KEY,
        by(CARE),
        again=replace(IDENTIFY, contact="Via skolan."),
    ),
    way("say which", ASKED, ask.Inform(told=InformedOf.NO_CONTACT), by(CARE), again=ask.Inform(told=InformedOf.TOLD)),
    way("give the identity", ASKED, ask.Identify(identity=None), by(CARE), again=IDENTIFY),
    way("record that, or why not", _DIRECT, IDENTIFY, by(CARE), (ask.Inform(told=InformedOf.TOLD), by(CARE))),
    way(
        "record that, or why not", _DIRECT, IDENTIFY, by(CARE), (ask.Inform(told=InformedOf.NOT_TOLD_URGENT), by(CARE))
    ),
    way("involve them, or say why not", _MINOR_AGAIN, CLOSE, by(CARE), (ask.PassOn(to=SOCIAL), by(CENTRE))),
    way("go on in it", TAKEN, ask.Reopen(), by(CARE), again=KEY),
    way(
        "close it first",
        TAKEN,
        ask.Dispose(whole=True, keys=_KEYS),
        by(CARE),
        (CLOSE, by(CARE)),
    ),
)

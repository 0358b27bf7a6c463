"""Ways on in a referral, from proposal to completion (D2, C2, C12)."""

from datetime import date
from typing import Final

from msgspec.structs import replace

from domain.referral import commands as ask
from domain.referral.state import ReferralStatus
from domain.vocabulary import Compartment, DeclineReason, Outcome, Purpose, Ref
from tests.domain.stories import CARE, CENTRE, OUTSIDE, POLICE, SOCIAL, Story, by, given
from tests.remedies.ways import Way, nothing_more, way

PROPOSE: Final = ask.Propose(reference="ABCD-1234", receiver=CARE, purpose=Purpose.SUPPORT, coordinator=CENTRE)
PROPOSED: Final = given((PROPOSE, by(SOCIAL)))
SEND: Final = ask.Send(contact="Via skolan.", social="Behöver samtal.")
LAW: Final = by(SOCIAL, ground="osl-26-9")
CONSENT: Final = by(SOCIAL, ground="consent")
SENT: Final = PROPOSED.then(SEND, LAW)
UNSAFE: Final = PROPOSED.then(ask.Send(social="Behöver samtal."), replace(LAW, because="danger"))
SAFE: Final = SENT.then(ask.ConfirmSafeContact(), by(CARE))
ACCEPTED: Final = SAFE.then(ask.Accept(), by(CARE))
MET: Final = ACCEPTED.then(ask.MeetFirst(), by(CARE))
DONE: Final = MET.then(ask.Complete(outcome=Outcome.PROTECTED), by(CARE))
BACK: Final = SENT.then(ask.Decline(reason=DeclineReason.NO_CAPACITY), by(CARE))
AGREES: Final = ask.PersonAgrees(
    compartments=frozenset({Compartment.SOCIAL, Compartment.CONTACT}), last=date(2026, 6, 30)
)
COMPLETE: Final = ask.Complete(outcome=Outcome.PROTECTED)
_KEYS: Final = (Ref("9" * 32),)

WAYS: Final[tuple[Way, ...]] = (
    way("propose a new one", DONE, ask.Withdraw(), by(SOCIAL), again=PROPOSE, on=Story()),
    way("ask that unit", SENT, ask.Withdraw(), by(CARE), act_again=by(SOCIAL)),
    way("ask that unit", SENT, ask.Accept(), by(SOCIAL), act_again=by(CARE)),
    way("accept it first", SAFE, ask.MeetFirst(), by(CARE), (ask.Accept(), by(CARE))),
    way("go on in it", PROPOSED, PROPOSE, by(SOCIAL), again=SEND, act_again=LAW),
    way(
        "name the person",
        Story(),
        replace(PROPOSE, case=Ref("d" * 32)),
        by(SOCIAL),
        again=replace(PROPOSE, case=Ref("d" * 32), person=Ref("e" * 32)),
    ),
    way("choose another unit", Story(), replace(PROPOSE, receiver=SOCIAL), by(SOCIAL), again=PROPOSE),
    way(
        "choose a unit that an agreement names", Story(), replace(PROPOSE, receiver=OUTSIDE), by(SOCIAL), again=PROPOSE
    ),
    way(
        "choose another purpose or another unit",
        Story(),
        replace(PROPOSE, receiver=POLICE, purpose=Purpose.CARE),
        by(SOCIAL),
        again=replace(PROPOSE, receiver=POLICE),
    ),
    way(
        "choose another purpose or another unit",
        Story(),
        replace(PROPOSE, receiver=POLICE, purpose=Purpose.CARE),
        by(SOCIAL),
        again=replace(PROPOSE, purpose=Purpose.CARE),
    ),
    way("name a day to come", PROPOSED, replace(AGREES, last=date(2026, 3, 1)), by(SOCIAL), again=AGREES),
    way(
        "withdraw it, or wait until it comes back", SENT, SEND, LAW, (ask.Decline(reason=DeclineReason.OTHER), by(CARE))
    ),
    way("withdraw it, or wait until it comes back", SENT, SEND, LAW, (ask.Withdraw(), by(SOCIAL)), on=PROPOSED),
    way("ask them, or name another ground", PROPOSED, SEND, CONSENT, (AGREES, by(SOCIAL))),
    way("ask them, or name another ground", PROPOSED, SEND, CONSENT, act_again=LAW),
    way("send it, with the safe contact", PROPOSED, ask.GiveSafeContact(contact="Ring."), LAW, again=SEND),
    way("say that", UNSAFE, ask.GiveSafeContact(contact=None), LAW, again=ask.GiveSafeContact(contact="Ring.")),
    way(
        "name the ground that it was sent on",
        UNSAFE,
        ask.GiveSafeContact(contact="Ring."),
        by(SOCIAL, ground="osl-10-27"),
        act_again=LAW,
    ),
    way(
        "ask them, or name another ground", UNSAFE, ask.GiveSafeContact(contact="Ring."), CONSENT, (AGREES, by(SOCIAL))
    ),
    way("set it, or say that there is danger", PROPOSED, replace(SEND, contact=None), LAW, again=SEND),
    way(
        "set it, or say that there is danger",
        PROPOSED,
        replace(SEND, contact=None),
        LAW,
        act_again=replace(LAW, because="danger"),
    ),
    way(
        "withdraw it first",
        SENT,
        ask.Signpost(told="Ett nummer."),
        by(SOCIAL),
        (ask.Withdraw(), by(SOCIAL)),
        on=PROPOSED,
    ),
    way("complete it, and say how it ended", MET, ask.Accept(), by(CARE), again=COMPLETE),
    way("answer it", SENT.then(ask.ConfirmReceipt(), by(CARE)), ask.ConfirmReceipt(), by(CARE), again=ask.Accept()),
    way(
        "ask the sender for one",
        UNSAFE,
        ask.ConfirmSafeContact(),
        by(CARE),
        (ask.GiveSafeContact(contact="Ring."), LAW),
    ),
    way("go on with it", SAFE, ask.ConfirmSafeContact(), by(CARE), again=ask.Accept()),
    way("decline it instead", SENT, ask.Redirect(to=SOCIAL), by(CARE), again=ask.Decline(reason=DeclineReason.OTHER)),
    way("complete it, when it is", MET, ask.MeetFirst(), by(CARE), again=COMPLETE),
    way(
        "confirm it before reaching out",
        _UNCONFIRMED := SENT.then(ask.Accept(), by(CARE)),
        ask.AttemptContact(),
        by(CARE),
        (ask.ConfirmSafeContact(), by(CARE)),
    ),
    way("make contact, or say why not", ACCEPTED, COMPLETE, by(CARE), (ask.MeetFirst(), by(CARE))),
    way("ask one of them", SENT, ask.Remind(), by(CARE), act_again=by(CENTRE)),
    way("send it", BACK, ask.Remind(), by(SOCIAL), (SEND, LAW)),
    way("withdraw or complete it", SENT, ask.Dispose(whole=True, keys=_KEYS), by(SOCIAL), (ask.Withdraw(), by(SOCIAL))),
    way("withdraw or complete it", MET, ask.Dispose(whole=True, keys=_KEYS), by(CARE), (COMPLETE, by(CARE))),
    nothing_more(SENT, ask.Dispose(), by(CARE), lambda state: state.status is ReferralStatus.SENT),
)

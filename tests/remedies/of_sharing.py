"""Ways on where something is to be shared: on a ground, with a receiver, for a purpose and a time (C2–C4, C6, C12)."""

from datetime import date
from typing import Final

from msgspec.structs import replace

from domain.case import commands as ask
from domain.vocabulary import Because, Compartment, Purpose
from tests.domain.stories import CARE, NOW, OUTSIDE, POLICE, SECOND, SOCIAL, by, ref
from tests.remedies.of_cases import BEGUN, EXPEDITE, GUEST, LEADS, NORA, NOTED, OURS, PURGE, RECORD, SAFE
from tests.remedies.ways import Way, nothing_more, way

REACHED: Final = BEGUN.then(SAFE, OURS)
LAST: Final = date(2026, 6, 30)
CONSENT: Final = ask.GiveConsent(
    person=NORA, purpose=Purpose.PROTECTION, receiver=POLICE, compartments=frozenset({Compartment.SOCIAL}), last=LAST
)
AGREED: Final = REACHED.then(CONSENT, OURS)
GIVEN: Final = ref(4)
BY_LAW: Final = ask.Disclose(
    person=NORA, receiver=POLICE, compartments=frozenset({Compartment.SOCIAL}), purpose=Purpose.PROTECTION, last=LAST
)
ON_CONSENT: Final = replace(BY_LAW, consent=GIVEN)
LAW: Final = by(SOCIAL, ground="osl-10-2")
CONSENTED: Final = by(SOCIAL, ground="consent")
SHARED: Final = AGREED.then(ON_CONSENT, CONSENTED)
GRANT: Final = ref(5)
WITHDRAW: Final = ask.WithdrawConsent(consent=GIVEN)
END: Final = ask.EndDisclosure(grant=GRANT)
_RISK: Final = frozenset({Compartment.RISK_ASSESSMENT})
_NOTES: Final = frozenset({Compartment.WORKING_NOTE})
_WHERE: Final = frozenset({Compartment.WHEREABOUTS})
_AGREED_TO_BOTH: Final = REACHED.then(replace(CONSENT, compartments=CONSENT.compartments | _WHERE), OURS)
_KNOWN: Final = NOTED.then(SAFE, OURS)
_EXPEDITED: Final = _KNOWN.then(EXPEDITE, LAW)
_PURGED: Final = NOTED.then(PURGE, OURS)
_URGENT: Final = replace(LAW, because=Because.DANGER)
_UNSAFE: Final = BEGUN.then(BY_LAW, _URGENT)
_CONFIRM: Final = ask.ConfirmSafeContact(disclosure=GRANT)
_TO_GUEST: Final = replace(CONSENT, receiver=OUTSIDE)
_WITH_GUEST: Final = REACHED.then(GUEST, LEADS)

WAYS: Final[tuple[Way, ...]] = (
    # What.
    way(
        "share the memo",
        REACHED,
        replace(BY_LAW, compartments=_RISK),
        LAW,
        again=replace(BY_LAW, compartments=frozenset({Compartment.RISK_MEMO})),
    ),
    way("expedite it", _KNOWN, replace(BY_LAW, compartments=_NOTES), LAW, again=EXPEDITE),
    way(
        "name what is to be disclosed",
        REACHED,
        replace(BY_LAW, compartments=frozenset({Compartment.RECORD})),
        LAW,
        again=BY_LAW,
    ),
    way(
        "make a disclosure of their own",
        _AGREED_TO_BOTH,
        replace(ON_CONSENT, compartments=_WHERE | BY_LAW.compartments),
        CONSENTED,
        (ON_CONSENT, CONSENTED),
        again=replace(ON_CONSENT, compartments=_WHERE),
    ),
    way(
        "leave that out, or state another ground",
        REACHED,
        _TOO_MUCH := replace(BY_LAW, receiver=CARE, compartments=frozenset({Compartment.SOCIAL, Compartment.POLICE})),
        by(SOCIAL, ground="osl-26-9"),
        again=replace(BY_LAW, receiver=CARE),
    ),
    way(
        "leave that out, or state another ground",
        REACHED,
        _TOO_MUCH,
        by(SOCIAL, ground="osl-26-9"),
        again=replace(_TOO_MUCH, balancing="Vägt."),
        act_again=LAW,
    ),
    # To whom.
    way("choose another unit", REACHED, replace(BY_LAW, receiver=SOCIAL), LAW, again=BY_LAW),
    way("choose another purpose or another unit", REACHED, replace(BY_LAW, purpose=Purpose.CARE), LAW, again=BY_LAW),
    way(
        "choose another purpose or another unit",
        REACHED,
        replace(BY_LAW, purpose=Purpose.CARE),
        LAW,
        again=replace(BY_LAW, purpose=Purpose.CARE, receiver=CARE),
    ),
    way("let it in as a guest", REACHED, _TO_GUEST, OURS, (GUEST, LEADS)),
    # On which ground.
    way("state the ground", REACHED, BY_LAW, OURS, act_again=LAW),
    way("state another ground", REACHED, BY_LAW, by(SOCIAL, ground="osl-10-15a"), act_again=LAW),
    way("state another ground", REACHED, BY_LAW, by(SOCIAL, ground="osl-25-12"), act_again=LAW),
    way("state another ground", REACHED, BY_LAW, by(SOCIAL, ground="osl-26-9"), act_again=LAW),
    way(
        "state one of those grounds",
        _WITH_GUEST,
        replace(BY_LAW, receiver=OUTSIDE),
        LAW,
        (_TO_GUEST, OURS),
        again=replace(ON_CONSENT, receiver=OUTSIDE, consent=ref(5)),
        act_again=CONSENTED,
    ),
    way("write the note", REACHED, BY_LAW, by(SOCIAL, ground="osl-10-27"), again=replace(BY_LAW, balancing="Vägt.")),
    way("leave it out, or state consent as the ground", AGREED, ON_CONSENT, LAW, again=BY_LAW),
    way("leave it out, or state consent as the ground", AGREED, ON_CONSENT, LAW, act_again=CONSENTED),
    way("ask the person, or state another ground", REACHED, ON_CONSENT, CONSENTED, (CONSENT, OURS)),
    way("ask the person, or state another ground", REACHED, ON_CONSENT, CONSENTED, again=BY_LAW, act_again=LAW),
    # For how long.
    way("give a later last day", REACHED, replace(CONSENT, last=date(2026, 3, 1)), OURS, again=CONSENT),
    way("give a later last day", REACHED, replace(BY_LAW, last=date(2026, 3, 1)), LAW, again=BY_LAW),
    way(
        "shorten the period, or ask the person again",
        AGREED,
        replace(ON_CONSENT, last=date(2026, 7, 31)),
        CONSENTED,
        again=ON_CONSENT,
    ),
    way(
        "shorten the period, or ask the person again",
        AGREED,
        replace(ON_CONSENT, last=date(2026, 7, 31)),
        CONSENTED,
        (replace(CONSENT, last=date(2026, 7, 31)), OURS),
        again=replace(ON_CONSENT, last=date(2026, 7, 31), consent=ref(5)),
    ),
    # And its end.
    way("tell one of them at once", SHARED, WITHDRAW, by(POLICE), act_again=LEADS),
    nothing_more(SHARED.then(WITHDRAW, OURS), WITHDRAW, OURS, lambda state: state.consents[GIVEN].ended),
    way("ask that unit", SHARED, END, by(POLICE), act_again=OURS),
    nothing_more(SHARED.then(END, OURS), END, OURS, lambda state: state.disclosures[GRANT].ended),
    # A note that is sent.
    way("record the information anew", _PURGED.then(SAFE, OURS), EXPEDITE, LAW, again=RECORD, act_again=OURS),
    way("write the text", _KNOWN, replace(EXPEDITE, memo=None), LAW, again=EXPEDITE),
    way(
        "record the text and disclose it instead",
        _KNOWN,
        EXPEDITE,
        by(SOCIAL, ground="osl-10-27"),
        (RECORD, OURS),
        again=replace(BY_LAW, balancing="Vägt."),
    ),
    way("ask the person, or state another ground", _KNOWN, EXPEDITE, CONSENTED, (CONSENT, OURS)),
    way("ask the person, or state another ground", _KNOWN, EXPEDITE, CONSENTED, act_again=LAW),
    way(
        "dispose of it as a document, when its time has come",
        _EXPEDITED,
        PURGE,
        OURS,
        again=ask.Dispose(person=NORA, compartments=_NOTES, keys=(ref(77),)),
    ),
    # Safe contact.
    way("set it, or say that there is danger", BEGUN, BY_LAW, LAW, (SAFE, OURS)),
    way("set it, or say that there is danger", BEGUN, BY_LAW, LAW, act_again=_URGENT),
    way(
        "set it, or say why not", BEGUN, replace(BY_LAW, spoken=True), replace(LAW, happened=NOW - SECOND), (SAFE, OURS)
    ),
    way("ask that unit", SHARED, _CONFIRM, LEADS, act_again=by(POLICE)),
    way(
        "ask the sender for one",
        _UNSAFE,
        ask.ConfirmSafeContact(disclosure=ref(3)),
        by(POLICE),
        (SAFE, OURS),
        (BY_LAW, LAW),
        again=ask.ConfirmSafeContact(disclosure=ref(5)),
    ),
    nothing_more(
        SHARED.then(_CONFIRM, by(POLICE)),
        _CONFIRM,
        by(POLICE),
        lambda state: state.handed[GRANT].confirmed,
        "go on with it",
    ),
)

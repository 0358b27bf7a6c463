"""Nothing goes out about a person without safe contact on it, and the receiver confirms it (C12)."""

import pytest
from msgspec.structs import replace

from domain.command import Command
from domain.errors import Caution, Refusal
from domain.referral import commands as ask
from domain.referral import events as then
from domain.referral.state import ReferralStatus
from domain.vocabulary import Because, DeclineReason
from tests.domain.stories import CARE, POLICE, SOCIAL, by
from tests.domain.test_referral import ACCEPTED, AGREED, CONSENT, LAW, SEND, SENT, state_of


def test_c12_nothing_is_sent_without_safe_contact_but_in_danger() -> None:
    bare = replace(SEND, contact=None, must_not_learn=None)
    with pytest.raises(Refusal, match="C12"):
        AGREED.when(bare, CONSENT)
    for because in (Because.DANGER, Because.URGENT):
        (event,) = AGREED.when(bare, replace(CONSENT, because=because))
        assert isinstance(event, then.Sent)
        assert not event.has_safe_contact
    with pytest.raises(Refusal, match="C12"):
        AGREED.when(bare, replace(CONSENT, because=Because.NOT_AVAILABLE))


def test_c12_the_receiver_confirms_the_safe_contact_and_a_new_one_anew() -> None:
    confirmed = SENT.then(ask.ConfirmSafeContact(), by(CARE))
    assert state_of(confirmed).safe_contact_confirmed
    assert state_of(confirmed).status is ReferralStatus.RECEIVED
    with pytest.raises(Refusal, match="C12"):
        confirmed.when(ask.ConfirmSafeContact(), by(CARE))
    changed = confirmed.then(ask.GiveSafeContact(contact="Via mostern."), LAW)
    assert not state_of(changed).safe_contact_confirmed
    assert changed.when(ask.ConfirmSafeContact(), by(CARE))


def test_c12_a_safe_contact_that_was_missing_is_given_afterwards_on_a_ground() -> None:
    bare = replace(SEND, contact=None, must_not_learn=None)
    urgent = AGREED.then(bare, replace(CONSENT, because=Because.DANGER))
    with pytest.raises(Refusal, match="C12"):
        urgent.when(ask.ConfirmSafeContact(), by(CARE))
    (event,) = urgent.when(ask.GiveSafeContact(contact="Via skolan."), CONSENT)
    assert event.addressees() == {CARE}
    with pytest.raises(Refusal, match="C12"):
        urgent.when(ask.GiveSafeContact(contact=None), CONSENT)
    with pytest.raises(Refusal, match="C2"):
        urgent.when(ask.GiveSafeContact(contact="Via skolan."), by(SOCIAL, ground="osl-10-27"))
    with pytest.raises(Refusal, match="C2"):
        urgent.then(ask.PersonDeclines(), by(SOCIAL)).when(ask.GiveSafeContact(contact="Via skolan."), CONSENT)
    with pytest.raises(Refusal, match="D2"):
        AGREED.when(ask.GiveSafeContact(contact="Via skolan."), CONSENT)


@pytest.mark.parametrize("command", [ask.AttemptContact(), ask.MeetFirst()])
def test_c12_who_reaches_out_before_confirming_the_safe_contact_says_why(command: Command) -> None:
    unconfirmed = SENT.then(ask.Accept(), by(CARE))
    with pytest.raises(Caution, match="C12"):
        unconfirmed.when(command, by(CARE))
    assert unconfirmed.when(command, by(CARE, because=Because.DANGER))
    assert ACCEPTED.when(command, by(CARE))


def test_c12_what_one_receiver_confirmed_the_next_one_confirms_for_itself() -> None:
    confirmed = SENT.then(ask.ConfirmSafeContact(), by(CARE)).then(ask.Remind(), by(SOCIAL))
    back = confirmed.then(ask.Decline(reason=DeclineReason.OTHER), by(CARE))
    assert state_of(back).safe_contact_confirmed
    again = state_of(back.then(replace(SEND, receiver=POLICE), by(SOCIAL, ground="osl-10-2")))
    assert (again.safe_contact, again.safe_contact_confirmed) == (True, False)
    assert again.reminders == ()

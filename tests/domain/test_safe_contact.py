"""Who receives something about a person in a case confirms that they know how to reach them safely (C12)."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.case import commands as ask
from domain.case import events as then
from domain.errors import NotThere, Refusal
from domain.open_items import waits_known_to
from domain.vocabulary import Because, Instant, Kind, UnitId
from tests.domain.stories import CARE, CENTRE, DIRECTORY, NOW, POLICE, SOCIAL, Story, by, ref
from tests.domain.test_sharing import BEGUN, BY_LAW, CONSENTED, DISCLOSE, GIVEN, NORA, ON_CONSENT, ON_LAW, SAFE

CONFIRM = ask.ConfirmSafeContact(disclosure=ref(5))
BY_LAW_ALONE = CONSENTED.then(BY_LAW, ON_LAW)


def test_c12_the_receiver_of_a_disclosure_confirms_the_safe_contact_once_to_who_disclosed() -> None:
    (event,) = BY_LAW_ALONE.when(CONFIRM, by(POLICE))
    assert event == then.SafeContactConfirmed(disclosure=ref(5), person=NORA, to=SOCIAL)
    assert event.addressees() == {SOCIAL}
    with pytest.raises(Refusal, match="C12: the safe contact has been confirmed already"):
        BY_LAW_ALONE.then(CONFIRM, by(POLICE)).when(CONFIRM, by(POLICE))
    for other in (SOCIAL, CENTRE):
        with pytest.raises(Refusal, match="C12: the unit to which it went"):
            BY_LAW_ALONE.when(CONFIRM, by(other))
    with pytest.raises(NotThere):
        CONSENTED.when(CONFIRM, by(POLICE))


def test_c12_the_receiver_of_a_memo_confirms_the_safe_contact() -> None:
    note = ask.WriteNote(person=NORA, purge_on=date(2026, 9, 1), text="Ring skolan.")
    memo = ask.ExpediteNote(note=ref(4), person=NORA, receiver=POLICE, memo="Ring skolan.")
    (event,) = SAFE.then(note, by(SOCIAL)).then(memo, ON_LAW).when(CONFIRM, by(POLICE))
    assert event == then.SafeContactConfirmed(disclosure=ref(5), person=NORA, to=SOCIAL)


def test_c12_with_what_was_said_or_sent_in_danger_no_safe_contact_came_to_be_confirmed() -> None:
    spoken = CONSENTED.then(replace(BY_LAW, spoken=True), ON_LAW)
    danger = BEGUN.then(BY_LAW, by(SOCIAL, ground="osl-10-2", because=Because.DANGER))
    for story, sent in ((spoken, ref(5)), (danger, ref(3))):
        with pytest.raises(Refusal, match="C12: no safe contact came with it"):
            story.when(replace(CONFIRM, disclosure=sent), by(POLICE))
        assert _unconfirmed(story, SOCIAL) == []


def test_c12_that_the_safe_contact_is_not_confirmed_is_in_view_until_it_is_or_access_has_ended() -> None:
    for unit in (SOCIAL, POLICE, CENTRE):
        assert _unconfirmed(BY_LAW_ALONE, unit) == [(POLICE, NOW)]
    assert _unconfirmed(BY_LAW_ALONE, CARE) == []
    for ended in (
        BY_LAW_ALONE.then(CONFIRM, by(POLICE)),
        BY_LAW_ALONE.then(ask.EndDisclosure(grant=ref(5)), by(SOCIAL)),
        CONSENTED.then(DISCLOSE, ON_CONSENT).then(ask.WithdrawConsent(consent=GIVEN), by(SOCIAL)),
    ):
        assert _unconfirmed(ended, SOCIAL) == []
    later = CONSENTED.then(replace(BY_LAW, first=date(2026, 3, 9)), ON_LAW)
    assert _unconfirmed(later, SOCIAL) == []


def _unconfirmed(story: Story, unit: UnitId) -> list[tuple[UnitId, Instant]]:
    waits = waits_known_to(unit, story.state(Kind.CASE), Kind.CASE, NOW, DIRECTORY)
    return [(wait.on, wait.since) for wait in waits if wait.what == "safe_contact_confirmed"]

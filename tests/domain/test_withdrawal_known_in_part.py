"""C2: what a withdrawal ends, for who sees the withdrawal and not the ends that followed from it."""

from datetime import date

from msgspec.structs import replace

from domain.case import commands as ask
from domain.case import events as then
from domain.case.state import Case
from domain.vocabulary import Compartment, Kind, Purpose
from tests.domain.stories import CENTRE, POLICE, SOCIAL, by, given, ref

NORA = ref(2)
BEGUN = given((ask.Open(coordinator=CENTRE), by(SOCIAL)), (ask.AddPerson(), by(SOCIAL)))
SAFE = BEGUN.then(ask.SetSafeContact(person=NORA, contact="Via skolan."), by(SOCIAL))
LAST = date(2026, 3, 31)
CONSENT = ask.GiveConsent(
    person=NORA,
    purpose=Purpose.PROTECTION,
    receiver=POLICE,
    compartments=frozenset({Compartment.IDENTITY, Compartment.SOCIAL, Compartment.WHEREABOUTS}),
    last=LAST,
)
CONSENTED = SAFE.then(CONSENT, by(SOCIAL))
GIVEN = ref(4)
DISCLOSE = ask.Disclose(
    person=NORA,
    receiver=POLICE,
    compartments=frozenset({Compartment.SOCIAL}),
    purpose=Purpose.PROTECTION,
    last=LAST,
    consent=GIVEN,
)
ON_CONSENT = by(SOCIAL, ground="consent")
ON_LAW = by(SOCIAL, ground="osl-10-2")
BY_LAW = replace(DISCLOSE, consent=None)


def test_c2_a_withdrawal_ends_all_that_rests_on_it_though_no_end_of_them_is_seen() -> None:
    """The giver may not see each end that the coordinator records: to it, too, they are over, and ask for nothing."""
    safe = replace(DISCLOSE, compartments=frozenset({Compartment.CONTACT}))
    consent = replace(CONSENT, compartments=CONSENT.compartments | {Compartment.CONTACT})
    shared = SAFE.then(consent, by(SOCIAL))
    for disclose, act in ((safe, ON_CONSENT), (DISCLOSE, ON_CONSENT), (safe, ON_CONSENT), (BY_LAW, ON_LAW)):
        shared = shared.then(disclose, act)
    withdrawn = shared.then(ask.WithdrawConsent(consent=GIVEN), by(CENTRE)).without(then.DisclosureEnded)
    state = withdrawn.state(Kind.CASE)
    assert isinstance(state, Case)
    assert [grant.ended for grant in state.disclosures.values()] == [True, True, True, False]
    assert [sent.over for sent in state.handed.values()] == [True, True, True, False]
    assert state.consents[GIVEN].ended

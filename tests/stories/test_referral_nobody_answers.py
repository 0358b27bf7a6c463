"""A referral to health care that nobody answers: it waits in view, is asked after, and comes back refused."""

from domain.vocabulary import Instant
from hub_demo.county import CHILD_PSYCHIATRY, COORDINATION, YOUTH_CLINIC
from tests.stories.county import NEW_YEAR, County, Party, when

SAFE = "By the school's telephone, before noon."


def test_a_referral_that_nobody_answers_waits_in_view_until_it_comes_back(here: County) -> None:
    services, psychiatry = here.as_("social services"), here.as_("child psychiatry")
    coordinator = here.as_("the coordinator")

    here.at("9 Nov 09:00")
    case = services.post("cases", coordinator=COORDINATION).id
    boy = services.post(f"cases/{case}/add_person", gender="boy_or_man", minor=True, identity="Testo Testsson").created
    referral = services.post("referrals", receiver=CHILD_PSYCHIATRY, purpose="care", case=case, person=boy).id
    carried = {"contact": SAFE, "must_not_learn": "His brothers.", "social": "He does not sleep."}
    # D2: he is asked first.
    assert services.refused(f"referrals/{referral}/send", ground="consent", **carried) == "C2"
    told = ["contact", "social"]
    services.post(f"referrals/{referral}/person_agrees", compartments=told, last=NEW_YEAR, channel="visit")
    assert psychiatry.lists("referrals") == []
    services.post(f"referrals/{referral}/send", ground="consent", **carried)
    sent: Instant = services.get(f"referrals/{referral}")["sent"]

    # D2: sent is not done. How long it has waited is in view, and nothing has to run for the alarm to be there.
    here.at("11 Nov 09:00")
    assert waits(services, referral) == ("referral_received", sent, False)
    here.at("12 Nov 10:00")
    assert waits(services, referral) == ("referral_received", sent, True)
    assert coordinator.lists("board")[0]["waits"] == services.get(f"referrals/{referral}")["waits"]
    assert coordinator.lists(f"board?as_of={when('11 Nov 09:00')}")[0]["waits"][0].get("alarmed", False) is False

    # A reminder by telephone is an act; the wait goes on from where it began.
    services.post(f"referrals/{referral}/remind", channel="telephone")
    here.at("16 Nov 13:00")
    followed = coordinator.the("referrals")
    coordinator.post(f"referrals/{followed}/remind", channel="telephone")
    assert len(services.get(f"referrals/{referral}")["reminders"]) == 2
    assert waits(services, referral) == ("referral_received", sent, True)
    # F: the coordinator follows it, and reads nothing that it carries.
    assert coordinator.reads(f"referrals/{followed}") == ""

    # C12, D2: at last it is read, and refused; it goes back to its sender with the reason.
    here.at("18 Nov 15:00")
    theirs = psychiatry.the("inbox")
    assert "He does not sleep." in psychiatry.reads(f"referrals/{theirs}")
    psychiatry.post(f"referrals/{theirs}/decline", reason="no_capacity", explanation="Full until February.")
    back = services.get(f"referrals/{referral}")
    assert (back["status"], back["reason"]) == ("declined", "no_capacity")
    assert "Full until February." in services.reads(f"referrals/{referral}")
    (wait,) = back["waits"]
    assert (wait["on"], wait["what"]) == (services.unit, "referral_sent_on")

    # C2: another unit is another receiver, and he is asked again.
    here.at("19 Nov 09:00")
    anew = carried | {"receiver": YOUTH_CLINIC}
    assert services.refused(f"referrals/{referral}/send", ground="consent", **anew) == "C2"
    services.post(
        f"referrals/{referral}/person_agrees", receiver=YOUTH_CLINIC, compartments=told, last=NEW_YEAR, channel="visit"
    )
    services.post(f"referrals/{referral}/send", ground="consent", **anew)
    assert services.get(f"referrals/{referral}").get("reminders", []) == []
    # R4: who sent it back learns nothing of what became of it.
    assert psychiatry.told(f"referrals/{theirs}")[-1] == "referral.declined"
    assert psychiatry.get(f"referrals/{theirs}")["receiver"] == CHILD_PSYCHIATRY


def waits(who: Party, referral: str) -> tuple[str, Instant, bool]:
    """For what it waits, since when, and whether its time is over."""
    (wait,) = who.get(f"referrals/{referral}")["waits"]
    return wait["what"], wait["since"], wait.get("alarmed", False)

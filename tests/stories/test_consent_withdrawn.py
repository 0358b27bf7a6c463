"""A consent is withdrawn after the Police received a memo: what rested on it ends, what the law gave stands."""

from hub_demo.county import COORDINATION
from tests.stories.county import NEW_YEAR, County


def test_a_consent_is_withdrawn_after_the_police_received_a_memo(here: County) -> None:
    services, police, coordinator = here.as_("social services"), here.as_("the police"), here.as_("the coordinator")
    auditor = here.as_("the auditor")

    here.at("9 Nov 09:00")
    case = services.post("cases", coordinator=COORDINATION).id
    woman = services.post(f"cases/{case}/add_person", gender="girl_or_woman", identity="Påhitta Påhittsson").created
    services.post(f"cases/{case}/set_safe_contact", person=woman, contact="At work, through reception.")
    services.post(
        f"cases/{case}/record_information",
        person=woman,
        social="She has left him twice.",
        risk_memo="High risk when she files for divorce.",
    )
    agreed = {"person": woman, "receiver": police.unit, "purpose": "investigation", "last": NEW_YEAR}
    consent = services.post(f"cases/{case}/give_consent", compartments=["risk_memo"], channel="visit", **agreed).created
    services.post(f"cases/{case}/disclose", compartments=["risk_memo"], consent=consent, ground="consent", **agreed)
    services.post(f"cases/{case}/disclose", compartments=["identity"], ground="osl-10-23", **agreed)

    theirs = police.the("cases")
    assert "when she files for divorce" in police.reads(f"cases/{theirs}")
    assert "Påhitta" in police.reads(f"cases/{theirs}")
    assert "left him" not in police.reads(f"cases/{theirs}")

    # C2: before it is confirmed it shows what ends, and what stands on another ground.
    here.at("20 Nov 16:00")
    preview = services.get(f"cases/{case}/consents/{consent}/withdrawal")
    assert (len(preview["ends"]), len(preview["stands"])) == (1, 1)
    services.post(f"cases/{case}/withdraw_consent", consent=consent, channel="visit")

    # The memo is closed again; what rests on the law is not.
    assert "divorce" not in police.reads(f"cases/{theirs}")
    assert "Påhitta" in police.reads(f"cases/{theirs}")
    # R4: the Police are told that it ended and what to do, never why.
    ended = [grant for grant in police.get(f"cases/{theirs}")["grants"] if not grant["in_force"]]
    assert [(grant["compartments"], grant["to_do"]) for grant in ended] == [(["risk_memo"], "read_no_more")]
    assert not {"case.consent_given", "case.consent_withdrawn"} & set(police.told(f"cases/{theirs}"))
    assert "case.disclosure_ended" in police.told(f"cases/{theirs}")
    # Nothing more goes out on it, and a withdrawn consent cannot be withdrawn again.
    again = {"compartments": ["risk_memo"], "consent": consent, "ground": "consent"}
    assert services.refused(f"cases/{case}/disclose", **agreed, **again) == "C2"
    assert services.refused(f"cases/{case}/withdraw_consent", consent=consent) == "C2"
    assert "case.consent_withdrawn" in coordinator.told(f"cases/{coordinator.the('cases')}")

    # It recalls nothing: that they read it stays on the trail.
    known = here.hand_over(case, services, auditor)
    mandate = {"agency": auditor.agency, "decided_by": "lansstyrelsen-ostergotland", "decision": "LST 2026-114"}
    led = coordinator.the("cases")
    coordinator.post(f"cases/{led}/give_mandate", auditor=auditor.persona, last=NEW_YEAR, **mandate)
    acts = auditor.get(f"replay/{known}?as_unit={police.unit}")["acts"]
    memo = next(act for act in acts if act["event"].startswith("case.information_recorded"))
    assert "risk_memo" in memo["opened"]
    assert "risk_memo" not in memo.get("could", [])

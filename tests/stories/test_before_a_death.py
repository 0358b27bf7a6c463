"""After a death: an auditor asks what each agency knew, and when; what was opened stands beside what could be (E7)."""

from typing import Any

from hub_demo.county import COORDINATION, EMERGENCY
from tests.stories.county import NEW_YEAR, County, Party, when


def test_an_auditor_asks_what_each_agency_knew_and_when_before_a_death(here: County) -> None:
    services, police, care = here.as_("social services"), here.as_("the police"), here.as_("emergency care")
    coordinator, auditor = here.as_("the coordinator"), here.as_("the auditor")

    # Monday: social services know of threats.
    here.at("9 Nov 09:00")
    case = services.post("cases", coordinator=COORDINATION).id
    woman = services.post(f"cases/{case}/add_person", gender="girl_or_woman", identity="Hitta Påhittsson").created
    services.post(f"cases/{case}/set_safe_contact", person=woman, contact="Through her sister.")
    services.post(f"cases/{case}/record_information", person=woman, social="Her brother has said that she will pay.")
    followed = coordinator.the("cases")
    (person,) = coordinator.get(f"cases/{followed}")["persons"]
    for unit, purpose in ((police.unit, "investigation"), (EMERGENCY, "care")):
        coordinator.post(f"cases/{followed}/assign", person=person["id"], unit=unit, role="handler", purpose=purpose)
    # Tuesday: health care sees injuries, and tells nobody.
    here.at("10 Nov 22:00")
    theirs = care.the("cases")
    care.post(f"cases/{theirs}/record_information", person=around(care, theirs), health="A broken wrist.")
    # Thursday: the Police are given what social services know; they open it on Friday.
    here.at("12 Nov 14:00")
    told = {"person": woman, "receiver": police.unit, "compartments": ["social"], "purpose": "investigation"}
    services.post(f"cases/{case}/disclose", last=NEW_YEAR, ground="osl-10-23", **told)
    here.at("13 Nov 11:00")
    assert "she will pay" in police.reads(f"cases/{police.the('cases')}")
    # Saturday: she dies. On Monday something is written down that was known on Wednesday.
    here.at("16 Nov 09:00")
    care.post(
        f"cases/{theirs}/record_information",
        person=around(care, theirs),
        health="On Wednesday she said that her brother had done it.",
        happened=when("11 Nov 08:00"),
        known=when("11 Nov 08:00"),
    )

    here.at("30 Nov 09:00")
    known = here.hand_over(case, services, auditor)
    mandate = {"agency": auditor.agency, "decided_by": "lansstyrelsen-ostergotland", "decision": "LST 2026-114"}
    blind = auditor.get(f"replay/{known}?as_unit={police.unit}")["acts"]
    assert {word for act in blind for word in (*act["could"], *act["opened"])} <= {"record", "sealed"}
    coordinator.post(f"cases/{followed}/give_mandate", auditor=auditor.persona, last=NEW_YEAR, **mandate)
    monday, thursday, saturday = "9 Nov 18:00", "12 Nov 18:00", "14 Nov 12:00"
    # The Police could read of the threats from Thursday, and did on Friday.
    assert words(auditor, known, police, monday) == (set(), set())
    assert words(auditor, known, police, thursday) == ({"social"}, set())
    assert words(auditor, known, police, saturday) == ({"social"}, {"social"})
    # Health care knew of the wrist, and of the threats never.
    assert words(auditor, known, care, monday) == (set(), set())
    assert words(auditor, known, care, saturday)[0] == {"health"}
    # Social services never knew of the wrist.
    assert "health" not in words(auditor, known, services, "30 Nov 08:00")[0]
    # D1: what was written down on Monday was in nobody's hands on Saturday, though it was known on Wednesday.
    assert len(recorded(auditor, known, saturday)) + 1 == len(recorded(auditor, known, "17 Nov 09:00"))
    late = recorded(auditor, known, "17 Nov 09:00")[-1]
    assert late["known"] == when("11 Nov 08:00") < when(saturday) < late["recorded"]

    # The mandate is for acts, grants and looks: nothing sealed is opened to the auditor.
    assert auditor.reads(f"replay/{known}") == ""
    # An agency's own auditor is told of that agency alone: of the others' acts, and of what they could open, nothing.
    own = here.as_("the auditor of social services")
    ours = here.hand_over(case, services, own)
    acts = own.get(f"replay/{ours}?as_unit={police.unit}")["acts"]
    assert {act["by"]["unit"] for act in acts} == {services.unit}
    assert not any(act.get("could") or act.get("opened") for act in acts)
    # Who is no auditor replays nothing, and the review itself is on the trail.
    services.finds_no(f"replay/{case}")
    looks = auditor.get("trail?limit=200")["items"]
    assert {"replay"} <= {look.get("what") for look in looks if look["unit"] == auditor.unit}


def around(who: Party, case: str) -> str:
    (grant,) = who.get(f"cases/{case}")["grants"]
    return str(grant["person"])


def replayed(auditor: Party, case: str, unit: Party, day: str) -> list[dict[str, Any]]:
    return list(auditor.get(f"replay/{case}?as_of={when(day)}&as_unit={unit.unit}")["acts"])


def words(auditor: Party, case: str, unit: Party, day: str) -> tuple[set[str], set[str]]:
    """What of what was recorded about her a unit could open by then, and what it had opened."""
    acts = [act for act in replayed(auditor, case, unit, day) if act["event"].startswith("case.information_recorded")]
    could = {part for act in acts for part in act.get("could", ())}
    opened = {part for act in acts for part in act.get("opened", ())}
    return could - {"record", "narrow"}, opened - {"record", "narrow"}


def recorded(auditor: Party, case: str, day: str) -> list[dict[str, Any]]:
    acts = auditor.get(f"replay/{case}?as_of={when(day)}")["acts"]
    return [act for act in acts if act["event"].startswith("case.information_recorded")]

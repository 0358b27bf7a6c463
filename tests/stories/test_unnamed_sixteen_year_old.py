"""A school counsellor telephones about a girl of sixteen without a name; two weeks later her name is known."""

from hub_demo.county import COORDINATION, POLICE_INVESTIGATION, social
from tests.stories.county import County, when

NAME = "Exempla Exempelsson, born 2010"
SAFE = "Through the school counsellor, weekdays 10-12."


def test_an_unnamed_girl_of_sixteen_is_known_two_weeks_later_and_met_about_the_same_day(here: County) -> None:
    school, adviser = here.as_("the school"), here.as_("the adviser")
    services, police, coordinator = here.as_("social services"), here.as_("the police"), here.as_("the coordinator")

    # A1: she has no name on the telephone, and the question gets an answer all the same.
    here.at("9 Nov 10:40")
    asked = school.post(
        "consultations",
        asked_of=COORDINATION,
        caller="school",
        about="one",
        persons=1,
        told="told",
        county="05",
        minor=True,
        question="A girl of sixteen says that she is to be married. What first?",
        channel="telephone",
    ).id
    taken = adviser.the("inbox")
    adviser.post(f"consultations/{taken}/accept", channel="telephone")
    adviser.post(
        f"consultations/{taken}/advise", answer="Your duty to report is yours: report now.", channel="telephone"
    )
    assert "report now" in school.reads(f"consultations/{asked}")
    assert services.lists("consultations") == police.lists("consultations") == []

    # D3: two weeks later she is known, and each duty is met by a report of its own, beside the advice.
    here.at("23 Nov 08:20")
    known = when("23 Nov 08:05")
    concern = school.post(
        "reports",
        about="concern_child",
        outcome="report",
        ongoing=True,
        consultation=asked,
        happened=when("23 Nov 08:15"),
        known=known,
    ).id
    school.post(f"reports/{concern}/identify", identity=NAME, known=known)
    school.post(f"reports/{concern}/consider_crime", outcome="report", reasons="She speaks of a wedding and of blows.")
    school.post(
        f"reports/{concern}/make",
        receiver=social("0580", "barn"),
        crime_suspected=True,
        identity=NAME,
        contact=SAFE,
        must_not_learn="Parents, uncle.",
        social="She is not to come back after Christmas.",
        child_statement="I do not want to go.",
        ground="child-concern",
    )
    crime = school.post(
        "reports", about="crime", outcome="report", ongoing=True, happened=when("23 Nov 08:15"), known=known
    ).id
    school.post(
        f"reports/{crime}/make",
        receiver=POLICE_INVESTIGATION,
        identity=NAME,
        contact=SAFE,
        police="Blows at home, the latest on Saturday.",
        ground="osl-10-21",
    )

    # F: each receiver has its own report, and neither knows of the other's, or of what was asked two weeks ago.
    to_services, to_police = services.the("reports"), police.the("reports")
    assert NAME in services.reads(f"reports/{to_services}")
    assert "I do not want to go." in services.reads(f"reports/{to_services}")
    assert NAME in police.reads(f"reports/{to_police}")
    assert "I do not want to go." not in police.reads(f"reports/{to_police}")
    assert "consultation" not in services.get(f"reports/{to_services}")
    assert services.lists("consultations") == []
    report = services.get(f"reports/{to_services}")
    assert report["concern_known"] == known
    assert report["concern_known"] < report["decided"] < report["handed_over"]
    for receiver, theirs in ((services, to_services), (police, to_police)):
        receiver.post(f"reports/{theirs}/confirm_receipt")
        receiver.post(f"reports/{theirs}/confirm_safe_contact")

    # D4: the samråd is the same day.
    here.at("23 Nov 09:30")
    case = services.post("cases", coordinator=COORDINATION).id
    girl = services.post(f"cases/{case}/add_person", gender="girl_or_woman", minor=True, identity=NAME).created
    services.post(f"cases/{case}/set_safe_contact", person=girl, contact=SAFE, must_not_learn="Parents, uncle.")
    requested = services.post(
        "meetings", meeting="consultative_samrad", case=case, persons=[girl], coordinator=COORDINATION
    ).id
    meeting = coordinator.the("meetings")
    coordinator.post(
        f"meetings/{meeting}/schedule",
        mode="on_site",
        start=when("23 Nov 13:00"),
        end=when("23 Nov 14:00"),
        place="The made-up house, room 0",
    )
    coordinator.post(f"meetings/{meeting}/invite", unit=POLICE_INVESTIGATION)

    # R2: who is invited knows when and how, never why, until it takes part.
    invited = police.the("meetings")
    assert (police.get(f"meetings/{invited}")["mode"], police.get(f"meetings/{invited}")["start"]) == (
        "on_site",
        when("23 Nov 13:00"),
    )
    assert police.get(f"meetings/{invited}").keys() & {"case", "persons", "meeting", "requester"} == set()
    assert "room 0" not in police.reads(f"meetings/{invited}")
    police.post(f"meetings/{invited}/accept_invitation", role="handler", mandate="may_decide")
    assert "room 0" in police.reads(f"meetings/{invited}")

    # D12: the interpreter is on the telephone, and is never told the place.
    booking = {"mode": "telephone", "language": "A language of the demo", "interpreter": "tolk-tor-exempel"}
    path = f"meetings/{meeting}/book_interpreter"
    assert coordinator.refused(path, place="The made-up house, room 0", **booking) == "D12"
    coordinator.post(path, **booking)
    (booked,) = (
        act
        for act in coordinator.get(f"meetings/{meeting}")["acts"]
        if act["event"].startswith("meeting.interpreter_booked")
    )
    assert "place" not in booked["parts"]["coordination"]

    here.at("23 Nov 14:05")
    coordinator.post(
        f"meetings/{meeting}/hold",
        mode="on_site",
        start=when("23 Nov 13:00"),
        end=when("23 Nov 14:00"),
        attended=[
            {"unit": COORDINATION, "role": "coordinator"},
            {"unit": services.unit, "role": "handler", "mandate": "may_decide"},
            {"unit": police.unit, "role": "handler", "mandate": "may_decide"},
        ],
        confidentiality=True,
        report="with_report",
    )
    services.post(
        f"meetings/{requested}/write_minutes",
        to=[police.unit],
        person=girl,
        social="The tickets are for the 20th of December.",
        ground="osl-10-21",
    )
    coordinator.post(
        f"meetings/{meeting}/divide_work",
        unit=police.unit,
        due=when("24 Nov 12:00"),
        what="Apply for the exit ban.",
        how="Tell social services when it is in force.",
    )

    # F: the minutes open to those to whom they were sent, and to nobody else who was there.
    assert "20th of December" in police.reads(f"meetings/{invited}")
    assert "20th of December" not in coordinator.reads(f"meetings/{meeting}")
    (task,) = police.lists("tasks")
    assert (task["what"], task["due"]) == ("Apply for the exit ban.", when("24 Nov 12:00"))
    here.at("24 Nov 10:00")
    police.post(f"meetings/{invited}/task_done", task=task["id"])
    assert police.lists("tasks") == []
    services.post(f"reports/{to_services}/tell_outcome", outcome="inquiry_opened")
    assert school.get(f"reports/{concern}")["outcomes"] == ["inquiry_opened"]
    # B5: the school reported, and takes part in nothing else.
    assert school.lists("cases") == school.lists("meetings") == []

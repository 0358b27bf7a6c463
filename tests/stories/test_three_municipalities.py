"""Siblings in three municipalities: each reads of its own, and one hands over to another who answers for it."""

from hub_demo.county import COORDINATION
from tests.stories.county import County, Party


def test_siblings_in_three_municipalities_and_who_answers_for_each(here: County) -> None:
    linkoping, norrkoping, motala = here.as_("social services"), here.as_("Norrköping"), here.as_("Motala")
    coordinator = here.as_("the coordinator")

    here.at("9 Nov 09:00")
    case = linkoping.post("cases", coordinator=COORDINATION).id
    sister = add(linkoping, case, "girl_or_woman", "Exempla Exempelsson, born 2010")
    add(linkoping, case, "boy_or_man", "Exempel Exempelsson, born 2008")
    youngest = add(linkoping, case, "girl_or_woman", "Exemplina Exempelsson, born 2014")
    linkoping.post(f"cases/{case}/record_information", person=sister, social="She is afraid of the summer.")
    # B6: the coordinator brings the others in, each around one of the siblings.
    followed = coordinator.the("cases")
    persons = [person["id"] for person in coordinator.get(f"cases/{followed}")["persons"]]
    for person, unit in zip(persons[1:], (norrkoping.unit, motala.unit), strict=True):
        coordinator.post(f"cases/{followed}/assign", person=person, unit=unit, role="handler", purpose="protection")

    # B5: the brother's municipality does not read the sister, and does not know of the youngest.
    in_norrkoping, in_motala = norrkoping.the("cases"), motala.the("cases")
    assert [one(norrkoping, in_norrkoping), one(motala, in_motala)] == [1, 1]
    assert norrkoping.reads(f"cases/{in_norrkoping}") == motala.reads(f"cases/{in_motala}") == ""
    theirs = person_of(norrkoping, in_norrkoping)
    norrkoping.post(f"cases/{in_norrkoping}/record_information", person=theirs, social="He has moved to his aunt.")
    assert "aunt" not in linkoping.reads(f"cases/{case}")
    assert "aunt" not in motala.reads(f"cases/{in_motala}")

    # D10: each municipality is responsible for whom it took, and for nobody else.
    for person in (sister, youngest):
        linkoping.post(f"cases/{case}/take_responsibility", person=person)
    norrkoping.post(f"cases/{in_norrkoping}/take_responsibility", person=theirs)
    linkoping.post(f"cases/{case}/record_place", person=youngest, place="placement", municipality="0583")
    assert "0583" not in motala.reads(f"cases/{in_motala}") + coordinator.reads(f"cases/{followed}")

    # The youngest has moved; Linköping answers for her until Motala says yes.
    here.at("16 Nov 10:00")
    offered = linkoping.post(f"cases/{case}/offer_transfer", person=youngest, to=motala.unit, reason="She lives there.")
    assert linkoping.refused(f"cases/{case}/offer_transfer", person=youngest, to=norrkoping.unit) == "D10"
    assert [(wait["on"], wait["what"]) for wait in linkoping.get(f"cases/{case}")["waits"]] == [
        (motala.unit, "transfer")
    ]
    assert "case.transfer_offered" not in norrkoping.told(f"cases/{in_norrkoping}")
    motala.post(
        f"cases/{in_motala}/decline_transfer", transfer=asked(motala, in_motala), reason="She moves again soon."
    )
    assert "She moves again soon." in linkoping.reads(f"cases/{case}")
    norrkoping.finds_nothing_to(f"cases/{in_norrkoping}/accept_transfer", transfer=offered.created)

    here.at("30 Nov 10:00")
    linkoping.post(f"cases/{case}/offer_transfer", person=youngest, to=motala.unit, reason="The lease is signed.")
    assert motala.refused(f"cases/{in_motala}/accept_transfer", transfer=asked(motala, in_motala)) == "D10"
    motala.post(f"cases/{in_motala}/accept_transfer", transfer=asked(motala, in_motala, last=True))
    # D10: from now on Motala answers for her, and Linköping only for the sister.
    assert linkoping.refused(f"cases/{case}/offer_transfer", person=youngest, to=norrkoping.unit) == "D10"
    assert linkoping.refused(f"cases/{case}/take_responsibility", person=youngest) == "D10"
    linkoping.post(f"cases/{case}/offer_transfer", person=sister, to=norrkoping.unit)
    assert linkoping.told(f"cases/{case}").count("case.transfer_accepted") == 1
    assert "case.transfer_accepted" not in norrkoping.told(f"cases/{in_norrkoping}")


def add(who: Party, case: str, gender: str, identity: str) -> str:
    return who.post(f"cases/{case}/add_person", gender=gender, minor=True, identity=identity).created


def one(who: Party, case: str) -> int:
    """Of how many persons in the case this party knows."""
    return len(who.get(f"cases/{case}")["grants"])


def person_of(who: Party, case: str) -> str:
    """The person around whom this party takes part."""
    (grant,) = who.get(f"cases/{case}")["grants"]
    return str(grant["person"])


def asked(who: Party, case: str, *, last: bool = False) -> str:
    """The first transfer that this party was asked for, or the last."""
    offers = [
        act["act"] for act in who.get(f"cases/{case}")["acts"] if act["event"].startswith("case.transfer_offered")
    ]
    return str(offers[-1 if last else 0])

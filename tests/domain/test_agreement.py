"""B1, B3: who cooperates, in which roles and how fast is read from the agreements in force."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.agreement.commands import Amend, Conclude, End
from domain.agreement.events import Amended, Concluded, Ended, Party, TimeLimit, Unit
from domain.agreement.state import Agreement, Directory
from domain.consultation.commands import Request
from domain.errors import NotThere, Refusal
from domain.time import day_end, day_start
from domain.vocabulary import About, AgencyId, AgencyKind, CallerCategory, InformedOf, Purpose, Ref, Role, UnitId
from tests.domain.stories import CENTRE, CONCLUDED, DIRECTORY, NOW, OUTSIDE, PARTIES, SOCIAL, Story, by, given

CONCLUDE = Conclude(
    title="Samverkan",
    county="05",
    catchment=frozenset({"0580"}),
    parties=PARTIES,
    limits=(TimeLimit(what="first_contact", hours=24),),
    responsible_body=AgencyId("centre"),
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
)
ADMIN = by(CENTRE, role=Role.ADMINISTRATOR, purpose=Purpose.ADMINISTRATION)
SCHOOL = Party(
    id=AgencyId("linkoping.skola"),
    name="Skolan",
    kind=AgencyKind.SCHOOL,
    units=(
        Unit(
            id=UnitId("linkoping.skola.halsa"),
            name="Elevhälsan",
            roles=frozenset({Role.HANDLER}),
            purposes=frozenset({Purpose.SUPPORT}),
        ),
    ),
)


def _agreed(*commands: Amend | End) -> Directory:
    story = given((CONCLUDE, ADMIN), *((command, ADMIN) for command in commands))
    return Directory.of(story.facts)


def test_b3_an_agreement_names_parties_roles_limits_and_period() -> None:
    (event,) = Story().when(CONCLUDE, ADMIN)
    assert isinstance(event, Concluded)
    entry = _agreed().at(NOW).unit(CENTRE)
    assert entry is not None
    assert entry.roles == PARTIES[0].units[0].roles
    assert (entry.kind, entry.counties) == (AgencyKind.RESOURCE_CENTRE, frozenset({"05"}))
    assert _agreed().at(NOW).limit("first_contact", AgencyId("centre")) == 24
    assert _agreed().at(NOW).limit("first_contact", AgencyId("gavle")) is None
    assert _agreed().at(NOW).responsible_bodies() == {"centre"}


def test_b3_roles_hold_from_the_first_midnight_to_the_one_after_the_last_day() -> None:
    first, after = day_start(date(2026, 1, 1)), day_end(date(2026, 12, 31))
    assert _agreed().at(first - 1).unit(CENTRE) is None
    assert _agreed().at(first).unit(CENTRE) is not None
    assert _agreed().at(after - 1).unit(CENTRE) is not None
    assert _agreed().at(after).unit(CENTRE) is None


def test_b3_an_amendment_counts_from_its_day() -> None:
    joined = Amend(parties=(SCHOOL,), first=date(2026, 4, 1), limits=(TimeLimit(what="first_contact", hours=8),))
    directory = _agreed(joined)
    unit = SCHOOL.units[0].id
    assert directory.at(NOW).unit(unit) is None
    assert directory.at(day_start(date(2026, 4, 1))).unit(unit) is not None
    assert directory.at(NOW).limit("first_contact", AgencyId("centre")) == 24
    assert directory.at(day_start(date(2026, 4, 1))).limit("first_contact", AgencyId("centre")) == 8


def test_b3_who_has_left_is_in_the_directory_no_more() -> None:
    directory = _agreed(Amend(left=frozenset({PARTIES[2].id}), first=date(2026, 2, 1)))
    assert directory.at(NOW).unit(PARTIES[2].units[0].id) is None


def test_b3_an_ended_agreement_names_nobody() -> None:
    directory = _agreed(End(last=date(2026, 2, 28)))
    assert directory.at(NOW).units() == ()


def test_b3_several_agreements_stand_side_by_side() -> None:
    other = replace(
        CONCLUDED,
        county="06",
        parties=(
            replace(
                PARTIES[0], units=(replace(PARTIES[0].units[0], roles=frozenset({Role.HANDLER}), keeps_no_record=True),)
            ),
        ),
    )
    directory = Directory({Ref("a" * 32): Agreement(concluded=CONCLUDED), Ref("b" * 32): Agreement(concluded=other)})
    entry = directory.at(NOW).unit(CENTRE)
    assert entry is not None
    assert entry.roles == PARTIES[0].units[0].roles | {Role.HANDLER}
    assert entry.counties == {"05", "06"}
    assert entry.keeps_no_record


def test_b3_a_directory_is_asked_as_of_a_day() -> None:
    with pytest.raises(RuntimeError, match="as of a day"):
        DIRECTORY.unit(CENTRE)


def test_b3_the_directory_follows_the_log() -> None:
    story = given((CONCLUDE, ADMIN))
    assert Directory().following(story.facts[0]).at(NOW).units() == _agreed().at(NOW).units()


def test_b3_only_an_administrator_records_an_agreement() -> None:
    with pytest.raises(Refusal, match="B3"):
        Story().when(CONCLUDE, by(SOCIAL))


def test_b3_the_first_agreement_is_recorded_before_any_names_who_records_it() -> None:
    admin = by(OUTSIDE, role=Role.ADMINISTRATOR)
    assert replace(Story(), directory=Directory()).when(CONCLUDE, admin)
    with pytest.raises(Refusal, match="B1"):
        Story().when(CONCLUDE, admin)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (replace(CONCLUDE, last=date(2025, 12, 31)), "B3"),
        (replace(CONCLUDE, responsible_body=AgencyId("nobody")), "B3"),
        (replace(CONCLUDE, parties=(*PARTIES, replace(PARTIES[1], units=()))), "B1"),
        (replace(CONCLUDE, parties=(*PARTIES, replace(PARTIES[1], id=AgencyId("other.social")))), "B1"),
    ],
)
def test_b3_an_agreement_that_contradicts_itself_is_refused(change: Conclude, rule: str) -> None:
    with pytest.raises(Refusal, match=rule):
        Story().when(change, ADMIN)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (CONCLUDE, "B3"),
        (Amend(left=frozenset({AgencyId("gavle")}), first=date(2026, 4, 1)), "B1"),
        (Amend(left=frozenset({AgencyId("centre")}), first=date(2026, 4, 1)), "B3"),
        (Amend(parties=(SCHOOL,), first=date(2027, 4, 1)), "B3"),
        (Amend(parties=(SCHOOL,), first=date(2025, 4, 1)), "B3"),
        (Amend(parties=(replace(SCHOOL, units=PARTIES[1].units),), first=date(2026, 4, 1)), "B1"),
        (End(last=date(2025, 12, 31)), "B3"),
    ],
)
def test_b3_a_change_that_does_not_fit_the_agreement_is_refused(change: Conclude | Amend | End, rule: str) -> None:
    with pytest.raises(Refusal, match=rule):
        given((CONCLUDE, ADMIN)).when(change, ADMIN)


def test_b3_an_agreement_is_amended_and_ended() -> None:
    story = given((CONCLUDE, ADMIN))
    assert isinstance(story.when(Amend(parties=(SCHOOL,), first=date(2026, 4, 1)), ADMIN)[0], Amended)
    assert story.when(End(last=date(2026, 6, 30)), ADMIN) == (Ended(last=date(2026, 6, 30)),)


def test_f_an_agreement_that_is_not_there_is_not_amended() -> None:
    with pytest.raises(NotThere):
        Story().when(End(last=date(2026, 6, 30)), ADMIN)


REQUEST = Request(
    asked_of=CENTRE,
    reference="ABCD-1234",
    caller=CallerCategory.SOCIAL_SERVICES,
    about=About.NOBODY,
    persons=0,
    told=InformedOf.NO_CONTACT,
)


def test_b1_a_unit_that_no_agreement_names_does_not_act() -> None:
    with pytest.raises(Refusal, match=f"B1: no agreement in force names the unit {OUTSIDE}"):
        Story().when(REQUEST, by(OUTSIDE))


def test_b1_a_unit_acts_for_its_own_authority_only() -> None:
    act = by(SOCIAL)
    with pytest.raises(Refusal, match="B1"):
        Story().when(REQUEST, replace(act, by=replace(act.by, agency=AgencyId("polisen"))))


def test_b3_a_unit_acts_in_agreed_roles_and_for_agreed_purposes() -> None:
    with pytest.raises(Refusal, match="B3"):
        Story().when(REQUEST, by(SOCIAL, role=Role.COORDINATOR))
    with pytest.raises(Refusal, match="B3"):
        Story().when(REQUEST, by(SOCIAL, purpose=Purpose.CARE))


def test_f_an_auditor_records_nothing() -> None:
    with pytest.raises(Refusal, match="F"):
        Story().when(REQUEST, by(CENTRE, role=Role.AUDITOR))


def test_d1_nothing_has_happened_or_is_known_in_the_future() -> None:
    for late in (replace(by(SOCIAL), happened=NOW + 1), replace(by(SOCIAL), known=NOW + 1)):
        with pytest.raises(Refusal, match="D1"):
            Story().when(REQUEST, late)


def test_d1_what_happened_earlier_is_told_later() -> None:
    assert Story().when(REQUEST, replace(by(SOCIAL), happened=NOW - 5, known=NOW - 3))

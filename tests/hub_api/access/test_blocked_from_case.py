"""C9, R4: to who is blocked the case is gone, with receipts, drafts, references and the consultations linked to it."""

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from domain.act import Principal
from domain.case import commands as case
from domain.command import Command
from domain.consultation import commands as consultation
from domain.errors import NotThere, Refusal
from domain.referral import commands as referral
from domain.vocabulary import Kind, Purpose, Ref
from hub_api.access.case_links import CaseLinks
from hub_api.runtime.hub import Hub
from projections.catalogue import ACTS
from projections.errors import ViewsUnusable
from projections.linking import ConsultationLinks
from tests.hub_api.stand import ANNA, ASKS, BO, KIM, NOW, OMAR, RELATED, SARA, Girl, does, sent

COLLEAGUE = msgspec.structs.replace(SARA, person=RELATED.person)
"""Who works with Sara, and is found to be a relative later on."""
UNFIT: Final[dict[Kind, Command]] = {
    Kind.CASE: case.Reopen(),
    Kind.REFERRAL: referral.Accept(),
    Kind.CONSULTATION: consultation.Reopen(),
}
"""What is refused of what was only begun."""


def block(hub: Hub, girl: Girl) -> None:
    does(hub, SARA, case.BlockStaff(staff=RELATED.person), girl.case)


def is_there(hub: Hub, who: Principal, kind: Kind, stream: Ref) -> bool:
    try:
        hub.gateway.look_now(who, kind, stream, what=kind)
    except NotThere:
        return False
    return True


def test_r4_to_who_is_blocked_the_receipt_of_an_earlier_act_is_gone(hub: Hub, girl: Girl) -> None:
    record = case.RecordInformation(person=girl.person, social="Afraid.")
    first = sent(hub, COLLEAGUE, record, girl.case, key="mine")
    assert sent(hub, COLLEAGUE, record, girl.case, key="mine").created == first.created
    block(hub, girl)
    before = hub.log.last()
    with pytest.raises(NotThere):
        sent(hub, COLLEAGUE, record, girl.case, key="mine")
    # Nor is it told that the key was used for another command, and nothing is recorded again.
    with pytest.raises(NotThere):
        sent(hub, COLLEAGUE, case.Reopen(), girl.case, key="mine")
    with pytest.raises(NotThere):
        hub.commander.handle_now(COLLEAGUE, record, girl.case, NOW, key="mine")
    assert hub.log.last() == before
    assert sent(hub, SARA, record, girl.case, key="saras").repeated is False


def test_r4_to_who_is_blocked_a_draft_that_they_opened_from_the_case_is_gone_with_its_reference(
    hub: Hub, girl: Girl
) -> None:
    propose = referral.Propose(
        reference="", receiver=BO.unit, purpose=Purpose.PROTECTION, case=girl.case, person=girl.person
    )
    first = sent(hub, COLLEAGUE, propose, None, key="draft")
    assert is_there(hub, COLLEAGUE, Kind.REFERRAL, first.stream)
    block(hub, girl)
    before = hub.log.last()
    with pytest.raises(NotThere):
        sent(hub, COLLEAGUE, propose, None, key="draft")
    assert hub.log.last() == before
    assert not is_there(hub, COLLEAGUE, Kind.REFERRAL, first.stream)
    with pytest.raises(NotThere):
        hub.gateway.by_reference_now(COLLEAGUE, Kind.REFERRAL, first.said["reference"], what="referral")
    assert hub.gateway.page_now(COLLEAGUE, "referrals", what="referrals").items == ()
    assert is_there(hub, SARA, Kind.REFERRAL, first.stream)


def linked(hub: Hub, girl: Girl, who: Principal = COLLEAGUE) -> tuple[Ref, str]:
    """A consultation that was asked for by the one who is blocked, and linked to the case by another."""
    asked = sent(hub, who, ASKS, None, key="asked")
    does(hub, ANNA, case.LinkConsultation(consultation=asked.stream), girl.case)
    return asked.stream, asked.said["reference"]


@pytest.mark.parametrize("linked_first", [True, False])
def test_r4_to_who_is_blocked_a_consultation_linked_to_the_case_is_gone(
    hub: Hub, girl: Girl, linked_first: bool
) -> None:
    if linked_first:
        consultation, reference = linked(hub, girl)
        assert is_there(hub, COLLEAGUE, Kind.CONSULTATION, consultation)
        block(hub, girl)
    else:
        block(hub, girl)
        consultation, reference = linked(hub, girl)
    # At once: a link is known as soon as it is on the log, whether or not the views hold it already.
    assert not is_there(hub, COLLEAGUE, Kind.CONSULTATION, consultation)
    with pytest.raises(NotThere):
        hub.gateway.by_reference_now(COLLEAGUE, Kind.CONSULTATION, reference, what="consultation")
    assert hub.gateway.page_now(COLLEAGUE, "consultations", what="consultations").items == ()
    with pytest.raises(NotThere):
        sent(hub, COLLEAGUE, ASKS, None, key="asked")
    for who in (SARA, OMAR):
        assert is_there(hub, who, Kind.CONSULTATION, consultation)


def test_c9_a_lifted_block_lets_the_linked_consultation_be_there_again(hub: Hub, girl: Girl) -> None:
    consultation, _ = linked(hub, girl)
    blocked = does(hub, SARA, case.BlockStaff(staff=RELATED.person), girl.case).created
    instant = hub.core.now()
    does(hub, SARA, case.LiftBlock(block=blocked), girl.case)
    assert is_there(hub, COLLEAGUE, Kind.CONSULTATION, consultation)
    # As of the time at which they were blocked it was not.
    with pytest.raises(NotThere):
        hub.gateway.look_now(COLLEAGUE, Kind.CONSULTATION, consultation, what="consultation", as_of=instant)


def test_c9_links_of_an_earlier_run_are_known_and_of_other_consultations_nothing_changes(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unusable(_: ConsultationLinks) -> None:
        raise ViewsUnusable("they are away")

    consultation, _ = linked(hub, girl)
    other = sent(hub, COLLEAGUE, ASKS, None).stream
    theirs = sent(hub, KIM, ASKS, None).stream
    block(hub, girl)
    hub.follower.catch_up()
    fresh = CaseLinks(ConsultationLinks(hub.views, ACTS), hub.log)
    assert fresh.of(consultation, hub.log.last()) == {girl.case}
    assert fresh.of(other, hub.log.last()) == frozenset()
    # Where the views cannot be read, the log is.
    monkeypatch.setattr(ConsultationLinks, "all", unusable)
    assert CaseLinks(ConsultationLinks(hub.views, ACTS), hub.log).of(consultation, hub.log.last()) == {girl.case}
    assert is_there(hub, COLLEAGUE, Kind.CONSULTATION, other)
    assert is_there(hub, KIM, Kind.CONSULTATION, theirs)


def proposed(hub: Hub, girl: Girl) -> Ref:
    propose = referral.Propose(
        reference="", receiver=BO.unit, purpose=Purpose.PROTECTION, case=girl.case, person=girl.person
    )
    return sent(hub, SARA, propose, None).stream


def asked_for_and_linked(hub: Hub, girl: Girl) -> Ref:
    return linked(hub, girl, SARA)[0]


def of_the_case(hub: Hub, girl: Girl) -> Ref:
    return girl.case


@pytest.mark.parametrize(
    ("kind", "made"),
    [(Kind.CASE, of_the_case), (Kind.REFERRAL, proposed), (Kind.CONSULTATION, asked_for_and_linked)],
)
def test_c9_to_who_is_blocked_the_trail_shows_nothing_of_what_colleagues_did_in_what_belongs_to_the_case(
    hub: Hub, girl: Girl, kind: Kind, made: Callable[[Hub, Girl], Ref]
) -> None:
    stream, belongs_to_none = made(hub, girl), sent(hub, SARA, ASKS, None).stream
    assert is_there(hub, SARA, kind, stream)
    assert is_there(hub, SARA, Kind.CONSULTATION, belongs_to_none)
    with pytest.raises(Refusal):
        hub.commander.handle_now(SARA, UNFIT[kind], stream, NOW)

    def tried(who: Principal) -> list[str]:
        rows = hub.gateway.trail_now(who, limit=200).items
        return sorted(row.what or "" for row in rows if row.staff == SARA.person and row.what != "trail")

    everything = tried(SARA)
    assert everything == sorted([kind.value, Kind.CONSULTATION.value, UNFIT[kind].name])
    assert tried(COLLEAGUE) == everything
    block(hub, girl)
    assert tried(COLLEAGUE) == [Kind.CONSULTATION.value]
    assert tried(SARA) == everything

"""What every disclosure has to hold, whichever act it is part of: to send is to disclose (F).

A case discloses, a referral, a report and minutes send; the law asks the same of all of them (C2, C3, C6, C12).
"""

from collections.abc import Iterable

from msgspec import Struct

from domain.act import Act
from domain.agreement.state import Directory
from domain.errors import Caution, Refusal
from domain.event import compartments
from domain.grounds import SHAREABLE, Ground
from domain.limits import ground_of
from domain.vocabulary import Because, Compartment, Purpose, UnitId

EMERGENCY = frozenset({Because.DANGER, Because.URGENT})
"""Emergencies are never blocked by form; the reason is recorded."""


def refuse_unshareable(named: frozenset[Compartment]) -> None:
    """C3, C6: what stays with who made it. C2: what is disclosed is content about the person."""
    if Compartment.RISK_ASSESSMENT in named:
        raise Refusal("C3", "a risk assessment is not handed out", remedy="share the memo")
    if Compartment.WORKING_NOTE in named:
        raise Refusal("C6", "a working note is not disclosed", remedy="expedite it")
    if not named or named - SHAREABLE:
        raise Refusal(
            "C2",
            "only content about the person is disclosed, and at least one kind of it",
            remedy="name what is to be disclosed",
        )


def refuse_oneself(act: Act, receiver: UnitId) -> None:
    """C2: to disclose is to let another take part."""
    if receiver == act.by.unit:
        raise Refusal("C2", "a disclosure is to another unit", remedy="choose another unit")


def agreed_receiver(directory: Directory, receiver: UnitId, purpose: Purpose) -> None:
    """B1, B3: what is sent goes to a unit that an agreement names, for a purpose that it gives the unit."""
    entry = directory.unit(receiver)
    if entry is None:
        raise Refusal(
            "B1", f"no agreement in force names the unit {receiver}", remedy="choose a unit that an agreement names"
        )
    if purpose not in entry.purposes:
        raise Refusal(
            "B3",
            f"by agreement that unit does not work for {purpose.value}",
            remedy="choose another purpose or another unit",
        )


def refuse_unanswered(act: Act, *, unanswered: bool) -> None:
    """C1: a grant counts for looks with its purpose; where nobody in the unit works for it, it would stand in force and
    open nothing. Who is not signed in may be told in another way, so the reason is asked for."""
    if unanswered and act.because is None:
        raise Caution(
            "C1",
            "nobody in that unit works for that purpose today, so it would open nothing",
            remedy="choose a purpose that the directory says the unit answers for, or say why not",
        )


def legal_ground(act: Act, directory: Directory, receiver: UnitId, named: Iterable[Compartment]) -> Ground:
    """C2: the ground is named, in force on the day of the act, between such agencies, and can open what is named."""
    ground = ground_of(act)
    if ground is None:
        raise Refusal("C2", "a disclosure states its legal ground", remedy="state the ground")
    giver, taker = directory.unit(act.by.unit), directory.unit(receiver)
    if giver is not None and giver.kind not in ground.givers:
        raise Refusal(
            "C2", f"the ground {ground.id} is not for this kind of agency to use", remedy="state another ground"
        )
    if taker is not None and taker.kind not in ground.receivers:
        raise Refusal("C2", f"the ground {ground.id} does not reach that kind of agency", remedy="state another ground")
    if (giver is None or taker is None) and not ground.needs_consent and ground.id != "child-concern":
        raise Refusal(
            "C2",
            "to and from a guest, only consent or the duty to report concern opens anything",
            remedy="state one of those grounds",
        )
    beyond = frozenset(named) - ground.compartments
    if beyond:
        raise Refusal(
            "C2",
            f"the ground {ground.id} cannot open {', '.join(sorted(beyond))}",
            remedy="leave that out, or state another ground",
        )
    return ground


def weighed(ground: Ground, note: object) -> None:
    """C2: where the law weighs interests, a note says how they were weighed."""
    if ground.needs_balancing and not note:
        raise Refusal(
            "C2", f"the ground {ground.id} asks for a note of how the interests were weighed", remedy="write the note"
        )


def refuse_without_safe_contact(act: Act, *, known: bool, spoken: bool = False) -> None:
    """C12: nothing goes out about a person without safe contact on it. Danger does not wait for it, and what was
    said has gone out already: that is told with a reason, not lost."""
    if known or act.because in EMERGENCY:
        return
    if not spoken:
        raise Refusal("C12", "nothing goes out without safe contact", remedy="set it, or say that there is danger")
    if act.because is None:
        raise Caution(
            "C12", "there is no safe contact for the person of whom was spoken", remedy="set it, or say why not"
        )


def carried(sent: Struct) -> frozenset[Compartment]:
    """The compartments in which a sending, or the command for it, has a text for whom it is addressed to; the note of
    how interests were weighed stays with the sender."""
    marks = compartments(type(sent))
    return frozenset(part for field, part in marks.items() if getattr(sent, field)) - {Compartment.WORKING_NOTE}

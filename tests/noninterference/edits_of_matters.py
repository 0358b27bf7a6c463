"""Hidden edits of what the units do together: in the case, in referrals, in reports."""

from datetime import date
from typing import Final

from domain.case import places
from domain.case.risk import AssessRisk
from domain.labelling import LabelCase, LabelConsultation, LabelMeeting, LabelReferral, LabelReport
from domain.referral import commands as referral
from domain.report import commands as report
from domain.vocabulary import (
    Compartment,
    Consideration,
    DeclineReason,
    GroundId,
    Instrument,
    Motive,
    Outcome,
    Place,
    PlacementEnd,
    Purpose,
    ReportKind,
    ReportOutcome,
)
from tests.noninterference.matters import (
    CARE,
    Step,
    assess,
    change,
    consider,
    in_turn,
    leave,
    of,
    offer,
    place,
    propose,
    record_outcome,
    refer_to_clinic,
    see_motive,
    send_referral,
    take_responsibility,
)
from tests.noninterference.pairs import Edit
from tests.noninterference.people import CLINIC, ELSEWHERE, POLICE, SCHOOL, VICTIMS
from tests.noninterference.reasons import (
    ADDRESSED,
    AUDITS,
    COLLEAGUE,
    LOOKS,
    OF_CENTRE,
    OF_CLINIC,
    OF_OWNER,
    OWN,
    RECEIVED,
    REGION,
)
from tests.noninterference.world import World

_CRIME: Final = GroundId("osl-10-23")
_OF_SENDER: Final = {"owner": OWN, "agencys_auditor": AUDITS, **REGION}
_LABELLED: Final = in_turn(
    of("siblings_participant", "case", LabelCase(text="Clinic 26-14")),
    of("siblings_participant", "referral", LabelReferral(text="Clinic 26-16")),
    of("siblings_participant", "meeting", LabelMeeting(text="Clinic 26-17")),
    of("asker", "report", LabelReport(text="School 26-18")),
    of("siblings_participant", "clinics", LabelConsultation(text="Clinic 26-15")),
)
_OF_REFERRAL: Final = {**_OF_SENDER, "siblings_participant": ADDRESSED}


def _declined(world: World) -> object:
    command = places.DeclineTransfer(transfer=world.refs["transfer"], reason=world.text("stays"))
    return world.do("other_unit", command, "case")


def _asked_another(world: World) -> None:
    world.do("owner", places.WithdrawTransfer(transfer=world.refs["transfer"]), "case")
    offer(ELSEWHERE, "transfer_elsewhere")(world)


_ASSESSED_AND_PLACED: Final = in_turn(
    place(Place.CRIME),
    leave(PlacementEnd.COMPROMISED),
    assess(3),
)


def _sibling_assessed(world: World) -> object:
    command = AssessRisk(
        person=world.person("sibling"),
        instrument=Instrument.PATRIARK,
        authority=True,
        trained=True,
        assessed=date(2026, 3, 5),
        valid_until=date(2026, 8, 1),
    )
    return world.do("siblings_participant", command, "case")


_SAID_OF_THE_PERSON: Final = in_turn(change(None), see_motive(Motive.CONFIRMED), record_outcome)

_HELP: Final = in_turn(
    propose("outsider", CLINIC, "hidden_referral"),
    of(
        "outsider",
        "hidden_referral",
        referral.PersonAgrees(
            compartments=frozenset({Compartment.SOCIAL, Compartment.CONTACT}), last=date(2026, 12, 31)
        ),
    ),
    of("outsider", "hidden_referral", referral.PersonDeclines()),
    of("outsider", "hidden_referral", referral.Send(social="Help", contact="At ten"), ground=CARE),
    of("outsider", "hidden_referral", referral.GiveSafeContact(contact="At eleven"), ground=CARE),
    of("outsider", "hidden_referral", referral.Remind()),
    of("siblings_participant", "hidden_referral", referral.ConfirmReceipt()),
    of("siblings_participant", "hidden_referral", referral.ConfirmSafeContact()),
    of("siblings_participant", "hidden_referral", referral.Accept()),
    of("siblings_participant", "hidden_referral", referral.AttemptContact()),
    of("siblings_participant", "hidden_referral", referral.MissAppointment()),
    of("siblings_participant", "hidden_referral", referral.MeetFirst()),
    of("siblings_participant", "hidden_referral", referral.Complete(outcome=Outcome.SUPPORT_GOES_ON)),
    of("outsider", "hidden_referral", referral.Dispose()),
)
_NO_HELP: Final = in_turn(
    propose("outsider", CLINIC, "sent_back"),
    of("outsider", "sent_back", referral.Send(social="Help", contact="At ten"), ground=CARE),
    of("siblings_participant", "sent_back", referral.Decline(reason=DeclineReason.NO_CAPACITY, explanation="Full")),
    of("outsider", "sent_back", referral.Withdraw()),
    propose("outsider", CLINIC, "signposted"),
    of("outsider", "signposted", referral.Signpost(told="A number")),
)


def _consider(about: ReportKind, name: str) -> Step:
    command = report.Consider(reference="", about=about, outcome=Consideration.REPORT, reasons="Fear")
    return lambda world: world.do("outsider", command, None, name)


_REPORTED: Final = in_turn(
    _consider(ReportKind.CONCERN_CHILD, "thought_of"),
    of("outsider", "thought_of", report.ConsiderCrime(outcome=Consideration.REPORT)),
    _consider(ReportKind.CRIME, "hidden_report"),
    of("outsider", "hidden_report", report.Reconsider(outcome=Consideration.REPORT)),
    of("outsider", "hidden_report", report.Make(receiver=POLICE, social="Fear", contact="At ten"), ground=_CRIME),
    of("outsider", "hidden_report", report.Supplement(social="More"), ground=_CRIME),
    of("receiver", "hidden_report", report.ConfirmReceipt()),
    of("receiver", "hidden_report", report.ConfirmSafeContact()),
    of("receiver", "hidden_report", report.Identify(identity="Someone")),
    of("receiver", "hidden_report", report.TellOutcome(outcome=ReportOutcome.INVESTIGATION_OPENED)),
    of("outsider", "hidden_report", report.Dispose()),
)

MATTER_EDITS: Final = (
    Edit(
        name="responsibility taken later",
        rule="D10",
        instead="responsible",
        later=0.25,
        step=take_responsibility,
        visible=OF_OWNER,
    ),
    Edit(
        name="a risk assessment more, a placement compromised, another place",
        rule="C3, C4, D7",
        after="task_alone",
        step=_ASSESSED_AND_PLACED,
        visible=OF_OWNER,
    ),
    Edit(
        name="a placement that was compromised, not left for a home of one's own",
        rule="C4, D11",
        instead="left",
        later=0,
        step=leave(PlacementEnd.COMPROMISED),
        visible={"owner": OWN},
    ),
    Edit(
        name="what its coordinators wait for in the case, done by another unit",
        rule="D7",
        after="task_alone",
        step=_sibling_assessed,
        visible=OF_CLINIC,
    ),
    Edit(
        name="motive, circumstances and outcome, which are social",
        rule="A10, D7, D13",
        after="task_alone",
        step=_SAID_OF_THE_PERSON,
        visible={**OF_OWNER, "receiver": RECEIVED},
    ),
    Edit(
        name="nobody asked for the assessment of changed circumstances",
        rule="D7",
        instead="changed",
        later=0,
        step=change(None),
        visible={**OF_OWNER, "receiver": ADDRESSED},
    ),
    Edit(
        name="another is asked for a transfer of responsibility",
        rule="D10",
        instead="taken_over",
        later=0,
        step=_asked_another,
        visible={**OF_OWNER, "other_unit": ADDRESSED, "outsider": ADDRESSED},
    ),
    Edit(
        name="a transfer of responsibility declined",
        rule="D10",
        instead="taken_over",
        later=0,
        step=_declined,
        visible={**OF_OWNER, "other_unit": OWN},
    ),
    Edit(
        name="a referral and its course, another sent back, another given as a signpost",
        rule="D2",
        after="referral_answered",
        step=in_turn(_HELP, _NO_HELP),
        visible={"outsider": OWN, "siblings_participant": ADDRESSED, **REGION},
    ),
    Edit(
        name="two senders who refer the same person to one unit, not two persons",
        rule="A2",
        instead="police_refer",
        later=0,
        step=refer_to_clinic(of_the_case=True),
        visible={"receiver": OWN, **REGION},
    ),
    Edit(
        name="a referral meant for another unit",
        rule="D2",
        instead="proposed_more",
        later=0,
        step=propose("owner", VICTIMS, "unsent", Purpose.PROTECTION),
        visible=_OF_SENDER,
    ),
    Edit(
        name="a person who declines a referral",
        rule="C2",
        after="proposed_more",
        step=of("owner", "unsent", referral.PersonDeclines()),
        visible=_OF_SENDER,
    ),
    Edit(
        name="a referral sent later",
        rule="D2",
        instead="sent",
        later=0.5,
        step=send_referral,
        visible=_OF_REFERRAL,
    ),
    Edit(
        name="a reminder more",
        rule="D2",
        after="task_alone",
        step=of("owner", "referral", referral.Remind()),
        visible=_OF_REFERRAL,
    ),
    Edit(
        name="a referral redirected",
        rule="R5",
        instead="referral_answered",
        later=0,
        step=of("siblings_participant", "referral", referral.Redirect(to=SCHOOL)),
        visible={"owner": ADDRESSED, "siblings_participant": OWN, "agencys_auditor": LOOKS, **REGION},
    ),
    Edit(
        name="a report and its course",
        rule="D3",
        after="referral_answered",
        step=_REPORTED,
        visible={"outsider": OWN, "receiver": ADDRESSED, **REGION},
    ),
    Edit(
        name="a report that followed on another consultation",
        rule="A2",
        instead="considered",
        later=0,
        step=consider("passed"),
        visible={"asker": OWN, **REGION},
    ),
    Edit(
        name="a report considered earlier",
        rule="D3",
        instead="considered",
        later=-0.5,
        step=consider("asked"),
        visible={"asker": OWN, "owner": ADDRESSED, "blocked_colleague": ADDRESSED, **REGION},
    ),
    Edit(
        name="what came of a report",
        rule="R5",
        after="task_alone",
        step=of("owner", "report", report.TellOutcome(outcome=ReportOutcome.INQUIRY_OPENED)),
        visible={
            "asker": ADDRESSED,
            "owner": OWN,
            "blocked_colleague": COLLEAGUE,
            "agencys_auditor": AUDITS,
            **REGION,
        },
    ),
    Edit(
        name="whom a report is about, known to its receiver",
        rule="A2",
        after="task_alone",
        step=of("owner", "report", report.Identify(identity="Someone")),
        visible={"owner": OWN, "blocked_colleague": COLLEAGUE, "agencys_auditor": AUDITS, **REGION},
    ),
    Edit(
        name="labels that units give to what they work with",
        rule="F",
        after="task_alone",
        step=_LABELLED,
        visible={"siblings_participant": OWN, "asker": OWN},
    ),
    Edit(
        name="a label that the coordinator gives to the case, and another after it",
        rule="F",
        after="disclosed_by_law",
        step=in_turn(
            of("coordinator", "case", LabelCase(text="Ours 26-14")), of("coordinator", "case", LabelCase(text="Theirs"))
        ),
        visible=OF_CENTRE,
    ),
)

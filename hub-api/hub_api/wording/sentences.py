"""Each event as one plain sentence, in Swedish and English, for whoever reads a timeline. No names, no content (C7)."""

from typing import Final

from domain.event import Event
from hub_api.wording.language import Language

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "hub.policy_adopted": ("Reglerna för behovet att känna till antogs.", "The rules of need-to-know were adopted."),
    "hub.grounds_adopted": ("Listan över rättsliga grunder antogs.", "The list of legal grounds was adopted."),
    "statistics.consultation_counted": ("En konsultation räknades.", "A consultation was counted."),
    "statistics.period_counted": ("En period räknades.", "A period was counted."),
    "statistics.ticked": ("Räkningen fördes fram.", "The count was brought up to date."),
    "agreement.concluded": ("Ett samverkansavtal slöts.", "An agreement to cooperate was concluded."),
    "agreement.amended": ("Samverkansavtalet ändrades.", "The agreement to cooperate was amended."),
    "agreement.ended": ("Samverkansavtalet upphörde.", "The agreement to cooperate ended."),
    "consultation.requested": ("Ett råd efterfrågades.", "Advice was asked for."),
    "consultation.accepted": ("Den tillfrågade enheten tog emot frågan.", "The unit that was asked took it on."),
    "consultation.passed_on": (
        "Frågan lämnades vidare till en annan enhet.",
        "The question was passed on to another unit.",
    ),
    "consultation.advice_given": ("Ett råd gavs.", "Advice was given."),
    "consultation.followed_up": ("Konsultationen följdes upp.", "The consultation was followed up."),
    "consultation.contacted_again": (
        "Samma person hörde av sig igen med sin nyckel.",
        "The same person came back with their key.",
    ),
    "consultation.key_issued": (
        "Den som frågar fick en nyckel att återkomma med.",
        "The person asking got a key to come back with.",
    ),
    "consultation.informed": (
        "Det noterades om personen har fått veta om anonymitet och anmälningsplikt.",
        "It was noted whether the person was told about anonymity and the duty to report.",
    ),
    "consultation.identified": (
        "Enheten fick veta vem konsultationen gäller.",
        "The unit learnt whom the consultation is about.",
    ),
    "consultation.closed": ("Konsultationen avslutades.", "The consultation was closed."),
    "consultation.reopened": ("Konsultationen öppnades igen.", "The consultation was reopened."),
    "consultation.labelled": (
        "Enheten gav konsultationen en egen beteckning.",
        "The unit gave the consultation a label of its own.",
    ),
    "consultation.disposed": ("Uppgifter i konsultationen gallrades.", "Parts of the consultation were disposed of."),
    "case.opened": ("Ett ärende öppnades.", "A case was opened."),
    "case.person_added": ("En utsatt person lades till i ärendet.", "An exposed person was added to the case."),
    "case.person_identified": ("Enheten fick veta vem personen är.", "The unit learnt who the person is."),
    "case.assigned": ("En enhet fick ett uppdrag kring personen.", "A unit was assigned to the person."),
    "case.assignment_ended": ("Ett uppdrag avslutades.", "An assignment ended."),
    "case.consent_given": ("Personen samtyckte.", "The person consented."),
    "case.consent_withdrawn": ("Personen tog tillbaka ett samtycke.", "The person withdrew a consent."),
    "case.disclosed": ("Uppgifter lämnades ut till en enhet.", "Information was disclosed to a unit."),
    "case.disclosure_ended": ("Tillgången till utlämnade uppgifter upphörde.", "Access to what was disclosed ended."),
    "case.expired": ("En tidsgräns för tillgång löpte ut.", "A period of access ran out."),
    "case.safe_contact_set": ("En säker kontaktväg angavs.", "A safe way of contact was set."),
    "case.safe_contact_confirmed": (
        "Mottagaren av uppgifter om personen bekräftade den säkra kontaktvägen.",
        "The receiver of information about the person confirmed the safe way of contact.",
    ),
    "case.protection_marked": (
        "Personens identitet markerades som skyddad.",
        "The person's identity was marked as protected.",
    ),
    "case.staff_blocked": ("En medarbetare spärrades från ärendet.", "A member of staff was blocked from the case."),
    "case.staff_block_lifted": ("En spärr av en medarbetare hävdes.", "A block of a member of staff was lifted."),
    "case.information_recorded": ("Uppgifter om personen antecknades.", "Information about the person was recorded."),
    "case.note_written": ("En arbetsanteckning skrevs.", "A working note was written."),
    "case.note_purged": ("En arbetsanteckning rensades.", "A working note was purged."),
    "case.note_expedited": (
        "En arbetsanteckning skickades och blev en handling.",
        "A working note was sent and became a document.",
    ),
    "case.consultation_linked": ("En konsultation knöts till ärendet.", "A consultation was linked to the case."),
    "case.phase_entered": ("Ärendet gick in i en ny fas.", "The case entered another phase."),
    "case.closed": ("Ärendet avslutades.", "The case was closed."),
    "case.reopened": ("Ärendet öppnades igen.", "The case was reopened."),
    "case.retracted": ("En tidigare uppgift togs tillbaka.", "Something said earlier was taken back."),
    "case.labelled": (
        "Enheten gav ärendet en egen beteckning.",
        "The unit gave the case a label of its own.",
    ),
    "case.disposed": ("Uppgifter i ärendet gallrades.", "Parts of the case were disposed of."),
    "referral.proposed": ("En remiss förbereddes.", "A referral was proposed."),
    "referral.person_agreed": ("Personen gick med på att remissen skickas.", "The person agreed to the referral."),
    "referral.person_declined": (
        "Personen gick inte med på att remissen skickas.",
        "The person did not agree to the referral.",
    ),
    "referral.sent": ("En remiss skickades.", "A referral was sent."),
    "referral.safe_contact_given": (
        "En säker kontaktväg lämnades till mottagaren.",
        "A safe way of contact was given to the receiver.",
    ),
    "referral.receipt_confirmed": (
        "Mottagaren bekräftade att remissen kom fram.",
        "The receiver confirmed that the referral arrived.",
    ),
    "referral.safe_contact_confirmed": (
        "Mottagaren bekräftade den säkra kontaktvägen.",
        "The receiver confirmed the safe way of contact.",
    ),
    "referral.accepted": ("Remissen togs emot.", "The referral was accepted."),
    "referral.declined": (
        "Remissen avböjdes och gick tillbaka till avsändaren.",
        "The referral was declined and went back to its sender.",
    ),
    "referral.redirected": (
        "Mottagaren pekade på en annan enhet, och remissen gick tillbaka till avsändaren.",
        "The receiver named another unit, and the referral went back to its sender.",
    ),
    "referral.contact_attempted": ("Någon försökte nå personen.", "Somebody tried to reach the person."),
    "referral.first_contact": (
        "Den första kontakten med personen togs.",
        "The first contact with the person was made.",
    ),
    "referral.did_not_attend": ("Personen kom inte till en avtalad tid.", "The person did not come to an appointment."),
    "referral.completed": ("Mottagaren slutförde remissen.", "The receiver completed the referral."),
    "referral.withdrawn": ("Avsändaren drog tillbaka remissen.", "The sender withdrew the referral."),
    "referral.reminded": ("Mottagaren påmindes om remissen.", "The receiver was reminded of the referral."),
    "referral.signposted": ("Personen fick veta vart man kan vända sig.", "The person was told where to turn."),
    "referral.labelled": (
        "Enheten gav remissen en egen beteckning.",
        "The unit gave the referral a label of its own.",
    ),
    "referral.disposed": ("Uppgifter i remissen gallrades.", "Parts of the referral were disposed of."),
    "report.considered": ("En anmälan övervägdes.", "A report was considered."),
    "report.reconsidered": ("En anmälan övervägdes på nytt.", "A report was considered again."),
    "report.crime_considered": (
        "Det övervägdes om det misstänkta brottet ska anmälas till polisen.",
        "Whether to report the suspected crime to the Police was considered.",
    ),
    "report.identified": ("Enheten fick veta vem anmälan gäller.", "The unit learnt whom the report is about."),
    "report.made": ("En anmälan gjordes.", "A report was made."),
    "report.supplemented": ("Anmälan kompletterades.", "The report was supplemented."),
    "report.receipt_confirmed": (
        "Mottagaren bekräftade att anmälan kom fram.",
        "The receiver confirmed that the report arrived.",
    ),
    "report.safe_contact_confirmed": (
        "Mottagaren av anmälan bekräftade den säkra kontaktvägen.",
        "The receiver of the report confirmed the safe way of contact.",
    ),
    "report.outcome_told": (
        "Mottagaren berättade vad anmälan ledde till.",
        "The receiver told what came of the report.",
    ),
    "report.labelled": (
        "Enheten gav anmälan en egen beteckning.",
        "The unit gave the report a label of its own.",
    ),
    "report.disposed": ("Uppgifter i anmälan gallrades.", "Parts of the report were disposed of."),
    "case.risk_assessed": ("Risken bedömdes.", "The risk was assessed."),
    "case.circumstances_changed": (
        "Omständigheterna ändrades och risken behöver bedömas på nytt.",
        "Circumstances changed, and the risk is to be assessed anew.",
    ),
    "case.motive_assessed": (
        "Det bedömdes om heder är motivet.",
        "Whether honour is the motive was assessed.",
    ),
    "case.mandate_given": (
        "En granskare fick i uppdrag att granska ärendet.",
        "An auditor was given a mandate to audit the case.",
    ),
    "case.mandate_ended": ("Ett granskningsuppdrag avslutades.", "A mandate to audit the case ended."),
    "case.place_recorded": ("En plats antecknades.", "A place was recorded."),
    "case.place_left": ("En plats gäller inte längre.", "A place holds no more."),
    "case.responsibility_taken": (
        "En kommun tog på sig ansvaret för personen.",
        "A municipality took responsibility for the person.",
    ),
    "case.transfer_offered": (
        "En överflyttning av ansvaret erbjöds.",
        "A transfer of responsibility was offered.",
    ),
    "case.transfer_accepted": (
        "Överflyttningen av ansvaret godtogs.",
        "The transfer of responsibility was accepted.",
    ),
    "case.transfer_declined": (
        "Överflyttningen av ansvaret avböjdes.",
        "The transfer of responsibility was declined.",
    ),
    "case.transfer_withdrawn": (
        "Erbjudandet om överflyttning togs tillbaka.",
        "The offer to transfer responsibility was withdrawn.",
    ),
    "case.outcome_recorded": (
        "Det antecknades om personen fick skydd.",
        "Whether the person got protection was recorded.",
    ),
    "meeting.requested": ("Ett möte begärdes.", "A meeting was asked for."),
    "meeting.scheduled": ("Mötet fick en tid.", "The meeting got a time."),
    "meeting.called_now": ("Mötet sammankallades genast.", "The meeting was called at once."),
    "meeting.invited": ("En enhet bjöds in till mötet.", "A unit was invited to the meeting."),
    "meeting.told": (
        "En inbjuden enhet fick veta hur det står till med mötet.",
        "An invited unit was told how the meeting stands.",
    ),
    "meeting.invitation_accepted": ("En enhet tackade ja till mötet.", "A unit accepted the invitation."),
    "meeting.invitation_declined": ("En enhet tackade nej till mötet.", "A unit declined the invitation."),
    "meeting.held": ("Mötet hölls.", "The meeting was held."),
    "meeting.cancelled": ("Mötet ställdes in.", "The meeting was cancelled."),
    "meeting.minutes_written": (
        "Minnesanteckningar från mötet skickades till närvarande.",
        "Minutes of the meeting were sent to those present.",
    ),
    "meeting.safe_contact_confirmed": (
        "En mottagare av minnesanteckningar bekräftade den säkra kontaktvägen.",
        "A receiver of minutes confirmed the safe way of contact.",
    ),
    "meeting.work_divided": ("En enhet fick en uppgift.", "A unit got a task."),
    "meeting.task_done": ("En uppgift blev gjord.", "A task was done."),
    "meeting.task_not_done": ("En uppgift blev inte gjord.", "A task was not done."),
    "meeting.task_no_longer_possible": (
        "En uppgift gick inte längre att göra.",
        "A task was no longer possible.",
    ),
    "meeting.interpreter_booked": ("En tolk bokades.", "An interpreter was booked."),
    "meeting.staff_blocked": (
        "En medarbetare eller tolk spärrades från mötet.",
        "A member of staff or an interpreter was blocked from the meeting.",
    ),
    "meeting.staff_block_lifted": ("En spärr från mötet hävdes.", "A block from the meeting was lifted."),
    "meeting.labelled": (
        "Enheten gav mötet en egen beteckning.",
        "The unit gave the meeting a label of its own.",
    ),
    "meeting.disposed": ("Uppgifter om mötet gallrades.", "Parts of the meeting were disposed of."),
    "gone": ("Det som stod här är gallrat.", "What stood here was disposed of."),
    "access.looked": ("Någon tittade.", "Somebody looked."),
    "access.command_refused": ("Något nekades.", "Something was refused."),
}


def sentence(event: Event | type[Event], language: Language) -> str:
    """What happened, in one sentence that would be true of every event of its kind."""
    swedish, english = _SENTENCES[event.name]
    return swedish if language is Language.SV else english

"""Each event as one plain sentence, in Swedish and English, for whoever reads a timeline. No names, no content (C7)."""

from typing import Final

from domain.event import Event
from hub_api.http.language import Language

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "hub.policy_adopted": ("Reglerna för behovet att känna till antogs.", "The rules of need-to-know were adopted."),
    "hub.grounds_adopted": ("Listan över rättsliga grunder antogs.", "The list of legal grounds was adopted."),
    "statistics.consultation_counted": ("En konsultation räknades.", "A consultation was counted."),
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
    "case.disposed": ("Uppgifter i ärendet gallrades.", "Parts of the case were disposed of."),
    "gone": ("Det som stod här är gallrat.", "What stood here was disposed of."),
    "access.looked": ("Någon tittade.", "Somebody looked."),
    "access.command_refused": ("Något nekades.", "Something was refused."),
}


def sentence(event: Event | type[Event], language: Language) -> str:
    """What happened, in one sentence that would be true of every event of its kind."""
    swedish, english = _SENTENCES[event.name]
    return swedish if language is Language.SV else english

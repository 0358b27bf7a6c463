"""Why something is refused between units: referrals, reports, joint meetings, and who is responsible where."""

from typing import Final

_REFERRAL: Final = {
    "this referral has been proposed already": "remissen är redan föreslagen",
    "a referral from a case is about one person in it": "en remiss ur ett ärende gäller en person i ärendet",
    "another unit has it now": "den ligger nu hos en annan enhet",
    "the person has not agreed to that receiver and content": (
        "personen har inte gått med på den mottagaren och det innehållet"
    ),
    "nobody has it who could use it": "den ligger inte hos någon som skulle ha nytta av det",
    "it has been accepted already": "den är redan antagen",
    "receipt has been confirmed already": "mottagandet är redan bekräftat",
    "no safe contact came with it": "ingen trygg kontaktväg följde med",
    "the unit to which it went confirms the safe contact": (
        "den trygga kontaktvägen bekräftas av enheten som fick uppgifterna"
    ),
    "the safe contact has been confirmed already": "den trygga kontaktvägen är redan bekräftad",
    "a referral is redirected to a third unit": "en remiss omdirigeras till en tredje enhet",
    "the first contact has been made already": "den första kontakten är redan tagen",
    "the safe contact has not been confirmed": "den trygga kontaktvägen är inte bekräftad",
    "nobody has been in contact with the person yet": "ingen har varit i kontakt med personen ännu",
    "the sender, or the coordinator of the case, reminds": "det är avsändaren eller ärendets samordnare som påminner",
    "there is nobody to remind: the sender has it": "det finns ingen att påminna: remissen ligger hos avsändaren",
    "a referral that goes on is not disposed of as a whole": "en pågående remiss gallras inte i sin helhet",
    "this referral has ended": "remissen är avslutad",
    "only the unit whose referral it is does this": "det här gör bara enheten vars remiss det är",
    "only the unit that it was sent to, and that has it still, does this": (
        "det här gör bara enheten som den skickades till och som har den kvar"
    ),
    "the referral has not been accepted": "remissen är inte antagen",
}

_REPORT: Final = {
    "this has been considered already": "det är redan övervägt",
    "a report from a case is about one person in it": "en anmälan ur ett ärende gäller en person i ärendet",
    "a concern is known before it is decided on": "oron är känd innan beslutet fattas",
    "what others do, or a consultation, never discharges the duty": (
        "anmälningsskyldigheten upphör aldrig genom vad andra gör eller genom en konsultation"
    ),
    "why no report is made should be recorded": "varför ingen anmälan görs bör antecknas",
    "this stands beside a concern for a child": "det här hör till en orosanmälan för ett barn",
    "such a report is made to {authority}": "en sådan anmälan görs till {authority}",
    "a report is handed over after it was decided on": "en anmälan lämnas över efter att den beslutats",
    "there is no safe contact with it": "ingen trygg kontaktväg är med",
    "whether the suspected crime is reported too should be considered": (
        "om även det misstänkta brottet ska anmälas bör övervägas"
    ),
    "there is nothing to hand over": "det finns inget att lämna över",
    "no consent precedes a report": "en anmälan föregås inte av något samtycke",
    "only who reports and who receives the report say whom it is about": (
        "bara den som anmäler och den som tar emot anmälan anger vem den gäller"
    ),
    "a report that waits is not disposed of as a whole": "en anmälan som väntar gallras inte i sin helhet",
    "the report has not been made": "anmälan är inte gjord",
    "a report is made by the unit that bears the duty": "en anmälan görs av enheten som har skyldigheten",
    "the report has been made": "anmälan är gjord",
    "only the unit to which the report was made does this": "det här gör bara enheten som fick anmälan",
}

_MEETING: Final = {
    "this meeting has been requested already": "mötet är redan begärt",
    "only the injured side is in this booking": "i den här bokningen finns bara den utsatta sidan",
    "persons are those of a case": "personerna är de som finns i ett ärende",
    "a person is named twice": "en person nämns två gånger",
    "a legal samråd is normally held at a Barnahus": "ett rättsligt samråd hålls normalt på ett Barnahus",
    "only a forum is without a case": "bara ett forum är utan ärende",
    "a forum that bears no case takes no case and nobody in it": (
        "ett forum utan ärende tar inte emot något ärende och ingen person"
    ),
    "the meeting is called now": "mötet är genast sammankallat",
    "the meeting ends before it begins": "mötet slutar innan det börjar",
    "a meeting is scheduled for a time to come": "ett möte tidsätts till en tid som ligger framåt",
    "a prosecutor normally takes part only in a legal samråd at a Barnahus": (
        "en åklagare deltar normalt bara i ett rättsligt samråd på ett Barnahus"
    ),
    "an invitation says who is invited": "en inbjudan säger vem som bjuds in",
    "a unit does not invite itself": "en enhet bjuder inte in sig själv",
    "the invitation is accepted already": "enheten har redan tackat ja",
    "the invitation is declined already": "enheten har redan tackat nej",
    "this unit is not invited": "enheten är inte inbjuden",
    "what is to come was not held yet": "det som ligger framåt är inte hållet ännu",
    "a meeting lasts a day at most": "ett möte varar högst ett dygn",
    "by agreement others should have been there too": "enligt överenskommelsen borde även andra ha varit med",
    "a meeting on a case should have social services and the Police": (
        "vid ett möte i ett ärende bör socialtjänsten och polisen vara med"
    ),
    "what secrecy asks of each should have been said at the table": (
        "vad sekretessen kräver av var och en borde ha sagts vid mötet"
    ),
    "a meeting that is to come is not disposed of as a whole": (
        "ett möte som inte har hållits gallras inte i sin helhet"
    ),
    "who called the meeting does this": "det här gör den som kallade till mötet",
    "the meeting was held": "mötet är hållet",
    "the meeting is cancelled": "mötet är inställt",
    "minutes are of a meeting that was held": "minnesanteckningar förs från ett möte som har hållits",
    "who was there writes the minutes": "minnesanteckningarna skrivs av någon som var med",
    "minutes go to those who were present": "minnesanteckningar går till dem som var närvarande",
    "minutes say something": "minnesanteckningar har ett innehåll",
    "minutes name a person for what was said about them": (
        "minnesanteckningar anger en person för det som sades om den personen"
    ),
    "a case is named for the person in it": "ett ärende anges för den person som finns i det",
    "a forum that bears no case takes nobody's identity": "ett forum utan ärende tar inte emot någons identitet",
    "what is said about someone says about which person": "en uppgift om någon anger vilken person den gäller",
    "no consent in force covers that receiver, purpose and content": (
        "inget gällande samtycke omfattar mottagaren, ändamålet och innehållet"
    ),
    "work is divided at the meeting": "arbetet fördelas på mötet",
    "work is divided among those who meet": "arbetet fördelas mellan dem som möts",
    "a task says what is to be done": "en uppgift anger vad som ska göras",
    "a task is due at a time to come": "en uppgift ska vara klar vid en tid som ligger framåt",
    "what was not done is told with its reason": "när något inte blev gjort anges skälet",
    "what became impossible is told with its reason": "när något inte längre är möjligt anges skälet",
    "the unit that took the task on answers for it": "enheten som tog på sig uppgiften svarar för den",
    "the task is done already": "uppgiften är redan gjord",
    "the task is no longer possible": "uppgiften är inte längre möjlig",
    "a booking says for which language": "en bokning anger språket",
    "a telephone interpreter is never told the place": "en telefontolk får aldrig veta platsen",
    "that interpreter is kept from this": "tolken är spärrad från det här",
}

_PLACES_AND_RISK: Final = {
    "it is said which of the four places it is": "det anges vilken av de fyra platserna det är",
    "a place is somewhere": "en plats ligger någonstans",
    "a placement ends in one of four ways, and only a placement does": (
        "en placering upphör på ett av fyra sätt, och det gör bara en placering"
    ),
    "this unit is responsible already": "enheten är redan ansvarig",
    "another municipality is responsible until a transfer is accepted": (
        "en annan kommun är ansvarig tills en överflyttning godtas"
    ),
    "a municipality is responsible by its social services": "en kommun är ansvarig genom sin socialtjänst",
    "only the responsible municipality offers a transfer": "bara den ansvariga kommunen erbjuder överflyttning",
    "a transfer is to another unit": "en överflyttning görs till en annan enhet",
    "a transfer of this person is offered already": "överflyttning av personen är redan erbjuden",
    "a transfer is declined with a reason": "när en överflyttning avböjs anges skälet",
    "the unit that offered it withdraws it": "den återtas av enheten som erbjöd den",
    "the unit that is to take over answers": "den besvaras av enheten som ska ta över",
    "the transfer is answered already": "överflyttningen är redan besvarad",
    "an assessment to come is no fact yet": "en bedömning som ligger framåt har inte ägt rum",
    "the assessment would be over before it was made": "bedömningen skulle ha gått ut innan den gjordes",
    "a view of the motive is told with its reason": "en bedömning av motivet anges med skälet",
    "risk should be assessed by who exercises authority and is trained in the instrument": (
        "risk bör bedömas av den som utövar myndighet och är utbildad i instrumentet"
    ),
    "an initial, structured or in-depth assessment is one of the Police's three steps": (
        "en initial, strukturerad eller fördjupad bedömning är ett av Polisens tre steg"
    ),
    "of someone in the case it is not recorded whether they got protection": (
        "för någon i ärendet är det inte antecknat om personen fick skydd"
    ),
    "FREDA is made neither for honour contexts nor for children": (
        "FREDA är varken gjort för hederskontexter eller för barn"
    ),
}

BETWEEN_UNITS: Final = _REFERRAL | _REPORT | _MEETING | _PLACES_AND_RISK

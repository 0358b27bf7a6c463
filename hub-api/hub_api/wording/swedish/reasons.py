"""Why something is refused: the English words of each refusal, as the code has them, and the Swedish ones.

What stands in braces is a code or an identifier, named by its kind (`hub_api/wording/refusals.py`).
"""

from typing import Final

from hub_api.wording.swedish.reasons_between_units import BETWEEN_UNITS

_EVERYWHERE: Final = {
    "there is nothing here that this unit may know of": "här finns inget som den här enheten får känna till",
    "a time in the future cannot have happened or be known yet": (
        "en tid som ligger framåt kan inte ha inträffat eller vara känd ännu"
    ),
    "a time lies between 1900 and 2200": "en tid ligger mellan 1900 och 2200",
    "a time is RFC 3339 with its offset, or microseconds since 1970, between 1900 and 2200": (
        "en tid skrivs enligt RFC 3339 med sin förskjutning, eller i mikrosekunder sedan 1970, mellan 1900 och 2200"
    ),
    "a day lies between 1900 and 2200": "en dag ligger mellan 1900 och 2200",
    "what is planned lies within ten years": "det som planeras ligger inom tio år",
    "a number lies from {least} to {most}": "ett tal ligger mellan {least} och {most}",
    "a text has from {least} to {most} characters": "en text har mellan {least} och {most} tecken",
    "from {least} to {most} are named at once": "mellan {least} och {most} anges på en gång",
    "it is of no form that is known here": "det har ingen form som är känd här",
    "no personal record is kept here, so no content either": (
        "här förs inga personuppgifter, och därför sparas inte heller något innehåll"
    ),
    "an auditor reads and does not act": "en granskare läser men gör inget i det som granskas",
    "the unit {unit} does not belong to {agency}": "enheten {unit} hör inte till {agency}",
    "by agreement this unit does not act as {role}": "enligt överenskommelsen är enheten inte {role}",
    "by agreement this unit does not act for {purpose}": (
        "enligt överenskommelsen har enheten inte ändamålet {purpose}"
    ),
    "no agreement in force names the unit {unit}": "enheten {unit} omfattas inte av någon gällande överenskommelse",
    "what belongs to the case is still open: {waits}": "det som hör till ärendet är inte avslutat: {waits}",
    "no agreement has ever named the unit {unit}, and no look by it is among those asked for": (
        "ingen överenskommelse har någonsin omfattat enheten {unit}, och ingen läsning därifrån finns bland det som "
        "efterfrågas"
    ),
    "by agreement that unit does not act as {role}": "enligt överenskommelsen är den enheten inte {role}",
    "by agreement that unit does not work for {purpose}": (
        "enligt överenskommelsen har den enheten inte ändamålet {purpose}"
    ),
    "what time brings about is for the scheduler alone, and nothing else is": (
        "det som tiden för med sig sköter navet självt, och inget annat än det"
    ),
    "there is nothing of this unit's own to dispose of here": "här finns inget eget för enheten att gallra",
    "identification says who the person is": "en identifiering anger vem personen är",
    "a text holds a character that stands for nothing, with the number 0": (
        "en text innehåller ett tecken som inte betyder något, det med nummer 0"
    ),
    "the figures of another source are loaded by an operator alone": (
        "uppgifter från en annan källa läses bara in av den som driver navet"
    ),
    "a text holds one half of a character": "en text innehåller ett halvt tecken",
    "one act carries at most 256 KiB of text": "en händelse rymmer högst 256 KiB text",
    "{command}: {field} is longer than the hub carries, or of no form it knows": (
        "{command}: {field} är längre än navet rymmer, eller har en form som navet inte känner till"
    ),
    "{field} is no identifier: it is empty, too long, or has signs that none has": (
        "{field} är ingen identitet: den är tom, för lång eller har tecken som ingen sådan har"
    ),
    "no policy of need-to-know was in force": "inget regelverk för vem som får känna till vad var i kraft",
    "this is no cursor of this list": "sidmarkören hör inte till den här listan",
    "too many keys were tried": "för många nycklar har prövats",
}

_AGREEMENT: Final = {
    "only an administrator records agreements": "bara en administratör för in överenskommelser",
    "this agreement is already concluded": "överenskommelsen är redan ingången",
    "the body responsible for the records is not one of the parties": (
        "den som ansvarar för handlingarna är inte en av parterna"
    ),
    "the agreement has ended before that day": "överenskommelsen har upphört före den dagen",
    "no party of this agreement is called {agency}": "ingen part i överenskommelsen heter {agency}",
    "the body responsible for the records cannot leave": "den som ansvarar för handlingarna kan inte lämna",
    "the period ends before it begins": "perioden slutar innan den börjar",
    "the party {agency} is named twice": "parten {agency} nämns två gånger",
    "the unit {unit} belongs to one party only": "enheten {unit} kan bara höra till en part",
}

_CASE: Final = {
    "this case is open already": "ärendet är redan öppnat",
    "by agreement that unit does not coordinate for the resource centre": (
        "enligt överenskommelsen samordnar den enheten inte för resurscentrumet"
    ),
    "only the injured side is helped here": "här får bara den utsatta sidan stöd",
    "the identity is protected, and an address is stored only if a step needs it": (
        "identiteten är skyddad, och en adress sparas bara om en åtgärd kräver det"
    ),
    "the coordinator, or the unit that brought the person in, lets others take part": (
        "det är samordnaren, eller enheten som förde in personen, som låter andra delta"
    ),
    "the coordinator should be the one who brings units together": "det bör vara samordnaren som för samman enheterna",
    "the period ends before it begins, or is over already": "perioden slutar innan den börjar, eller är redan över",
    "a unit within the agreement is no guest": "en enhet som omfattas av överenskommelsen är ingen gäst",
    "a guest takes part for a limited time": "en gäst deltar under begränsad tid",
    "a guest takes part as handler": "en gäst deltar som handläggare",
    "the unit itself, who let it in, or the coordinator ends this": (
        "det avslutas av enheten själv, av den som släppte in den eller av samordnaren"
    ),
    "the assignment has ended already": "tilldelningen är redan avslutad",
    "safe contact says how, when and through whom the person can be reached": (
        "en trygg kontaktväg anger hur, när och genom vem personen kan nås"
    ),
    "nobody blocks themselves": "ingen spärrar sig själv",
    "sign-in knows nobody in that unit who works for that purpose": (
        "inloggningen känner ingen i den enheten som arbetar för det ändamålet"
    ),
    "nobody in that unit works for that purpose today, so it would open nothing": (
        "ingen i den enheten arbetar för det ändamålet i dag, så det skulle inte öppna något"
    ),
    "nobody in this agency has that name": "ingen i den här myndigheten har det namnet",
    "the coordinator of the case gives and ends mandates for it": (
        "samordnaren i ärendet ger och avslutar granskningsuppdrag för det"
    ),
    "nobody gives themself a mandate to audit": "ingen ger sig själv ett granskningsuppdrag",
    "no agreement names that body responsible for the records": (
        "ingen överenskommelse anger det organet som ansvarigt för handlingarna"
    ),
    "the mandate ends before it begins, or is over already": (
        "uppdraget upphör innan det börjar, eller har redan upphört"
    ),
    "the mandate is over already": "uppdraget har redan upphört",
    "a block of this unit's is in force": "en spärr som enheten har satt gäller fortfarande",
    "the block is lifted already": "spärren är redan hävd",
    "there is nothing to record": "det finns inget att anteckna",
    "a working note has a purge date to come": "en arbetsanteckning har ett gallringsdatum som inte har passerat",
    "a note has a text": "en anteckning har en text",
    "a label has a text": "en beteckning har en text",
    "the note is purged already": "anteckningen är redan gallrad",
    "an expedited note is no working note any more": "en expedierad anteckning är inte längre en arbetsanteckning",
    "the note's purge date has not come": "anteckningens gallringsdatum är inte inne",
    "the case is not closed": "ärendet är inte avslutat",
    "the case is closed": "ärendet är avslutat",
    "a unit takes back only what it said itself": "en enhet återtar bara det som den själv har sagt",
    "what this unit works with is not disposed of as a whole": (
        "det som enheten arbetar med gallras inte i sin helhet"
    ),
    "there is nothing that ends at that time": "det finns inget som upphör vid den tiden",
    "this unit has no assignment in force for this purpose": "enheten har ingen gällande tilldelning för ändamålet",
    "the coordinator or the unit that opened the case does this": (
        "det här gör samordnaren eller enheten som öppnade ärendet"
    ),
}

_SHARING: Final = {
    "the consent would be over already": "samtycket skulle redan ha gått ut",
    "the unit that recorded the consent, or the coordinator, records that it is withdrawn": (
        "att samtycket är återkallat för enheten in som tog emot det, eller samordnaren"
    ),
    "the consent is withdrawn already": "samtycket är redan återkallat",
    "only the unit that disclosed ends it": "bara enheten som lämnade ut kan avsluta utlämnandet",
    "the disclosure has ended already": "utlämnandet har redan upphört",
    "the note is purged": "anteckningen är gallrad",
    "what is sent has a text": "det som skickas har en text",
    "that ground asks for a balancing note": "den grunden kräver att intresseavvägningen antecknas",
    "no consent in force covers that receiver and purpose": (
        "inget gällande samtycke omfattar den mottagaren och det ändamålet"
    ),
    "whereabouts are disclosed singly": "vistelseort lämnas ut för sig",
    "a consent is named only where the ground is consent": "ett samtycke anges bara där samtycke är grunden",
    "no such consent in force covers that person, receiver, purpose and content": (
        "inget sådant gällande samtycke omfattar personen, mottagaren, ändamålet och innehållet"
    ),
    "a disclosure lasts no longer than the consent that it rests on": (
        "ett utlämnande gäller inte längre än samtycket som det vilar på"
    ),
    "a risk assessment is not handed out": "en riskbedömning lämnas inte ut",
    "a working note is not disclosed": "en arbetsanteckning lämnas inte ut",
    "only content about the person is disclosed, and at least one kind of it": (
        "bara uppgifter om personen lämnas ut, och minst ett slag av dem"
    ),
    "a disclosure is to another unit": "ett utlämnande görs till en annan enhet",
    "a disclosure states its legal ground": "ett utlämnande anger sin rättsliga grund",
    "that ground is not in force today or is not switched on": "grunden gäller inte i dag eller är inte påslagen",
    "the ground {ground} is not for this kind of agency to use": (
        "grunden {ground} kan inte användas av det här slaget av myndighet"
    ),
    "the ground {ground} does not reach that kind of agency": (
        "grunden {ground} gäller inte utlämnande till det slaget av myndighet"
    ),
    "to and from a guest, only consent or the duty to report concern opens anything": (
        "till och från en gäst öppnar bara samtycke eller skyldigheten att anmäla oro något"
    ),
    "the ground {ground} cannot open {compartments}": "grunden {ground} kan inte öppna {compartments}",
    "the ground {ground} asks for a note of how the interests were weighed": (
        "grunden {ground} kräver en anteckning om hur intressena vägdes mot varandra"
    ),
    "nothing goes out without safe contact": "inget lämnas ut utan en trygg kontaktväg",
    "there is no safe contact for the person of whom was spoken": (
        "det finns ingen trygg kontaktväg till personen som samtalet gällde"
    ),
}

_CONSULTATION: Final = {
    "this consultation has been requested already": "konsultationen är redan begärd",
    "the number of persons does not fit whom the consultation is about": (
        "antalet personer stämmer inte med vem konsultationen gäller"
    ),
    "the consultation has been accepted already": "konsultationen är redan mottagen",
    "a consultation is passed on to another unit": "en konsultation skickas vidare till en annan enhet",
    "advice is given in the role of adviser or coordinator": "råd lämnas i rollen rådgivare eller samordnare",
    "no advice has been given yet that could be followed up": "det har inte lämnats något råd att följa upp ännu",
    "this unit has given no key to come back with": "enheten har inte lämnat ut någon återkomstnyckel",
    "a key is for an anonymous person, and this unit knows who it is": (
        "en återkomstnyckel är till för den som är anonym, och enheten vet vem det är"
    ),
    "it is recorded that the person was told, or why not": (
        "det som antecknas är att personen har informerats, eller varför inte"
    ),
    "first record whether the person was told about anonymity and the duty to report": (
        "anteckna först om personen har informerats om anonymitet och anmälningsplikt"
    ),
    "an anonymous minor came back: social services should be involved within reasonable time": (
        "en anonym underårig har hört av sig igen: socialtjänsten bör kopplas in inom rimlig tid"
    ),
    "the consultation is not closed": "konsultationen är inte avslutad",
    "the consultation is closed": "konsultationen är avslutad",
    "a consultation that is open is not disposed of as a whole": "en öppen konsultation gallras inte i sin helhet",
    "only who asked and who now is asked act in a consultation": (
        "i en konsultation agerar bara den som frågade och den som nu är tillfrågad"
    ),
    "only the unit that was asked may do this": "det här får bara den tillfrågade enheten göra",
    "by agreement that unit does not advise": "enligt överenskommelsen ger den enheten inte råd",
}

REASONS: Final = _EVERYWHERE | _AGREEMENT | _CASE | _SHARING | _CONSULTATION | BETWEEN_UNITS

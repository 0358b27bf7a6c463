"""The help of the command line in Swedish: what each command and option is for, by the English words."""

from typing import Final

HELP: Final = {
    # Commands, by the first paragraph of their help.
    "Samråd: a regional hub for cooperation around people exposed to honour-related violence and oppression.": (
        "Samråd: ett regionalt nav för samverkan kring personer som utsätts för hedersrelaterat våld och förtryck."
    ),
    "Make a fresh hub, load the support line's years, play a week, and show one case as three readers see it.": (
        "Gör ett nytt nav, läs in stödtelefonens år, spela en vecka och visa ett ärende så som tre läsare ser det."
    ),
    "Serve the hub over HTTP until it is interrupted.": "Låt navet svara över HTTP tills det avbryts.",
    "Take in consultations that were counted elsewhere, each line once however often it is run.": (
        "Läs in konsultationer som räknats någon annanstans, varje rad en gång hur ofta det än körs."
    ),
    "Replay a case, or what else has an alias: what happened, what a unit could open then, and what it had opened.": (
        "Spela upp ett ärende, eller annat med alias: vad som hände, vad en enhet då kunde öppna och vad den "
        "hade öppnat."
    ),
    "Make the views again from the logs and the present keys, beside the living ones, and put them in their place.": (
        "Gör om vyerna ur loggarna och de nuvarande nycklarna, bredvid de levande, och sätt dem i deras ställe."
    ),
    "Recompute every hash, open every seal and make every view anew; the first difference ends it with status 1.": (
        "Räkna om varje hash, öppna varje försegling och gör om varje vy; den första skillnaden avslutar med status 1."
    ),
    "Print a published table from recorded consultations; what was never published is unknown.": (
        "Skriv ut en publicerad tabell ur registrerade konsultationer; det som aldrig publicerats är okänt."
    ),
    "Carry what is recorded to Kafka, each record once and in order, until told to end.": (
        "För det som registreras till Kafka, varje post en gång och i ordning, tills det ska sluta."
    ),
    "Keep the views up to date from Kafka, until told to end.": (
        "Håll vyerna aktuella från Kafka, tills det ska sluta."
    ),
    "Make up a password for each role and user that has none in the folder yet; none is shown.": (
        "Hitta på ett lösenord för varje roll och användare som ännu saknar ett i mappen; inget visas."
    ),
    "Make databases and roles, and let users in at the brokers with their rights; `samrad migrate` comes next.": (
        "Gör databaser och roller, och släpp in användare hos mäklarna med deras rättigheter; sedan kommer "
        "`samrad migrate`."
    ),
    "Make databases and topics as this program needs them, empty or filled; done again, it changes nothing.": (
        "Gör databaser och ämnen som programmet behöver dem, tomma eller fyllda; en gång till ändrar inget."
    ),
    "Make a whole copy of the hub in a folder, while it is served or not; it is a secret, like the hub itself.": (
        "Gör en hel kopia av navet i en mapp, medan det svarar eller inte; den är hemlig, som navet självt."
    ),
    "Write an empty store anew from Kafka alone, to the same bytes, and say how far that went and what is missing.": (
        "Skriv ett tomt lager på nytt ur Kafka, till samma byte, och säg hur långt det kom och vad som saknas."
    ),
    "Say what runs, how far everything has come, how much waits, and what is wrong; status 1 if anything is.": (
        "Säg vad som körs, hur långt allt har kommit, hur mycket som väntar och vad som är fel; status 1 om "
        "något är det."
    ),
    "Start PostgreSQL, Apache Kafka and the hub's processes on them, on loopback alone, until interrupted.": (
        "Starta PostgreSQL, Apache Kafka och navets processer på dem, bara på den egna datorn, tills det avbryts."
    ),
    "List whom `samrad serve --personas` lets anybody on this machine play, by name, unit, role and purpose.": (
        "Räkna upp vilka `samrad serve --personas` låter vem som helst på datorn spela, med namn, enhet, "
        "roll och ändamål."
    ),
    "Make, rotate and derive the keys that everything else is wrapped under.": (
        "Gör, byt och härled nycklarna som allt annat är inslaget under."
    ),
    "Make a master key for a new hub on servers. One that is there already is never written over.": (
        "Gör en huvudnyckel för ett nytt nav på servrar. En som redan finns skrivs aldrig över."
    ),
    "Begin a new epoch of the master key, under which nothing is wrapped yet: the first step of a "
    "rotation on servers.": (
        "Börja en ny epok av huvudnyckeln, som inget ännu är inslaget under: första steget i ett nyckelbyte på servrar."
    ),
    "Wrap every key under a new epoch of the master key; what is sealed is not touched. Run it on a schedule.": (
        "Slå in varje nyckel under en ny epok av huvudnyckeln; det förseglade rörs inte. Kör det enligt schema."
    ),
    "Write what projections can open and nothing more, from the master key in SAMRAD_KEYS; again after a rotation.": (
        "Skriv det som projektionerna kan öppna och inget mer, ur huvudnyckeln i SAMRAD_KEYS; igen efter ett byte."
    ),
    "Recompute every hash, open every seal and make every view anew; status 1 if anything is not what was written.": (
        "Räkna om varje hash, öppna varje försegling och gör om varje vy; status 1 om något inte är vad som skrevs."
    ),
    "Make a master key and a key of carriage for a new hub on servers. What is there already is never written over.": (
        "Gör en huvudnyckel och en transportnyckel för ett nytt nav på servrar. Det som redan finns skrivs aldrig över."
    ),
    "Make a new key of carriage, under which records are sealed on their way to Kafka from now on.": (
        "Gör en ny transportnyckel, som poster från och med nu förseglas under på väg till Kafka."
    ),
    "Write the keys of carriage, which open no part of any record, from SAMRAD_KEYS; again after a rotation.": (
        "Skriv transportnycklarna, som inte öppnar någon del av någon post, ur SAMRAD_KEYS; igen efter ett byte."
    ),
    "Show who looked, at what and when, and what was refused. Asking for it is on the trail, too.": (
        "Visa vem som läst, vad och när, och vad som nekats. Att fråga efter det hamnar också i spåret."
    ),
    # Options and arguments.
    "The proxies whose X-Forwarded-For is believed, with commas between. On servers it is a setting.": (
        "Ombuden vars X-Forwarded-For man litar på, med komma emellan. På servrar är det en inställning."
    ),
    "At one matter, as the auditor's unit knows it.": "I en fråga, så som granskarens enhet känner den.",
    "By one member of staff.": "Av en medarbetare.",
    "By one unit.": "Av en enhet.",
    "From that time on: a day (its beginning) or a time.": "Från den tidpunkten: en dag (dess början) eller en tid.",
    "Before that time, or to the end of that day.": "Före den tidpunkten, eller till och med den dagen.",
    "Go on without what the logs have lost at their end, for ever.": (
        "Fortsätt utan det som loggarna har förlorat i slutet, för alltid."
    ),
    "Where the keys lie.": "Var nycklarna ligger.",
    "The file for who carries, as SAMRAD_CARRIAGE_KEYS.": "Filen för den som för över, som SAMRAD_CARRIAGE_KEYS.",
    "In which language you read; else as LANG says.": "På vilket språk du läser; annars som LANG säger.",
    "Say which version this is, and end.": "Säg vilken version det är, och sluta.",
    "Show this message and exit.": "Visa den här hjälpen.",
    "The folder that holds the hub's logs, vault and views.": "Mappen med navets loggar, valv och vyer.",
    "The folder with the support line's published years.": "Mappen med stödtelefonens publicerade år.",
    "Play a county's quarter of some sixty cases instead of the week.": (
        "Spela ett läns kvartal med ett sextiotal ärenden i stället för veckan."
    ),
    "Serve nothing, ask nothing; say whether all is right.": "Svara inte, fråga inget; säg om allt är rätt.",
    "Where to serve afterwards.": "Var navet ska svara efteråt.",
    "The address to listen on.": "Adressen att lyssna på.",
    "The port to listen on.": "Porten att lyssna på.",
    "Let anybody on this machine play the demo's people. Never in earnest.": (
        "Låt vem som helst på datorn spela demons personer. Aldrig på allvar."
    ),
    "Serve though the store is ahead of the clock; acts carry its time.": (
        "Svara fast lagret ligger före klockan; händelser får dess tid."
    ),
    "Seconds between the points of time at which `not there` is answered. On servers it is a setting.": (
        "Sekunder mellan de tidpunkter då ”finns inte” besvaras. På servrar är det en inställning."
    ),
    "Commands that one person may send at once before they are slowed. On servers it is a setting.": (
        "Kommandon som en person får skicka på en gång innan de saktas ned. På servrar är det en inställning."
    ),
    "Commands a second that one person may send after those. On servers it is a setting.": (
        "Kommandon i sekunden som en person får skicka efter dem. På servrar är det en inställning."
    ),
    "JSON lines, see docs/load-format.md.": "JSON-rader, se docs/load-format.md.",
    "The unit that took the contacts, and acts in loading them.": "Enheten som tog kontakterna, och som läser in dem.",
    "The member of staff who loads, as the trail will name them.": (
        "Medarbetaren som läser in, så som spåret ska nämna den."
    ),
    "At a wrong line: record nothing of its file, or leave it out.": (
        "Vid en felaktig rad: registrera inget ur filen, eller utelämna raden."
    ),
    "Print JSON, for programs.": "Skriv JSON, för program.",
    "The alias of a case, consultation, referral, report or meeting, as the auditor's unit knows it.": (
        "Alias för ett ärende, en konsultation, hänvisning, anmälan eller ett möte, så som granskarens enhet "
        "känner det."
    ),
    "The unit whose view is asked for.": "Enheten vars bild det gäller.",
    "A day (its end) or a time, Swedish clocks; else now.": (
        "En dag (dess slut) eller en tidpunkt, svensk tid; annars nu."
    ),
    "6, 7, 10 or 12, as the support line's tables are numbered.": (
        "6, 7, 10 eller 12, som stödtelefonens tabeller är numrerade."
    ),
    "Only these views; otherwise all. May be given twice.": "Bara dessa vyer; annars alla. Får anges två gånger.",
    "Where they are to lie, one file each.": "Var de ska ligga, en fil var.",
    "The passwords of roles and users, as `samrad passwords` makes.": (
        "Rollers och användares lösenord, som `samrad passwords` gör dem."
    ),
    "The folder to make; it is not there yet.": "Mappen att göra; den finns inte ännu.",
    "Where its keys are to lie: another place, with other people. Else TARGET.keys.": (
        "Var nycklarna ska ligga: på en annan plats, hos andra. Annars TARGET.keys."
    ),
    "Of an embedded hub: the folder that `samrad backup` made.": (
        "För ett inbyggt nav: mappen som `samrad backup` har gjort."
    ),
    "The backup's keys, if not in BACKUP.keys.": "Säkerhetskopians nycklar, om de inte ligger i BACKUP.keys.",
    "What is missing is lost: let `samrad serve` take commands again without it.": (
        "Det som saknas är förlorat: låt `samrad serve` ta emot kommandon igen utan det."
    ),
    "Ask only whether some process does this work: for the health of a container.": (
        "Fråga bara om någon process gör det arbetet: för en containers hälsa."
    ),
    "A folder to keep the data in; without it, nothing is kept.": "En mapp att spara i; utan den sparas inget.",
    "Where the hub listens.": "Var navet lyssnar.",
    "Play the demo's quarter into it first; once.": "Spela först in demons kvartal; en gång.",
    "Play the demo's quarter through it all, say whether all agrees, and end.": (
        "Spela demons kvartal genom allt, säg om allt stämmer, och sluta."
    ),
    "Those of the demo's quarter.": "Personerna i demons kvartal.",
    "Where they are to lie; never beside a backup.": "Var de ska ligga; aldrig bredvid en säkerhetskopia.",
    "Leave a master key that is there already as it is, without an error.": (
        "Lämna en huvudnyckel som redan finns som den är, utan fel."
    ),
    "Where the master key lies.": "Var huvudnyckeln ligger.",
    "Delete older epochs: what was disposed of is erased, for ever.": (
        "Radera äldre epoker: det som gallrats är utplånat, för alltid."
    ),
    "The file for projections, as SAMRAD_PROJECTION_KEYS.": "Filen för projektionerna, som SAMRAD_PROJECTION_KEYS.",
}

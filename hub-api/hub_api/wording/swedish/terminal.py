"""What the command line itself says, English and Swedish; `{}` stands for what differs each time."""

from typing import Final

MESSAGES: Final = {
    "there is no hub in {}: begin with `samrad demo`, or name its folder by --data": (
        "det finns inget nav i {}: börja med `samrad demo`, eller ange mappen med --data"
    ),
    "there is no hub in {}": "det finns inget nav i {}",
    "{} cannot be the hub's folder: its keys lie in a sibling, and it has none": (
        "{} kan inte vara navets mapp: nycklarna ligger bredvid den, och där finns ingen plats"
    ),
    "{} is in use by {}, such as `samrad serve`: stop that first": (
        "{} används av {}, till exempel `samrad serve`: stoppa den först"
    ),
    "another process, {}": "en annan process, {}",
    "another process": "en annan process",
    "the demo plays in a folder of its own: leave SAMRAD_STORE and SAMRAD_SETTINGS out": (
        "demon spelas i en egen mapp: utelämna SAMRAD_STORE och SAMRAD_SETTINGS"
    ),
    "{} holds something that is no demo: nothing was changed; name another folder by --data": (
        "{} innehåller något som inte är en demo: inget ändrades; ange en annan mapp med --data"
    ),
    "{} holds keys that are no demo's: nothing was changed; name another folder": (
        "{} innehåller nycklar som inte är en demos: inget ändrades; ange en annan mapp"
    ),
    "there are no example files in {}: name their folder by --examples": (
        "det finns inga exempelfiler i {}: ange mappen med --examples"
    ),
    "no agreement in force names a unit of regional auditors": (
        "ingen gällande överenskommelse nämner en enhet med regionala granskare"
    ),
    "{} names nobody: it is empty, or not of signs that can be written": (
        "{} anger ingen: det är tomt, eller har tecken som inte går att skriva"
    ),
    "no agreement in force names the unit {}": "ingen gällande överenskommelse nämner enheten {}",
    "{} is no name as sign-in has it: it is empty, too long, or has signs that none has": (
        "{} är inget namn som inloggningen har det: det är tomt, för långt eller har tecken som inget har"
    ),
    "cannot listen on {}, port {}: {}": "det går inte att lyssna på {}, port {}: {}",
    "personas are for this machine only, not for {}: bind to 127.0.0.1, or leave them off": (
        "personas är bara för den här datorn, inte för {}: lyssna på 127.0.0.1, eller utelämna dem"
    ),
    "on servers, back up store, vault and keys as docs/operations.md says under Back up": (
        "på servrar säkerhetskopieras lager, valv och nycklar som docs/operations.md säger under Back up"
    ),
    "on servers the store is restored from Kafka: leave BACKUP and --keys out": (
        "på servrar återställs lagret ur Kafka: utelämna BACKUP och --keys"
    ),
    "name the backup that is to be restored; without one there is --accept-loss alone": (
        "ange säkerhetskopian som ska återställas; utan den finns bara --accept-loss"
    ),
    "{} holds something: move it away first, nothing was changed": (
        "{} innehåller något: flytta undan det först, inget ändrades"
    ),
    "{} is no whole backup: there is no {} in it": "{} är ingen hel säkerhetskopia: {} saknas",
    "{} holds something that is no unfinished backup: nothing was changed": (
        "{} innehåller något som inte är en ofärdig säkerhetskopia: inget ändrades"
    ),
    "{} is inside the hub's own folder: a backup lies elsewhere": (
        "{} ligger i navets egen mapp: en säkerhetskopia ligger någon annanstans"
    ),
    "{} is there already: a backup is never written over another": (
        "{} finns redan: en säkerhetskopia skrivs aldrig över en annan"
    ),
    "the keys must lie outside {}: together they open everything": (
        "nycklarna måste ligga utanför {}: tillsammans öppnar de allt"
    ),
    "{} is there already: name another folder for the keys by --keys": (
        "{} finns redan: ange en annan mapp för nycklarna med --keys"
    ),
    "a projection must not reach the master key: derive into another folder": (
        "en projektion får inte nå huvudnyckeln: härled till en annan mapp"
    ),
    "{} is not here: install the extra `cluster` (pip install 'samrad[cluster]')": (
        "{} finns inte här: installera tillägget `cluster` (pip install 'samrad[cluster]')"
    ),
    "there is no master key file at {}": "det finns ingen huvudnyckel i {}",
    "{} is not a file of master keys": "{} är ingen fil med huvudnycklar",
    "{} can be read by others: set its mode to 0600": "{} kan läsas av andra: sätt dess rättigheter till 0600",
    "{} exists already: a master key is never written over": "{} finns redan: en huvudnyckel skrivs aldrig över",
    "{} ends at position {} but had come to {}: an older copy was put back": (
        "{} slutar vid position {} men hade kommit till {}: en äldre kopia har lagts tillbaka"
    ),
    "{} ends at position {} but had come to {}, as its witness has seen: an older copy was put back": (
        "{} slutar vid position {} men hade kommit till {}, som dess vittne har sett: en äldre kopia har lagts tillbaka"
    ),
    "{} is damaged: {}": "{} är skadad: {}",
    "{} could not be read: {}": "{} kunde inte läsas: {}",
    "{} is not set: {} needs it. {}": "{} är inte satt: {} behöver den. {}",
    "nobody does this work: {}": "ingen gör det här arbetet: {}",
    "the last record of {} is dated {}, this machine's clock says {}: {} before it": (
        "den sista posten i {} är daterad {}, datorns klocka visar {}: {} före den"
    ),
    "{}. Set the clock right; if it is right, the clock was ahead when these were recorded: "
    "docs/operations.md says what to do, under `A clock that was ahead`": (
        "{}. Ställ klockan rätt; om den är rätt gick den före när detta registrerades: docs/operations.md "
        "säger vad som kan göras, under `A clock that was ahead`"
    ),
    "the master key is {} days old: run `samrad keys rotate`": (
        "huvudnyckeln är {} dagar gammal: kör `samrad keys rotate`"
    ),
    "the store's {} end at {} and had come to {}: an older copy": (
        "lagrets {} slutar vid {} och hade kommit till {}: en äldre kopia"
    ),
    "broken off": "avbrutet",
    "a fault of the program, {} at {}: please tell those who look after it": (
        "ett fel i programmet, {} vid {}: meddela dem som sköter det"
    ),
    "left out: {}": "utelämnad: {}",
    "{} ended by itself and is started again in {} s; its log is {}": (
        "{} slutade av sig själv och startas igen om {} s; loggen är {}"
    ),
    "{} runs again, process {}": "{} körs igen, process {}",
    "the logs are kept in {}": "loggarna finns kvar i {}",
    # What the parser of the command line says.
    "Missing parameter: {}": "Argumentet {} saknas",
    "Invalid value for {}: Input should be a valid integer, unable to parse string as an integer": (
        "Fel värde för {}: det är inget heltal"
    ),
    "Invalid value for {}: Input should be a valid number, unable to parse string as a number": (
        "Fel värde för {}: det är inget tal"
    ),
    "Invalid value for {}: Input should be greater than or equal to {}": "Fel värde för {}: det ska vara minst {}",
    "Invalid value for {}: Input should be less than or equal to {}": "Fel värde för {}: det ska vara högst {}",
    "Invalid value for {}: Value error, {} is not one of {}.": "Fel värde för {}: {} är inget av {}.",
    "Missing option {}.": "Tillvalet {} saknas.",
    "Missing argument {}.": "Argumentet {} saknas.",
    "No such command {}.": "Det finns inget kommando {}.",
    "No such command {}. Did you mean {}?": "Det finns inget kommando {}. Menade du {}?",
    "No such option: {} Did you mean {}?": "Det finns inget tillval {} Menade du {}?",
    "No such option: {}": "Det finns inget tillval {}",
    "Option {} requires an argument.": "Tillvalet {} kräver ett värde.",
    "Option {} does not take a value.": "Tillvalet {} tar inget värde.",
    "Got unexpected extra argument ({})": "Ett argument för mycket ({})",
    "Got unexpected extra arguments ({})": "Argument för mycket ({})",
    "Missing command.": "Ett kommando saknas.",
    "Invalid value for {}: {} is not a valid integer.": "Fel värde för {}: {} är inget heltal.",
    "Invalid value for {}: {} is not a valid integer range.": "Fel värde för {}: {} är inget heltal.",
    "Invalid value for {}: {} is not a valid float range.": "Fel värde för {}: {} är inget tal.",
    "Invalid value for {}: {} is not in the range {}.": "Fel värde för {}: {} ligger inte inom {}.",
    "Invalid value for {}: {} is not one of {}.": "Fel värde för {}: {} är inget av {}.",
    "Invalid value: {} is no time; write 2026-11-11 or 2026-11-11T14:30": (
        "{} är ingen tidpunkt; skriv 2026-11-11 eller 2026-11-11T14:30"
    ),
    "Invalid value: {} does not lie between 1900 and 2200": "{} ligger inte mellan 1900 och 2200",
    "Invalid value: write addresses or networks, such as 10.0.0.0/8, with commas between them": (
        "ange adresser eller nät, till exempel 10.0.0.0/8, med kommatecken emellan"
    ),
    "Invalid value: --to does not lie after --from": "--to ligger inte efter --from",
    # What is printed when all goes well.
    "Serving on {}; end it with Ctrl-C.": "Navet svarar på {}; avsluta med Ctrl-C.",
    "Nobody can sign in: this version knows its callers by personas alone. To try it on this machine, "
    "start it with --personas.": (
        "Ingen kan logga in: den här versionen känner bara igen personas. För att prova på den här datorn, "
        "starta med --personas."
    ),
    "Whom you may play: `samrad personas`": "Vilka du får spela: `samrad personas`",
    "{}: {} recorded, {} there already, {} left out": "{}: {} registrerade, {} fanns redan, {} utelämnade",
    "{}: rebuilt from {} records": "{}: gjord på nytt ur {} poster",
    "{} records and {} looks are what was written, {} views are what they give; {} parts were disposed "
    "of, as the log says.": (
        "{} poster och {} läsningar är vad som skrevs, {} vyer är vad de ger; {} delar är gallrade, som loggen säger."
    ),
    "Kafka holds the same, byte by byte; {} records wait to be carried.": (
        "Kafka har detsamma, byte för byte; {} poster väntar på att föras över."
    ),
    "{} older epochs are deleted": "{} äldre epoker är raderade",
    "{} keys are wrapped anew": "{} nycklar är inslagna på nytt",
    "{}: restored up to position {}; {}": "{}: återställd till position {}; {}",
    "{}: epoch {}": "{}: epok {}",
    "{}: a key of carriage": "{}: en transportnyckel",
    "{}: a new key of carriage": "{}: en ny transportnyckel",
    "{}: what records are carried under": "{}: det som poster förs över under",
    "{}: records and coordination, no content": "{}: poster och samordning, inget innehåll",
    "{} is there already": "{} finns redan",
    "whoever is given these keys must not reach the master key: write them to another folder": (
        "den som får de här nycklarna får inte nå huvudnyckeln: skriv dem till en annan mapp"
    ),
    "{}: {} more, with --json": "{}: {} till, med --json",
    "do: {}": "gör: {}",
    "what is missing cannot be told: there is no high-water mark": (
        "vad som saknas går inte att säga: det finns inget högvattenmärke"
    ),
    "at least {} that were accepted later are missing": "minst {} som togs emot senare saknas",
    "nothing is missing up to the high-water mark": "inget saknas upp till högvattenmärket",
    "master key: epoch {}, made on {}": "huvudnyckel: epok {}, gjord {}",
    "an unknown day": "en okänd dag",
}

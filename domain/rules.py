"""The rules of the domain by number, each in one line of our own, with where it comes from.

The sources are the Swedish documents that the hub was made from, with lines in their text: `P` the policy document of
the regional resource centres, `F` the pre-study, `J` the report on long-term support in Jämtland, `0` the national
evaluation (Vårdanalys 2020:8), `1` the plan for a national centre.
"""

from typing import Final

from msgspec import Struct


class Rule(Struct, frozen=True):
    """A rule: its number, which tests and refusals name, what it says, and its sources."""

    number: str
    says: str
    sources: str


RULES: Final = (
    Rule(
        "A1",
        "A consultation may be about nobody by name: one person or a group, de-identified",
        "P:1174, 0:2420, 0:3801, F:2322",
    ),
    Rule(
        "A2",
        "Identification is a later, explicit, authorised act, for each agency by itself; nothing is linked or "
        "matched by content",
        "F:2341, 0:2822, 0:364",
    ),
    Rule(
        "A3",
        "Whether the person was told about anonymity and the duty to report is recorded, and delays no report",
        "1:224, F:2331, P:3332",
    ),
    Rule(
        "A4",
        "An anonymous person comes back with a speakable key; a minor who does so again brings a prompt",
        "F:2341-2353, 1:244",
    ),
    Rule(
        "A5",
        "A service may keep no personal record: the contact counts, the content does not exist",
        "J:1318",
    ),
    Rule(
        "A6",
        "A case has none, one or many exposed persons; contacts, cases and persons are three counts",
        "0:2309-2329, 0:1019, P:2563",
    ),
    Rule(
        "A7",
        "Gender is open, and whoever is both exposed and accused has two cases, kept apart",
        "P:1859, J:1796, F:2306, 1:204",
    ),
    Rule(
        "A8",
        "A person taken abroad stays in the target group, and what is known of it is recorded",
        "P:1804, 0:1014-1036, 0:964",
    ),
    Rule(
        "A9",
        "Nobody must report, leave home, give a name or reach a threshold to be helped",
        "F:2002, J:306, J:382, J:1596",
    ),
    Rule(
        "A10",
        "An honour motive is suspected, confirmed or refuted, by someone, then, for a reason",
        "J:1644, J:1813",
    ),
    Rule(
        "B1",
        "The parties are authorities and private bodies; an outsider may join one case for a time",
        "P:1823, P:2300, 0:3248",
    ),
    Rule(
        "B2",
        "A meeting on a case should have social services and the Police, and a prosecutor only where it is legal",
        "P:2433-2441",
    ),
    Rule(
        "B3",
        "A written agreement names parties, roles and time limits, for a period; they are read from it",
        "P:2290-2470",
    ),
    Rule(
        "B4",
        "A forum bears cases or does not; one that does not refuses who it is about",
        "0:3709, 0:3966, 0:4097",
    ),
    Rule(
        "B5",
        "Who takes part is a unit, in a role, on a mandate, around one person",
        "0:3737, 0:3784",
    ),
    Rule(
        "B6",
        "The coordinator starts cooperation and answers for its documentation; roles hold access",
        "P:2404-2412, 0:2571",
    ),
    Rule(
        "B7",
        "Advice is no decision, and the hub is no agency's record system",
        "0:2273, F:2345, 1:133",
    ),
    Rule(
        "B8",
        "Only the injured side is supported; the offender's side is kept out of sight and booking",
        "P:3805-3815, F:2654, F:2691, 1:204",
    ),
    Rule(
        "B9",
        "Each step works outside office hours",
        "0:389, J:1025",
    ),
    Rule(
        "C1",
        "Access follows an assignment to a person and its purpose, for a unit",
        "0:3709",
    ),
    Rule(
        "C2",
        "A disclosure states ground, purpose, receiver and period; consent can be withdrawn",
        "F:2016, P:2611, 0:952-971",
    ),
    Rule(
        "C3",
        "A risk assessment stays where it was made; a memo is what is shared",
        "P:2611, P:2684-2698",
    ),
    Rule(
        "C4",
        "Whereabouts are the narrowest class and stand in nothing general",
        "J:1706, J:1507, J:2049, J:2023",
    ),
    Rule(
        "C5",
        "Guardians, relatives and possible perpetrators are told nothing by default",
        "P:3090-3180, 0:606, J:33, P:3208-3250",
    ),
    Rule(
        "C6",
        "A working note has a purge date; one that is sent is no working note any more",
        "P:3711-3729",
    ),
    Rule(
        "C7",
        "No notification, title, log line or trace carries content",
        "F:2351, J:1053",
    ),
    Rule(
        "C8",
        "What is learnt may be passed on only on a ground of one's own; each item says what it may be used for",
        "P:3593, F:2028",
    ),
    Rule(
        "C9",
        "A named member of staff or interpreter can be kept from a case",
        "F:2742, J:1607",
    ),
    Rule(
        "C10",
        "A question to the offender's side that would itself reveal can be held back",
        "F:2016",
    ),
    Rule(
        "C11",
        "Protected identity has levels, and no address is stored without need",
        "J:1668",
    ),
    Rule(
        "C12",
        "Nothing goes out about a person without safe contact, and the receiver confirms it",
        "P:3028, F:2351",
    ),
    Rule(
        "C13",
        "A person's extract is made by a named handler and handed over in person",
        "P:3028",
    ),
    Rule(
        "D1",
        "Who acted and who wrote it down differ, and so do happened, known and recorded",
        "F:919, 1:214, 0:2039, 0:2411, 0:3035",
    ),
    Rule(
        "D2",
        "A referral is not done by being sent: it is answered, contact is made, and waiting shows",
        "1:226, 1:246",
    ),
    Rule(
        "D3",
        "A report is made by whoever bears the duty, at once, and cannot be declined",
        "0:1072, 1:214, 1:228, P:2386-2400",
    ),
    Rule(
        "D4",
        "A joint meeting is requested, scheduled and held or cancelled, and its work is divided",
        "P:2451",
    ),
    Rule(
        "D5",
        "A meeting is on site, by video, telephone, chat or as a mobile visit",
        "P:2447, F:919",
    ),
    Rule(
        "D6",
        "At a Barnahus the order of consultation and police report is shown, never forced",
        "P:2455-2461, F:2559",
    ),
    Rule(
        "D7",
        "Risk is assessed again when circumstances change, with an instrument whose limits are said",
        "P:2644, P:2787, P:3507, P:2543-2563, P:2642, P:2743",
    ),
    Rule(
        "D8",
        "Time limits come from agreements",
        "F:2504, F:2012",
    ),
    Rule(
        "D9",
        "Closed is never final, and a retraction is a new act",
        "J:49-71, F:3857, J:1657",
    ),
    Rule(
        "D10",
        "Four places differ, and one municipality is responsible until another has accepted",
        "F:2444, F:3393, J:637, J:1687",
    ),
    Rule(
        "D11",
        "A placement ends as one of four, and a compromised one asks for a new assessment at once",
        "J:1011",
    ),
    Rule(
        "D12",
        "A telephone interpreter is never told the place",
        "F:2742, J:2049",
    ),
    Rule(
        "D13",
        "Outcomes are recorded, so that it can be said whether there was protection",
        "0:2218, 1:400",
    ),
    Rule(
        "D14",
        "From local forum to resource centre to national line, and back",
        "0:3186, 0:4012",
    ),
    Rule(
        "E1",
        "The support line's published tables come out exactly from what is recorded",
        "0:2309-2365, 0:4541-4569, 0:4618-4643",
    ),
    Rule(
        "E2",
        "Categories have versions and the source's label of the year; unknown is a value",
        "0:2363, 0:4641",
    ),
    Rule(
        "E3",
        "Forms of violence are several for one event and are never summed",
        "0:1244",
    ),
    Rule(
        "E4",
        "County is the level, and small cells are suppressed",
        "0:4577, J:1566",
    ),
    Rule(
        "E5",
        "A series shows its caveats and is never called prevalence",
        "0:2280-2307",
    ),
    Rule(
        "E6",
        "Indicators follow three goals: the exposed, professionals, cooperation",
        "P:1707-1800, P:3880-3910",
    ),
    Rule(
        "E7",
        "A review of a death asks what each agency knew, and when",
        "P:1985, F:3300",
    ),
    Rule(
        "F",
        "Who knows what is one table, compartment by relation",
        "B5, C1, C2, C4",
    ),
)
"""All rules, in order. Which are enforced, where, and by which tests they are held is generated: `docs/rules.md`."""

LATER: Final = frozenset({"A8", "C10", "C13", "D14", "E3", "E4", "E6", "E7"})
"""Rules that no part of the hub carries yet."""

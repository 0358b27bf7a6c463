"""The week's consultations: who asked, what was advised. Every one of them is made up (A1–A5, B7, D1)."""

from typing import Final

from domain.consultation.commands import (
    Accept,
    Advise,
    Close,
    ContactAgain,
    FollowUp,
    Identify,
    Inform,
    IssueKey,
    PassOn,
    Reopen,
    Request,
)
from domain.vocabulary import About, Because, CallerCategory, Channel, InformedOf, Outcome, UnitId
from hub_demo.county import COORDINATION, COUNTY, LINE
from hub_demo.story import Cast, Scenes, Story

ANNA: Final = "samordnare-anna-exempel"
OMAR: Final = "radgivare-omar-exempel"
LENA: Final = "stodtelefon-lena-exempel"
SARA: Final = "socialsekreterare-sara-exempel"
VERA: Final = "socialsekreterare-vera-exempel"
NILS: Final = "socialsekreterare-nils-exempel"
KIM: Final = "kurator-kim-exempel"
BO: Final = "brottsoffer-bo-exempel"
LEO: Final = "lakare-leo-exempel"
PAULA: Final = "psykolog-paula-exempel"
BRITT: Final = "boende-britt-exempel"
JONI: Final = "jour-joni-exempel"

PHONE: Final = Channel.TELEPHONE


def asks(
    caller: CallerCategory,
    question: str | None,
    *,
    persons: int = 1,
    told: InformedOf = InformedOf.NO_CONTACT,
    of: UnitId = COORDINATION,
    topic: str | None = None,
    minor: bool | None = None,
) -> Request:
    """A request for advice, de-identified (A1)."""
    return Request(
        asked_of=of,
        reference="",  # the hub makes one
        caller=caller,
        about=(About.NOBODY, About.ONE)[persons] if persons < 2 else About.GROUP,
        persons=persons,
        told=told,
        county=COUNTY,
        topic=topic,
        minor=minor,
        question=question,
    )


def monday(story: Story, cast: Cast) -> Scenes:
    """Six calls on the first day."""
    yield "Mon 08:40"
    girl = cast.girl_asked = story.does(
        SARA,
        asks(
            CallerCategory.SOCIAL_SERVICES,
            "A girl of sixteen is to travel abroad on Friday and is afraid that a wedding waits. What first?",
            topic="marriage",
            minor=True,
        ),
        channel=PHONE,
    ).stream
    story.does(OMAR, Accept(), girl, channel=PHONE)
    story.does(
        OMAR,
        Advise(
            guidance="exit-ban",
            guidance_version="2020-07",
            answer="Ask her alone, without relatives as interpreters. Consider an exit ban today; call the Police.",
        ),
        girl,
        channel=PHONE,
    )

    yield "Mon 09:30"
    anonymous = cast.anonymous = story.does(
        OMAR,
        asks(
            CallerCategory.EXPOSED_OR_RELATIVE,
            "I do not want to say who I am. They read my telephone. Can someone stop me from being taken away?",
            told=InformedOf.TOLD,
            minor=True,
        ),
        channel=PHONE,
    ).stream
    story.does(OMAR, IssueKey(tag=""), anonymous, channel=PHONE)  # the hub makes the tag
    story.does(OMAR, Advise(answer="You can come back with your key. You need not decide anything today."), anonymous)

    yield "Mon 10:15"
    siblings = story.does(
        KIM,
        asks(
            CallerCategory.SCHOOL,
            "Three siblings are kept from swimming, trips and friends. When is it a concern to be reported?",
            persons=3,
            topic="control",
            minor=True,
        ),
    ).stream
    story.does(
        OMAR, Advise(answer="Report the concern now; the duty is yours, and advice does not replace it."), siblings
    )
    story.does(KIM, Close(outcome=Outcome.ADVICE_GIVEN), siblings)

    yield "Mon 11:00"
    chat = story.does(JONI, asks(CallerCategory.VOLUNTARY, None), channel=Channel.CHAT).stream  # A5
    story.does(OMAR, Accept(), chat)
    story.does(OMAR, Close(outcome=Outcome.ADVICE_GIVEN), chat, channel=PHONE)

    yield "Mon 13:20"
    passed_on = cast.passed_on = story.does(
        LEO,
        asks(CallerCategory.HEALTH_CARE, "A young man with injuries says that he fell. His cousins do not leave him."),
        channel=PHONE,
    ).stream
    story.does(ANNA, PassOn(to=LINE), passed_on, channel=PHONE)
    story.does(LENA, Advise(answer="See him alone, document the injuries, boys and men are exposed too."), passed_on)

    yield "Mon 15:40"
    story.does(
        VERA, asks(CallerCategory.SOCIAL_SERVICES, "Which questions open a talk about honour at all?", persons=0)
    )


def tuesday(story: Story, cast: Cast) -> Scenes:
    """Four more: two advisers disagree (D1), and two of the four come back later."""
    yield "Tue 08:30"
    conflicting = cast.conflicting = story.does(
        BO,
        asks(CallerCategory.POLICE, "She wants to go home to fetch her papers. Do we go with her?", topic="protection"),
    ).stream
    story.does(
        OMAR, Advise(answer="No: have the papers fetched by two officers while she waits elsewhere."), conflicting
    )
    story.does(ANNA, Advise(answer="Yes, if she decides: with two officers and a planned way out."), conflicting)  # D1

    yield "Tue 10:10"
    returning = cast.returning = story.does(
        NILS,
        asks(CallerCategory.SOCIAL_SERVICES, "A brother is told to watch his sister. Is he exposed too?", minor=True),
    ).stream
    story.does(
        OMAR, Advise(answer="Yes. He can be a victim and be used at once; he needs someone of his own."), returning
    )
    story.does(NILS, Close(outcome=Outcome.ADVICE_GIVEN), returning)

    yield "Tue 11:30"
    identified = cast.identified = story.does(
        PAULA, asks(CallerCategory.HEALTH_CARE, "A patient does not sleep before a trip with her family.", minor=True)
    ).stream
    story.does(OMAR, Advise(answer="Ask about the trip, and tell her what you must report before you ask."), identified)

    yield "Tue 13:00"
    shelter = story.does(
        BRITT, asks(CallerCategory.VOLUNTARY, "A relative has asked at the next house. Is the place still safe?")
    ).stream
    story.does(
        ANNA, Advise(answer="Treat it as compromised until the Police have assessed it."), shelter, channel=PHONE
    )


def later(story: Story, cast: Cast) -> Scenes:
    """The rest of the week: who came back, what was followed up and closed."""
    yield "Wed 16:10"
    story.does(
        OMAR,
        ContactAgain(minor=True, question="It is me again. They have bought the ticket."),
        cast.anonymous,
        channel=PHONE,
    )
    story.does(
        OMAR, Advise(answer="We can call social services together now, and you decide what you say."), cast.anonymous
    )
    story.does(
        OMAR, Close(outcome=Outcome.SUPPORT_GOES_ON), cast.anonymous, because=Because.DONE_ELSEWHERE, channel=PHONE
    )

    yield "Thu 08:20"
    story.does(PAULA, Inform(told=InformedOf.TOLD), cast.identified)
    story.does(PAULA, Identify(identity="Exempla Exempelsson, sixteen"), cast.identified)  # A2, A3
    story.does(NILS, Reopen(), cast.returning)
    story.does(OMAR, Advise(answer="Then he is to have a case of his own, with staff of his own."), cast.returning)

    yield "Fri 10:00"
    story.does(OMAR, FollowUp(note="The exit ban was decided on Tuesday."), cast.girl_asked, channel=PHONE)
    story.does(SARA, Close(outcome=Outcome.PROTECTED), cast.girl_asked)
    story.does(LEO, Close(outcome=Outcome.ADVICE_GIVEN), cast.passed_on)

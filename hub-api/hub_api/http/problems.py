"""Problems (RFC 9457): what went wrong, by which rule, and the way on. Never content, never a stack trace.

A caller learns the names of fields that are ours, and nothing of what they sent: what is echoed ends in a log (C7).
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import msgspec
from msgspec import Struct

from domain.errors import Caution, NotThere, OutOfBounds, Refusal
from domain.vocabulary import Because
from hub_api.http.responses import PROBLEM_JSON, Headers, Raw
from hub_api.wording.language import Language
from hub_api.wording.refusals import told
from hub_api.wording.swedish.remedies import REMEDIES
from hub_api.wording.validation_messages import explained

_TYPES: Final = "urn:samrad:problem:"


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every error."""

    type: str
    title: str
    status: int
    detail: str = ""
    rule: str = ""
    """The rule that refused."""
    remedy: str = ""
    """What would make it possible."""
    field: str = ""
    """Which parameter of the address, or where in the body that was sent, as a path of our own field names."""
    because: tuple[str, ...] = ()
    """The codes with which the same command goes through: why a *should* is not followed."""


class Fixed(Struct, frozen=True):
    """One of the hub's own messages, in both languages."""

    status: int
    slug: str
    en: str
    sv: str
    headers: Headers = ()
    remedy_en: str = ""
    remedy_sv: str = ""


class Misfit(Exception):
    """A parameter of the address, or a field of the body, cannot be taken: its name, and what it should be."""

    def __init__(self, told: Fixed, field: str, en: str, sv: str) -> None:
        super().__init__(told.slug)
        self.told = told
        self.field = field
        self.en = en
        self.sv = sv


NOT_THERE: Final = Fixed(
    404,
    "not-there",
    "There is nothing here that this unit may know of.",
    "Här finns inget som den här enheten får känna till.",
    remedy_en="ask whoever gave you the reference",
    remedy_sv=REMEDIES["ask whoever gave you the reference"],
)
NO_ROUTE: Final = Fixed(404, "no-such-address", "There is no such address.", "Adressen finns inte.")
METHOD: Final = Fixed(405, "method", "The address does not take that method.", "Adressen tar inte emot den metoden.")
UNKNOWN_CALLER: Final = Fixed(
    401,
    "unknown-caller",
    "Say who you are: Authorization: Persona <name>.",
    "Ange vem du är: Authorization: Persona <namn>.",
    ((b"www-authenticate", b"Persona"),),
)
NO_SIGN_IN: Final = Fixed(
    401,
    "no-sign-in",
    "Nobody can sign in here: the hub was started without personas, and this version has no other way.",
    "Ingen kan logga in här: navet startades utan personas, och den här versionen har inget annat sätt.",
    ((b"www-authenticate", b"Persona"),),
)
ELSEWHERE: Final = Fixed(
    403,
    "not-from-this-machine",
    "Personas are for demonstration and answer on this machine only.",
    "Personas är till för demonstration och svarar bara på den här datorn.",
)
TOO_SLOW: Final = Fixed(
    408,
    "too-slow",
    "The request did not come whole in time. Nothing of it was done; send it again.",
    "Begäran kom inte fram hel i tid. Inget av den blev gjort; skicka den igen.",
)
TOO_LARGE: Final = Fixed(413, "too-large", "A body is at most 256 KiB.", "En kropp får vara högst 256 KiB.")
NOT_JSON: Final = Fixed(415, "not-json", "Send application/json in UTF-8.", "Skicka application/json i UTF-8.")
MALFORMED: Final = Fixed(400, "malformed", "The body is not well-formed JSON.", "Kroppen är inte giltig JSON.")
QUERY: Final = Fixed(
    400, "query", "A parameter of the address cannot be read.", "En parameter i adressen går inte att läsa."
)
KEY: Final = Fixed(
    400,
    "idempotency-key",
    "An Idempotency-Key is 1–255 printable ASCII signs.",
    "En Idempotency-Key är 1–255 skrivbara ASCII-tecken.",
)
INVALID: Final = Fixed(422, "invalid", "A field of the body cannot be taken.", "Ett fält i kroppen kan inte tas emot.")
KEY_REUSED: Final = Fixed(
    422,
    "key-reused",
    "That Idempotency-Key was used for another content. Use a new one.",
    "Den Idempotency-Key har använts för ett annat innehåll. Använd en ny.",
)
RECEIPT_GONE: Final = Fixed(
    410,
    "receipt-gone",
    "What that Idempotency-Key recorded has been disposed of, and its receipt too. Nothing was recorded again.",
    "Det som spelades in under den Idempotency-Key är gallrat, och kvittot också. Inget spelades in på nytt.",
    remedy_en="if it is to be done once more, send it with a new Idempotency-Key",
    remedy_sv="om det ska göras en gång till, skicka det med en ny Idempotency-Key",
)
CHANGED: Final = Fixed(
    412,
    "changed",
    "It has changed since you saw it. Read it again.",
    "Det har ändrats sedan du såg det. Läs det på nytt.",
)
REFUSED: Final = Fixed(409, "refused", "A rule forbids it.", "En regel hindrar det.")
CAUTION: Final = Fixed(
    409,
    "caution",
    "A rule advises against it. Send it again with act.because.",
    "En regel avråder. Skicka på nytt med act.because.",
)
TOO_FAST: Final = Fixed(
    429,
    "too-fast",
    "You send faster than anybody may. Nothing of it was done; nobody else notices.",
    "Du skickar fortare än någon får. Inget av det blev gjort; ingen annan märker det.",
    remedy_en="wait as long as Retry-After says, and send it again with the same Idempotency-Key",
    remedy_sv="vänta så länge som Retry-After säger och skicka igen med samma Idempotency-Key",
)
UNAVAILABLE: Final = Fixed(
    503,
    "unavailable",
    "The hub cannot do it safely now. Try again with the same Idempotency-Key.",
    "Navet kan inte göra det säkert just nu. Försök igen med samma Idempotency-Key.",
    ((b"retry-after", b"5"),),
)
FAULT: Final = Fixed(
    500,
    "fault",
    "The hub failed. Try again with the same Idempotency-Key.",
    "Navet gjorde fel. Försök igen med samma Idempotency-Key.",
)
ALL: Final = (
    NOT_THERE,
    NO_ROUTE,
    METHOD,
    UNKNOWN_CALLER,
    NO_SIGN_IN,
    ELSEWHERE,
    TOO_SLOW,
    TOO_LARGE,
    NOT_JSON,
    MALFORMED,
    QUERY,
    KEY,
    INVALID,
    KEY_REUSED,
    RECEIPT_GONE,
    CHANGED,
    REFUSED,
    CAUTION,
    TOO_FAST,
    UNAVAILABLE,
    FAULT,
)


def fixed(what: Fixed, language: Language, headers: Headers = ()) -> Raw:
    """The response of a message that says nothing of the request: the very same bytes each time."""
    return Raw(what.status, _body(what, language), (PROBLEM_JSON, *_spoken(language), *what.headers, *headers))


def refused(refusal: Refusal, language: Language) -> Raw:
    """The response to a refusal; `NotThere` is the one that is always the same (F)."""
    if isinstance(refusal, NotThere):
        return fixed(NOT_THERE, language)
    reason, remedy = told(refusal, language)
    advised = isinstance(refusal, Caution)
    field = refusal.field if isinstance(refusal, OutOfBounds) else ""
    what = CAUTION if advised else INVALID if field else REFUSED
    problem = Problem(
        type=_TYPES + what.slug,
        title=_title(what, language),
        status=what.status,
        detail=reason,
        rule=refusal.rule,
        remedy=remedy,
        field=field,
        because=tuple(Because) if advised else (),
    )
    return Raw(what.status, msgspec.json.encode(problem), (PROBLEM_JSON, *_spoken(language)))


def invalid(error: msgspec.DecodeError | UnicodeError, language: Language, fields: Sequence[str] = ()) -> Raw:
    """The response to a body that does not fit: which field, and what it should be; never what it was."""
    if not isinstance(error, msgspec.ValidationError):
        return fixed(MALFORMED, language)
    detail, field = explained(str(error), fields, language)
    problem = Problem(
        type=_TYPES + INVALID.slug, title=_title(INVALID, language), status=INVALID.status, detail=detail, field=field
    )
    return Raw(INVALID.status, msgspec.json.encode(problem), (PROBLEM_JSON, *_spoken(language)))


def misfit(found: Misfit, language: Language) -> Raw:
    """The response to a parameter or a field that does not fit: which, and what it should be."""
    problem = Problem(
        type=_TYPES + found.told.slug,
        title=_title(found.told, language),
        status=found.told.status,
        detail=found.sv if language is Language.SV else found.en,
        field=found.field,
    )
    return Raw(found.told.status, msgspec.json.encode(problem), (PROBLEM_JSON, *_spoken(language)))


@cache
def _body(what: Fixed, language: Language) -> bytes:
    remedy = what.remedy_sv if language is Language.SV else what.remedy_en
    problem = Problem(type=_TYPES + what.slug, title=_title(what, language), status=what.status, remedy=remedy)
    return msgspec.json.encode(problem)


def _title(what: Fixed, language: Language) -> str:
    return what.sv if language is Language.SV else what.en


def _spoken(language: Language) -> Headers:
    return ((b"content-language", language.encode()),)

"""Every route as data: what the application serves, the reference describes and the tests of need-to-know enumerate."""

import re
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, Final, Literal

from msgspec import Struct

from domain.case.state import Preview
from hub_api.http.api import bodies, inbox_bodies, matter_bodies, reads
from hub_api.http.api.commands import FORMS, Form, ReceiptBody
from hub_api.http.api.filters import FILTERS
from hub_api.http.calls import Call
from hub_api.http.parameters import (
    AFTER,
    AS_OF,
    AS_UNIT,
    FROM,
    LIMIT,
    MATTER,
    PERSON,
    REFERENCE,
    TO,
    UNIT,
    Parameter,
)
from hub_api.http.responses import Raw

_SENTENCE_ENDS: Final = re.compile(r"(?<=\.) (?=[A-Z`])")


class RouteKind(StrEnum):
    READ = "read"
    COMMAND = "command"
    ANONYMOUS = "anonymous"
    """Answers whoever holds a caller's key, without sign-in (A4)."""
    PUBLIC = "public"
    """Says nothing of anybody: whether the hub is up, and how it is called."""


class Route(Struct, frozen=True, kw_only=True):
    """One method on one address. `response` is the type of the body that it gives."""

    method: Literal["GET", "POST"]
    path: str
    name: str
    kind: RouteKind
    response: Any
    summary: str
    query: tuple[Parameter, ...] = ()
    form: Form | None = None
    read: Callable[[Call], Awaitable[Raw]] | None = None


_PAGE: Final = (AFTER, LIMIT)


def _read(path: str, read: Callable[[Call], Awaitable[Raw]], response: object, *query: Parameter) -> Route:
    return Route(
        method="GET",
        path=path,
        name=getattr(read, "__name__"),  # noqa: B009 - a callable in general has no name
        kind=RouteKind.READ,
        response=response,
        summary=_first_sentence(read.__doc__),
        query=query,
        read=read,
    )


def _command(form: Form) -> Route:
    return Route(
        method="POST",
        path=form.path,
        name=form.command.name,
        kind=RouteKind.COMMAND,
        response=ReceiptBody,
        summary=_first_sentence(form.command.__doc__) or _in_words(form.command.name),
        form=form,
    )


def _first_sentence(text: str | None) -> str:
    """The sentence that a docstring begins with, over as many lines as it takes."""
    whole = " ".join((text or "").split())
    return _SENTENCE_ENDS.split(whole, maxsplit=1)[0]


def _in_words(name: str) -> str:
    return name.partition(".")[2].replace("_", " ").capitalize() + "."


READS: Final = (
    _read("/v1/me", reads.me, reads.Me),
    _read("/v1/directory", reads.directory, reads.DirectoryBody),
    _read("/v1/inbox", reads.inbox, inbox_bodies.InboxPage, *_PAGE),
    _read(
        "/v1/consultations",
        reads.consultations,
        bodies.Page,
        *_PAGE,
        REFERENCE,
        *FILTERS["consultations"],
    ),
    _read("/v1/consultations/{alias}", reads.consultation, bodies.ConsultationBody, AS_OF),
    _read("/v1/cases", reads.cases, bodies.Page, *_PAGE, *FILTERS["cases"]),
    _read("/v1/cases/{alias}", reads.case, bodies.CaseBody, AS_OF),
    _read("/v1/referrals", reads.referrals, bodies.Page, *_PAGE, REFERENCE, *FILTERS["referrals"]),
    _read("/v1/referrals/{alias}", reads.referral, matter_bodies.ReferralBody, AS_OF),
    _read("/v1/reports", reads.reports, bodies.Page, *_PAGE, REFERENCE, *FILTERS["reports"]),
    _read("/v1/reports/{alias}", reads.report, matter_bodies.ReportBody, AS_OF),
    _read("/v1/meetings", reads.meetings, bodies.Page, *_PAGE, *FILTERS["meetings"]),
    _read("/v1/meetings/{alias}", reads.meeting, matter_bodies.MeetingBody, AS_OF),
    _read("/v1/upcoming", reads.upcoming, bodies.Page, *_PAGE, *FILTERS["upcoming"]),
    _read("/v1/tasks", reads.tasks, matter_bodies.TaskPage, *_PAGE, AS_OF),
    _read("/v1/board", reads.board, bodies.BoardBody, *_PAGE, AS_OF),
    _read("/v1/cases/{alias}/consents/{consent}/withdrawal", reads.withdrawal, Preview),
    _read("/v1/cases/{alias}/closing", reads.closing, matter_bodies.Closing),
    _read("/v1/trail", reads.trail, bodies.Trail, *_PAGE, MATTER, PERSON, UNIT, FROM, TO),
    _read(
        "/v1/replay/{alias}",
        reads.replay,
        bodies.Body,
        AS_OF,
        AS_UNIT,
    ),
    _read(
        "/v1/statistics/{table}",
        reads.statistics,
        dict[str, Any],
    ),
)
ANSWERS: Final = Route(
    method="POST",
    path="/v1/answers",
    name="answers",
    kind=RouteKind.ANONYMOUS,
    response=bodies.Answer,
    summary=_first_sentence(reads.answers.__doc__),
)
PUBLIC: Final = tuple(
    Route(method="GET", path=path, name=name, kind=RouteKind.PUBLIC, response=dict[str, Any], summary=summary)
    for path, name, summary in (
        ("/health/live", "live", "Whether the hub runs."),
        ("/health/ready", "ready", "Whether the hub takes commands and its lists are fresh."),
        ("/openapi.json", "openapi", "This reference, for programs."),
    )
)
ROUTES: Final = (*(_command(form) for form in FORMS), *READS, ANSWERS, *PUBLIC)

"""Views over HTTP: each asks the gateway one thing and shapes the answer. No rule, no query, no branch on a role."""

import base64
import hashlib
import re
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request

from domain.access import AskedFor
from domain.case.state import Preview, withdrawal_preview
from domain.vocabulary import (
    AgencyId,
    AgencyKind,
    Kind,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)
from hub_api.http.api import bodies, inbox_bodies, matter_bodies
from hub_api.http.api.act_bodies import named_within
from hub_api.http.api.filters import FILTERS, wanted
from hub_api.http.calls import Call, RequestStopped, Served, body_of, decoded
from hub_api.http.parameters import AFTER, AS_OF, AS_UNIT, FROM, LIMIT, MATTER, PERSON, REFERENCE, TO, UNIT
from hub_api.http.problems import NO_ROUTE, QUERY, Misfit
from hub_api.http.responses import JSON, Raw
from hub_api.http.sources import Sources
from hub_api.identity.personas import NOTICE
from hub_api.reads.gateway import Seen, SeenPage, Which

TABLES: Final = frozenset({6, 7, 10, 12})
"""The tables of the support line that are published (E1)."""


class Me(Struct, frozen=True, kw_only=True):
    """Who the hub takes the caller for."""

    person: StaffId
    agency: AgencyId
    unit: UnitId
    role: Role
    purpose: Purpose
    assurance: int
    personas: str = NOTICE


class UnitBody(Struct, frozen=True, kw_only=True):
    """A unit that the agreements in force name."""

    id: UnitId
    name: str
    agency: AgencyId
    agency_name: str
    kind: AgencyKind
    municipality: str | None
    roles: frozenset[Role]
    purposes: frozenset[Purpose]
    keeps_no_record: bool
    counties: frozenset[str]
    answers_for: frozenset[Purpose] | None
    """For which purposes somebody there can look and act today, of those whom sign-in knows; what is disclosed for
    another opens nothing. `null` where the hub has no sign-in to ask."""


class DirectoryBody(Struct, frozen=True, kw_only=True):
    """Who can be asked, assigned or disclosed to today: the agreements are open to all their parties (B3)."""

    units: tuple[UnitBody, ...]


class CallerKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An anonymous caller's speakable key. It stands in a body, never in an address, where logs would keep it (C7)."""

    key: Annotated[str, Meta(min_length=1, max_length=200)]


_caller_key: Final = msgspec.json.Decoder(CallerKey).decode
SPOKEN: Final = frozenset({Kind.CONSULTATION, Kind.REFERRAL, Kind.REPORT})
"""What goes by a reference that people speak."""
_WHOLE: Final = re.compile(r"[0-9]{1,9}")


async def me(call: Call) -> Raw:
    """Who the hub takes you for."""
    call.query()
    who = call.principal
    return answer(
        call,
        Me(
            person=who.person,
            agency=who.agency,
            unit=who.unit,
            role=who.role,
            purpose=who.purpose,
            assurance=who.assurance,
        ),
    )


async def directory(call: Call) -> Raw:
    """The units that the agreements in force name."""
    call.query()
    found = await call.hub.gateway.directory(call.principal)
    staff = call.hub.staff
    units = (
        UnitBody(**msgspec.structs.asdict(entry), answers_for=staff.answers_for(entry.id)) for entry in found.units()
    )
    return answer(call, DirectoryBody(units=tuple(units)))


async def inbox(call: Call) -> Raw:
    """What is addressed to your unit and waits there, the longest wait first: in which matters, and which items."""
    query = call.query(AFTER, LIMIT)
    page = await call.hub.gateway.page(call.principal, "inbox", what="inbox", after=query.after, limit=query.limit)
    return answer(call, inbox_bodies.inbox(page, call.language))


async def cases(call: Call) -> Raw:
    """The cases that your unit may know of."""
    return await _list(call, "cases", Kind.CASE)


async def consultations(call: Call) -> Raw:
    """The consultations that your unit may know of, or the one that goes by a spoken reference."""
    return await _list(call, "consultations", Kind.CONSULTATION)


async def referrals(call: Call) -> Raw:
    """The referrals that your unit may know of, or the one that goes by a spoken reference."""
    return await _list(call, "referrals", Kind.REFERRAL)


async def reports(call: Call) -> Raw:
    """The reports that your unit may know of, or the one that goes by a spoken reference."""
    return await _list(call, "reports", Kind.REPORT)


async def meetings(call: Call) -> Raw:
    """The meetings that your unit may know of, the newest first."""
    return await _list(call, "meetings", Kind.MEETING)


async def upcoming(call: Call) -> Raw:
    """The meetings to come that your unit may know of, by when they begin."""
    query = call.query(AFTER, LIMIT, *FILTERS["upcoming"])
    page = await call.hub.gateway.upcoming(
        call.principal,
        start=query.start,
        end=query.end,
        after=query.after,
        limit=query.limit,
        wanted=wanted(query),
    )
    return _page(call, page)


async def tasks(call: Call) -> Raw:
    """What your unit has taken on and has still to do, by when it is due."""
    query = call.query(AFTER, LIMIT, AS_OF)
    page = await call.hub.gateway.tasks(call.principal, as_of=query.as_of, after=query.after, limit=query.limit)
    return answer(call, matter_bodies.tasks(page))


async def board(call: Call) -> Raw:
    """What waits in all that your unit did, was sent or coordinates, never by a disclosure to it alone:
    what is overdue first, then the longest wait; with `as_of`, then."""
    query = call.query(AFTER, LIMIT, AS_OF)
    page = await call.hub.gateway.board(call.principal, as_of=query.as_of, after=query.after, limit=query.limit)
    return answer(call, bodies.board(page, call.language))


async def case(call: Call) -> Raw:
    """A case as your unit may see it; with `as_of`, as it was known then."""
    return await _one(call, Kind.CASE)


async def consultation(call: Call) -> Raw:
    """A consultation as your unit may see it; with `as_of`, as it was known then."""
    return await _one(call, Kind.CONSULTATION)


async def referral(call: Call) -> Raw:
    """A referral as your unit may see it; with `as_of`, as it was known then."""
    return await _one(call, Kind.REFERRAL)


async def report(call: Call) -> Raw:
    """A report as your unit may see it; with `as_of`, as it was known then."""
    return await _one(call, Kind.REPORT)


async def meeting(call: Call) -> Raw:
    """A meeting as your unit may see it; with `as_of`, as it was known then."""
    return await _one(call, Kind.MEETING)


async def withdrawal(call: Call) -> Raw:
    """Before a consent is withdrawn: which disclosures end with it, and which stand on another ground (C2)."""
    call.query()
    consent = call.aliases.into(call.request.path_params["consent"])
    seen = await call.hub.gateway.look(call.principal, Kind.CASE, _alias(call), what="withdrawal preview")
    preview = withdrawal_preview(seen.state, consent, seen.at)
    return answer(call, Preview(named_within(seen.stream, preview.ends), named_within(seen.stream, preview.stands)))


async def closing(call: Call) -> Raw:
    """Before a case is closed: what is open in what belongs to it, as far as your unit may know."""
    call.query()
    left = await call.hub.gateway.closing(call.principal, _alias(call))
    return answer(call, matter_bodies.closing(left, call.language))


async def trail(call: Call) -> Raw:
    """Your own looks; for an auditor those that the mandate covers; of those, what is asked for."""
    query = call.query(AFTER, LIMIT, MATTER, PERSON, UNIT, FROM, TO)
    asked_for = AskedFor(
        subject=None if query.matter is None else call.aliases.into(query.matter),
        staff=query.person,
        unit=query.unit,
        start=query.start,
        end=query.end,
    )
    page = await call.hub.gateway.trail(call.principal, asked_for, after=query.after, limit=query.limit)
    return answer(call, bodies.trail(page))


async def replay(call: Call) -> Raw:
    """For auditors: an aggregate as of a time, as a unit could see it then."""
    query = call.query(AS_OF, AS_UNIT)
    seen = await call.hub.gateway.replay(call.principal, _alias(call), as_of=query.as_of, as_unit=query.as_unit)
    return _seen(call, seen)


async def statistics(call: Call) -> Raw:
    """A published table, counted from the recorded consultations (E1)."""
    call.query()
    table = call.request.path_params["table"]
    if not _WHOLE.fullmatch(table):
        raise Misfit(QUERY, "table", "the number of a table", "numret på en tabell")
    if int(table) not in TABLES:
        raise RequestStopped(NO_ROUTE)
    return answer(call, await call.hub.gateway.statistics(call.principal, int(table)))


async def answers(request: Request, hub: Served, sources: Sources) -> Raw:
    """What was answered to an anonymous caller, for whoever holds the key (A4)."""
    given = decoded(await body_of(request), CallerKey.__struct_fields__, _caller_key)
    seen = await hub.gateway.answer_for_key(given.key, sources.of(request.scope))
    return Raw(200, msgspec.json.encode(bodies.answers(seen)))


def answer(call: Call, body: object) -> Raw:
    """A body under a tag of its own bytes, or that the caller has it already."""
    written = call.aliases.encode(body)
    return _tagged(call, written, _digest(written))


async def _list(call: Call, which: Which, kind: Kind) -> Raw:
    spoken = (REFERENCE,) if kind in SPOKEN else ()
    query, gateway = call.query(AFTER, LIMIT, *spoken, *FILTERS[which]), call.hub.gateway
    asked = wanted(query)
    if query.reference is not None:
        if query.after is not None:
            raise Misfit(QUERY, AFTER.name, "not beside `reference`", "inte tillsammans med `reference`")
        found = await gateway.by_reference(call.principal, kind, query.reference, what=f"{kind} by reference")
        return _page(call, SeenPage(items=(found,) if asked.fits(found) else (), next=None))
    page = await gateway.page(call.principal, which, what=which, after=query.after, limit=query.limit, wanted=asked)
    return _page(call, page)


def _page(call: Call, seen: SeenPage) -> Raw:
    return answer(call, bodies.page(seen, call.language))


async def _one(call: Call, kind: Kind) -> Raw:
    as_of = call.query(AS_OF).as_of
    return _seen(call, await call.hub.gateway.look(call.principal, kind, _alias(call), what=kind, as_of=as_of))


def _seen(call: Call, seen: Seen) -> Raw:
    written = call.aliases.encode(bodies.body(seen, call.principal, call.language))
    return _tagged(call, written, f"{seen.etag}.{_digest(written)}")


def _tagged(call: Call, written: bytes, tag: str) -> Raw:
    etag = f'"{tag}"'.encode()
    headers = (b"etag", etag), (b"content-language", call.language.encode())
    if call.holds(etag):
        return Raw(304, b"", headers)
    return Raw(200, written, (JSON, *headers))


def _digest(written: bytes) -> str:
    return base64.b32encode(hashlib.sha256(written).digest()[:10]).decode().lower()


def _alias(call: Call) -> Ref:
    return call.aliases.into(call.request.path_params["alias"])

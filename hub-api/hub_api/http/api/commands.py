"""Commands over HTTP: their bodies and addresses follow from the domain's own list, so that none is forgotten."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import NODEFAULT, Struct

from domain.aggregates import COMMANDS
from domain.bounds import is_time
from domain.command import Command
from domain.vocabulary import Kind, Ref
from hub_api.access.aliases import within
from hub_api.commands.handler import Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.http.calls import Call, body_of, decoded
from hub_api.http.responses import JSON, Raw
from hub_api.http.times import as_sent, from_body

PLURALS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.HUB: "hub",
        Kind.AGREEMENT: "agreements",
        Kind.CASE: "cases",
        Kind.CONSULTATION: "consultations",
        Kind.REFERRAL: "referrals",
        Kind.REPORT: "reports",
        Kind.MEETING: "meetings",
    }
)
READABLE: Final = frozenset({Kind.CASE, Kind.CONSULTATION, Kind.REFERRAL, Kind.REPORT, Kind.MEETING})
"""The kinds that have an address of their own to read."""


class ReceiptBody(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That it is recorded: `id` is the alias of what it was about, `created` of what the command made there.

    `said` is told once and kept nowhere: a reference to speak, an anonymous caller's key (A4).
    """

    kind: Kind
    id: Ref
    created: Ref
    said: dict[str, str] = {}


class Form(Struct, frozen=True):
    """How one command arrives: its address, the shape of its body, and the command that it becomes."""

    command: type[Command]
    path: str
    body: type[Struct]
    fields: tuple[str, ...]
    times: frozenset[str]
    blank: Mapping[str, Any]
    """What stands for the hub's own fields until it fills them; nobody sends them."""

    def command_of(self, body: Struct) -> Command:
        """The command that a body asks for."""
        sent = {name: getattr(body, _sent_as(name)) for name in self.fields}
        return self.command(**self.blank, **_with_times(sent, self.times))

    def circumstances_of(self, body: Struct) -> Circumstances:
        """What a body says of the act itself."""
        act = getattr(body, "act")  # noqa: B009 - the struct is made of the command, so the type checker cannot know
        return Circumstances(**_with_times(msgspec.structs.asdict(act), _TIMES_OF_ACTS, "act."))


async def handle(call: Call, form: Form) -> Raw:
    """Take one command: read it, hand it over, give the receipt."""
    sent = decoded(
        await body_of(call.request),
        form.body.__struct_fields__,
        lambda body: call.aliases.decode(body, form.body),
    )
    alias = call.request.path_params.get("alias")
    receipt = await call.hub.commander.handle(
        call.principal,
        form.command_of(sent),
        None if alias is None else call.aliases.into(alias),
        form.circumstances_of(sent),
        key=call.idempotency_key,
        if_match=call.if_match,
        trace=call.trace,
    )
    return _receipt(call, receipt, opened=form.command.opens)


def _receipt(call: Call, receipt: Receipt, *, opened: bool) -> Raw:
    match receipt:
        case Receipt(stream=aggregate, kind=kind, created=created, said=said):
            body = call.aliases.encode(
                ReceiptBody(kind=kind, id=aggregate, created=within(aggregate, created), said=said)
            )
    if not opened or kind not in READABLE:
        return Raw(201 if opened else 200, body)
    location = f"/v1/{PLURALS[kind]}/{call.aliases.out(aggregate)}"
    return Raw(201, body, (JSON, (b"location", location.encode())))


def form_of(command: type[Command]) -> Form:
    """The form of one command: its act beside its own fields, without those that the hub or an operator brings."""
    unsent = command.hub_fills | command.operator_brings
    own = [field for field in msgspec.structs.fields(command) if field.name not in unsent]
    name = "".join(part.title() for part in command.name.replace("_", ".").split("."))
    collection = f"/v1/{PLURALS[command.kind]}"
    verb = command.name.partition(".")[2]
    return Form(
        command=command,
        path=collection if command.opens else f"{collection}/{{alias}}/{verb}",
        body=_body(name, command, [("act", _ACT, _ACT()), *(_as_sent(field) for field in own)]),
        fields=tuple(field.name for field in own),
        times=frozenset(field.name for field in own if is_time(field.type)),
        blank={
            field.name: ""
            for field in msgspec.structs.fields(command)
            if field.name in command.hub_fills and field.required
        },
    )


def _body(name: str, of: type[Struct], fields: Iterable[Any]) -> type[Struct]:
    """The struct that reads what is sent of a command, or of the act itself."""
    return msgspec.defstruct(
        name,
        list(fields),
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": of.__doc__},
        module=__name__,
    )


def _as_sent(field: msgspec.structs.FieldInfo) -> tuple[Any, ...]:
    name, kind = _sent_as(field.name), as_sent(field.type)
    if field.default is not NODEFAULT:
        return name, kind, field.default
    if field.default_factory is not NODEFAULT:
        return name, kind, msgspec.field(default_factory=field.default_factory)
    return name, kind


def _sent_as(name: str) -> str:
    """`act` is the command's own circumstances: an act that a command is about is sent as `of_act`."""
    return "of_act" if name == "act" else name


def _with_times(sent: dict[str, Any], times: frozenset[str], within: str = "") -> dict[str, Any]:
    """What was sent, every time of it in microseconds."""
    return sent | {name: from_body(sent[name], within + name) for name in times}


_OF_ACTS: Final = msgspec.structs.fields(Circumstances)
_TIMES_OF_ACTS: Final = frozenset(field.name for field in _OF_ACTS if is_time(field.type))
_ACT: Final = _body(Circumstances.__name__, Circumstances, map(_as_sent, _OF_ACTS))
FORMS: Final = tuple(form_of(command) for command in COMMANDS.values() if not command.system)
"""Every command that a person or a program may send; the scheduler's own have no address."""

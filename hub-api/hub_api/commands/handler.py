"""The one way in for commands: decide on what the principal may see, seal, append, answer with a receipt.

A command is decided where it comes in and handed to the writing thread; if something was recorded in between, it is
decided again, the last time under the append lock. What was refused leaves its refusal on the trail and no content.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import Struct

from adapters.store.application import CoordinationLog, LogSnapshot
from adapters.store.mapper import names_keys
from adapters.store.record import Prepared
from domain.access import COMMANDS, RATE, CommandRefused
from domain.act import Act, Principal
from domain.aggregates import AGGREGATES, decide, fold
from domain.bounds import Moment, refuse_out_of_bounds
from domain.command import Command
from domain.errors import NotThere, Refusal, SamradError
from domain.event import Event
from domain.identifiers import in_normal_form, taken_in
from domain.ports import Append, Conflict, Draft, Recorded, Repeated, Verdict
from domain.time import LATEST
from domain.vocabulary import Because, Channel, GroundId, Instant, Ref, Role, StaffId
from hub_api.access.core import Core
from hub_api.commands.completion import CompletionContext, Fills
from hub_api.commands.receipts import Receipt, Receipts, request_hash
from hub_api.commands.references import References
from hub_api.commands.validation import as_if_recorded, refuse_loaded, refuse_unreadable

ATTEMPTS: Final = 3


class Changed(SamradError):
    """What the principal may see of it is no longer what `If-Match` says."""


class Circumstances(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What whoever sends a command says of the act itself (D1). Times that are missing are now; `acted_by` is the
    member of staff who acted, where the sender only wrote it down."""

    happened: Moment | None = None
    known: Moment | None = None
    channel: Channel = Channel.HUB
    ground: GroundId | None = None
    acted_by: StaffId | None = None
    because: Because | None = None


class Asked(Struct, frozen=True, kw_only=True):
    """Commands that stand or fall together, on one aggregate: the first opens it if `stream` is None."""

    principal: Principal
    commands: tuple[tuple[Command, Circumstances], ...]
    stream: Ref | None = None
    key: str | None = None
    if_match: frozenset[str] | None = None
    trace: bytes = b""
    operator: bool = False
    """Whether an operator loads them, who alone brings the figures of another source (E1)."""


class _Ready(Struct, frozen=True):
    """A decided command: what to append, and the receipt that holds once it is."""

    append: Append
    receipt: Receipt
    events: tuple[Event, ...]


_Attempt: TypeAlias = tuple[_Ready, Verdict] | Receipt
"""What was decided and what came of it, or the first receipt of what was recorded before."""


class Commander:
    """`recorded` is called with the events of each accepted command, after they are durable."""

    def __init__(self, core: Core, recorded: Callable[[Sequence[Event]], None]) -> None:
        self._core = core
        self._recorded = recorded
        self._fills = Fills(core)
        self.receipts = Receipts(core, self._fills.told_before)

    async def handle(
        self,
        principal: Principal,
        command: Command,
        stream: Ref | None,
        circumstances: Circumstances,
        *,
        key: str | None = None,
        if_match: frozenset[str] | None = None,
        trace: bytes = b"",
    ) -> Receipt:
        """Have a command decided and recorded; raises `Refusal`, `Changed`, `KeyReused` or `ReceiptGone`,
        and then nothing was."""
        asked = Asked(
            principal=principal,
            commands=((command, circumstances),),
            stream=stream,
            key=key,
            if_match=if_match,
            trace=trace,
        )
        try:
            for _ in range(ATTEMPTS):
                ready = self._decide(asked)
                if isinstance(ready, Receipt):
                    return ready
                verdict = await self._core.turns.append(ready.append, partial(self._appended, ready))
                if not isinstance(verdict, Conflict):
                    return self._receipt(asked, ready, verdict)
            attempted = self._core.writer.call(lambda _: self._last_attempt(asked))
            attempted.add_done_callback(self._attempted)
            return self._settle(asked, await asyncio.wrap_future(attempted))
        except Refusal as refusal:
            await self._core.looks.write(principal, _refused(command, stream, refusal), trace)
            raise

    def handle_now(
        self,
        principal: Principal,
        command: Command,
        stream: Ref | None,
        circumstances: Circumstances,
        *,
        key: str | None = None,
    ) -> Receipt:
        """The same in the caller's thread, for who has no event loop: the scheduler, the demo, the command line."""
        asked = Asked(principal=principal, commands=((command, circumstances),), stream=stream, key=key)
        try:
            attempt = self._core.writer.call(lambda _: self._last_attempt(asked)).result()
        except Refusal as refusal:
            self._core.looks.write_now(principal, _refused(command, stream, refusal))
            raise
        self._note(attempt)
        return self._settle(asked, attempt)

    def handle_many(self, requests: Sequence[Asked]) -> list[Receipt | Refusal]:
        """Many requests in one commit, each whole or not at all, for who writes alone (a load)."""
        attempts = self._core.writer.call(lambda log: self._together(log, requests)).result()
        for attempt in attempts:
            if not isinstance(attempt, Refusal):
                self._note(attempt)
        return [self._answer(asked, attempt) for asked, attempt in zip(requests, attempts, strict=True)]

    def _together(self, log: CoordinationLog, requests: Sequence[Asked]) -> list[_Attempt | Refusal]:
        """Decide all of them on what was there before any, and append what is accepted; nothing is durable yet."""
        decided = [self._prepared(log, asked) for asked in requests]
        verdicts = iter(log.append_prepared([one[1] for one in decided if isinstance(one, tuple)]))
        return [(one[0], next(verdicts)) if isinstance(one, tuple) else one for one in decided]

    def _prepared(self, log: CoordinationLog, asked: Asked) -> tuple[_Ready, Prepared] | Receipt | Refusal:
        try:
            ready = self._decide(asked)
            return ready if isinstance(ready, Receipt) else (ready, log.prepare(ready.append))
        except Refusal as refusal:
            return refusal

    def _answer(self, asked: Asked, attempt: _Attempt | Refusal) -> Receipt | Refusal:
        if isinstance(attempt, tuple) and isinstance(attempt[1], Conflict):  # with another of the same commit
            attempt = self._again(asked)
        if isinstance(attempt, Refusal):
            self._core.looks.write_now(asked.principal, _refused(asked.commands[0][0], asked.stream, attempt))
            return attempt
        return self._settle(asked, attempt)

    def _again(self, asked: Asked) -> _Attempt | Refusal:
        try:
            attempt = self._core.writer.call(lambda _: self._last_attempt(asked)).result()
        except Refusal as refusal:
            return refusal
        self._note(attempt)
        return attempt

    def is_recorded(self, asked: Asked) -> bool:
        """Whether a request with that key was recorded before."""
        return self.was_recorded(asked.principal, asked.key)

    def was_recorded(self, principal: Principal, key: str | None) -> bool:
        tag = self.receipts.tag(principal, key)
        return bool(tag and self._core.log.earlier(tag))

    async def slowed(self, principal: Principal, trace: bytes = b"") -> None:
        """Leave on the trail, for their own unit and its auditors, that they send faster than anybody may."""
        await self._core.looks.write(principal, CommandRefused(command=COMMANDS, rule=RATE), trace)

    def _last_attempt(self, asked: Asked) -> _Attempt:
        """Decide and append under the append lock: nothing comes in between."""
        ready = self._decide(asked)
        return ready if isinstance(ready, Receipt) else (ready, self._core.log.append([ready.append])[0])

    # What follows from what is durable: by the writing thread where a caller waits who may go away meanwhile.

    def _appended(self, ready: _Ready, verdict: Verdict) -> None:
        self._note((ready, verdict))

    def _attempted(self, attempted: Future[_Attempt]) -> None:
        if not attempted.cancelled() and attempted.exception() is None:
            self._note(attempted.result())

    def _note(self, attempt: _Attempt) -> None:
        if isinstance(attempt, tuple) and isinstance(attempt[1], Recorded):
            self._core.own.acted(attempt[0].append.drafts[0].act.by.unit, attempt[1].position)
            self._recorded(attempt[0].events)

    def _settle(self, asked: Asked, attempt: _Attempt) -> Receipt:
        return attempt if isinstance(attempt, Receipt) else self._receipt(asked, *attempt)

    # Deciding.

    def _decide(self, asked: Asked) -> _Ready | Receipt:
        request = _request_hash(asked)  # of what was sent, so that the same again is the same whatever its form becomes
        asked = msgspec.structs.replace(asked, principal=in_normal_form(asked.principal))
        tag = self.receipts.tag(asked.principal, asked.key)
        # In this order: what was recorded under the key since the snapshot is found, and now is after all it holds.
        snapshot = None if asked.stream is None else self._core.log.snapshot()
        earlier = self._core.log.earlier(tag) if tag else ()
        if earlier:  # before If-Match and before any rule: a key always gives the first receipt
            return self.receipts.first(asked.principal, tag, earlier, request)
        asked = _taken_in(asked)
        now = self._core.now()
        _refuse_out_of_bounds(asked, now)
        if asked.stream is None or snapshot is None:
            return self._open(asked, request, tag, now)
        return self._go_on(asked, asked.stream, snapshot, request, tag, now)

    def _open(self, asked: Asked, request: str, tag: bytes, now: Instant) -> _Ready:
        if not asked.commands[0][0].opens:
            raise NotThere
        nothing = AGGREGATES[asked.commands[0][0].kind].initial
        return self._events(asked, self._core.entropy.ref(), nothing, 0, request, tag, now)

    def _go_on(
        self, asked: Asked, stream: Ref, snapshot: LogSnapshot, request: str, tag: bytes, now: Instant
    ) -> _Ready:
        system = asked.principal.role is Role.SYSTEM
        if not system and not self._core.access.may_know(asked.principal, stream, snapshot.position):
            raise NotThere
        kind = asked.commands[0][0].kind
        if system:  # it is no observer: it acts on all that has come due
            history = snapshot.stream(stream)
            state, version = fold(kind, history), history[-1].version if history else 0
        else:
            known = self._core.observing.know(asked.principal, stream, snapshot, now, acts=False)
            if known.is_nothing or known.kind is not kind or asked.commands[0][0].opens:
                raise NotThere
            if asked.if_match is not None and known.etag() not in asked.if_match:
                raise Changed("it has changed since it was read; read it again")
            state, version = known.state(), known.version
        ready = self._events(asked, stream, state, version, request, tag, now)
        if any(names_keys(type(event)) for event in ready.events):
            self.receipts.keep(snapshot.stream(stream), ready.events, now)
        return ready

    def _events(
        self, asked: Asked, stream: Ref, state: Any, version: int, request: str, tag: bytes, now: Instant
    ) -> _Ready:
        """Each command decides on the state that those before it leave."""
        kind = asked.commands[0][0].kind
        drafts: list[Draft] = []
        said: dict[str, str] = {}
        evolve = AGGREGATES[kind].evolve
        directory = self._core.register.directory
        core = self._core
        linked = References(core.observing, directory, core.access, core.log.snapshot, asked.principal, now, stream)
        for sent, circumstances in asked.commands:
            command = linked.as_named(sent)
            if not asked.operator:
                refuse_loaded(command)
            self._refuse_unknown_colleague(asked.principal, circumstances)
            act = self._act(asked.principal, circumstances, request, now)
            desk = CompletionContext(
                principal=asked.principal, stream=stream, tag=tag, now=now, state=state, linked=linked, said=said
            )
            filled = self._fills.fill(command, desk)
            events = list(decide(state, filled, act, directory))
            linked.refuse_unknown(command, state)
            for event in events:
                refuse_unreadable(command, event)
                version += 1
                drafts.append(Draft(stream, kind, version, act, event))
                state = evolve(state, as_if_recorded(drafts[-1], now))
        append = Append(tuple(drafts), tag, asked.trace)
        receipt = Receipt(stream=stream, kind=kind, created=drafts[0].act.id, repeated=False, said=said)
        return _Ready(append, receipt, tuple(draft.event for draft in drafts))

    def _refuse_unknown_colleague(self, principal: Principal, circumstances: Circumstances) -> None:
        """D1: who acted is one of those whom sign-in knows in the sender's own agency, and no text."""
        acted_by = circumstances.acted_by
        if acted_by is not None and self._core.staff.lacks(principal.agency, acted_by):
            raise Refusal(
                "D1",
                "nobody in this agency has that name",
                remedy="name a colleague of this agency, or leave it out",
            )

    def _act(self, principal: Principal, circumstances: Circumstances, request: str, now: Instant) -> Act:
        acted_by = circumstances.acted_by
        by = principal if acted_by is None else msgspec.structs.replace(principal, person=acted_by)
        happened = now if circumstances.happened is None else circumstances.happened
        return Act(
            id=self._core.entropy.ref(),
            by=by,
            now=now,
            happened=happened,
            known=happened if circumstances.known is None else circumstances.known,
            channel=circumstances.channel,
            ground=circumstances.ground,
            written_by=principal.person if acted_by is not None else None,
            because=circumstances.because,
            request=request,
        )

    # Answering.

    def _receipt(self, asked: Asked, ready: _Ready, verdict: Verdict) -> Receipt:
        if isinstance(verdict, Repeated):
            tag = ready.append.tag
            return self.receipts.first(asked.principal, tag, self._core.log.earlier(tag), _request_hash(asked))
        if isinstance(verdict, Conflict):
            raise RuntimeError("a command that was decided under the append lock met another")
        return ready.receipt


def _taken_in(asked: Asked) -> Asked:
    """Whoever sends it, over HTTP or as a program: identifiers are decided on, and recorded, in their normal form.
    What a circumstance of the act names is refused by the path that it has in a body."""
    commands = tuple((taken_in(command), taken_in(act, "act")) for command, act in asked.commands)
    return msgspec.structs.replace(asked, commands=commands)


def _refused(command: Command, stream: Ref | None, refusal: Refusal) -> CommandRefused:
    return CommandRefused(command=command.name, rule=refusal.rule, stream=stream)


def _refuse_out_of_bounds(asked: Asked, now: Instant) -> None:
    for command, circumstances in asked.commands:
        refuse_out_of_bounds(circumstances, now, "act.")
        refuse_out_of_bounds(command, now)


def _request_hash(asked: Asked) -> str:
    try:
        return request_hash(asked.commands, asked.stream)
    except UnicodeEncodeError:  # half of a surrogate pair, from a program: the field that holds it is named
        _refuse_out_of_bounds(asked, LATEST)
        raise

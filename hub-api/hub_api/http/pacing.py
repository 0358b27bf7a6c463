"""Commands over HTTP beyond a sender's rate: they wait here, holding no thread, lock or connection of a store.

It is asked before the body is read, so that nothing of the command, its matter or its outcome plays a part.
"""

from asyncio import sleep
from typing import Final

from domain.command import Command
from domain.errors import NotRecorded
from hub_api.commands.rates import Rates
from hub_api.http.calls import Call, RequestStopped
from hub_api.http.problems import TOO_FAST

SLOWED: Final = "samrad.slowed"
"""Noted in the scope of a request whose sender is slowed."""
NOTICE: Final = (b"samrad-rate", b"slowed")
"""Tells the sender alone, with the answer."""


async def pace(call: Call, command: type[Command], rates: Rates) -> None:
    """Wait until the sender may send this; `RequestStopped` where that would take too long."""
    who, acute = call.principal, command.acute
    if rates.has_to_wait(who, acute=acute) and _is_repeated(call):
        return
    turn = rates.take(who, acute=acute)
    if not turn.wait:
        return
    call.request.scope[SLOWED] = True
    if turn.begins:
        await _tell_unit(call, rates, acute=acute)
    if turn.refused:
        raise RequestStopped(TOO_FAST, ((b"retry-after", b"%d" % turn.retry_after),))
    await sleep(turn.wait)


async def _tell_unit(call: Call, rates: Rates, *, acute: bool) -> None:
    """Leave it on the trail; where that fails, the command fails too, and the next one tells."""
    try:
        await call.hub.commander.slowed(call.principal, call.trace)
    except NotRecorded:
        rates.not_told(call.principal, acute=acute)
        if not acute:  # an emergency does not wait for what is only told of it
            raise


def _is_repeated(call: Call) -> bool:
    """Whether the sender has it recorded already, and asks for its receipt."""
    return call.hub.commander.was_recorded(call.principal, call.idempotency_key)

"""What a decided event is before it is recorded: something that can be read again, and the fact it is about to be."""

import re
from functools import cache
from typing import Any, Final

import msgspec

from domain.act import Fact
from domain.command import Command
from domain.errors import Refusal
from domain.event import Event, decode_ref, encode_ref, sealed_in
from domain.ports import Draft
from domain.vocabulary import Instant

_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The character with the number 0 as JSON writes it."""
_to_json = msgspec.json.Encoder(enc_hook=encode_ref).encode


def refuse_unreadable(command: Command, event: Event) -> None:
    """What could not be read again is never recorded, whoever made the command and however: a text over the limit, a
    code that is none. HTTP has looked at what it was sent before; a program that makes its commands has not. One
    character has no place in PostgreSQL's text: a record with it would stop the views there."""
    written = _to_json(event)
    if _NUL.search(written):
        raise Refusal(
            "B7",
            "a text holds a character that stands for nothing, with the number 0",
            remedy="take that character out",
        )
    try:
        _decoder(type(event)).decode(written)
    except msgspec.ValidationError as error:
        where = str(error).rpartition(" - at ")[2]  # the place, and nothing of what stands there
        raise Refusal(
            "B7",
            f"{command.name}: {where} is longer than the hub carries, or of no form it knows",
            remedy="shorten it, or use one of the codes",
        ) from None


def refuse_loaded(command: Command) -> None:
    """E1, E4: a published table counts what another source has counted, and nobody adds to it by a request."""
    if any(getattr(command, field) is not None for field in command.operator_brings):
        raise Refusal(
            "E1", "the figures of another source are loaded by an operator alone", remedy="leave the source out"
        )


def as_if_recorded(draft: Draft, now: Instant) -> Fact:
    """The fact that a draft is about to be, for the next command of the same request to be decided on."""
    return Fact(
        id=draft.act.id,
        stream=draft.stream,
        kind=draft.kind,
        version=draft.version,
        position=0,
        committed=now,
        act=draft.act,
        event=draft.event,
        sealed=sealed_in(draft.event),
    )


@cache
def _decoder(event: type[Event]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(event, dec_hook=decode_ref)

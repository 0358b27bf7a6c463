"""Times as they are sent: microseconds since 1970 UTC, or RFC 3339 with an offset; in bodies and in addresses alike."""

import re
from typing import Annotated, Any, Final, Union

from msgspec import Meta

from domain.bounds import is_time
from domain.errors import OutOfBounds
from domain.time import EARLIEST, LATEST, parse_instant
from domain.vocabulary import Instant

RFC_3339: Final = Annotated[
    str,
    Meta(
        description="A time with its offset, such as 2026-03-02T09:30:00+01:00, between 1900 and 2200.",
        extra_json_schema={"format": "date-time", "minLength": 20, "maxLength": 40},
    ),
]
"""The other form of every time in a body."""
_NUMBER: Final = re.compile(r"-?[0-9]{1,17}")
_BLANK_BEFORE_OFFSET: Final = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:[0-9]{2}\Z)")


def as_sent(hint: Any) -> Any:
    """The type of a command's field as a body may hold it: a time in either form, all else as it is."""
    return Union[hint, RFC_3339] if is_time(hint) else hint  # noqa: UP007 - of types that are known only now


def from_body(sent: Any, field: str) -> Any:
    """The time that a body holds in that field; `OutOfBounds` if it is none."""
    if not isinstance(sent, str):
        return sent
    try:
        return parse_instant(sent)
    except ValueError:
        raise OutOfBounds(
            "D1",
            "a time is RFC 3339 with its offset, or microseconds since 1970, between 1900 and 2200",
            remedy="write it as 2026-03-02T09:30:00+01:00",
            field=field,
        ) from None


def from_address(text: str) -> Instant:
    """The time that a parameter of an address holds; ValueError if it is none. In an address `+` stands for a blank,
    and no time has one before its offset: who writes a time there as anywhere else means the plus."""
    if not _NUMBER.fullmatch(text):
        return parse_instant(_BLANK_BEFORE_OFFSET.sub("+", text))
    instant = int(text)
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("a time lies between 1900 and 2200")
    return instant

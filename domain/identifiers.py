"""Identifiers of people at work, units, agencies and grounds: one normal form, in which all of them are compared.

A block on a name that is written in another way blocks nobody (C9). So every way in, and everything that is read from
the log, brings identifiers to this form. What people read may differ from what was typed; names and words of those who
are helped are no identifiers, and are kept to the byte.

The form folds what a reader does not tell apart within one script: case, width, kinds of dashes, signs that do not
show, blanks around. A sign of another script that only looks alike is another sign, and makes another name.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from types import UnionType
from typing import Annotated, Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from domain.errors import NotAnIdentifier
from domain.vocabulary import AgencyId, GroundId, StaffId, UnitId

LONGEST_NAME: Final = 120
"""Signs in the name of a member of staff as sign-in has it."""
LONGEST_SLUG: Final = 80
_SLUG: Final = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_MARKS: Final = frozenset("._-@+:/\\'")
"""What stands in names of accounts beside letters and digits. Blanks do not: those around a name are no part of it."""
_DASHES: Final = frozenset("\u02d7\u2043\u2053\u2212\u2796")
"""Signs that look and serve as dashes, although Unicode counts them among others than its dashes."""
_INVISIBLE: Final = (
    frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0")
    | frozenset(map(chr, range(0x180B, 0x1810)))
    | frozenset(map(chr, range(0xFE00, 0xFE10)))
    | frozenset(map(chr, range(0xFFF0, 0xFFF9)))
    | frozenset(map(chr, range(0xE0000, 0xE1000)))
)
"""Signs that show nothing, although Unicode counts them among letters and marks (its *default ignorable* ones, and the
blank of Braille)."""


@lru_cache(maxsize=8192)
def normal_form(text: str) -> str:
    """The form in which an identifier is kept and compared; "" where nothing of it shows.

    Applied again it changes nothing. It never fails: what an older version accepted is still read.
    """
    if text.isascii() and text.isprintable():
        return text.strip().lower()
    while (once := _step(text)) != text:  # what is taken out can bring together what then composes
        text = once
    return text


def asked_for(text: str) -> str:
    """An identifier by which something is looked for, in its normal form; ValueError for what none ever was. What is no
    identifier any more, and was recorded when it was one, is still found."""
    if not (normal := normal_form(text)):
        raise ValueError("nothing of it shows")
    normal.encode()  # UnicodeEncodeError is a ValueError: half of a character stands nowhere
    return normal


def _step(text: str) -> str:
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(_sign(sign) for sign in composed).strip()


def _sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Pd" or sign in _DASHES:
        return "-"
    if sign in _INVISIBLE or kind == "Cf" or (kind == "Cc" and not sign.isspace()):
        return ""
    return sign


def _is_slug(text: str) -> bool:
    return len(text) <= LONGEST_SLUG and _SLUG.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether a text in normal form can be the name of a member of staff."""
    return 0 < len(text) <= LONGEST_NAME and all(sign in _MARKS or _is_of_a_word(sign) for sign in text)


def _is_of_a_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN"


_FORMS: Final[Mapping[Any, Callable[[str], bool]]] = {
    StaffId: is_name,
    UnitId: _is_slug,
    AgencyId: _is_slug,
    GroundId: _is_slug,
}
"""The kinds of identifiers, and what one that is taken in looks like in its normal form."""

_Change: TypeAlias = Callable[[Any, str | None], Any]
"""A value with its identifiers in normal form; with a path, one that is no identifier is refused under that path."""
S = TypeVar("S", bound=Struct)


def in_normal_form(found: S) -> S:
    """The same struct with every identifier in it in normal form, whatever stands there: for what was recorded."""
    return found if (change := _of_struct(type(found))) is None else change(found, None)


def taken_in(given: S, path: str = "") -> S:
    """The same for what somebody sends now: `NotAnIdentifier` for what cannot be one."""
    return given if (change := _of_struct(type(given))) is None else change(given, path)


@cache
def _of_struct(kind: type[Struct]) -> _Change | None:
    hints = get_type_hints(kind, include_extras=True)
    changes = [(name, change) for name in kind.__struct_fields__ if (change := _of(hints[name])) is not None]
    if not changes:
        return None

    def changed(value: Any, path: str | None) -> Any:
        new = {}
        for name, change in changes:
            before = getattr(value, name)
            after = change(before, None if path is None else f"{path}.{name}".lstrip("."))
            if after is not before:
                new[name] = after
        return msgspec.structs.replace(value, **new) if new else value

    return changed


def _of(hint: Any) -> _Change | None:
    """What brings a value of that type to normal form; None where no identifier can be in it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _FORMS:
        return _identifier(_FORMS[hint])
    if origin is Annotated:
        return _of(arguments[0])
    if origin in (Union, UnionType):
        return next((change for each in arguments if (change := _of(each)) is not None), None)
    if origin in (tuple, frozenset):
        inner = _of(arguments[0])
        return None if inner is None else _collection(origin, inner)
    return _of_struct(hint) if isinstance(hint, type) and issubclass(hint, Struct) else None


def _identifier(fits: Callable[[str], bool]) -> _Change:
    def changed(value: Any, path: str | None) -> Any:
        if not isinstance(value, str):
            return value  # nobody was named
        normal = normal_form(value)
        if path is not None and not fits(normal):
            where = f"`$.{path}`"
            raise NotAnIdentifier(
                "B5",
                f"{where} is no identifier: it is empty, too long, or has signs that none has",
                remedy="write it as sign-in or the directory has it",
                field=path,
            )
        return value if normal == value else normal

    return changed


def _collection(kind: Callable[[Any], Any], inner: _Change) -> _Change:
    def changed(value: Any, path: str | None) -> Any:
        if not isinstance(value, tuple | frozenset):
            return value
        new = kind(inner(each, None if path is None else f"{path}[…]") for each in value)
        return value if new == value else new

    return changed

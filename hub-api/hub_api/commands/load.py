"""Take in consultations that were counted elsewhere: de-identified, without content, each line once (A1, A5, E1).

The format stands in `docs/load-format.md`. A line's idempotency key is made of its file's own name and its id, so a
load that was killed can be run again.

A file is read twice, first to find what is wrong with it and then to record it, and is never held in memory.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Annotated, BinaryIO, Final, Literal, Protocol, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from adapters.store.spilled import Spilled
from domain.act import Principal
from domain.bounds import Day, refuse_out_of_bounds
from domain.consultation.commands import Close, Request
from domain.errors import OutOfBounds, Refusal, SamradError
from domain.time import STOCKHOLM, day_start, instant_of
from domain.vocabulary import About, CallerCategory, Channel, InformedOf, Outcome
from hub_api.commands.handler import Asked, Circumstances
from hub_api.commands.receipts import KeyReused, Receipt, ReceiptGone
from hub_api.commands.strict_json import repeated_name

FORMAT: Final = "samrad.consultations.v1"
GROUP: Final = 256
"""Lines in one commit: enough to make the disk's flush cheap, few enough that whoever acts beside the load goes on."""
LONGEST_LINE: Final = 10_000
UNKNOWN: Final = "okänt"
"""The label of a caller for whom the source had no word (E2)."""

T = TypeVar("T")
Progress: TypeAlias = Callable[[int], None]
"""Told how many lines were just dealt with."""


class Recorder(Protocol):
    """Of the commander, what a load needs."""

    def is_recorded(self, asked: Asked) -> bool: ...

    def handle_many(self, requests: Sequence[Asked]) -> list[Receipt | Refusal]: ...


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: which file it is, wherever it lies."""

    format: Literal["samrad.consultations.v1"]
    file: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,60}$")]
    source: str
    note: str = ""


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One consultation. `label` is the source's own word for the caller (E2)."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,40}$")]
    day: Day
    caller: CallerCategory
    persons: Annotated[int, Meta(ge=0, le=1000)]
    county: Annotated[str, Meta(pattern=r"^[0-9]{2}$")] | None = None
    label: Annotated[str, Meta(min_length=1, max_length=80)] | None = None


class BadLine(SamradError):
    """A line that cannot be taken in: which file and line, and what is wrong, which may be a refusal."""

    def __init__(self, path: Path, number: int, wrong: str | SamradError) -> None:
        super().__init__(f"{path}:{number}: {wrong}")
        self.number = number
        self.place = f"{path}:{number}"
        self.wrong = wrong


class File(Struct, frozen=True):
    """A file as it was read: how many good lines of which years it has, and the bad ones. `copy` is of what can be read
    but once, such as the output of another program."""

    path: Path
    header: Header
    today: date
    count: int
    years: frozenset[int]
    bad: tuple[BadLine, ...]
    copy: BinaryIO | None

    def close(self) -> None:
        """Let go of the copy, if there is one; nothing can be read from it after that."""
        if self.copy is not None:
            self.copy.close()

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """The good lines with their numbers, read again. One that has become bad since stops whoever reads."""
        known = frozenset(bad.number for bad in self.bad)
        for number, line in islice(_lines(self.path, self.copy), 1, None):
            if number not in known:
                try:
                    yield number, _entry(line, self.today)
                except (ValueError, OutOfBounds) as error:
                    raise _bad_line(self.path, number, error) from None


class Loaded(Struct, frozen=True):
    """What became of a file's lines; each is one of the three."""

    file: str
    recorded: int
    repeated: int
    skipped: tuple[BadLine, ...]


def years_to_count(files: Iterable[tuple[File, Loaded]]) -> frozenset[int]:
    """The years that may be counted: those of files of which nothing was left out, and no other file of the year."""
    whole: set[int] = set()
    in_part: set[int] = set()
    for file, loaded in files:
        (in_part if loaded.skipped else whole).update(file.years)
    return frozenset(whole - in_part)


def read(path: Path, today: date) -> File:
    """The file, looked at to its end; a first line that is wrong leaves nothing to go on with, nor a copy."""
    with ExitStack() as left:
        if (copy := _copied(path)) is not None:
            left.enter_context(copy)
        file = _looked_at(path, today, copy)
        left.pop_all()
    return file


def _looked_at(path: Path, today: date, copy: BinaryIO | None) -> File:
    numbered = _lines(path, copy)
    try:
        header = _header(path, next(numbered)[1])
    except StopIteration:
        raise BadLine(path, 1, "the file is empty") from None
    count = 0
    years: set[int] = set()
    bad: list[BadLine] = []
    with closing(Spilled()) as seen:
        for number, line in numbered:
            try:
                entry = _entry(line, today)
                before = seen.get(entry.id.encode())
                if before is not None:
                    raise ValueError(f"id: the same as in line {before}")
            except (ValueError, OutOfBounds) as error:
                bad.append(_bad_line(path, number, error))
            else:
                seen[entry.id.encode()] = number
                years.add(entry.day.year)
                count += 1
    return File(path, header, today, count, frozenset(years), tuple(bad), copy)


def load(
    file: File,
    recorder: Recorder,
    principal: Principal,
    *,
    skip: bool,
    progress: Progress,
    published: frozenset[int] = frozenset(),
) -> Loaded:
    """Record the file's lines as that principal's unit. Unless `skip`, a bad line stops before any is recorded.

    Of `published` years a table is out already: a line of such a year was recorded before, or is refused (E4).
    """
    file = _open_lines(file, recorder, principal, published)
    if file.bad and not skip:
        raise file.bad[0]
    skipped = list(file.bad)
    recorded = repeated = 0
    entries = file.entries()
    while group := list(islice(entries, GROUP)):
        answers = _answers(recorder, [_asked(file, principal, entry) for _, entry in group])
        for (number, _), answer in zip(group, answers, strict=True):
            if isinstance(answer, ReceiptGone):
                repeated += 1
            elif isinstance(answer, SamradError):
                skipped.append(BadLine(file.path, number, answer))
            elif answer.repeated:
                repeated += 1
            else:
                recorded += 1
        progress(len(group))
        if skipped and not skip:
            raise skipped[0]
    return Loaded(file.header.file, recorded, repeated, tuple(skipped))


def _open_lines(file: File, recorder: Recorder, principal: Principal, published: frozenset[int]) -> File:
    """The file, its new lines of published years among the bad ones."""
    if file.years.isdisjoint(published):
        return file
    late = [
        BadLine(file.path, number, f"day: the tables of {entry.day.year} are published")
        for number, entry in file.entries()
        if entry.day.year in published and not recorder.is_recorded(_asked(file, principal, entry))
    ]
    return msgspec.structs.replace(file, count=file.count - len(late), bad=(*file.bad, *late))


def _answers(recorder: Recorder, group: Sequence[Asked]) -> Sequence[Receipt | SamradError]:
    """One commit for the group. A key that was used for another content stops all of it, and so does one whose receipt
    is gone; so each line is then sent alone, and the one that it was is known."""
    try:
        return recorder.handle_many(group)
    except (KeyReused, ReceiptGone):
        return [_alone(recorder, asked) for asked in group]


def _alone(recorder: Recorder, asked: Asked) -> Receipt | SamradError:
    try:
        return recorder.handle_many([asked])[0]
    except KeyReused:
        return SamradError("id: it was loaded before with another content")
    except ReceiptGone as gone:  # it was loaded before; with which content nobody can say any more
        return gone


def _asked(file: File, principal: Principal, entry: Entry) -> Asked:
    """Requested and closed in one: a line is on the log whole or not at all."""
    circumstances = _circumstances(entry)
    return Asked(
        principal=principal,
        commands=((_request(principal, entry), circumstances), (Close(outcome=Outcome.UNKNOWN), circumstances)),
        key=f"{file.header.file}/{entry.id}",
        operator=True,
    )


def _request(principal: Principal, entry: Entry) -> Request:
    return Request(
        asked_of=principal.unit,
        reference="",  # the hub makes one
        caller=entry.caller,
        about=About.NOBODY if entry.persons == 0 else About.ONE if entry.persons == 1 else About.GROUP,
        persons=entry.persons,
        told=InformedOf.NOT_TOLD_OTHER if entry.caller is CallerCategory.EXPOSED_OR_RELATIVE else InformedOf.NO_CONTACT,
        county=entry.county,
        no_record=True,
        source=entry.label or UNKNOWN,
    )


def _circumstances(entry: Entry) -> Circumstances:
    happened = instant_of(datetime.combine(entry.day, time(12), STOCKHOLM))
    return Circumstances(happened=happened, known=happened, channel=Channel.TELEPHONE)


def _copied(path: Path) -> BinaryIO | None:
    """What comes from a pipe, in a file without a name; None for what can be read again where it lies."""
    try:
        if path.is_file() or path.is_dir() or not path.exists():  # what cannot be opened is told by who opens it
            return None
        with path.open("rb") as file, ExitStack() as left:
            copy = left.enter_context(TemporaryFile())
            copyfileobj(file, copy)
            left.pop_all()
    except OSError as error:
        raise SamradError(f"{path}: {error.strerror}") from None
    return copy


def _lines(path: Path, copy: BinaryIO | None) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") if copy is None else nullcontext(copy) as file:
            file.seek(0)
            for number, line in enumerate(file, start=1):
                yield number, _without_mark(line, number).rstrip(b"\r\n")
    except OSError as error:
        raise SamradError(f"{path}: {error.strerror}") from None


def _bad_line(path: Path, number: int, error: ValueError | OutOfBounds) -> BadLine:
    return BadLine(path, number, error if isinstance(error, OutOfBounds) else str(error))


def _without_mark(line: bytes, number: int) -> bytes:
    """A byte-order mark, which some programs set before UTF-8, is no part of the first line."""
    return line.removeprefix(codecs.BOM_UTF8) if number == 1 else line


def _header(path: Path, line: bytes) -> Header:
    try:
        return _decoded(line, Header)
    except ValueError as error:
        raise BadLine(path, 1, f"the first line: {_plain(error)}") from None


def _entry(line: bytes, today: date) -> Entry:
    try:
        entry = _decoded(line, Entry)
    except msgspec.DecodeError as error:
        raise ValueError(_plain(error)) from None
    refuse_out_of_bounds(entry, day_start(today))
    if entry.day > today:
        raise ValueError("day: it is in the future")
    return entry


def _decoded(line: bytes, kind: type[T]) -> T:
    found = msgspec.json.decode(_utf8(line), type=kind)
    if (name := repeated_name(line)) is not None:
        raise ValueError(f"{name}: it stands there twice")
    return found


def _utf8(line: bytes) -> str:
    if len(line) > LONGEST_LINE:
        raise ValueError(f"the line is longer than {LONGEST_LINE} bytes")
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("it is UTF-16, by its byte-order mark: save the file as UTF-8")
    if not line.strip():
        raise ValueError("the line is empty")
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 from byte {error.start + 1} on") from None


def _plain(error: Exception) -> str:
    """What msgspec found, its field first: `caller: Invalid enum value 'shcool'`."""
    text, at, field = str(error).partition(" - at `$.")
    return f"{field.rstrip('`')}: {text}" if at else text

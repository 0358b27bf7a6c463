"""How the command line writes: whatever the terminal can show, and by the name under which it was called."""

import codecs
import os
import re
import shutil
import unicodedata
from contextvars import ContextVar
from getpass import getuser
from pathlib import Path
from typing import Final, TextIO

PROGRAM: Final = ContextVar("PROGRAM", default="samrad")
"""How whoever reads a hint can call this program."""
READABLE: Final = "samrad-readable"
_IN_ASCII: Final = {"✓": "+", "✗": "x", "–": "-", "—": "-", "…": "...", "→": "->", "·": ".", "×": "x", "’": "'"}
_NO_TEXT: Final = re.compile("[\ud800-\udfff]")
_CALLED: Final = re.compile(r"(?<![\w./-])samrad(?= [a-z-])")


def prepare(*streams: TextIO) -> None:
    """Nothing that is written fails because a terminal has no sign for it, nor because an argument was no text."""
    codecs.register_error(READABLE, _readable)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=READABLE)


def _readable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_in_ascii, error.object[error.start : error.end])), error.end


def _in_ascii(sign: str) -> str:
    if "\udc80" <= sign <= "\udcff":  # a byte of an argument that was no text
        return f"\\x{ord(sign) - 0xDC00:02x}"
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    if "\ud800" <= sign <= "\udfff":
        return "?"
    return _IN_ASCII.get(sign) or plain or "?"


def shows_everything(stream: TextIO) -> bool:
    """Whether all signs can be written as they are."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")


def shown(text: str, stream: TextIO) -> str:
    """A text in the signs that can be written there."""
    return text if shows_everything(stream) else "".join(each if each.isascii() else _in_ascii(each) for each in text)


def called(argument: str) -> str:
    """The name to call this program by: plain if it is found so, else the path by which it was called."""
    path = Path(argument)
    if path.name != "samrad":
        return "samrad"  # run by another program, or by Python itself
    found = shutil.which("samrad")
    if found is not None and path.exists() and os.path.samefile(found, path):
        return "samrad"
    whole = Path(os.path.abspath(path))
    return str(whole.relative_to(Path.cwd())) if whole.is_relative_to(Path.cwd()) else str(whole)


def by_its_name(text: str) -> str:
    """A hint, with the program named as it was called; what an argument held that was no text, by its bytes."""
    program = PROGRAM.get()
    text = _NO_TEXT.sub(lambda sign: _in_ascii(sign[0]), text)
    return text if program == "samrad" else _CALLED.sub(lambda _: program, text)


def whoever_runs() -> str:
    """The name of whoever runs this; by its number where the machine knows no name for it."""
    try:
        return getuser()
    except (KeyError, OSError, ImportError):
        return f"uid-{os.getuid()}"

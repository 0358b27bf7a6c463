"""Refusals and faults: each has a name, and a refusal carries the rule that it enforces."""


class SamradError(Exception):
    """Anything that the hub itself reports; the message is one clear sentence for a person."""


class Refusal(SamradError):
    """A command was understood and may not happen.

    `rule` names the rule (A1…F), `reason` says why, `remedy` what would make it possible. A refusal never
    depends on anything that the principal may not see, and never repeats the content of the command.
    """

    def __init__(self, rule: str, reason: str, remedy: str = "") -> None:
        super().__init__(f"{rule}: {reason}" + (f" ({remedy})" if remedy else ""))
        self.rule = rule
        self.reason = reason
        self.remedy = remedy


class NotThere(Refusal):
    """What does not exist and what one may not know of answer alike (F)."""

    def __init__(self) -> None:
        super().__init__("F", "there is nothing here that this unit may know of", "ask whoever gave you the reference")


class OutOfBounds(Refusal):
    """A value of a command is larger, longer or further away than what stands in `field` may be, or of no form that it
    has; `field` says where, and nothing says what it was."""

    def __init__(self, rule: str, reason: str, remedy: str = "", field: str = "") -> None:
        super().__init__(rule, reason, remedy)
        self.field = field


class NotAnIdentifier(OutOfBounds):
    """A command names somebody or something by what cannot be a name."""


class Tampered(SamradError):
    """Stored bytes are not what was written: a broken seal, hash, chain or canonical form. Work stops on it."""


class Unreadable(SamradError):
    """Stored bytes are of a form, name or version that this program does not know, or their key is missing
    although no disposal on the log explains it."""


class StoreBehind(SamradError):
    """The event store ends before the high-water mark: an older copy of it was put back (invariant 2)."""


class MarksUnusable(SamradError):
    """The file of high-water marks is damaged, or cannot be read: an older copy of the store would pass unnoticed."""


def is_of_value(error: Exception) -> bool:
    """Whether something failed by what an act says, so that it can be done without that act. What the hub names itself
    (a broken seal, a key that is missing) and what the machine lacks stops whatever met it."""
    return isinstance(error, Refusal) or not isinstance(error, SamradError | OSError | MemoryError)


class UnusableValue(SamradError):
    """A fold or a row failed by what an act says, in that view, by that kind of error. The act is set aside."""

    def __init__(self, view: str, error: str) -> None:
        super().__init__(f"the value of an act gives {error} in {view}")
        self.view = view
        self.error = error


class NotFolded(SamradError):
    """An act that closes something cannot be folded: nothing is decided as if it had not happened."""


class Caution(Refusal):
    """A *should* that was not followed and not explained: the same command with `because` goes through, and the
    reason is recorded."""


class NotRecorded(SamradError):
    """The store could not write: nothing of the command was recorded, and it may be sent again as it is."""


class FilesGone(NotRecorded):
    """The files of an embedded hub were removed or replaced under the process that serves it: what it would write is
    nowhere, so nothing is taken and nothing is answered as recorded."""


class StoreAhead(SamradError):
    """The store's last record is dated after what this machine's clock says: one of the two clocks was wrong."""


class InUse(SamradError):
    """Another process has the hub's folder: who would replace or change it waits until that has ended."""

"""What can be wrong between the hub and Kafka, each by its name and in one line.

Of the first kind one may try again: nothing is known to be wrong with what is kept. The second kind stops whoever
meets it, and a person has to look (invariant 2).
"""

from domain.errors import SamradError, StoreBehind, Tampered


class KafkaTrouble(SamradError):
    """Kafka cannot be used as things stand; nothing is lost by it."""


class BrokerAway(KafkaTrouble):
    """No broker answers; `server` is which, host and port."""

    def __init__(self, said: str, server: str = "Kafka") -> None:
        super().__init__(said)
        self.server = server


class NotTrusted(KafkaTrouble):
    """A broker shows a certificate that is not trusted, or does not speak TLS at all."""


class WrongPassword(KafkaTrouble):
    """A broker knows no such user, or another password."""


class NotAllowed(KafkaTrouble):
    """The user may not do with a topic what this process is there for."""


class NoTopic(KafkaTrouble):
    """There is no topic of that name, or none that the user may know of."""


class WrongTopic(KafkaTrouble):
    """A topic is not set up as a log that keeps everything, in one order, for ever."""


class FencedOff(KafkaTrouble):
    """Another relay has taken the topic over, or the lease is another's: this one carries nothing until it is its."""


class LogGap(Tampered):
    """The topic does not go on with the next position: records are missing, and nothing may skip them."""

    def __init__(self, topic: str, expected: int, found: int) -> None:
        super().__init__(f"{topic}: position {expected} is missing, {found} comes in its place")
        self.expected = expected
        self.found = found


class LogDiffers(Tampered):
    """Store and topic hold different records at one position."""


class StoreLacks(StoreBehind):
    """The topic holds records that the store lacks: an older copy of the store was put back (invariant 2)."""

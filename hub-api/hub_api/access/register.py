"""What the whole hub must know at every moment, folded from the log: who is party, and which policy is in force."""

import logging
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, Protocol

from msgspec import Struct

from domain.act import Fact
from domain.agreement.state import Directory
from domain.errors import Refusal, Tampered, Unreadable, UnusableValue, is_of_value
from domain.hub import PolicyAdopted
from domain.needtoknow.compile import Policy
from domain.vocabulary import Instant, Kind, Ref
from hub_api.access.index_file import Registered, RegisterFile

_log: Final = logging.getLogger("samrad.hub")
COUNTS_NO_MORE: Final = "%s: the agreement of which position %d is the last act counts for nobody, its value gives %s"
PAGE: Final = 2000
REGISTERED: Final = frozenset({Kind.HUB, Kind.AGREEMENT})
"""The kinds that it is folded from: few among many, and the others are not opened a second time for it."""


class RegisterLog(Protocol):
    """Of the log, what the register asks: the facts of some kinds along it; a gap is an error."""

    def read(self, after: int, limit: int, kinds: frozenset[Kind], /) -> Sequence[Fact]: ...

    def last(self) -> int: ...


class Adopted(Struct, frozen=True):
    """A policy and the instant from which it is in force."""

    policy: Policy
    in_force: Instant


class Register:
    """Catches up with the log when asked. `policy_of` gives the policy whose text has a SHA-256, if it is shipped.
    `file` says up to where its records were found before; without it, or what it says, the whole log is read."""

    def __init__(
        self, log: RegisterLog, policy_of: Callable[[str], Policy | None], file: RegisterFile | None = None
    ) -> None:
        self._log = log
        self._file = file
        self._records: list[int] = []
        self._policy_of = policy_of
        self._lock = Lock()
        self._position = 0
        self._adopted: tuple[Adopted, ...] = ()
        self._agreed: list[Fact] = []
        self._directory = Directory()

    @property
    def directory(self) -> Directory:
        """Who is party to the cooperation (B1, B3)."""
        return self._directory

    def catch_up(self) -> None:
        """Read on to the end of the log."""
        with self._lock:
            last = self._log.last()
            if not self._position and self._file is not None and (known := self._file.read()) is not None:
                self._take([self._found(position) for position in known.records])
                self._position = known.position
            while self._position < last:
                page = min(PAGE, last - self._position)
                self._take(self._log.read(self._position, page, REGISTERED))
                self._position += page

    def keep(self) -> None:
        """Have it written down where its records stand, if much was recorded since that was."""
        if self._file is not None:
            with self._lock:
                known = Registered(self._position, tuple(self._records))
            self._file.write(known)

    def _found(self, position: int) -> Fact:
        """A record that stood there before. `Tampered` if it does not any more: an agreement that ended would go on."""
        for fact in self._log.read(position - 1, 1, REGISTERED):
            return fact
        raise Tampered(f"position {position} was of the hub or of an agreement, and is so no more")

    def _take(self, facts: Sequence[Fact]) -> None:
        agreed = [fact for fact in facts if fact.kind is Kind.AGREEMENT]
        for fact in facts:
            if isinstance(fact.event, PolicyAdopted):
                self._adopt(fact.event)
        if agreed:
            self._agreed += agreed
            self._directory = Directory.of(self._sound())
        self._records += [fact.position for fact in facts]

    def _sound(self) -> list[Fact]:
        """The agreements that fold. One that does not lets nobody in, since it may have ended; the others stand."""
        by_agreement: dict[Ref, list[Fact]] = {}
        for fact in self._agreed:
            by_agreement.setdefault(fact.stream, []).append(fact)
        return [fact for facts in by_agreement.values() if self._folds(facts) for fact in facts]

    def _folds(self, facts: Sequence[Fact]) -> bool:
        try:
            Directory.of(facts).at(facts[-1].committed)
        except Exception as error:
            if not is_of_value(error):
                raise
            _log.error(COUNTS_NO_MORE, UnusableValue.__name__, facts[-1].position, type(error).__name__)
            return False
        return True

    def policy_at(self, instant: Instant) -> Policy:
        """The policy in force at that instant (invariant 7); without one nothing is decided."""
        for adopted in reversed(self._adopted):
            if adopted.in_force <= instant:
                return adopted.policy
        raise Refusal("C1", "no policy of need-to-know was in force", remedy="adopt one")

    def _adopt(self, event: PolicyAdopted) -> None:
        policy = self._policy_of(event.sha256)
        if policy is None:
            raise Unreadable(f"the log adopted a policy that this program does not hold: {event.sha256[:12]}")
        self._adopted = tuple(
            sorted((*self._adopted, Adopted(policy, event.in_force)), key=lambda adopted: adopted.in_force)
        )

"""Compares what is carried on from look to look with what the log says when it is read, judged and folded anew."""

from collections.abc import Iterable
from typing import Final

from domain.act import Principal
from domain.aggregates import AGGREGATES
from domain.vocabulary import Kind, Ref
from hub_api.access.observing import KnownStream, Observing
from hub_api.access.seen import etag_of, is_nothing, state_of
from hub_api.access.sight import sight
from hub_api.runtime.hub import Hub


class Counted(Observing):
    """Counts how often it had to begin anew."""

    def __init__(self, hub: Hub) -> None:
        self.hub: Final = hub
        super().__init__(hub.register.policy_at, hub.access, hub.vault, hub.vault.secret(b"etag"))
        self.asked = self.anew = 0

    def _made_anew(self, *given: object, **named: object) -> KnownStream:
        self.anew += 1
        return super()._made_anew(*given, **named)  # type: ignore[arg-type]


class Compared:
    """Two that carry on, one with the acts and one without, so that neither helps the other."""

    def __init__(self, hub: Hub) -> None:
        self.hub: Final = hub
        self.ways: Final = {True: Counted(hub), False: Counted(hub)}
        self.secret: Final = hub.vault.secret(b"etag")

    def of(self, principals: Iterable[Principal], streams: Iterable[Ref]) -> None:
        """Everything is, for each of them, as it is anew; where nothing is found, nothing is kept."""
        for stream in streams:
            for who in principals:
                self._one(who, stream)

    def carried(self) -> int:
        """How often it was not begun anew."""
        return sum(way.asked - way.anew for way in self.ways.values())

    def _one(self, who: Principal, stream: Ref) -> None:
        snapshot, now = self.hub.log.snapshot(), self.hub.core.now()
        if not self.hub.access.may_know(who, stream, snapshot.position):
            return
        history = snapshot.stream(stream)
        found = sight(self.hub.register.policy_at(now), who, snapshot, history, now)
        for acts, observing in self.ways.items():
            observing.asked += 1
            known = observing.know(who, stream, snapshot, now, acts=acts)
            assert known.is_nothing is is_nothing(found)
            assert (known.kind, known.version) == (history[0].kind, history[-1].version)
            assert (known.marks, known.grants) == (found.marks, found.grants)
            assert known.etag() == etag_of(self.secret, who, found)
            if acts:
                assert known.visible() == found
            if known.kind in AGGREGATES:
                assert known.state() == state_of(Kind(known.kind), found)

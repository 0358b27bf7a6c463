"""What one observer knows of one stream now, carried on from their look before by the acts that were recorded since.

To read, judge, fold and digest a case anew at every command costs as much as the case is long. So what was found is
kept: how each shape of act is judged, what is seen, the state that it folds to. An ordinary act is then judged, folded
and digested once. An act that changes how anybody stands to the stream makes all of it anew, as do the end of a grant,
a new policy, a disposal of any key, and a record that is not the one that was last read. The records from the last one
on are always asked for. Nothing that is sealed is kept open, and as of an earlier time nothing of this is used.

Whether something was kept would tell by its time (F): who finds nothing neither finds nor leaves anything here.
"""

import hmac
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact, Principal
from domain.aggregates import AGGREGATES, after
from domain.errors import NotFolded
from domain.event import Gone
from domain.identifiers import normal_form
from domain.needtoknow.compile import Policy
from domain.needtoknow.model import Grant
from domain.needtoknow.standing import Standing, decides_access
from domain.needtoknow.visible import Seeing, Sight, Visible, all_seen
from domain.ports import KnownSnapshot
from domain.vocabulary import Instant, Kind, Mark, Ref, Role, StaffId
from hub_api.access.access_index import AccessIndex
from hub_api.access.lately import Lately
from hub_api.access.seen import begun_digest, digested, etag_from
from hub_api.access.sight import kept_out, names_matters, without_barred

MOST_KEPT: Final = 200_000
"""In some 250 bytes each, so 50 MB: an act in a state weighs one, an act that is seen eight, whatever else four."""
_ACT_IN_STATE, _ACT_SEEN, _BESIDE = 1, 8, 4

Observer: TypeAlias = tuple[str, str, str, str, str, str, int]


class DisposalCount(Protocol):
    """Of the key vault: how often a key was disposed of."""

    generation: int


class KnownStream(Struct, frozen=True, kw_only=True):
    """What one principal knows of one stream at one position. `sights` are left out where only the state is asked for;
    `failed` is why it does not fold, if it does not."""

    kind: Kind | None
    version: int
    mark: bytes
    seeing: Seeing
    sights: tuple[Sight, ...] | None
    seen: int
    marks: frozenset[Mark]
    grants: tuple[Grant, ...]
    folded: Any
    failed: Exception | None
    digest: hmac.HMAC
    generation: int
    names_matters: bool
    """Whether an act that is seen names other matters, by which somebody may be kept from it (C9)."""

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing there for this principal: as if it did not exist."""
        return not (self.seen or self.marks or self.grants)

    def state(self) -> Any:
        """The state that the principal may know: the fold of what they may see, and of nothing else."""
        if self.failed is not None:
            raise self.failed
        return None if self.kind is None else AGGREGATES[self.kind].remember(self.folded, self.marks)

    def etag(self) -> str:
        """A mark that changes when what this principal may see changes, and at no other time."""
        return etag_from(self.digest, self.marks, self.grants)

    def visible(self) -> Visible:
        """All that is there; asked only of what was made with the acts."""
        if self.sights is None:
            raise ValueError("the acts were left out of this")
        return Visible(self.sights, self.marks, self.grants)

    def weight(self) -> int:
        return _BESIDE + _ACT_IN_STATE * self.seen + _ACT_SEEN * len(self.sights or ())


class Observing:
    """Any thread may ask it."""

    def __init__(
        self,
        policy_at: Callable[[Instant], Policy],
        access: AccessIndex,
        vault: DisposalCount,
        etag_secret: bytes,
    ) -> None:
        self._policy_at = policy_at
        self._access = access
        self._vault = vault
        self._etag_secret = etag_secret
        self._kept = Lately[tuple[str, Observer], KnownStream](MOST_KEPT)

    def know(
        self, principal: Principal, stream: Ref, snapshot: KnownSnapshot, now: Instant, *, acts: bool
    ) -> KnownStream:
        """What the principal knows of the stream at `now`; with `acts` each act that is seen, too."""
        policy = self._policy_at(now)
        key = stream.hex, _observer(policy, principal)
        kept = self._kept.get(key)
        known = None if kept is None else self._carried_on(kept, principal, stream, snapshot, now, acts)
        if known is None:
            known = self._made_anew(policy, principal, stream, snapshot, now, acts)
            if not _may_be_kept(known, principal):
                if kept is not None:
                    self._kept.drop(key)
                return known
        if known is not kept and (kept is None or known.version >= kept.version or known.generation > kept.generation):
            self._kept.put(key, known, known.weight())
        return known

    def forget(self) -> None:
        """Keep nothing, as after a start."""
        self._kept.clear()

    def _carried_on(
        self, kept: KnownStream, principal: Principal, stream: Ref, snapshot: KnownSnapshot, now: Instant, acts: bool
    ) -> KnownStream | None:
        """What was kept, with the acts recorded since; None if it has to be made anew."""
        since, until = kept.seeing.holds
        if not since <= now < until or (acts and kept.sights is None) or _is_singled_out(kept.seeing, principal):
            return None
        if self._access.is_kept_out(principal.person, stream, snapshot.position) is not False:  # C9
            return None
        found = snapshot.read_on(stream, kept.version, kept.mark)
        # Last, since to read what follows may tell of a disposal.
        if found is None or kept.generation != self._vault.generation:
            return None
        facts, mark = found
        if not facts:
            return kept
        if any(_begins_anew(fact) for fact in facts):
            return None
        known = _carried(kept, all_seen(kept.seeing, facts), facts[-1].version, mark)
        return None if known.failed else known

    def _made_anew(
        self, policy: Policy, principal: Principal, stream: Ref, snapshot: KnownSnapshot, now: Instant, acts: bool
    ) -> KnownStream:
        generation = self._vault.generation  # before anything is read: what is disposed of meanwhile makes it old
        history, mark = snapshot.read_whole(stream)
        kind = history[0].kind if history else None
        seeing = Seeing(policy, principal, Standing.of(history), now, kept_out(snapshot, history, None))
        nothing = KnownStream(
            kind=kind,
            version=0,
            mark=mark,
            seeing=seeing,
            sights=() if acts else None,
            seen=0,
            marks=frozenset(),
            grants=(),
            folded=AGGREGATES[kind].initial if kind in AGGREGATES else None,
            failed=None,
            digest=begun_digest(self._etag_secret, principal),
            generation=generation,
            names_matters=False,
        )
        if not history:
            return nothing
        found = all_seen(seeing, history)
        # Before anything is left out: what one is barred from, a colleague is not (C9).
        nothing = replace(nothing, names_matters=any(names_matters(sight.fact) for sight in found.facts))
        return _carried(nothing, without_barred(found, principal, snapshot, None), history[-1].version, mark)


def _carried(kept: KnownStream, found: Visible, version: int, mark: bytes) -> KnownStream:
    """What was kept, and what is found among the acts that follow it, up to that version."""
    state, failed = kept.folded, None
    if kept.kind in AGGREGATES:
        try:
            for sight in found.facts:
                state = after(kept.kind, state, sight.fact)
        except NotFolded as error:
            failed = error
    return KnownStream(
        kind=kept.kind,
        version=version,
        mark=mark,
        seeing=kept.seeing,
        sights=None if kept.sights is None else (*kept.sights, *found.facts),
        seen=kept.seen + len(found.facts),
        marks=kept.marks | found.marks,
        grants=(*kept.grants, *found.grants),
        folded=state,
        failed=failed,
        digest=digested(kept.digest, found.facts),
        generation=kept.generation,
        names_matters=kept.names_matters,
    )


def _may_be_kept(known: KnownStream, principal: Principal) -> bool:
    """Not where nothing is found, nor where it rests on more than the stream and what is compared at the next look."""
    if known.is_nothing or known.failed is not None or known.names_matters:
        return False
    return not _is_singled_out(known.seeing, principal)


def _begins_anew(fact: Fact) -> bool:
    """Whether an act is no ordinary one: it says how somebody stands, names keys or other matters, or is gone."""
    return decides_access(type(fact.event)) or isinstance(fact.event, Gone) or names_matters(fact)


def _is_singled_out(seeing: Seeing, principal: Principal) -> bool:
    """Whether they may be told from others of their unit, role and purpose. A caller never is: each is kept apart."""
    return principal.role is not Role.CALLER and seeing.is_singled_out(StaffId(normal_form(principal.person)))


def _observer(policy: Policy, principal: Principal) -> Observer:
    """All of a principal that a policy asks for; who they are only of a caller, who is nobody's colleague (A4)."""
    role = principal.role
    return (
        policy.sha256,
        principal.agency,
        principal.unit,
        role.value,
        principal.purpose.value,
        principal.person if role is Role.CALLER else "",
        principal.assurance,
    )

"""What is hidden takes the same steps as what does not exist: the store is asked the same, and gives as much (F).

Answers that are alike to the byte may still differ in how long they took. So what each request reads is counted here:
by every way to "not there", for each observer and each stream that what they have decides about.
"""

from collections.abc import Callable, Iterator, Sized
from typing import Final

import pytest
from msgspec.structs import replace

from domain.act import Principal
from domain.aggregates import AGGREGATES
from domain.needtoknow.standing import Standing
from domain.vocabulary import Kind, Ref, Role
from hub_api.access.access_index import AccessIndex
from hub_api.access.seen import is_nothing
from hub_api.access.sight import kept_out, sight
from hub_api.http.api.commands import FORMS
from hub_api.http.routes import READS
from hub_api.runtime.follower import Follower
from tests.hub_api.access.agreement_of_sights import Compared
from tests.noninterference.bodies import BODIES
from tests.noninterference.pairs import NO_EDIT, steps
from tests.noninterference.people import OBSERVERS
from tests.noninterference.probes import NOTHING, Observer
from tests.noninterference.world import HOUR, START, World

pytestmark = pytest.mark.timeout(600)
"""A history is played twice, by everybody, through every route."""

HIDDEN: Final = ("case", "asked", "passed", "referral", "report", "meeting")
"""Of each kind something that is there, by its name in the story."""
PRYING: Final = ("blocked_colleague", "outsider", "administrator", "agencys_auditor")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("steps"), "steps") as world:
        for _, hours, step in steps(NO_EDIT):
            world.clock(hours)
            step(world)
        assert isinstance(world.hub.follower, Follower)
        world.hub.follower.stop()  # its thread reads whenever it likes; who asks for a list catches up all the same
        yield world


def may_know(world: World, principal: Principal, stream: Ref) -> bool:
    return world.hub.access.may_know(principal, stream, world.hub.log.last())


def is_there(world: World, principal: Principal, stream: Ref) -> bool:
    snapshot, now = world.hub.log.snapshot(), world.hub.core.now()
    policy = world.hub.register.policy_at(now)
    return not is_nothing(sight(policy, principal, snapshot, snapshot.stream(stream), now))


def streams(world: World) -> dict[Ref, Kind]:
    return {fact.stream: fact.kind for fact in world.hub.log.read(0, 10_000)}


def test_f_what_is_there_is_never_absent_by_what_one_has(tmp_path_factory: pytest.TempPathFactory) -> None:
    """At every step of the story, for everybody, in every role, and each stream that there is by then."""
    absent = 0
    with World(tmp_path_factory.mktemp("sound"), "sound") as world:
        for number, (_, hours, step) in enumerate(steps(NO_EDIT)):
            world.clock(hours)
            step(world)
            for stream in streams(world):
                for principal in OBSERVERS.values():
                    possible = may_know(world, principal, stream)
                    assert possible or not is_there(world, principal, stream)
                    absent += not possible
            if number % 5:
                continue
            for stream in streams(world):
                for role in Role:
                    for principal in OBSERVERS.values():
                        other = replace(principal, role=role)
                        assert may_know(world, other, stream) or not is_there(world, other, stream)
    assert absent > 1_000, "and what they have says no most of the time"


def test_what_is_carried_on_through_the_story_is_what_is_made_anew(tmp_path_factory: pytest.TempPathFactory) -> None:
    """At every step, for everybody, of each stream that there is by then: nobody is told more than the log says now."""
    with World(tmp_path_factory.mktemp("carried"), "carried") as world:
        compared = Compared(world.hub)
        for _, hours, step in steps(NO_EDIT):
            world.clock(hours)
            step(world)
            compared.of(OBSERVERS.values(), [stream for stream, kind in streams(world).items() if kind in AGGREGATES])
    assert compared.carried() > 500


def test_c9_the_index_keeps_out_whom_the_log_keeps_out(world: World) -> None:
    snapshot = world.hub.log.snapshot()
    kept = set()
    for stream in streams(world):
        history = snapshot.stream(stream)
        blocked = Standing.of(history).blocked | kept_out(snapshot, history, None)
        for principal in OBSERVERS.values():
            known = world.hub.access.is_kept_out(principal.person, stream, snapshot.position)
            assert known is (principal.person in blocked)
            kept |= {(principal.person, stream)} if known else set()
    assert len({stream for _, stream in kept}) > 1, "from a case, and from what belongs to it"


def test_an_index_made_from_the_log_again_knows_the_same(world: World) -> None:
    again = AccessIndex(world.hub.log, world.hub.vault.secret(b"access-index"))
    again.catch_up()
    world.hub.access.catch_up()
    assert again.known() == world.hub.access.known()


class Reads:
    """What the store of the acts is asked, and how much it gives."""

    METHODS: Final = ("rows", "rows_of", "rows_tagged", "disposals", "end")

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.made: list[tuple[str, int]] = []
        for name in self.METHODS:
            patch.setattr(world.hub.log.rows, name, self._counted(name, getattr(world.hub.log.rows, name)))

    def _counted(self, name: str, method: Callable[..., Sized]) -> Callable[..., Sized]:
        def counted(*arguments: object) -> Sized:
            found = method(*arguments)
            self.made.append((name, len(found)))
            return found

        return counted

    def taken(self) -> list[tuple[str, int]]:
        taken, self.made = self.made, []
        return taken


def ways(alias: str, who: Observer) -> Iterator[tuple[str, str, object]]:
    """Every address and every command at an alias."""
    for route in READS:
        if "{alias}" in route.path:
            path = route.path.replace("{alias}", alias).replace("{consent}", NOTHING)
            yield "GET", path, None
            if any(parameter.name == "as_of" for parameter in route.query):
                yield "GET", f"{path}?as_of={START + 60 * HOUR}", None
    who.guess = alias
    for form in FORMS:
        bodies = BODIES[form.command.name](who)
        if "{alias}" in form.path:
            yield "POST", form.path.replace("{alias}", alias), bodies[0]
        for body in bodies:  # what it names besides
            yield "POST", form.path.replace("{alias}", alias), body


@pytest.mark.parametrize("who", [PRYING[0], *(pytest.param(who, marks=pytest.mark.slow) for who in PRYING[1:])])
@pytest.mark.parametrize("name", HIDDEN)
def test_f_what_is_hidden_reads_as_much_as_what_does_not_exist(
    world: World, who: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    principal, stream = OBSERVERS[who], world.refs[name]
    if may_know(world, principal, stream):
        pytest.skip("what this one has does not decide it")
    observer = Observer(who)
    hidden, absent = world.alias(who, name), world.hub.aliases.out(principal.unit, Ref("5" * 32))
    reads = Reads(world, monkeypatch)
    for (method, path, body), (_, other_path, other_body) in zip(
        list(ways(hidden, observer)), list(ways(absent, observer)), strict=True
    ):
        answers = []
        taken = []
        for address, sent in ((path, body), (other_path, other_body)):
            world.hub.follower.catch_up()  # what the request before recorded
            may_know(world, principal, stream)
            reads.taken()
            answers.append(world.send(method, address, who, sent).status)
            taken.append(reads.taken())
        assert answers[0] == answers[1], path
        assert taken[0] == taken[1], path
        if answers[0] == 404:
            assert not [read for read in taken[0] if read[0] == "rows_of"], "and no stream at all"

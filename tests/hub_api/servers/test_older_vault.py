"""An older vault is put back: what was sealed under keys made since is lost, and only a newer vault gives it again."""

from collections.abc import Callable

import pytest

from adapters.postgresql.roles import PROJECT
from domain.case.commands import RecordInformation
from domain.errors import Unreadable
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.project import rebuild_all
from hub_demo.county import agreement
from tests.hub_api.servers.servers import Place
from tests.hub_api.stand import ANNA, NOW, SARA, ULLA, Girl, does, texts

KEYS = "id, epoch, drawer, scope, stream, wrapped"


class Vault:
    """The vault's keys, as whoever runs its server sees them."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def keep(self) -> None:
        self._ask("CREATE TABLE older AS SELECT id FROM vault.keys")

    def put_back_the_older(self) -> None:
        self._ask("CREATE TABLE newer AS SELECT * FROM vault.keys")
        self._ask("DELETE FROM vault.keys WHERE id NOT IN (SELECT id FROM older)")

    def put_back_the_newer(self) -> None:
        self._ask(f"INSERT INTO vault.keys ({KEYS}) SELECT {KEYS} FROM newer ON CONFLICT (id) DO NOTHING")

    def _ask(self, statement: str) -> None:
        self._place.postgres.ask(statement, self._place.databases["vault"])


def listed(hub: Hub) -> int:
    return len(hub.gateway.page_now(ANNA, "cases", what="cases").items)


def test_what_an_older_vault_lacks_is_lost_until_a_newer_one_gives_it_again(place: Place) -> None:
    vault = Vault(place)
    with place.relaying(), place.projecting(), place.hub(fresh_within=30) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        girl = Girl(hub)
        assert hub.follower.catch_up(), "a list waits for its own unit's acts alone"
        listed(hub)
        vault.keep()
        does(hub, SARA, RecordInformation(person=girl.person, health="Seen."), girl.case)
        since = Girl(hub)
        assert hub.follower.catch_up()
    vault.put_back_the_older()

    with pytest.raises(Unreadable, match=r"acts, position \d+: the key .* is missing, and no disposal"):
        place.verified()
    with pytest.raises(Unreadable, match="is missing"):
        rebuild_all(place.settings(PROJECT), lambda *_: None)
    with place.relaying(), place.projecting(), place.hub(fresh_within=30) as hub:
        assert not texts(hub, ANNA, girl.case), "who may not open what is lost sees the case as before"
        does(hub, SARA, RecordInformation(person=girl.person, social="Goes on."), girl.case)
        lost: tuple[Callable[[], object], ...] = (
            lambda: texts(hub, SARA, girl.case),
            lambda: does(hub, SARA, RecordInformation(person=since.person, social="x"), since.case),
            lambda: listed(hub),
        )
        for ask in lost:
            with pytest.raises(Unreadable, match="is missing"):
                ask()
        Girl(hub)
        assert hub.follower.catch_up(), "projections go on from where the views stand"

    vault.put_back_the_newer()
    with place.relaying(), place.projecting(), place.hub(fresh_within=30) as hub:
        assert hub.follower.catch_up(), "a list waits for its own unit's acts alone"
        assert listed(hub) == 3
        assert texts(hub, SARA, girl.case)
    assert place.agrees()

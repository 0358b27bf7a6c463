"""A whole hub on logs in PostgreSQL: recorded and read through commander and gateway, proved, and opened again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.postgresql.recorder import PostgresRecorder
from adapters.store.application import CoordinationLog
from domain.case import commands as case
from domain.errors import StoreBehind
from domain.ports import Clock
from domain.vocabulary import Compartment, Kind
from hub_api.runtime import embedded
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from tests.adapters.stores import Store
from tests.hub_api.stand import ANNA, ASKS, KIM, PIA, SARA, Girl, agreed, disclosed, does, opened, texts


@pytest.fixture(autouse=True)
def in_postgresql(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The logs that a hub would keep in its folder are kept in the database."""

    def log(path: Path, vault: Any, clock: Clock, *rest: Any, alone: bool, **more: Any) -> CoordinationLog:
        return CoordinationLog(store.recorder(clock, path.stem, alone=alone), vault, clock, *rest, **more)

    monkeypatch.setattr(embedded, "CoordinationLog", log)
    monkeypatch.setattr(embedded, "FILES", ("vault.db", "views.db"))


@contextmanager
def living(hub: Hub) -> Iterator[Hub]:
    try:
        yield hub
    finally:
        hub.close()


def test_what_is_recorded_is_read_by_whom_it_concerns_and_proved(tmp_path: Path) -> None:
    with living(agreed(tmp_path)) as hub:
        assert isinstance(hub.log.rows, PostgresRecorder)
        girl = Girl(hub)
        disclosed(hub, girl, PIA)
        asked = does(hub, KIM, ASKS)
        look = hub.gateway.look_now(KIM, Kind.CONSULTATION, asked.stream, what="consultation")
        assert [fact.event.name for fact in look.facts] == ["consultation.requested"]
        does(hub, SARA, case.Dispose(person=girl.person, compartments=frozenset({Compartment.CONTACT})), girl.case)
        before = {name: texts(hub, who, girl.case) for name, who in (("Sara", SARA), ("Pia", PIA), ("Anna", ANNA))}
        proven = prove(hub, lambda *_: None)
        assert (proven.records, proven.disposed) == (hub.log.last(), 1)
        assert proven.looks == hub.looks_log.last() > 0
    with living(opened(tmp_path)) as hub:
        again = {name: texts(hub, who, girl.case) for name, who in (("Sara", SARA), ("Pia", PIA), ("Anna", ANNA))}
        assert again == before
        assert prove(hub, lambda *_: None).records == proven.records
    assert not list((tmp_path / "data").glob("acts.db*"))


def test_a_hub_whose_store_was_put_back_does_not_open(tmp_path: Path, store: Store) -> None:
    agreed(tmp_path).close()
    store.empty()
    with pytest.raises(StoreBehind, match="acts ends at position 0"):
        opened(tmp_path)

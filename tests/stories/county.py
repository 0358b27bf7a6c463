"""A county in which stories happen: each party acts as itself, over HTTP, and finds only what its own lists show."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import msgspec

from adapters.system import SeededClock
from domain.act import Principal
from domain.time import STOCKHOLM, instant_of
from domain.vocabulary import AgencyId, Instant, Purpose, Ref, Role, StaffId
from hub_api.commands.handler import Circumstances
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import PERSONAS, agreement, social

ADDRESS: Final = "http://127.0.0.1:8000"
MOTALA: Final = "socialsekreterare-mona-exempel"
PEOPLE: Final = PERSONAS | {
    MOTALA: Principal(
        person=StaffId(MOTALA),
        agency=AgencyId("motala.social"),
        unit=social("0583", "barn"),
        role=Role.HANDLER,
        purpose=Purpose.PROTECTION,
        assurance=3,
    )
}
CALLED: Final = {
    "the school": "kurator-kim-exempel",
    "the adviser": "radgivare-omar-exempel",
    "the coordinator": "samordnare-anna-exempel",
    "social services": "socialsekreterare-sara-exempel",
    "Norrköping": "socialsekreterare-nils-exempel",
    "Motala": MOTALA,
    "the police": "utredare-pia-exempel",
    "emergency care": "lakare-leo-exempel",
    "child psychiatry": "psykolog-paula-exempel",
    "the auditor": "granskare-rut-exempel",
    "the auditor of social services": "loggranskare-lars-exempel",
}
"""The parties of the stories, and who works there."""
_ACT: Final = frozenset(Circumstances.__struct_fields__)
_A_WHILE: Final = 20_000_000
Body: TypeAlias = dict[str, Any]


def when(text: str) -> Instant:
    """A time in Stockholm in the autumn of the stories: `9 Nov 10:40`."""
    moment = datetime.strptime(f"2026 {text}", "%Y %d %b %H:%M")  # noqa: DTZ007 - the zone follows
    return instant_of(moment.replace(tzinfo=STOCKHOLM))


class Receipt(msgspec.Struct):
    """What the hub answered to what somebody did: `id` is what it was about, `created` what it made there."""

    id: str
    created: str
    said: dict[str, str] = {}


class Party:
    """One party, at its own desk."""

    def __init__(self, county: "County", name: str) -> None:
        self._county = county
        self.persona = CALLED[name]
        self.unit = PEOPLE[self.persona].unit
        self.agency = PEOPLE[self.persona].agency

    def post(self, path: str, **said: Any) -> Receipt:
        """Do something. What is said of the act itself (`ground`, `channel`, `because`, `happened` …) stands beside."""
        return msgspec.convert(
            self._county.answered(self.persona, "POST", path, 200, _sent(said)), Receipt, strict=False
        )

    def refused(self, path: str, **said: Any) -> str:
        """Ask for what a rule forbids; the hub says which."""
        return str(self._county.answered(self.persona, "POST", path, 409, _sent(said))["rule"])

    def finds_nothing_to(self, path: str, **said: Any) -> None:
        """Ask for what is not there for this party."""
        self._county.answered(self.persona, "POST", path, 404, _sent(said))

    def get(self, path: str) -> Body:
        """Look."""
        return self._county.answered(self.persona, "GET", path, 200)

    def finds_no(self, path: str) -> None:
        """Look for what one may not know of, or what is not there: the answer is the same."""
        self._county.answered(self.persona, "GET", path, 404)

    def lists(self, which: str) -> list[Body]:
        return list(self.get(which)["items"])

    def the(self, which: str) -> str:
        """The one thing on a list of this party's, as it calls it."""
        (only,) = self.lists(which)
        return str(only["id"])

    def newest(self, which: str) -> str:
        return str(self.lists(which)[0]["id"])

    def reads(self, path: str) -> str:
        """All the words that are opened to this party there."""
        return " / ".join(
            str(text)
            for act in self.get(path)["acts"]
            for part in act.get("parts", {}).values()
            for text in part.values()
        )

    def told(self, path: str) -> list[str]:
        """What this party knows to have happened there, by its name."""
        return [act["event"].rpartition(".")[0] for act in self.get(path)["acts"]]


class County:
    """The hub of the demo's county, and those who work with it; the clock is in the teller's hand."""

    def __init__(self, hub: Hub, runner: asyncio.Runner) -> None:
        self.hub = hub
        self._runner = runner
        transport = httpx.ASGITransport(create_app(hub, Personas(PEOPLE), grid=TimeGrid(0)), client=("127.0.0.1", 5000))
        self._browser = httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    def as_(self, name: str) -> Party:
        return Party(self, name)

    def at(self, text: str) -> None:
        """It is now that time; what has come due by then is done."""
        self._set(when(text))
        self.hub.follower.catch_up()
        self.hub.scheduler.run_now()

    def hand_over(self, alias: str, giver: Party, taker: Party) -> str:
        """Somebody tells somebody else on paper which matter they mean: what the taker's own desk calls it."""
        ref: Ref = self.hub.aliases.into(giver.unit, alias)
        return self.hub.aliases.out(taker.unit, ref)

    def answered(self, persona: str, method: str, path: str, status: int, body: Body | None = None) -> Body:
        request = self._browser.request(
            method, f"/v1/{path}", headers={"authorization": f"Persona {persona}"}, json=body
        )
        response = self._runner.run(request)
        self._set(self.hub.clock.now() + _A_WHILE)
        found = 200 if response.status_code == 201 else response.status_code
        assert found == status, (persona, method, path, response.status_code, response.text)
        return dict(response.json())

    def close(self) -> None:
        self._runner.run(self._browser.aclose())

    def _set(self, now: Instant) -> None:
        assert isinstance(self.hub.clock, SeededClock)
        self.hub.clock.set(now)


def _sent(said: Body) -> Body:
    act = {name: value for name, value in said.items() if name in _ACT}
    fields = {name: value for name, value in said.items() if name not in _ACT}
    plain: Body = msgspec.to_builtins({**fields, "act": act}, enc_hook=str)
    return plain


@contextmanager
def county(folder: Path, begins: str = "9 Nov 08:00") -> Iterator[County]:
    """A county that has agreed, and nothing else yet."""
    hub = Hub.open(Settings.beside(folder / "data", seed="stories", start=when(begins)))
    try:
        hub.commander.handle_now(PERSONAS["administrator-ulla-exempel"], agreement(), None, Circumstances())
        with asyncio.Runner() as runner:
            told = County(hub, runner)
            yield told
            told.close()
    finally:
        hub.close()


NEW_YEAR: Final = date(2026, 12, 31)

"""All that an observer can try: every route with every alias that they hold, with one that opens nothing and with
another unit's; every command, well and badly; and what came back, opaque tokens by their pattern of equality."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from domain.vocabulary import Purpose
from hub_api.access.aliases import LENGTH, LENGTH_WITHIN
from hub_api.http.api.commands import FORMS, Form
from hub_api.http.routes import ANSWERS, PUBLIC, READS, ROUTES
from tests.noninterference.bodies import BODIES
from tests.noninterference.people import CALLER, OBSERVERS
from tests.noninterference.world import HOUR, START, Answer, World

NOTHING: Final = "a" * 52
"""Formed like an alias, and opens nothing."""
WRONG_KEY: Final = "babo-babo-babo-babo-babo-babo"
NOT_THERE: Final = "b" * 52
"""Stands for the alias of what is hidden where nothing is."""
HIDDEN: Final = (
    "hidden",
    "third",
    "more",
    "twice",
    "another_block",
    "clinics_consent",
    "to_clinic",
    "more_recorded",
    "hidden_referral",
    "hidden_report",
    "hidden_meeting",
    "hidden_task",
)
"""What the edits create, by name."""
KEPT_FROM: Final = {"blocked_colleague": ("kept_question", "kept")}
"""By observer, what the edits keep from them alone in their unit: to their colleagues it is no guess."""
KINDS: Final = ("case", "consultation", "referral", "report", "meeting")
HELD_AT_MOST: Final = 5
PAGES_AT_MOST: Final = 20
BETWEEN_ENDS: Final = START + int((12 * 24 + 1.25) * HOUR)
"""After the first end of what rested on the consent, and before the second, where they are ended by hand (R4)."""
ONE_AT_A_TIME: Final = frozenset({"cases", "consultations", "referrals", "meetings", "upcoming", "tasks", "board"})
"""Lists that are paged through by every observer; the others too, where it is thorough."""
SPOKEN: Final = {
    "consultations": ("asked", "hidden", "kept_question"),
    "referrals": ("referral", "hidden_referral", "kept_draft"),
    "reports": ("report", "hidden_report"),
}
"""By list, what is asked for by the reference that people speak."""
_PERIOD: Final = f"from={START + 30 * HOUR}&to={START + 60 * HOUR}"
FILTERED: Final = {
    "cases": ("state=open", "state=closed", _PERIOD),
    "consultations": ("state=requested", "state=closed", _PERIOD),
    "referrals": ("state=sent", "state=proposed&limit=1", _PERIOD),
    "reports": ("state=made", "kind=concern_child", _PERIOD),
    "meetings": ("state=scheduled", "state=held&limit=1", "kind=coordination_meeting", _PERIOD),
    "upcoming": ("state=scheduled", "kind=coordination_meeting", f"from={START}", f"from={START}&limit=1", _PERIOD),
}
"""By list, some ways in which it is asked for a part of what it shows."""
TOLD: Final = frozenset({"agencys_auditor", "regional_auditor", "blocked_colleague"})

_TOKENS: Final = re.compile(
    rb"\b[a-z2-7]{52}\b"  # the alias of a matter
    rb"|\b[a-z2-7]{77}\b"  # the alias of what is named within one
    rb"|\b[a-z2-7]{64}\b"  # a cursor
    rb"|\b[A-Z2-9]{4}-[A-Z2-9]{4}\b"  # a reference that is spoken
    rb"|\b[a-z]{4}(?:-[a-z]{4}){5}\b"  # an anonymous caller's key
)
_ETAG: Final = re.compile(rb'"[a-z2-7]{16,}(?:\.[a-z2-7]{16})?"')


class Sighting(Struct, frozen=True):
    """One answer: when, on which route, to which probe of it, and what it was."""

    step: str
    route: str
    probe: str
    answer: Answer

    def __str__(self) -> str:
        headers = b"\n".join(name + b": " + value for name, value in self.answer.headers)
        shown = f"{self.answer.status}\n{headers.decode()}\n{self.answer.body.decode()}"
        return f"after {self.step}, {self.route} ({self.probe}):\n{shown}"


class Observer:
    """What one observer met, and what they have learnt to ask for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sightings: list[Sighting] = []
        self.held: dict[str, list[str]] = {kind: [] for kind in (*KINDS, "unknown")}
        self.people: list[str] = []
        self.acts: list[str] = []
        self.by_event: dict[str, list[str]] = {}
        self.guess = NOT_THERE
        self.etags: dict[str, str] = {}
        self.cursors: dict[str, str] = {}
        self._tokens: dict[bytes, bytes] = {}
        self._guesses: set[bytes] = set()

    def note(self, step: str, route: str, probe: str, answer: Answer) -> None:
        """Keep what came back, with its tokens by pattern; their lengths are kept as they are."""
        headers = tuple((name, _ETAG.sub(self._pattern, self._plain(value))) for name, value in answer.headers)
        self.sightings.append(Sighting(step, route, probe, Answer(answer.status, headers, self._plain(answer.body))))

    def guesses(self, alias: str) -> None:
        """What they ask for as if guessed is part of the pattern: an answer that repeats it differs from one that names
        it otherwise."""
        self.guess = alias
        self._guesses.add(alias.encode())

    def _plain(self, octets: bytes) -> bytes:
        return _TOKENS.sub(self._pattern, octets)

    def _pattern(self, found: re.Match[bytes]) -> bytes:
        token = found[0]
        known = self._tokens.get(token)
        if known is None and token in self._guesses:
            known = b"<guessed>"
        if known is None:
            known = self._tokens[token] = f"<{len(self._tokens)} of {len(token)}>".encode()
        return known.ljust(len(token), b".")

    @property
    def aliases(self) -> set[bytes]:
        """Every alias that was given out to them."""
        return {token for token in self._tokens if len(token) in (LENGTH, LENGTH_WITHIN)}

    # What is learnt.

    def learn(self, answer: Answer, where: str) -> None:
        """Aliases, entity tags and cursors that the observer may try next."""
        if answer.status != 200 or not answer.body.startswith(b"{"):
            return
        body: dict[str, Any] = json.loads(answer.body)
        self.cursors[where] = body.get("next") or ""
        for item in (body, *body.get("items", ())):
            if item.get("kind") in KINDS:
                self.hold(item["kind"], item["id"])
            for other in KINDS:
                if len(item.get(other, "")) == len(NOTHING):
                    self.hold(other, item[other])
            if item.get("person") != self.name and len(item.get("about") or "") == len(NOTHING):
                self.hold("unknown", item["about"])
            for person in item.get("persons", ()):
                self._once(self.people, person["id"] if isinstance(person, dict) else person)
            for act in item.get("acts", ()):
                self._once(self.acts, act["act"])
                self._once(self.by_event.setdefault(act["event"].rpartition(".v")[0], []), act["act"])
                if "consultation" in act.get("fields", {}):
                    self.hold("consultation", act["fields"]["consultation"])
        if body.get("kind") == "case":
            self.etags[body["id"]] = answer.header(b"etag")

    def hold(self, kind: str, alias: str) -> None:
        """Keep an alias to ask for later."""
        if alias not in (held for many in self.held.values() for held in many):
            self._once(self.held[kind], alias)

    @staticmethod
    def _once(many: list[str], alias: str) -> None:
        if alias not in many and len(many) < 40:
            many.append(alias)


def names_of_routes() -> set[str]:
    """Every route that the application serves, by name."""
    return {route.name for route in ROUTES}


def names_of_public_routes() -> set[str]:
    """Those that say nothing of anybody, and need be tried by nobody in particular."""
    return {route.name for route in PUBLIC}


def reads(world: World, step: str, observer: Observer, *, thorough: bool, pry: bool) -> None:
    """Look at everything that the observer can look at, by every address that they can form. Without `pry`, only at
    what they were given, as it comes."""
    _told_otherwise(world, observer)
    for route, probe, path in _addresses(world, observer, thorough=thorough, pry=pry):
        answer = world.send("GET", path, observer.name)
        observer.note(step, route, probe, answer)
        observer.learn(answer, path)
        for page in range(PAGES_AT_MOST if "limit=200" in path else 1):
            if not (after := observer.cursors.get(path)) or "limit=" not in path:
                break
            answer = world.send("GET", f"{path}&after={after}", observer.name)
            observer.note(step, route, f"{probe}, page {page + 2}", answer)
            observer.learn(answer, path)
    # Everybody tries a wrong key of their own: one that many try waits by itself.
    keys = {"wrong key": f"{WRONG_KEY}-{observer.name}"}
    if observer.name == CALLER:
        keys["own key"] = world.said["key.caller_key"]
    for probe, key in keys.items():
        observer.note(step, ANSWERS.name, probe, world.send("POST", ANSWERS.path, observer.name, {"key": key}))


def _told_otherwise(world: World, observer: Observer) -> None:
    """What one may have got beside the hub: an auditor what to audit, the blocked what a colleague wrote down, and
    everybody the alias of what is hidden, as if guessed."""
    if observer.name not in OBSERVERS:
        return
    hidden = (*KEPT_FROM.get(observer.name, ()), *HIDDEN)
    observer.guesses(next((world.alias(observer.name, name) for name in hidden if name in world.refs), NOT_THERE))
    if observer.name in TOLD:
        for name, kind in (
            ("case", "case"),
            ("adults", "consultation"),
            ("clinics", "consultation"),
            ("passed", "consultation"),
            ("referral", "referral"),
            ("unsent", "referral"),
            ("report", "report"),
            ("meeting", "meeting"),
        ):
            if name in world.refs:
                observer.hold(kind, world.alias(observer.name, name))


def _addresses(world: World, observer: Observer, *, thorough: bool, pry: bool) -> Iterator[tuple[str, str, str]]:
    """Route, what is tried of it, address."""
    for route in (*READS, *(PUBLIC if observer.name == CALLER else ())):
        if "{alias}" in route.path:
            for probe, alias in _aliases(world, observer, route.name, pry=pry):
                yield from _with_alias(route.name, route.path, probe, alias, observer, pry=pry)
        elif "{table}" in route.path:
            yield route.name, "support line", route.path.replace("{table}", "6")
        else:
            yield route.name, "all", f"{route.path}?limit=200" if route.name == "trail" else route.path
            if any(parameter.name == "limit" for parameter in route.query) and (
                thorough or (pry and route.name in ONE_AT_A_TIME)
            ):
                yield route.name, "one at a time", f"{route.path}?limit=1"
            if not pry:
                continue
            if any(parameter.name == "as_of" for parameter in route.query):
                yield route.name, "earlier", f"{route.path}?as_of={START + 60 * HOUR}"
                yield route.name, "between", f"{route.path}?as_of={BETWEEN_ENDS}"
            for asked in FILTERED.get(route.name, ()):
                yield route.name, asked, f"{route.path}?{asked}"
            if route.name == "trail":
                for probe, asked in _of_the_trail(world, observer):
                    yield route.name, probe, f"{route.path}?limit=200&{asked}"
            for name in SPOKEN.get(route.name, ()):
                spoken = world.said.get(f"{name}.reference", "AAAA-AAAA")
                yield route.name, f"reference of {name}", f"{route.path}?reference={spoken}"
                asked = FILTERED[route.name][0]
                yield route.name, f"reference of {name}, {asked}", f"{route.path}?reference={spoken}&{asked}"


def _of_the_trail(world: World, observer: Observer) -> Iterator[tuple[str, str]]:
    """By each way in which the trail can be asked: of what is held, of what is hidden, of oneself and of others."""
    for probe, alias in _aliases(world, observer, "trail", pry=True):
        yield f"of the matter {probe}", f"matter={alias}"
    for name in (observer.name, "owner", "blocked_colleague"):
        yield f"by {name}", f"person={name}"
    for unit in ("centre.coordination", "social.children", "nowhere"):
        yield f"by {unit}", f"unit={unit}"
    yield "of a period", f"from={START + 30 * HOUR}&to={START + 60 * HOUR}"


def _with_alias(
    name: str, path: str, probe: str, alias: str, observer: Observer, *, pry: bool
) -> Iterator[tuple[str, str, str]]:
    path = path.replace("{alias}", alias)
    if "{consent}" in path:
        if probe in ("held 0", "nothing"):
            yield (
                name,
                probe,
                path.replace("{consent}", next(iter(observer.by_event.get("case.consent_given", ())), NOTHING)),
            )
        return
    yield name, probe, path
    if probe == "held 0":
        hours = 30 if name in ("case", "consultation", "replay") else 60
        yield name, f"{probe}, earlier", f"{path}?as_of={START + hours * HOUR}"
        yield name, f"{probe}, between", f"{path}?as_of={BETWEEN_ENDS}"
    if (
        pry
        and name == "replay"
        and observer.name in OBSERVERS
        and OBSERVERS[observer.name].purpose is Purpose.AUDIT
        and probe.startswith("held")
    ):
        for unit in ("centre.coordination", "social.children", "line.advice"):
            yield name, f"{probe}, as {unit}", f"{path}?as_unit={unit}"


def _aliases(world: World, observer: Observer, route: str, *, pry: bool) -> Iterator[tuple[str, str]]:
    kind = "case" if route in ("withdrawal", "closing") else route
    wanted = (kind, "unknown") if kind in KINDS else (*KINDS, "unknown")
    held = [alias for each in wanted for alias in observer.held[each][: HELD_AT_MOST if kind in KINDS else 1]]
    for number, alias in enumerate(held[: max(HELD_AT_MOST, len(KINDS))]):
        yield f"held {number}", alias
    if pry or not held:
        yield "nothing", NOTHING
    yield "guessed", observer.guess
    if pry:
        yield "another unit's", foreign(world, observer.name)


def foreign(world: World, who: str) -> str:
    """An alias of the case as another unit has it; before there is a case, of the consultation."""
    other = "coordinator" if who not in ("coordinator", "adviser") else "owner"
    return world.alias(other, "case" if "case" in world.refs else "asked")


def commands(world: World, step: str, observer: Observer, turn: int | None) -> None:
    """Send every command: rightly, at what is not there, at what others know, again under the same key, with tags new
    and old. With a `turn`, each command in one of these ways, and in another at the next turn."""
    _told_otherwise(world, observer)
    for place, form in enumerate(FORMS):
        ways = list(_ways(world, form, observer))
        for probe, path, body in ways if turn is None else [ways[(place + turn) % len(ways)]]:
            answer = world.send("POST", path, observer.name, body)
            observer.note(step, form.command.name, probe, answer)
            observer.learn(answer, path)
    for probe, answer in _repeated(world, observer):
        observer.note(step, "consultation.request", probe, answer)
    for probe, answer in _matched(world, observer):
        observer.note(step, "case.record_information", probe, answer)
    _own_trail(world, step, observer)


def _own_trail(world: World, step: str, observer: Observer) -> None:
    """What the trail now tells of all these attempts: no more than was sent."""
    after = ""
    while True:
        answer = world.send("GET", f"/v1/trail?limit=200{after}", observer.name)
        observer.note(step, "trail", f"after the attempts{bool(after) * ', a later page'}", answer)
        if not (following := json.loads(answer.body).get("next")):
            return
        after = f"&after={following}"


def _ways(world: World, form: Form, observer: Observer) -> Iterator[tuple[str, str, object]]:
    """Every body at what is held, and the first at what is not."""
    for number, body in enumerate(BODIES[form.command.name](observer)):
        for probe, path in _targets(world, form, observer):
            if not number or probe == "held":
                yield f"{probe}, {number}", path, body


def _targets(world: World, form: Form, observer: Observer) -> Iterator[tuple[str, str]]:
    if "{alias}" not in form.path:
        yield "held", form.path
        return
    held = [*observer.held.get(form.command.kind, ()), *observer.held["unknown"]]
    if held:
        yield "held", form.path.replace("{alias}", held[0])
    yield "guessed", form.path.replace("{alias}", observer.guess)
    yield "another unit's", form.path.replace("{alias}", foreign(world, observer.name))


def _repeated(world: World, observer: Observer) -> Iterator[tuple[str, Answer]]:
    """An idempotency key that others use, too: used, used again, used for something else."""
    (body, *_) = BODIES["consultation.request"](observer)
    for probe, sent in (("key", body), ("key again", body), ("key for another", {**body, "topic": "other"})):
        yield probe, world.send("POST", "/v1/consultations", observer.name, sent, {"idempotency-key": "shared-key"})


def _matched(world: World, observer: Observer) -> Iterator[tuple[str, Answer]]:
    """`If-Match` with the tag of the last look, which may be old by now, and with that of a look just now."""
    target = next(iter(observer.held["case"]), NOTHING)
    (body, *_) = BODIES["case.record_information"](observer)
    path = f"/v1/cases/{target}"
    looked = world.send("GET", path, observer.name)
    for probe, tag in (("old tag", observer.etags.get(target, '"none"')), ("tag", looked.header(b"etag") or '"none"')):
        yield probe, world.send("POST", f"{path}/record_information", observer.name, body, {"if-match": tag})


def strangers(world: World, step: str, observer: Observer) -> None:
    """Without sign-in: every address, which may tell nothing but that sign-in is asked for."""
    for form in FORMS:
        path = form.path.replace("{alias}", foreign(world, observer.name))
        observer.note(step, form.command.name, "stranger", world.send("POST", path, observer.name, {}))


def everything(world: World, step: str, observer: Observer, turn: int | None) -> None:
    """The commands that the observer can send."""
    if observer.name in OBSERVERS:
        commands(world, step, observer, turn)
    else:
        strangers(world, step, observer)

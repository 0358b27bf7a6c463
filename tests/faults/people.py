"""People at work over HTTP who never give up: each command has a key, and is sent until somebody has answered it."""

import http.client
import json
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from hub_cluster.ports import LOOPBACK
from hub_demo.county import COORDINATION

SARA: Final = "socialsekreterare-sara-exempel"
WAIT: Final = 0.2
PATIENCE: Final = 20.0
AWAY: Final = frozenset({http.HTTPStatus.SERVICE_UNAVAILABLE, http.HTTPStatus.TOO_MANY_REQUESTS})
"""Answers after which the same is sent again, as the hub itself says."""


class Done(Struct, frozen=True):
    """A command that was answered, and with what."""

    key: str
    path: str
    body: bytes
    answer: dict[str, Any]


class Person:
    """One of those at work. `doors` are the ports at which a hub may serve; whoever is not let in tries the next."""

    def __init__(self, number: int, doors: Sequence[int], ended: threading.Event) -> None:
        self.done: list[Done] = []
        self.looked = 0
        self.wrong: list[str] = []
        self._number = number
        self._doors = list(doors)
        self._ended = ended

    def work(self) -> None:
        """Case after case, until the end; what was begun is finished."""
        while not self._ended.is_set():
            opened = self.sends("cases", coordinator=COORDINATION)
            case = opened["id"]
            girl = self.sends(f"cases/{case}/add_person", gender="girl_or_woman", minor=True, identity="Testa Testsson")
            for note in range(5):
                self.sends(f"cases/{case}/record_information", person=girl["created"], social=f"Note {note}.")
                self.looks(f"cases/{case}")
            self.looks("cases")

    def sends(self, path: str, **said: Any) -> dict[str, Any]:
        """Give a command, and what was answered."""
        key, body = f"{self._number}-{len(self.done)}", json.dumps(said).encode()
        done = Done(key, path, body, self.asks(path, key, body))
        self.done.append(done)
        return done.answer

    def looks(self, path: str) -> None:
        self.asks(path)
        self.looked += 1

    def asks(self, path: str, key: str = "", body: bytes | None = None) -> dict[str, Any]:
        """Ask until there is an answer; one that is neither yes nor `later` is noted as wrong."""
        while True:
            try:
                status, answer = self._asked(path, key, body)
            except (OSError, http.client.HTTPException):
                status, answer = http.HTTPStatus.SERVICE_UNAVAILABLE, {}
            if status not in AWAY:
                if status not in (http.HTTPStatus.OK, http.HTTPStatus.CREATED):
                    self.wrong.append(f"{path}: {status} {answer}")
                    raise AssertionError(self.wrong[-1])
                return answer
            self._doors.append(self._doors.pop(0))
            time.sleep(WAIT)

    def _asked(self, path: str, key: str, body: bytes | None) -> tuple[int, dict[str, Any]]:
        headers = {"authorization": f"Persona {SARA}", "content-type": "application/json"}
        if key:
            headers["idempotency-key"] = key
        door = http.client.HTTPConnection(LOOPBACK, self._doors[0], timeout=PATIENCE)
        try:
            door.request("GET" if body is None else "POST", f"/v1/{path}", body, headers)
            answer = door.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            door.close()

"""Personas: until sign-in exists, anybody on this machine may say who they are. For demonstration only.

They are switched on by an explicit flag, answer on loopback alone, and say so in every response.
"""

import ipaddress
from collections.abc import Collection, Mapping
from importlib.metadata import entry_points
from typing import Any, Final

from domain.act import Principal
from domain.errors import SamradError
from domain.identifiers import in_normal_form, normal_form

NOTICE: Final = "demonstration only"
"""What the header `Samrad-Personas` says on every response."""
STARTED: Final = (
    "Personas are on: whoever reaches this port is whoever they say they are. For demonstration, on this machine only."
)
"""What is said at start."""
BESIDE: Final = "samrad.personas"
"""The entry points of made-up people."""
_SCHEME: Final = b"persona "
_FORWARDED: Final = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})
_LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Personas:
    """Who may be played, by name, and from where."""

    def __init__(self, by_name: Mapping[str, Principal]) -> None:
        self._by_name = {normal_form(name): in_normal_form(principal) for name, principal in by_name.items()}
        if len(self._by_name) < len(by_name):
            raise SamradError("two personas have names that are one and the same in their normal form")

    def principal(self, authorization: bytes) -> Principal | None:
        """Who speaks, by the header `Authorization: Persona <name>`; nobody for anything else."""
        if authorization[: len(_SCHEME)].lower() != _SCHEME:
            return None
        try:
            name = authorization[len(_SCHEME) :].decode()
        except UnicodeDecodeError:
            return None
        return self._by_name.get(normal_form(name))

    def everyone(self) -> Collection[Principal]:
        """All who may be played."""
        return self._by_name.values()

    @staticmethod
    def may_connect(scope: Mapping[str, Any]) -> bool:
        """Whether the request comes from this machine, straight, and to a name of this machine.

        A relayed request comes from elsewhere, and a foreign `Host` means that a web page elsewhere has its name
        point here.
        """
        client = scope.get("client")
        if client is None or not _is_loopback(client[0]):
            return False
        host = ""
        for name, value in scope["headers"]:
            if name in _FORWARDED:
                return False
            if name == b"host":
                host = value.decode("latin-1")
        return _without_port(host).lower() in _LOCAL_NAMES


def whom_to_play() -> dict[str, Principal]:
    """Everybody who may be played, by name: whatever is installed beside the product brings them."""
    return {name: who for found in entry_points(group=BESIDE) for name, who in found.load().items()}


def refuse_to_bind_elsewhere(host: str) -> None:
    """Called before the server listens: personas are never offered to a network."""
    if host != "localhost" and not _is_loopback(host):
        raise SamradError(f"personas are for this machine only, not for {host!r}: bind to 127.0.0.1, or leave them off")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and (not name.startswith("[") or name.endswith("]")) else host

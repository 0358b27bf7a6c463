"""Where a request comes from, behind trusted proxies too: as far as nobody but they could have said so.

It serves to limit attempts, is kept by nobody as it stands, and is in no log (C7).
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
_Address: TypeAlias = IPv4Address | IPv6Address
_IPV6_PREFIX: Final = 64
"""Whoever has one address of IPv6 has all of its network."""


class Sources:
    """`trusted` are the proxies whose header `X-Forwarded-For` is believed, with commas between; nobody else's is."""

    def __init__(self, trusted: str = "") -> None:
        self._trusted = trusted_proxies(trusted)

    def of(self, scope: Mapping[str, Any]) -> bytes:
        """The source of a request: the nearest hop that is no trusted proxy."""
        client = scope.get("client")
        source = None if client is None else _address(client[0])
        if source is None:
            return b""
        for hop in _hops(scope):
            if not self._trusts(source):
                break
            said = _address(hop)
            if said is None:  # what cannot be read says nothing: the proxy itself is all that is known
                break
            source = said
        return _network_of(source)

    def _trusts(self, address: _Address) -> bool:
        return any(address in trusted for trusted in self._trusted)


def trusted_proxies(text: str) -> tuple[Network, ...]:
    """Addresses, or networks such as `10.0.0.0/8`, with commas between them; `ValueError` for anything else."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if text.strip())


def _hops(scope: Mapping[str, Any]) -> Iterator[str]:
    """What the header says, the nearest first; several headers are one list."""
    said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return reversed([hop.strip() for hop in ",".join(said).split(",")] if said else [])


def _address(text: str) -> _Address | None:
    """An address, with a port or without; one of IPv4 that is written as IPv6 is of IPv4."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _network_of(address: _Address) -> bytes:
    return address.packed if isinstance(address, IPv4Address) else address.packed[: _IPV6_PREFIX // 8]

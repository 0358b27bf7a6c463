"""Free port numbers on loopback, outside the range from which the machine takes numbers for outgoing connections.

A server that is killed and started again must find its number free. From the machine's own range it might have been
given to a client meanwhile, even to one that was connecting to that very number.
"""

import random
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"
LOWEST, HIGHEST = 15_000, 65_535
RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
USUAL: Final = (32_768, 60_999)
TRIES: Final = 200


def is_free(port: int) -> bool:
    """Whether a server may listen there now."""
    with socket.socket() as probe:
        # As servers do: a connection that lingers from the last run is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((LOOPBACK, port))
            return True
    return False


def free_port() -> int:
    """A number at which nobody listens. Somebody else may take it before it is used: try again with another then."""
    low, high = USUAL
    with suppress(OSError, ValueError):
        low, high = map(int, RANGE.read_text().split())
    outside = [*range(LOWEST, min(low, HIGHEST)), *range(high + 1, HIGHEST)] or list(range(LOWEST, HIGHEST))
    for _ in range(TRIES):
        port: int = random.choice(outside)  # noqa: S311 - no secret
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        name: tuple[str, int] = probe.getsockname()
        return name[1]

"""Run one server and end it when whoever asked for it is gone, in whatever way.

Run as a program, by path, with nothing but the standard library: `guard.py '{"command": [...], ...}'`. Standard input
is a pipe from the one who asked. When it ends, because it was closed or because that process was killed, the server is
told to stop, and killed if it does not. The server's process id is printed on standard output; what the server says
goes to standard error. With a user named, the server runs as that user: PostgreSQL refuses to run as root.
"""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

KEEP_CAPABILITIES = 8
ADOPT = 36
AMBIENT, RAISE = 47, 2
DAC_OVERRIDE = 1
VERSION_3 = 0x20080522
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
ORPHANS = 3.0
"""Seconds for what the server had started to end after it."""


def become(user: int, group: int) -> None:
    """Go on as another user, who may still reach the folders that root could.

    The server's files may lie below a folder that only root enters. Opening such folders to everybody would be the
    other way; here the one capability that passes them goes along. Where the machine does not give it, the paths must
    be open by themselves, and the server says which is not.
    """
    if LIBC is not None:
        LIBC.prctl(KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(group, group, group) if hasattr(os, "setresgid") else os.setgid(group)
    os.setresuid(user, user, user) if hasattr(os, "setresuid") else os.setuid(user)
    if LIBC is not None:
        only = 1 << DAC_OVERRIDE
        LIBC.capset((ctypes.c_uint32 * 2)(VERSION_3, 0), (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0))
        LIBC.prctl(AMBIENT, RAISE, DAC_OVERRIDE, 0, 0)


def run(order: dict[str, Any]) -> int:
    """Start the server, wait until it or the asker is gone, and leave nothing behind."""
    if order["user"] is not None:
        become(*order["user"])
    if LIBC is not None:
        LIBC.prctl(ADOPT, 1, 0, 0, 0)  # what the server leaves behind becomes ours to wait for
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        server = subprocess.Popen(
            order["command"],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            cwd=order["folder"],
            start_new_session=True,
        )
    except OSError as error:
        print(f"cannot run {order['command'][0]}: {error}", file=sys.stderr)  # noqa: T201 - this is a program
        return 127
    print(server.pid, flush=True)  # noqa: T201
    while server.poll() is None:
        ready, _, _ = select.select([0, woken.fileno()], [], [])
        if 0 in ready:  # nothing is ever written there: it has ended
            break
        woken.recv(512)
    return end(server, order["stop_signal"], order["patience"])


def end(server: "subprocess.Popen[bytes]", stop_signal: int, patience: float) -> int:
    """Let the server stop in order; kill it and all of its group if it takes too long."""
    if server.poll() is None:
        server.send_signal(signal.SIGCONT)
        server.send_signal(stop_signal)
        with suppress(subprocess.TimeoutExpired):
            server.wait(patience)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, signal.SIGKILL)
    status = server.wait()
    until = time.monotonic() + ORPHANS
    with suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
    return status & 0xFF


if __name__ == "__main__":
    sys.exit(run(json.loads(sys.argv[1])))

"""What the hub tells of its own running, over OpenTelemetry: traces, metrics, logs; never content, never a name (C7).

Importing this package imports nothing of OpenTelemetry: `opened` does, and only where it is told where to send.
"""

from adapters.telemetry.current import trace
from adapters.telemetry.hooks import appending, followed
from adapters.telemetry.off import UNWATCHED
from adapters.telemetry.settings import Telemetry, opened

__all__ = ["UNWATCHED", "Telemetry", "appending", "followed", "opened", "trace"]

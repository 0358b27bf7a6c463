"""What the hub tells of its own running, over OpenTelemetry: traces, metrics, logs; never content, never a name (C7).

Importing this package imports nothing of OpenTelemetry: `opened` does, and only where it is told where to send.
"""

from adapters.telemetry.current import trace
from adapters.telemetry.disabled import UNWATCHED
from adapters.telemetry.instrumentation import appending, followed
from adapters.telemetry.settings import Telemetry, opened

__all__ = ["UNWATCHED", "Telemetry", "appending", "followed", "opened", "trace"]

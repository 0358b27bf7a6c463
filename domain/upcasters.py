"""How old events are read: from a stored name to the next newer name and its data.

A stored event is never rewritten. When the shape of an event changes, its class gets the next `version`, and an entry
here turns the older data into the newer; whoever opens the log applies the entries one after the other until the name
is one of the registry's, after the frame has been verified and before the event is built. An upcaster sees the opened
fields of all parts as one mapping, must tolerate that sealed ones are missing, and never reads a clock.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

Upcaster: TypeAlias = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]

UPCASTERS: dict[str, Upcaster] = {}

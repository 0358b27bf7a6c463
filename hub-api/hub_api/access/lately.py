"""What was used lately, bounded by weight and without a lock: in two tables, the older of which goes when the newer is
full.

Values are never changed: who makes a newer one makes it beside and puts it in the place of the other. Two threads that
put at once lose nothing but a little time: whatever is here is only ever believed after it was compared with the log.
"""

from typing import Final, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lately(Generic[Key, Value]):
    """Holds at most `most` of weight; a value that weighs more than half of that is not kept."""

    def __init__(self, most: int) -> None:
        self._half: Final = most // 2
        self._newer: dict[Key, tuple[Value, int]] = {}
        self._older: dict[Key, tuple[Value, int]] = {}
        self._weight = 0

    @property
    def weight(self) -> int:
        """What all that is kept weighs, as it was told."""
        return sum(weight for table in (self._newer, self._older) for _, weight in list(table.values()))

    def get(self, key: Key) -> Value | None:
        """What is kept under that key; it is the last to go from now on."""
        found = self._newer.get(key)
        if found is None:
            found = self._older.get(key)
            if found is not None:
                self.put(key, *found)
        return None if found is None else found[0]

    def put(self, key: Key, value: Value, weight: int) -> None:
        """Keep that value, in the place of the one before it."""
        if weight > self._half:
            self.drop(key)
            return
        if self._weight + weight > self._half:
            self._older, self._newer, self._weight = self._newer, {}, 0
        before = self._newer.get(key)
        self._newer[key] = (value, weight)
        self._older.pop(key, None)
        self._weight += weight - (0 if before is None else before[1])

    def drop(self, key: Key) -> None:
        """Keep nothing under that key."""
        before = self._newer.pop(key, None)
        self._older.pop(key, None)
        self._weight -= 0 if before is None else before[1]

    def clear(self) -> None:
        """Keep nothing."""
        self._newer, self._older, self._weight = {}, {}, 0

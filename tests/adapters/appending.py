"""A process that appends until it is killed; it prints each event's id once it was told that it is recorded.

Run as `python -m tests.adapters.appending FOLDER [STREAM]`; with a stream it competes for its versions.
"""

import sys
from pathlib import Path

from adapters.store.writer import Writer
from domain.ports import Conflict, Recorded
from domain.vocabulary import Ref
from tests.adapters.support import ENTROPY, Hub, one, person


def main() -> None:
    folder = Path(sys.argv[1])
    hub = Hub(folder)
    writer = Writer(hub.log)
    stream = Ref(sys.argv[2]) if len(sys.argv) > 2 else ENTROPY.ref()
    while True:
        version = len(hub.log.rows.rows_of(stream.uuid.bytes, 2**40)) + 1
        futures = [writer.submit(one(stream, version + ahead, person())) for ahead in range(3)]
        for future in futures:
            match future.result():
                case Recorded(ids=(event_id,)):
                    sys.stdout.write(event_id.hex + "\n")
                    sys.stdout.flush()
                case Conflict():
                    continue


if __name__ == "__main__":
    main()

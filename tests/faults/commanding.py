"""A process that gives one command after the other and says what was answered, until it is killed.

`python -m tests.faults.commanding FOLDER CASE PERSON ROUND`
"""

import sys
from pathlib import Path

from domain.act import Principal
from domain.case.commands import Dispose, RecordInformation
from domain.command import Command
from domain.vocabulary import Compartment, Ref
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import ASKS, KIM, NOW, SARA, settings


def command(number: int, case: Ref, person: Ref) -> tuple[Principal, Command, Ref | None]:
    """A request, a piece of information and its disposal, again and again."""
    if number % 3 == 0:
        return KIM, ASKS, None
    if number % 3 == 1:
        return SARA, RecordInformation(person=person, health=f"Seen {number}."), case
    return SARA, Dispose(person=person, compartments=frozenset({Compartment.HEALTH})), case


def main(folder: Path, case: Ref, person: Ref, round_: str) -> None:
    hub = Hub.open(settings(folder, None))
    number = 0
    while True:
        who, asked, stream = command(number, case, person)
        receipt = hub.commander.handle_now(who, asked, stream, NOW, key=f"{round_}.{number}")
        sys.stdout.write(f"{round_}.{number} {receipt.stream.hex} {receipt.created.hex}\n")
        sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), Ref(sys.argv[2]), Ref(sys.argv[3]), sys.argv[4])

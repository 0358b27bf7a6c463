"""Loading: what a line may be, what it becomes, and that it becomes it once."""

import json
import os
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import Any

import pytest

from domain.command import Command
from domain.consultation.commands import Close, Request
from domain.errors import Refusal
from domain.time import day_of
from domain.vocabulary import About, Channel, InformedOf, Kind, Ref
from hub_api.commands.handler import Asked
from hub_api.commands.load import GROUP, BadLine, File, Loaded, load, read, years_to_count
from hub_api.commands.receipts import Receipt
from hub_demo.county import LINE, PERSONAS

LENA = PERSONAS["stodtelefon-lena-exempel"]
NOWHERE = Ref("0" * 32)
TODAY = date(2026, 11, 9)
HEADER = {"format": "samrad.consultations.v1", "file": "count-2019", "source": "our own count"}
GOOD: dict[str, object] = {"id": "1", "day": "2019-01-02", "caller": "school", "persons": 1}


class Notebook:
    """A recorder that keeps what it is told, and refuses what it is told to refuse."""

    def __init__(self, refuse: frozenset[str] = frozenset()) -> None:
        self.kept: dict[str, Asked] = {}
        self.refuse = refuse

    def is_recorded(self, asked: Asked) -> bool:
        return asked.key in self.kept

    def handle_many(self, requests: Sequence[Asked]) -> list[Receipt | Refusal]:
        return [self._answer(asked) for asked in requests]

    def _answer(self, asked: Asked) -> Receipt | Refusal:
        key = asked.key or ""
        if key in self.refuse:
            return Refusal("B1", "no agreement in force names the unit")
        repeated = key in self.kept
        self.kept.setdefault(key, asked)
        return Receipt(stream=NOWHERE, kind=Kind.CONSULTATION, created=NOWHERE, repeated=repeated, said={})

    def commands(self) -> list[Command]:
        return [command for asked in self.kept.values() for command, _ in asked.commands]


def file(folder: Path, *lines: dict[str, Any] | str | bytes, header: object = HEADER) -> Path:
    path = folder / "count.jsonl"
    path.write_bytes(b"".join(_bytes(line) + b"\n" for line in (header, *lines)))
    return path


def _bytes(line: object) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


def loaded(path: Path, notebook: Notebook, *, skip: bool = False, published: frozenset[int] = frozenset()) -> Loaded:
    return load(read(path, TODAY), notebook, LENA, skip=skip, progress=lambda _: None, published=published)


def test_a5_a_line_becomes_a_contact_that_was_requested_and_closed_and_has_no_content(tmp_path: Path) -> None:
    notebook = Notebook()
    assert loaded(file(tmp_path, {**GOOD, "county": "05", "label": "Skola/förskola"}), notebook).recorded == 1
    request, close = notebook.commands()
    assert isinstance(request, Request)
    assert isinstance(close, Close)
    assert (request.no_record, request.question, request.source) == (True, None, "Skola/förskola")
    assert (request.asked_of, request.about, request.told, request.county) == (
        LINE,
        About.ONE,
        InformedOf.NO_CONTACT,
        "05",
    )


def test_d1_it_happened_and_was_known_on_its_day_by_telephone(tmp_path: Path) -> None:
    notebook = Notebook()
    loaded(file(tmp_path, GOOD), notebook)
    for _, circumstances in notebook.kept["count-2019/1"].commands:
        assert circumstances.channel is Channel.TELEPHONE
        assert circumstances.happened is not None
        assert circumstances.happened == circumstances.known
        assert day_of(circumstances.happened) == date(2019, 1, 2)


@pytest.mark.parametrize(("persons", "about"), [(0, About.NOBODY), (1, About.ONE), (3, About.GROUP)])
def test_a1_a_contact_is_about_nobody_one_or_a_group(tmp_path: Path, persons: int, about: About) -> None:
    notebook = Notebook()
    loaded(file(tmp_path, {**GOOD, "persons": persons}), notebook)
    request = notebook.commands()[0]
    assert isinstance(request, Request)
    assert (request.about, request.persons) == (about, persons)


def test_e2_where_the_source_had_no_word_for_the_caller_it_is_unknown(tmp_path: Path) -> None:
    notebook = Notebook()
    loaded(file(tmp_path, {**GOOD, "caller": "unknown"}), notebook)
    request = notebook.commands()[0]
    assert isinstance(request, Request)
    assert (request.source, request.county) == ("okänt", None)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ({**GOOD, "caller": "shcool"}, "caller: "),
        ({**GOOD, "persons": -1}, "persons: "),
        ({**GOOD, "persons": 1001}, "persons: "),
        ({**GOOD, "day": "2019-02-30"}, "day: "),
        ({**GOOD, "day": "2026-11-10"}, "day: it is in the future"),
        ({**GOOD, "county": "5"}, "county: "),
        ({**GOOD, "name": "somebody"}, "name"),
        ({key: value for key, value in GOOD.items() if key != "day"}, "day"),
        ("{'id': 1}", "malformed"),
        ("", "the line is empty"),
        (b'{"id": "\xff"}', "not UTF-8 from byte 9 on"),
        ('{"id": "' + "x" * 10_000 + '"}', "longer than 10000 bytes"),
    ],
)
def test_a_wrong_line_is_named_with_its_place_and_what_is_wrong(tmp_path: Path, line: Any, wrong: str) -> None:
    path = file(tmp_path, {**GOOD, "id": "0"}, line, {**GOOD, "id": "2"})
    notebook = Notebook()
    with pytest.raises(BadLine) as caught:
        loaded(path, notebook)
    assert str(caught.value).startswith(f"{path}:3: ")
    assert wrong in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not notebook.kept


def test_a_wrong_line_is_left_out_and_named_if_one_asks_for_it(tmp_path: Path) -> None:
    path = file(tmp_path, {**GOOD, "id": "0"}, {**GOOD, "persons": "two"}, {**GOOD, "id": "2"})
    found = loaded(path, Notebook(), skip=True)
    assert found.recorded == 2
    assert [str(bad).startswith(f"{path}:3: persons: ") for bad in found.skipped] == [True]


def test_the_same_id_twice_in_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadLine, match=r":3: id: the same as in line 2"):
        loaded(file(tmp_path, GOOD, GOOD), Notebook())


@pytest.mark.parametrize(
    "header",
    [
        {**HEADER, "format": "samrad.consultations.v2"},
        {**HEADER, "file": "a/b"},
        {**HEADER, "file": "A"},
        GOOD,
        "not JSON",
    ],
)
def test_a_file_of_another_format_is_refused_at_its_first_line(tmp_path: Path, header: object) -> None:
    with pytest.raises(BadLine, match=r"count\.jsonl:1: the first line: "):
        read(file(tmp_path, GOOD, header=header), TODAY)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "count.jsonl").touch()
    with pytest.raises(BadLine, match=":1: the file is empty"):
        read(tmp_path / "count.jsonl", TODAY)


def test_loading_again_records_nothing_more(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD, {**GOOD, "id": "2"})
    notebook = Notebook()
    assert loaded(path, notebook) == Loaded("count-2019", 2, 0, ())
    before = dict(notebook.kept)
    assert loaded(path, notebook) == Loaded("count-2019", 0, 2, ())
    assert notebook.kept == before


def test_a_file_that_was_moved_and_renamed_is_the_same_file(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    notebook = Notebook()
    loaded(path, notebook)
    assert loaded(path.rename(tmp_path / "renamed.jsonl"), notebook).repeated == 1


def test_what_the_hub_refuses_is_named_by_its_line(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD, {**GOOD, "id": "2"})
    refusing = frozenset({"count-2019/2"})
    with pytest.raises(BadLine, match=r":3: B1: no agreement"):
        loaded(path, Notebook(refusing))
    found = loaded(path, Notebook(refusing), skip=True)
    assert (found.recorded, len(found.skipped)) == (1, 1)


def test_progress_counts_every_line(tmp_path: Path) -> None:
    path = file(tmp_path, *({**GOOD, "id": str(number)} for number in range(GROUP + 10)))
    steps: list[int] = []
    load(read(path, TODAY), Notebook(), LENA, skip=False, progress=steps.append)
    assert steps == [GROUP, 10]


def test_e4_a_published_year_is_closed_to_new_lines_and_lets_the_same_file_pass_again(tmp_path: Path) -> None:
    notebook = Notebook()
    lines = [GOOD, {**GOOD, "id": "2"}]
    assert loaded(file(tmp_path, *lines), notebook).recorded == 2
    again = loaded(file(tmp_path, *lines), notebook, published=frozenset({2019}))
    assert (again.recorded, again.repeated) == (0, 2)

    more = file(tmp_path, *lines, {**GOOD, "id": "3"}, {**GOOD, "id": "4", "day": "2020-01-02"})
    with pytest.raises(BadLine, match=r"count\.jsonl:4: day: the tables of 2019 are published"):
        loaded(more, notebook, published=frozenset({2019}))
    assert len(notebook.kept) == 2
    skipped = loaded(more, notebook, published=frozenset({2019}), skip=True)
    assert (skipped.recorded, skipped.repeated, len(skipped.skipped)) == (1, 2, 1)


def test_e1_years_of_a_file_of_which_lines_were_left_out_are_not_counted(tmp_path: Path) -> None:
    def outcome(year: int, skipped: bool) -> tuple[File, Loaded]:
        path = file(tmp_path, {**GOOD, "day": f"{year}-01-02"}, *(["{"] if skipped else []))
        read_file = read(path, TODAY)
        return read_file, load(read_file, Notebook(), LENA, skip=True, progress=lambda _: None)

    whole, in_part = outcome(2018, skipped=False), outcome(2019, skipped=True)
    assert years_to_count([whole, in_part]) == {2018}
    assert years_to_count([outcome(2019, skipped=False), in_part]) == frozenset()


def test_what_can_be_read_but_once_is_loaded_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines = file(tmp_path, GOOD, {**GOOD, "id": "2"}).read_bytes()
    writer = Thread(target=pipe.write_bytes, args=(lines,))
    writer.start()
    with closing(read(pipe, TODAY)) as read_once:
        assert load(read_once, Notebook(), LENA, skip=False, progress=lambda _: None).recorded == 2
    writer.join()


def test_a_line_that_became_bad_after_it_was_looked_at_stops_the_load(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD, {**GOOD, "id": "2"})
    looked_at = read(path, TODAY)
    file(tmp_path, GOOD, {**GOOD, "id": "2", "persons": -1})
    with pytest.raises(BadLine, match=r":3: persons: "):
        load(looked_at, Notebook(), LENA, skip=True, progress=lambda _: None)


def test_of_a_pipe_that_cannot_be_loaded_no_copy_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def noted() -> Any:
        made.append(TemporaryFile())  # noqa: SIM115 - that it is closed is what is asked
        return made[-1]

    monkeypatch.setattr("hub_api.commands.load.TemporaryFile", noted)
    with pytest.raises(BadLine):
        read(Path("/dev/null"), TODAY)
    assert [copy.closed for copy in made] == [True]

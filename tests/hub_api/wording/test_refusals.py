"""Refusals in two languages: a closed catalogue that holds all that the hub says, and that nothing else gets past."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from msgspec import Struct

from domain.errors import Caution, NotThere, Refusal
from hub_api.http.problems import NOT_THERE
from hub_api.wording.language import Language
from hub_api.wording.refusals import HOLES, WITHHELD, told
from hub_api.wording.swedish.codes import CODES
from hub_api.wording.swedish.reasons import REASONS
from hub_api.wording.swedish.remedies import REMEDIES

ROOT: Final = Path(__file__).parents[3]
CODE: Final = ("domain", "projections", "adapters", "hub-api")
RAISED: Final = {"Refusal", "Caution", "NotAnIdentifier", "OutOfBounds"}
NAMED: Final = {
    "act.by.unit": "unit",
    "command.coordinator": "unit",
    "command.receiver": "unit",
    "command.unit": "unit",
    "receiver": "unit",
    "unit": "unit",
    "unit.id": "unit",
    "act.by.agency": "agency",
    "min(unknown)": "agency",
    "party.id": "agency",
    "ground.id": "ground",
    "act.by.role.value": "role",
    "command.role.value": "role",
    "act.by.purpose.value": "purpose",
    "command.purpose.value": "purpose",
    "purpose.value": "purpose",
    "', '.join(sorted(beyond))": "compartments",
    "', '.join(command.left_open)": "waits",
    "to": "authority",
    "command.name": "command",
    "where": "field",
    "least": "least",
    "most": "most",
}
"""All that a refusal may name: an expression of the code, and the code or identifier that it is. Nothing that somebody
wrote is in it; an expression that is new here is looked at by a person first (C7)."""


class Raised(Struct, frozen=True):
    """A refusal in the code: where, and its words as nodes."""

    place: str
    rule: str
    reason: ast.expr
    remedy: ast.expr | None


def raised() -> Iterator[Raised]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in RAISED:
                    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
                    given = dict(zip(("rule", "reason", "remedy"), node.args, strict=False)) | keywords
                    place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
                    yield Raised(place, ast.literal_eval(given["rule"]), given["reason"], given.get("remedy"))


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def template(words: ast.expr) -> str:
    """The words as the catalogue has them: what is put in by its kind."""
    if isinstance(words, ast.Constant) and isinstance(words.value, str):
        return words.value
    assert isinstance(words, ast.JoinedStr), f"no literal: {ast.unparse(words)}"
    return "".join(_piece(piece) for piece in words.values)


def _piece(piece: ast.expr) -> str:
    if isinstance(piece, ast.FormattedValue):
        expression = ast.unparse(piece.value)
        assert expression in NAMED, f"is {expression} a code or an identifier, and never what somebody wrote?"
        return "{" + NAMED[expression] + "}"
    assert isinstance(piece, ast.Constant)
    return str(piece.value)


HERE: Final = tuple(raised())
EACH: Final = pytest.mark.parametrize("refusal", HERE, ids=[refusal.place for refusal in HERE])


@EACH
def test_why_something_is_refused_is_said_in_both_languages_and_names_codes_and_identifiers_alone(
    refusal: Raised,
) -> None:
    words = template(refusal.reason)
    assert words in REASONS, f"hub_api/wording/swedish/reasons.py has no Swedish for: {words}"


@EACH
def test_every_refusal_says_in_both_languages_what_would_make_it_possible(refusal: Raised) -> None:
    assert refusal.remedy is not None, "it says no way on"
    words = template(refusal.remedy)
    assert words in REMEDIES, f"hub_api/wording/swedish/remedies.py has no Swedish for: {words}"


def test_the_catalogue_holds_nothing_that_the_code_does_not_say() -> None:
    reasons = {template(refusal.reason) for refusal in HERE} | {NotThere().reason}
    remedies = {template(refusal.remedy) for refusal in HERE if refusal.remedy is not None} | {NotThere().remedy}
    assert sorted(REASONS.keys() - reasons) == []
    assert sorted(REMEDIES.keys() - remedies) == []
    assert {hole for words in REASONS | REMEDIES for hole in re.findall(r"\{(\w+)\}", words)} == HOLES.keys()
    assert set(NAMED) == {
        ast.unparse(piece.value)
        for refusal in HERE
        for words in (refusal.reason, refusal.remedy)
        if isinstance(words, ast.JoinedStr)
        for piece in words.values
        if isinstance(piece, ast.FormattedValue)
    }


def test_no_refusal_is_of_a_kind_or_under_a_name_that_this_test_would_not_find() -> None:
    kinds = {*RAISED, "NotThere"}
    for folder in CODE:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef) and kinds & {_name(base) for base in node.bases}:
                    assert path.name == "errors.py", f"{path} has a refusal of its own: {node.name}"
                if isinstance(node, ast.ImportFrom):
                    renamed = [alias.name for alias in node.names if alias.name in kinds and alias.asname]
                    assert not renamed, f"{path} calls {renamed} by another name"


@pytest.mark.parametrize(("english", "swedish"), [*REASONS.items(), *REMEDIES.items()])
def test_the_swedish_is_a_sentence_like_the_english(english: str, swedish: str) -> None:
    assert swedish != english
    assert swedish == swedish.strip(" .")
    assert sorted(re.findall(r"\{\w+\}", swedish)) == sorted(re.findall(r"\{\w+\}", english))
    assert swedish[0].islower() == english[0].islower()


def test_codes_are_said_as_the_glossary_says_them() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    for kind, words in CODES.items():
        assert words.keys() == set(kind)
        for code, swedish in words.items():
            row = rf"^\| {re.escape(swedish)}[^|]*\|[^|]*\| `{code.value}` \|$"
            assert re.search(row, glossary, re.MULTILINE), f"docs/glossary.md has no such row for {code}: {swedish}"


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        (
            "no agreement in force names the unit linkoping.social.barn",
            "enheten linkoping.social.barn omfattas inte av någon gällande överenskommelse",
        ),
        ("by agreement that unit does not act as handler", "enligt överenskommelsen är den enheten inte handläggare"),
        (
            "the ground osl-10-2 cannot open advice, health",
            "grunden osl-10-2 kan inte öppna fråga och råd, hälsouppgift",
        ),
    ],
)
def test_what_a_refusal_names_is_named_in_the_other_language_too(english: str, swedish: str) -> None:
    assert told(Refusal("B1", english), Language.EN)[0] == english
    assert told(Refusal("B1", english), Language.SV)[0] == swedish


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("sent", ["Påhittad Person", "Gatan 1\nOrten", "", "a" * 81, "x y", "handler, Eva", "{unit}"])
def test_c7_what_a_caller_sent_as_a_code_and_is_none_is_not_repeated(language: Language, sent: str) -> None:
    for words in (
        f"no agreement in force names the unit {sent}",
        f"by agreement that unit does not act as {sent}",
        f"the ground {sent} cannot open {sent}",
        f"such a report is made to {sent}",
        f"{sent}: `$.question` is longer than the hub carries, or of no form it knows",
        f"case.open: {sent} is longer than the hub carries, or of no form it knows",
    ):
        reason, _ = told(Refusal("B1", words), language)
        assert WITHHELD in reason
        assert not sent or sent not in reason


@pytest.mark.parametrize("language", Language)
def test_c7_words_that_are_not_in_the_catalogue_are_not_told(language: Language) -> None:
    assert told(Caution("C12", "Påhittad Person is not reached", "call 000"), language) == ("", "")


def test_f_the_answer_to_what_is_not_there_says_what_the_catalogue_says() -> None:
    for language, title, remedy in (
        (Language.EN, NOT_THERE.en, NOT_THERE.remedy_en),
        (Language.SV, NOT_THERE.sv, NOT_THERE.remedy_sv),
    ):
        reason, way_on = told(NotThere(), language)
        assert title == reason[0].upper() + reason[1:] + "."
        assert remedy == way_on

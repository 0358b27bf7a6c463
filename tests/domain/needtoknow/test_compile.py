"""The compiled policy says what Cedar's own engine says, and refuses whatever it does not understand in full."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import cedarpy
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.act import Principal
from domain.needtoknow.compile import Policy, PolicyRefused, compile_policy, load, schema, titles
from domain.needtoknow.model import Action, Grant, GrantKind, Resource, Verdict
from domain.vocabulary import AgencyId, Compartment, Kind, Purpose, Role, StaffId, TableRow, UnitId
from tests.domain.needtoknow.histories import NOW, POLICE, POLICY

UNITS = st.sampled_from([UnitId("a.one"), UnitId("a.two"), UnitId("b.one"), UnitId("B.one"), UnitId("")])
AGENCIES = st.sampled_from([AgencyId("a"), AgencyId("b"), AgencyId("")])
PEOPLE = st.sampled_from([StaffId("x"), StaffId("y")])
SUBJECTS = st.sampled_from(["", "a" * 32, "b" * 32])
PURPOSES = st.sampled_from([Purpose.CARE, Purpose.AUDIT])
INSTANTS = st.integers(min_value=9, max_value=12)
PARTS = st.frozensets(st.sampled_from(list(Compartment)), max_size=3)

principals = st.builds(
    Principal,
    person=PEOPLE,
    agency=AGENCIES,
    unit=UNITS,
    role=st.sampled_from([Role.HANDLER, Role.COORDINATOR, Role.AUDITOR, Role.REGIONAL_AUDITOR, Role.CALLER]),
    purpose=PURPOSES,
    assurance=st.integers(min_value=1, max_value=4),
)
resources = st.builds(
    Resource,
    kind=st.sampled_from(list(Kind)),
    row=st.sampled_from([*Compartment, *TableRow]),
    subject=SUBJECTS,
    owner=UNITS,
    owner_agency=AGENCIES,
    addressees=st.frozensets(UNITS, max_size=2),
    coordinator=UNITS,
    blocked=st.frozensets(PEOPLE, max_size=1),
    callers=st.frozensets(PEOPLE, max_size=1),
    beside=PARTS,
    sent=st.booleans(),
)
grants = st.builds(
    Grant,
    kind=st.sampled_from(list(GrantKind)),
    holder=UNITS,
    subject=SUBJECTS,
    owner=UNITS,
    compartments=PARTS | st.just(frozenset({Compartment.WHEREABOUTS})),
    purpose=PURPOSES | st.just(""),
    start=INSTANTS,
    until=INSTANTS,
    ended=st.booleans(),
    spoken=st.booleans(),
)


@st.composite
def favoured(draw: st.DrawFn) -> tuple[Principal, Action, Resource, Grant, int]:
    """A request for which much speaks, so that the rules are reached that only a few details decide."""
    who, what, grant = draw(principals), draw(resources), draw(grants)
    if draw(st.booleans()):
        who = msgspec.structs.replace(who, assurance=3)
        what = msgspec.structs.replace(what, blocked=frozenset())
    if draw(st.booleans()):
        compartments = grant.compartments | ({what.row} if isinstance(what.row, Compartment) else set())
        grant = msgspec.structs.replace(
            grant,
            holder=who.unit,
            purpose=who.purpose,
            owner=what.owner,
            subject=what.subject,
            compartments=compartments,
            start=10,
            until=12,
            ended=False,
            spoken=False,
        )
    return who, draw(st.sampled_from(list(Action))), what, grant, draw(INSTANTS)


def attributes(value: msgspec.Struct, *left_out: str) -> dict[str, Any]:
    """The attributes of a value as Cedar's JSON has them."""
    fields = msgspec.structs.asdict(value)
    return {name: msgspec.to_builtins(field) for name, field in fields.items() if name not in left_out}


def engines_answers(requests: list[tuple[Principal, Action, Resource, Grant, int]]) -> list[tuple[bool, set[str]]]:
    """What Cedar's engine says: whether it is permitted, and the policies that decided it."""
    entities: list[Mapping[str, object]] = []
    asked = []
    for number, (who, action, what, grant, now) in enumerate(requests):
        for kind, value in (("Person", who), ("Part", what)):
            uid = {"type": kind, "id": str(number)}
            entities.append({"uid": uid, "attrs": attributes(value), "parents": []})
        on = attributes(grant, "id", "consent", "role", "mandate")
        asked.append(
            {
                "principal": {"type": "Person", "id": str(number)},
                "action": {"type": "Action", "id": str(action)},
                "resource": {"type": "Part", "id": str(number)},
                "context": {"grant": on, "now": now},
            }
        )
    answers = cedarpy.is_authorized_batch(asked, POLICY.text, json.dumps(entities), schema())
    assert not [error for answer in answers for error in answer.diagnostics.errors]
    return [(answer.allowed, set(answer.diagnostics.reasons)) for answer in answers]


ANNOTATIONS = {
    name: policy["annotations"]
    for name, policy in json.loads(cedarpy.policies_to_json_str(POLICY.text))["staticPolicies"].items()
}


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(favoured(), min_size=40, max_size=40))
def test_the_compiled_policy_agrees_with_cedars_engine(
    requests: list[tuple[Principal, Action, Resource, Grant, int]],
) -> None:
    for request, (permitted, reasons) in zip(requests, engines_answers(requests), strict=True):
        decision = POLICY.decide(*request)
        deciding = [ANNOTATIONS[reason] for reason in reasons]
        assert (decision.outcome is not Verdict.ABSENT) == permitted
        assert bool(decision.rule) == bool(deciding)
        if deciding:
            assert {"id": decision.rule, "ground": decision.ground}.items() <= {
                pair for found in deciding if found["ground"] == decision.ground for pair in found.items()
            }
        if permitted:
            only_stubs = all(found.get("outcome") == "stub" for found in deciding)
            assert (decision.outcome is Verdict.STUB) == only_stubs


def one_rule(condition: str, effect: str = "permit", head: str = "principal, action, resource") -> Policy:
    return compile_policy(f'@id("F") @ground("test")\n{effect} ({head}) {condition};', "test")


@pytest.mark.parametrize(
    "condition",
    [
        'when { resource.owner like "a*" }',
        'when { if resource.sent then true else principal.unit == "a" }',
        "when { principal has unit }",
        'when { principal == Person::"x" }',
        'when { principal in Person::"x" }',
        "when { principal is Person }",
        'when { resource.addressees.containsAll(["a"]) }',
        "when { resource.addressees.isEmpty() }",
        "when { principal.assurance + 1 > 2 }",
        "when { principal.assurance * 2 > 2 }",
        'when { context.grant == {kind: "none"} }',
        'when { ip("10.0.0.1").isLoopback() }',
        "when { [[1], [2]].contains([1]) }",
        "when { resource.addressees.contains(resource.colour) }",
        'when { principal.colour == "red" }',
        'when { context.colour == "red" }',
        "when { resource.kind == 3 }",
        "",
        "when { principal.unit == }",
    ],
)
def test_what_is_not_understood_in_full_is_refused(condition: str) -> None:
    with pytest.raises(PolicyRefused):
        one_rule(condition)


@pytest.mark.parametrize(
    "head",
    [
        'principal == Person::"x", action, resource',
        "principal is Person, action, resource",
        'principal, action, resource == Part::"x"',
        'principal, action in [Action::"read"], resource',
        'principal, action == Action::"erase", resource',
        "principal == ?principal, action, resource",
    ],
)
def test_a_scope_names_an_action_or_none(head: str) -> None:
    with pytest.raises(PolicyRefused):
        one_rule("when { resource.sent }", head=head)


@pytest.mark.parametrize(
    "text",
    [
        '@id("F")\npermit (principal, action, resource) when { resource.sent };',
        '@ground("g")\npermit (principal, action, resource) when { resource.sent };',
        '@id("F") @ground("g") @outcome("all")\npermit (principal, action, resource) when { resource.sent };',
        '@id("F") @ground("g") @outcome("stub")\nforbid (principal, action, resource) when { resource.sent };',
        '@id("F") @ground("g") @except("x")\npermit (principal, action, resource) when { resource.sent };',
    ],
)
def test_a_rule_names_its_rule_and_its_ground_and_nothing_unknown(text: str) -> None:
    with pytest.raises(PolicyRefused):
        compile_policy(text, "test")


@pytest.mark.parametrize(
    "condition",
    [
        'when { principal.unit == "police.crime" }',
        'when { "someone" == principal.person }',
        'when { ["police.crime"].contains(principal.unit) }',
        'when { resource.addressees.contains("police.crime") }',
        'when { resource.addressees.containsAny(["police.crime"]) }',
        "when { resource.addressees.contains(resource.owner) }",
        "when { resource.owner == resource.coordinator }",
    ],
)
def test_f_no_policy_names_anyone(condition: str) -> None:
    with pytest.raises(PolicyRefused, match="what another has"):
        one_rule(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "when { resource.addressees.contains(principal.person) }",
        "when { principal.person == resource.owner }",
        'when { principal.person == "" }',
    ],
)
def test_colleagues_are_told_apart_by_a_block_or_a_key_alone(condition: str) -> None:
    with pytest.raises(PolicyRefused, match="blocked or hold a key"):
        one_rule(condition)


@pytest.mark.parametrize(
    "condition",
    ["when { context.now == 1000 }", "when { 5 <= context.now }", "when { [1000].contains(context.now) }"],
)
def test_what_may_be_known_changes_in_time_at_the_ends_of_a_grant_alone(condition: str) -> None:
    with pytest.raises(PolicyRefused, match="ends of a grant"):
        one_rule(condition)


def test_no_text_of_a_policy_becomes_part_of_the_program() -> None:
    hostile = "\\\"] or __import__('os').abort() or [\\\""
    policy = one_rule(f'when {{ resource.row == "{hostile}" || ["{hostile}"].contains(resource.row) }}')
    what = Resource(kind=Kind.CASE, row=Compartment.RECORD, owner=POLICE.unit, owner_agency=POLICE.agency)
    grant = Grant(kind=GrantKind.NONE)
    assert policy.decide(POLICE, Action.READ, what, grant, NOW).outcome is Verdict.ABSENT
    named = msgspec.structs.replace(what, row="\"] or __import__('os').abort() or [\"")
    assert policy.decide(POLICE, Action.READ, named, grant, NOW).outcome is Verdict.ALLOW


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("when { principal.assurance >= 4 && !(principal.assurance > 4) } unless { principal.assurance <= 3 }", True),
        ("when { principal.assurance < 4 || resource.sent }", False),
        ("when { true } unless { true }", False),
        ('when { ["b", "a"] == context.grant.compartments }', False),
        ("when { context.now <= context.grant.start }", False),
        ('when { resource.beside.containsAny(["police"]) }', False),
    ],
)
def test_what_is_understood_means_what_cedar_means_by_it(condition: str, holds: bool) -> None:
    what = Resource(kind=Kind.CASE, row=Compartment.RECORD, owner=POLICE.unit, owner_agency=POLICE.agency)
    decision = one_rule(condition).decide(POLICE, Action.READ, what, Grant(kind=GrantKind.NONE), NOW)
    assert (decision.outcome is Verdict.ALLOW) is holds


def test_a_policy_is_named_by_the_hash_of_its_text() -> None:
    assert titles()[0] == "2026-11"
    policy = load("2026-11")
    # Logs have adopted it by this name: what is to be decided otherwise stands in a policy of its own.
    assert policy.sha256 == "04afa7f19d8add762bb60eeedcf2db22c0c5bf94f0d751908dc6e995c34865d1"
    assert policy.sha256 == hashlib.sha256(policy.text.encode()).hexdigest()
    with pytest.raises(PolicyRefused, match="carries no policy"):
        load("../2026-11")


def test_f_forbidding_wins_wherever_it_stands_in_the_text() -> None:
    both = compile_policy(
        '@id("F") @ground("a")\npermit (principal, action, resource) when { principal.assurance > 0 };\n'
        '@id("F") @ground("b")\nforbid (principal, action, resource) when { principal.assurance > 0 };',
        "test",
    )
    what = Resource(kind=Kind.CASE, row=Compartment.RECORD, owner=POLICE.unit, owner_agency=POLICE.agency)
    assert both.decide(POLICE, Action.READ, what, Grant(kind=GrantKind.NONE), NOW).ground == "b"


def test_a_decision_names_the_rule_and_the_ground_and_the_policy_is_that_of_its_text() -> None:
    """Each from its text, as none that is compiled already can be."""
    for title in titles():
        policy = load(title)
        again = compile_policy(policy.text, title)
        assert (again.title, again.text, again.sha256) == (title, policy.text, policy.sha256)
        assert again.sha256 == hashlib.sha256(policy.text.encode()).hexdigest()
    decision = one_rule("when { principal.assurance > 0 }").decide(
        POLICE,
        Action.READ,
        Resource(kind=Kind.CASE, row=Compartment.RECORD, owner=POLICE.unit, owner_agency=POLICE.agency),
        Grant(kind=GrantKind.NONE),
        NOW,
    )
    assert (decision.rule, decision.ground) == ("F", "test")

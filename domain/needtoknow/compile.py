"""From the text that a lawyer reads to the function that decides: the policies, compiled once.

The text is parsed and checked against the schema by Cedar's own engine. What is compiled is a closed set of its
syntax: a node, an attribute or an annotation that is not listed here is refused, never skipped. The function is put
together as a syntax tree, so that no text of a policy gets into it but as a constant.
"""

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, Protocol, TypeAlias

import cedarpy
from msgspec import Struct

from domain.act import Principal
from domain.errors import SamradError
from domain.needtoknow.model import Action, Decision, Grant, Resource, Verdict
from domain.vocabulary import Instant

Node: TypeAlias = Mapping[str, Any]


class PolicyRefused(SamradError):
    """A text cannot be adopted as policy: it does not parse, does not fit the schema, or is not understood in full."""


class Decide(Protocol):
    """The one decision. It never fails: every attribute is there."""

    def __call__(
        self, principal: Principal, action: Action, resource: Resource, grant: Grant, now: Instant, /
    ) -> Decision: ...


class Policy(Struct, frozen=True):
    """A policy in its compiled form. `sha256` is of its text: the hash by which the log adopts it (invariant 7)."""

    title: str
    sha256: str
    text: str
    decide: Decide


class _Rule(Struct, frozen=True):
    """One policy of the text: whom its scope names, its condition, and what it decides."""

    forbids: bool
    actions: frozenset[Action]
    condition: ast.expr
    decision: Decision


ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "principal": frozenset(Principal.__struct_fields__),
    "resource": frozenset(Resource.__struct_fields__),
    "grant": frozenset(Grant.__struct_fields__) - {"id", "consent", "role", "mandate"},
}
NAMES: Final = frozenset(
    {
        *("person", "agency", "unit"),
        *("subject", "owner", "owner_agency", "addressees", "coordinator", "blocked", "callers"),
        "holder",
    }
)
"""The attributes that name someone. A rule never does (no superuser): it compares them with each other."""
COMPARISONS: Final[Mapping[str, type[ast.cmpop]]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
ANNOTATIONS: Final = frozenset({"id", "ground", "outcome"})
POLICIES: Final = files("domain.needtoknow") / "policies"


@cache
def schema() -> str:
    """What a policy may speak of."""
    return (POLICIES / "schema.cedarschema").read_text("utf-8")


def titles() -> tuple[str, ...]:
    """The policies that this program carries, oldest first."""
    return tuple(sorted(p.name.removesuffix(".cedar") for p in POLICIES.iterdir() if p.name.endswith(".cedar")))


@cache
def load(title: str) -> Policy:
    """A policy that this program carries, compiled."""
    if title not in titles():
        raise PolicyRefused(f"this program carries no policy called {title!r}")
    return compile_policy((POLICIES / f"{title}.cedar").read_text("utf-8"), title)


def compile_policy(text: str, title: str) -> Policy:
    """The policy of that text; `PolicyRefused` where anything in it is not understood in full."""
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(text))
        found = cedarpy.validate_policies(text, schema())
    except ValueError as error:
        raise PolicyRefused(f"the policy {title!r} cannot be read: {error}") from error
    if not found.validation_passed:
        raise PolicyRefused(f"the policy {title!r} does not fit the schema: {found.errors[0].error}")
    if parsed["templates"] or parsed["templateLinks"]:
        raise PolicyRefused(f"the policy {title!r} holds a template: a rule names nobody and leaves no gap")
    # As in the file, so that of several rules that agree the first is named.
    policies = sorted(parsed["staticPolicies"].items(), key=lambda item: int(item[0].removeprefix("policy")))
    rules = tuple(_rule(policy) for _, policy in policies)
    return Policy(title, sha256(text.encode()).hexdigest(), text, _function(rules))


def _rule(policy: Node) -> _Rule:
    _only(policy, {"effect", "principal", "action", "resource", "conditions", "annotations"})
    annotations = policy.get("annotations", {})
    _only(annotations, ANNOTATIONS)
    if not annotations.get("id") or not annotations.get("ground"):
        raise PolicyRefused("every rule names the rule that it carries out, and one ground")
    for variable in ("principal", "resource"):
        if policy[variable] != {"op": "All"}:
            raise PolicyRefused(f"a rule says who and what in its condition, not in the scope of {variable}")
    return _Rule(
        forbids=policy["effect"] == "forbid",
        actions=frozenset(_actions(policy["action"])),
        condition=_conjunction(policy["conditions"]),
        decision=Decision(
            _outcome(policy["effect"], annotations.get("outcome")), annotations["id"], annotations["ground"]
        ),
    )


def _outcome(effect: str, stub: str | None) -> Verdict:
    match effect, stub:
        case "forbid", None:
            return Verdict.ABSENT
        case "permit", None:
            return Verdict.ALLOW
        case "permit", "stub":
            return Verdict.STUB
        case _:
            raise PolicyRefused(f"a permit allows or gives a stub, and a forbid does neither: {effect} {stub!r}")


def _actions(scope: Node) -> Iterator[Action]:
    match scope:
        case {"op": "All", **rest} if not rest:
            yield from Action
        case {"op": "==", "entity": {"type": "Action", "id": str(name), **more}, **rest} if not rest and not more:
            yield Action(name)
        case _:
            raise PolicyRefused(f"a rule is about one action or about all: {scope}")


def _conjunction(conditions: Sequence[Node]) -> ast.expr:
    clauses: list[ast.expr] = []
    for condition in conditions:
        match condition:
            case {"kind": "when", "body": body, **rest} if not rest:
                clauses.append(_expression(body))
            case {"kind": "unless", "body": body, **rest} if not rest:
                clauses.append(ast.UnaryOp(ast.Not(), _expression(body)))
            case _:
                raise PolicyRefused(f"a condition says when or unless: {condition}")
    if not clauses:
        raise PolicyRefused("a rule without a condition would be for everyone and everything")
    return clauses[0] if len(clauses) == 1 else ast.BoolOp(ast.And(), clauses)


def _expression(node: Node) -> ast.expr:
    """The Python of one Cedar expression; whatever is not listed is refused."""
    if len(node) != 1:
        raise PolicyRefused(f"a policy says something that is not understood: {sorted(node)}")
    ((name, body),) = node.items()
    match name, body:
        case "Value", bool() | int() | str():
            return ast.Constant(body)
        case "Set", list():
            members: Any = frozenset(_constant(member) for member in body)
            return ast.Constant(members)
        case ".", {"left": {"Var": ("principal" | "resource") as variable}, "attr": str(attribute)}:
            return _attribute(variable, attribute)
        case ".", {"left": {".": {"left": {"Var": "context"}, "attr": "grant"}}, "attr": str(attribute)}:
            return _attribute("grant", attribute)
        case ".", {"left": {"Var": "context"}, "attr": "now"}:
            return _name("now")
        case (("&&" | "||"), {"left": left, "right": right}):
            return ast.BoolOp(ast.And() if name == "&&" else ast.Or(), [_expression(left), _expression(right)])
        case "!", {"arg": arg}:
            return ast.UnaryOp(ast.Not(), _expression(arg))
        case (("==" | "!=" | "<" | "<=" | ">" | ">="), {"left": left, "right": right}):
            one, other = _comparable(left, right)
            return ast.Compare(one, [COMPARISONS[name]()], [other])
        case "contains", {"left": left, "right": right}:
            whole, member = _comparable(left, right)
            return ast.Compare(member, [ast.In()], [whole])
        case "containsAny", {"left": left, "right": right}:
            one, other = _comparable(left, right)
            return ast.UnaryOp(ast.Not(), ast.Call(ast.Attribute(one, "isdisjoint", ast.Load()), [other], []))
        case _:
            raise PolicyRefused(f"a policy says something that is not understood: {name!r}")


def _comparable(left: Node, right: Node) -> tuple[ast.expr, ast.expr]:
    """Both sides of a comparison. Whom a policy speaks of it says by how they stand to each other, never by name."""
    sides = _expression(left), _expression(right)
    for one, other in (sides, sides[::-1]):
        if isinstance(one, ast.Attribute) and one.attr in NAMES:
            of_another = isinstance(other, ast.Attribute) and ast.dump(other.value) != ast.dump(one.value)
            if not of_another and not (isinstance(other, ast.Constant) and other.value == ""):
                raise PolicyRefused(f"a policy compares {one.attr} with what another has, and with nothing else")
        if _is(one, "person") and not (_is(other, "blocked") or _is(other, "callers")):
            raise PolicyRefused("a policy asks of a person whether they are blocked or hold a key, and nothing else")
        if isinstance(one, ast.Name) and not (_is(other, "start") or _is(other, "until")):
            raise PolicyRefused("a policy compares the time with the ends of a grant, and with nothing else")
    return sides


def _is(side: ast.expr, attribute: str) -> bool:
    return isinstance(side, ast.Attribute) and side.attr == attribute


def _constant(node: Node) -> str | int:
    match node:
        case {"Value": str() | int() as value, **rest} if not rest:
            return value
        case _:
            raise PolicyRefused("a set in a policy lists texts or numbers")


def _attribute(variable: str, attribute: str) -> ast.expr:
    if attribute not in ATTRIBUTES[variable]:
        raise PolicyRefused(f"a policy speaks of {variable}.{attribute}, which nothing has")
    return ast.Attribute(_name(variable), attribute, ast.Load())


def _only(node: Node, known: frozenset[str] | set[str]) -> None:
    if unknown := sorted(node.keys() - known):
        raise PolicyRefused(f"a rule says something that is not understood: {unknown}")


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


PARAMETERS: Final = ("principal", "action", "resource", "grant", "now")


def _function(rules: Sequence[_Rule]) -> Decide:
    """One chain of questions per action: what forbids, what allows, what gives a stub; and then nothing is there."""
    names: dict[str, Any] = {}
    body: list[ast.stmt] = []
    for action in Action:
        names[f"_{action}"] = action
        chain: list[ast.stmt] = []
        for rule in sorted((r for r in rules if action in r.actions), key=_precedence):
            name = f"_{len(names)}"
            names[name] = rule.decision
            chain.append(ast.If(rule.condition, [ast.Return(_name(name))], []))
        chain.append(ast.Return(_name("_absent")))
        chain = _shared(chain)
        body.append(ast.If(ast.Compare(_name("action"), [ast.Is()], [_name(f"_{action}")]), chain, []))
    names["_absent"] = Decision(Verdict.ABSENT)
    body.append(ast.Return(_name("_absent")))
    arguments = ast.arguments(
        posonlyargs=[ast.arg(name) for name in PARAMETERS], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    function = ast.FunctionDef(name="decide", args=arguments, body=body, decorator_list=[])
    module = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(module, "<policy>", "exec"), names)  # the one place: a closed tree that this module has built
    decide: Callable[[Principal, Action, Resource, Grant, Instant], Decision] = names["decide"]
    return decide


def _shared(chain: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The chain, with each comparison that occurs in it three times or more made once, before it: none can fail."""
    nodes = (node for statement in chain for node in ast.walk(statement))
    counts = Counter(ast.dump(node) for node in nodes if isinstance(node, ast.Compare))
    shared: dict[str, str] = {}
    assignments: list[ast.stmt] = []

    class Share(ast.NodeTransformer):
        def visit_Compare(self, node: ast.Compare) -> ast.expr:
            said = ast.dump(node)
            if counts[said] < 3:
                return node
            if said not in shared:
                shared[said] = f"shared_{len(shared)}"
                assignments.append(ast.Assign([ast.Name(shared[said], ast.Store())], node))
            return _name(shared[said])

    # A rule about all actions stands in several chains, and each chain shares its own comparisons.
    asked: list[ast.stmt] = [Share().visit(deepcopy(statement)) for statement in chain]
    return [*assignments, *asked]


def _precedence(rule: _Rule) -> int:
    return 0 if rule.forbids else (Verdict.ALLOW, Verdict.STUB).index(rule.decision.outcome) + 1

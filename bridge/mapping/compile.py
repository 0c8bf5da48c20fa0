"""A block's definition compiled once into one generated function from a record's words to its wish."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bridge.desired import Desired, Excluded, Held, Name
from bridge.errors import SettingsError
from bridge.mapping import clean, communications
from bridge.mapping.attributes import TEXT, Attribute
from bridge.mapping.expressions import Expression, context_of, joined
from bridge.mapping.values import ValueMap
from bridge.records import Ref

Words = Mapping[str, Any]
Outcome = Desired | Excluded | Held

SKIPPED = object()
_RESOLVED = ("name", "reference")  # what becomes an id later
# Whose names are known only inside another name: a model inside its manufacturer, a region inside its country.
_INSIDE = {"region": "country_id"}
_FORMS: dict[str, Callable[[Any], Any]] = {
    "text": clean.text,
    "lines": clean.lines,
    "html": clean.html,
    "mac": clean.mac,
    "ip": clean.ip,
    "flag": clean.flag,
    "emails": communications.emails,
    "phones": communications.phones,
    "date": clean.day,
    "name": clean.plain,
}


@dataclass(slots=True)
class Value:
    """One attribute's value: what gives it, and where that stands."""

    attribute: Attribute
    expression: Expression
    where: str


@dataclass(slots=True)
class Plan:
    """What a function is generated from; `maps` by attribute word."""

    table: str
    kind: str
    only: Expression | None
    only_rule: str
    only_where: str
    values: list[Value]
    maps: dict[str, ValueMap]
    zones: Mapping[str, str] = field(default_factory=dict)


class _Zones(dict[str, Any]):
    """Dates already read, by the source whose zone decides their day."""

    def __init__(self, zones: Mapping[str, str]) -> None:
        super().__init__()
        self._zones = zones

    def __missing__(self, source: str) -> "clean.Memo[Any, Any]":
        name = self._zones.get(source)
        zone: tzinfo = ZoneInfo(name) if name else UTC
        memo: clean.Memo[Any, Any] = clean.Memo(lambda value: clean.day(value, zone))
        self[source] = memo
        return memo


class _Source:
    """The text of the generated function, and the objects it refers to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.scope: dict[str, Any] = {
            "SKIPPED": SKIPPED,
            "Bad": clean.Bad,
            "Desired": Desired,
            "Excluded": Excluded,
            "Held": Held,
            "Name": Name,
            "Ref": Ref,
            "EMPTY": {},
        }

    def add(self, text: str, depth: int = 1) -> None:
        self.lines += ["    " * depth + line for line in text.strip("\n").split("\n")]

    def bind(self, name: str, value: Any) -> str:
        self.scope[name] = value
        return name

    def function(self, name: str) -> Callable[[Words, Ref], Outcome]:
        text = f"def {name}(words, ref):\n" + "\n".join(self.lines)
        # The text holds names and numbers of ours alone; an operator's words enter through `scope`.
        exec(compile(text, f"<mapping {name}>", "exec"), self.scope)  # noqa: S102
        made: Callable[[Words, Ref], Outcome] = self.scope[name]
        return made


def compile_plan(plan: Plan) -> Callable[[Words, Ref], Outcome]:
    """Give the function from (words, ref) to what is asked of IT Glue.

    An exclusion beats every hold; of several holds the first in the order organization, type, status, other value
    maps, expressions, values is said.
    """
    source = _Source()
    source.add("get = words.get\nheld = None\nnotes = {}\nnames = {}\nrefs = {}")
    computed = _emit_expressions(plan, source)
    if plan.kind != "organization":
        source.bind("owners", clean.Memo(lambda key: Ref(key[0], "organization", str(key[1]))))
        source.bind("NO_ORGANIZATION", Held("no_organization", "the source names no organization for it"))
        source.add("""
owner = get("organization")
if owner is not None and owner.get("id"):
    refs["organization_id"] = owners[ref.source, owner["id"]]
else:
    held = NO_ORGANIZATION
""")
    _emit_maps(plan, source)
    for number, value in enumerate(plan.values):
        if value.attribute.form == "name":
            _emit_name(plan, source, number, value, computed)
        elif value.attribute.form == "reference":
            _emit_reference(source, number, value, computed)
    if "joined" in source.scope:
        source.add("if held is None:\n    held = trouble")
    source.add("if held is not None:\n    return held")
    for number, value in enumerate(plan.values):
        if value.attribute.form not in _RESOLVED:
            _emit_value(source, number, value, computed)
    _emit_wish(plan, source)
    return source.function(f"map_{plan.kind}")


def _emit_expressions(plan: Plan, source: _Source) -> dict[int, int]:
    """Emit the one joined call; give the position of each computed value in its answer."""
    computing = [number for number, value in enumerate(plan.values) if value.expression.computes]
    if plan.only is None and not computing:
        return {}
    whole = [plan.only or Expression("true", constant=True), *(plan.values[number].expression for number in computing)]
    said = [f"only ({plan.only_where})", *(_said(plan.values[number]) for number in computing)]
    used = frozenset[str]().union(*(each.words for each in whole))
    source.bind("context", context_of(plan.kind, used))
    source.bind("joined", joined(whole))
    source.bind("singly", _singly(whole, said))
    source.bind("ONLY", Excluded(plan.only_rule))
    source.add("""
trouble = None
given = context(words, ref)
try:
    x = joined(given)
except Exception:
    x, trouble = singly(given)
if not x[0]:
    return ONLY
""")
    return {number: position for position, number in enumerate(computing, 1)}


def _said(value: Value) -> str:
    return f"{value.attribute.word} ({value.where})"


def _singly(
    expressions: list[Expression], said: list[str]
) -> Callable[[dict[str, Any]], tuple[tuple[Any, ...], Held | None]]:
    """Give the function that computes field by field, to name the first that fails; `only` counts as true then."""
    functions = clean.Memo[int, Callable[[dict[str, Any]], tuple[Any, ...]]](lambda at: joined([expressions[at]]))

    def singly(given: dict[str, Any]) -> tuple[tuple[Any, ...], Held | None]:
        held = None
        values: list[Any] = []
        for at in range(len(expressions)):
            try:
                values.append(functions[at](given)[0])
            except Exception as error:
                values.append(True if at == 0 else None)
                held = held or Held("bad_value", f"{said[at]}: {type(error).__name__}: {error}")
        return tuple(values), held

    return singly


def _emit_maps(plan: Plan, source: _Source) -> None:
    """Emit the value maps of the record's own words: type, or types, and status."""
    for word, value_map in plan.maps.items():
        if value_map.attribute.settable:
            continue
        several = word == "type" and plan.kind == "organization"
        source.bind(f"{word}_slow", value_map.several if several else value_map.one)
        if several:
            source.add(f'r = {word}_slow(get("types") or ())')
        else:
            source.bind(f"{word}_memo", clean.Memo(value_map.one))
            source.add(f'v = get("{word}")\nr = {word}_memo[v] if v.__class__ is str else {word}_slow(v)')
        _emit_mapped(source, value_map.attribute)


def _emit_mapped(source: _Source, attribute: Attribute, depth: int = 1) -> None:
    source.add(
        f"""
if r.__class__ is Name:
    names["{attribute.name}"] = r
elif r is not None:
    if r.__class__ is Excluded:
        return r
    if held is None:
        held = r
""",
        depth,
    )


def _emit_name(plan: Plan, source: _Source, number: int, value: Value, computed: dict[int, int]) -> None:
    """Emit a value that is found by name: a manufacturer, its model, an operating system."""
    attribute = value.attribute
    value_map = plan.maps[attribute.word]
    source.add(f"v = {_taken(source, number, value, computed)}")
    if attribute.word == "model":
        # A model belongs to one manufacturer (api/itglue.md 5.3).
        source.bind("model_memo", clean.Memo(lambda key: value_map.one(key[1], key[0])))
        source.bind("model_slow", value_map.one)
        source.bind("model_blank", value_map.one(None))
        source.add("""
maker = names.get("manufacturer_id")
if maker is None:
    r = None
    if v:
        notes["model_id"] = "left out: the source names no manufacturer"
elif v.__class__ is str:
    r = model_memo[maker, v]
elif v is None and model_blank is None:
    r = None
else:
    r = model_slow(v, maker)
""")
    else:
        inside = _INSIDE.get(attribute.word)
        source.bind(f"slow_{number}", value_map.one)
        source.bind(f"memo_{number}", clean.Memo(lambda key: value_map.one(key[1], key[0])))
        source.bind(f"blank_{number}", value_map.one(None))
        source.add(f"""
p = {f'names.get("{inside}")' if inside else None}
if v.__class__ is str:
    r = memo_{number}[p, v]
else:
    r = blank_{number} if v is None else slow_{number}(v, p)
""")
    _emit_mapped(source, attribute)


def _emit_reference(source: _Source, number: int, value: Value, computed: dict[int, int]) -> None:
    """Emit a value that names another record of the source."""
    name, kind = value.attribute.name, value.attribute.refers
    source.bind(f"refs_{number}", clean.Memo(lambda key: Ref(key[0], kind, str(key[1]))))
    source.bind("id_of", _id_of)
    source.add(f"""
v = id_of({_taken(source, number, value, computed)})
if v is SKIPPED:
    notes["{name}"] = "skipped: it is no reference to a {kind}"
elif v is not None:
    refs["{name}"] = refs_{number}[ref.source, v]
v{number} = v
""")


def _id_of(value: Any) -> Any:
    """Give the id of a reference, None for none or a bare name of what has no id, SKIPPED for anything else."""
    if isinstance(value, Mapping):
        return value.get("id") or None
    if value is None or value == "":
        return None
    return getattr(value, "id", SKIPPED) or None


def _taken(source: _Source, number: int, value: Value, computed: dict[int, int]) -> str:
    """Give the text of the value as it comes, before it is brought to its form."""
    expression = value.expression
    if number in computed:
        return f"x[{computed[number]}]"
    if expression.path is None:
        return source.bind(f"constant_{number}", expression.constant)
    word = source.bind(f"word_{number}", expression.path[0])
    if len(expression.path) == 1:
        return f"get({word})"
    return f"(get({word}) or EMPTY).get({source.bind(f'caption_{number}', expression.path[1])})"


def _emit_value(source: _Source, number: int, value: Value, computed: dict[int, int]) -> None:
    attribute = value.attribute
    form, name = attribute.form, attribute.name
    own_word = number not in computed and value.expression.path is not None
    tidy = clean.html_of_plain if form == "html" and own_word else _FORMS[form]
    source.bind(f"tidy_{number}", tidy)
    source.add(f"v = {_taken(source, number, value, computed)}")
    if form == "mac" and value.expression.path == ("mac_address",):
        # A connector gives no single address where the source's field holds several (api/connectwise.md 5.5).
        source.add("""
if v is None and (several := get("mac_addresses")):
    v = ", ".join(several)
""")
    source.add("if v is not None:")
    if form == "text":
        source.add(
            f"""
if v.__class__ is str and len(v) <= {TEXT} and v.isprintable():
    v = v.strip() or None
else:
    v = tidy_{number}(v)
""",
            2,
        )
    elif form == "date":
        source.scope.setdefault("days", _Zones({}))
        source.add(f"v = days[ref.source][v] if v.__class__ is str else tidy_{number}(v)", 2)
    else:
        source.add(f"v = tidy_{number}(v)", 2)
    # The reason stands without the record's name: whoever shows it names the record.
    if attribute.strict:
        source.add(
            f'if v.__class__ is Bad:\n    return Held("bad_value", "{attribute.word.replace("_", " ")} " + v.text)', 2
        )
    else:
        source.add(f'if v.__class__ is Bad:\n    notes["{name}"] = "skipped: " + v.text\n    v = SKIPPED', 2)
    if attribute.required:
        source.add(f'if v is None:\n    return Held("bad_value", "{attribute.word} is blank, IT Glue requires one")')
    source.add(f"v{number} = v")


def _emit_wish(plan: Plan, source: _Source) -> None:
    if "days" in source.scope:
        source.scope["days"] = _Zones(plan.zones)
    plain = {
        value.attribute.name: f"v{number}"
        for number, value in enumerate(plan.values)
        if value.attribute.form not in _RESOLVED
    }
    if "operating_system" in plan.maps:
        if "operating_system_notes" in plain:
            # The operator's own text stands there whether or not IT Glue lists the system.
            source.bind("replace", replace)
            source.add(f"""
if "operating_system_id" in names:
    own = ("operating_system_notes", {plain["operating_system_notes"]})
    names["operating_system_id"] = replace(names["operating_system_id"], otherwise=own)
""")
        else:
            plain["operating_system_notes"] = "None"
    source.add("attributes = {" + ", ".join(f'"{name}": {held}' for name, held in plain.items()) + "}")
    for value_map in plan.maps.values():
        name = value_map.attribute.name
        source.add(f'if "{name}" not in names:\n    attributes["{name}"] = None')
    for number, value in enumerate(plan.values):
        if value.attribute.form == "reference":
            source.add(f'if v{number} is None:\n    attributes["{value.attribute.name}"] = None')
    source.add("if notes:\n    attributes = {key: v for key, v in attributes.items() if v is not SKIPPED}")
    source.add("return Desired(attributes, names, refs, notes)")


def check_constant(value: Value) -> SettingsError | None:
    """Say what IT Glue would refuse in a constant of the file; None when it is good."""
    if value.expression.path is not None or value.expression.computes or value.attribute.form == "reference":
        return None
    given = _FORMS[value.attribute.form](value.expression.constant)
    if isinstance(given, clean.Bad):
        return SettingsError("B132", f"{value.attribute.word} {given.text}")
    return None

"""A block built from its effective definition; every problem is collected with its line."""

from collections.abc import Callable
from collections.abc import Mapping as AbstractMapping
from typing import Any

from bridge.desired import Excluded, Held
from bridge.errors import SettingsError
from bridge.mapping.attributes import ATTRIBUTES, REFUSED, Attribute, find
from bridge.mapping.block import Block, Owners, Words
from bridge.mapping.compile import Plan, Value, check_constant, compile_plan
from bridge.mapping.effective import KINDS, WAVES, Definition, Entry, MappingSettings, is_read
from bridge.mapping.expressions import Expression, context_of, joined, parse_condition, parse_template
from bridge.mapping.gone import Gone, parse_gone
from bridge.mapping.problems import nearest, raise_all
from bridge.mapping.values import MapLine, ValueMap
from bridge.mapping.words import WORDS
from bridge.records import Ref

MATCH_KEYS = {
    "organizations": ("name", "short_name"),
    "locations": ("name",),
    "contacts": ("email", "name"),
    "configurations": ("serial_number", "mac_address", "asset_tag", "name"),
}
# What the generated function reads besides the operator's expressions.
_OWN_WORDS = {
    "organization": {"name", "types", "status"},
    "location": {"name", "organization"},
    "contact": {"first_name", "last_name", "emails", "organization", "type"},
    "configuration": {"name", "organization", "type", "status"},
}


class _Build:
    """The definition being built, and the problems found so far."""

    def __init__(self, definition: Definition, settings: MappingSettings) -> None:
        self.definition = definition
        self.settings = settings
        self.id = definition.id
        self.kind = KINDS[definition.id]
        self.problems: list[SettingsError] = []

    def refuse(self, code: str, message: str, entry: Entry, at: int | None = None) -> None:
        path = entry.path or (self.id,)
        self.problems.append(self.settings.error(code, message, path if at is None else (*path, at)))

    def attribute(self, word: str, entry: Entry, at: int | None = None) -> Attribute | None:
        found = find(self.id, word)
        if found is None:
            refused = REFUSED[self.id].get(word.removesuffix("_id"))
            unknown = f'{self.id} have no attribute "{word}"{nearest(word, ATTRIBUTES[self.id])}'
            self.refuse("B125", f'"{word}" cannot be set: {refused}' if refused else unknown, entry, at)
        return found

    def parsed(self, entry: Entry, parse: Callable[[], Expression]) -> Expression | None:
        try:
            return parse()
        except SettingsError as error:
            self.refuse(error.code, str(error), entry)
            return None

    def value(self, word: str, entry: Entry) -> Value | None:
        attribute = self.attribute(word, entry)
        if attribute is None:
            return None
        if not attribute.settable:
            self.refuse("B125", f'"{word}" comes from the value map {attribute.rule}, not from set', entry)
            return None
        template = entry.value
        if isinstance(template, str):
            html = attribute.form == "html"
            expression = self.parsed(entry, lambda: parse_template(template, self.kind, html=html))
        else:
            expression = Expression(repr(template), constant=template)
        if expression is None:
            return None
        value = Value(attribute, expression, entry.where)
        if problem := check_constant(value) or self.misplaced(value):
            self.refuse(problem.code, str(problem), entry)
        return value

    def misplaced(self, value: Value) -> SettingsError | None:
        """Say where what is to be a reference is none, or one to another kind of record."""
        wanted, path = value.attribute.refers, value.expression.path
        if not wanted or (path is None and value.expression.computes):
            return None
        if path is not None and len(path) == 1 and WORDS[self.kind][path[0]].of == wanted:
            return None
        fitting = ", ".join(f"{{{{ {word.name} }}}}" for word in WORDS[self.kind].values() if word.of == wanted)
        return SettingsError("B132", f"{value.attribute.word} takes a reference to a {wanted}, such as {fitting}")

    def owners(self) -> Owners:
        named: dict[str, frozenset[str]] = {}
        seen: dict[str, str] = {}
        for rule in ("once", "fill", "ignore", "clear"):
            entry = self.definition.entries[rule]
            names = set()
            for at, word in enumerate(entry.value):
                attribute = self.attribute(word, entry, at)
                if attribute is None:
                    continue
                if attribute.required and rule in ("ignore", "clear"):
                    advice = "; once = [...] leaves it to IT Glue after creation" if rule == "ignore" else ""
                    self.refuse(
                        "B126", f'"{word}" is required by IT Glue and cannot stand in {rule}{advice}', entry, at
                    )
                if rule != "clear" and seen.setdefault(attribute.name, rule) != rule:
                    self.refuse("B126", f'"{word}" stands in both {seen[attribute.name]} and {rule}', entry, at)
                names.add(attribute.name)
            named[rule] = frozenset(names)
        for name in named["clear"] & named["ignore"]:
            self.refuse("B126", f'"{name}" stands in both ignore and clear', self.definition.entries["clear"])
        return Owners(**named)

    def gone(self) -> tuple[Gone, Expression | None]:
        entry = self.definition.entries["gone"]
        try:
            gone = parse_gone(entry.value, self.id)
            return gone, parse_condition(gone.when, self.kind) if gone.when else None
        except SettingsError as error:
            self.refuse(error.code, str(error), entry)
            return Gone(), None

    def match(self) -> tuple[str, ...]:
        entry = self.definition.entries["match"]
        known = MATCH_KEYS[self.id]
        for at, key in enumerate(entry.value):
            if key not in known:
                self.refuse("B131", f'"{key}" is no key to match {self.id} by{nearest(key, known)}', entry, at)
        return tuple(entry.value)


def build(definition: Definition, settings: MappingSettings) -> Block:
    """Build a block; raise SettingsErrors with all that is wrong in it."""
    work = _Build(definition, settings)
    entries = definition.entries
    owners = work.owners()
    gone, when = work.gone()
    match = work.match()
    only_entry = entries.get("only")
    enabled = entries.get("enabled")
    only = work.parsed(only_entry, lambda: parse_condition(only_entry.value, work.kind)) if only_entry else None
    values = {word: work.value(word, entry) for word, entry in definition.sets.items()}
    raise_all(work.problems)
    by_name = {value.attribute.name: value for value in values.values() if value is not None}
    # A model stands and falls with its manufacturer: left alone there, it is left alone too.
    ignored = owners.ignore | ({"model_id"} if "manufacturer_id" in owners.ignore else set())
    # Nothing refers to what nobody reads.
    absent = {kind for block_id, kind in KINDS.items() if not is_read(block_id, settings)}
    attributes = [
        each for each in ATTRIBUTES[work.id].values() if each.name not in ignored and each.refers not in absent
    ]
    plan = Plan(
        table=work.id,
        kind=work.kind,
        only=only,
        only_rule=_rule(only_entry, work.id, "only"),
        only_where=only_entry.where if only_entry else "",
        values=[by_name[each.name] for each in attributes if each.name in by_name],
        maps={each.word: _value_map(each, definition) for each in attributes if _mapped(each, by_name)},
        zones=definition.zones,
    )
    used = [each.expression.words for each in plan.values]
    used += [each.words for each in (only, when) if each is not None]
    want = frozenset(_OWN_WORDS[work.kind]).union(*used)
    off = enabled is not None and enabled.value is False
    return Block(
        id=work.id,
        kind=work.kind,
        itglue_type=work.id,
        wave=WAVES[work.id],
        digest=definition.digest(),
        want=frozenset() if off else want,
        owners=owners,
        gone=gone,
        match=match,
        create=entries["create"].value,
        marker="marker" in entries and bool(entries["marker"].value),
        relative=any(WORDS[work.kind][word].relative for word in want),
        provenance=_provenance(definition),
        map=_nothing(Excluded(_rule(enabled, work.id, "enabled"))) if off else compile_plan(plan),
        leaves=_leaves(when, work.kind, entries["gone"].where),
    )


def _mapped(attribute: Attribute, values: AbstractMapping[str, Value]) -> bool:
    return attribute.form == "name" and (not attribute.settable or attribute.name in values)


def _value_map(attribute: Attribute, definition: Definition) -> ValueMap:
    lines = definition.entries[attribute.rule].value
    return ValueMap(definition.id, attribute, [MapLine.of(each.value, each.where) for each in lines])


def _rule(entry: Entry | None, table: str, key: str) -> str:
    if entry is None or entry.path is None or entry.path[0] != "override":
        return f"[{table}].{key}"
    return f"{entry.where} [[override]] {table}.{key}"


def _nothing(rule: Excluded) -> Callable[[Words, Ref], Excluded]:
    return lambda _words, _ref: rule


def _provenance(definition: Definition) -> dict[str, str]:
    where: dict[str, str] = {}
    for key, entry in definition.entries.items():
        where[key] = entry.where
        if isinstance(entry.value, tuple):
            where |= {f"{key}.{at}": each.where for at, each in enumerate(entry.value) if isinstance(each, Entry)}
    return where | {f"set.{word}": entry.where for word, entry in definition.sets.items()}


def _stays(words: Words, ref: Ref) -> bool | Held:
    return False


def _leaves(when: Expression | None, kind: str, where: str) -> Callable[[Words, Ref], bool | Held]:
    if when is None:
        return _stays
    context, compute = context_of(kind, when.words), joined([when])

    def leaves(words: Words, ref: Ref) -> bool | Held:
        try:
            given: Any = compute(context(words, ref))[0]
            return bool(given)
        except Exception as error:
            return Held("bad_value", f"gone ({where}): {type(error).__name__}: {error}")

    return leaves

"""A `[[flexible_assets]]` block built from its table; every problem is collected with its line."""

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from functools import partial
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bridge.desired import Desired, Excluded, Held
from bridge.errors import SettingsError
from bridge.mapping import build_suggestions, suggest, traits
from bridge.mapping.assets import BRIDGE_REF, AssetField, AssetType
from bridge.mapping.block import Block, Owners
from bridge.mapping.clean import Bad, Memo
from bridge.mapping.effective import BLOCK_IDS, WAVES, MappingSettings, Path
from bridge.mapping.expressions import Expression, parse_condition, parse_template
from bridge.mapping.gone import Gone, parse_gone
from bridge.mapping.map_assets import AssetMap, Value, leaves_of
from bridge.mapping.override_assets import Laid
from bridge.mapping.problems import nearest, raise_all
from bridge.mapping.rules import FlexibleField
from bridge.mapping.words import PLURALS, summary, words_of

Outcome = Desired | Excluded | Held
MATCH_KEYS = ("name",)
_TAG_NAMES = (*traits.TAGS, *traits.TAGS_BY_ID, f"{traits.ASSET_TAG} NAME")


class _Build:
    """The table being read, and the problems found so far."""

    def __init__(self, laid: Laid, number: int, settings: MappingSettings) -> None:
        rules = self.rules = laid.rules
        self.laid = laid
        self.settings = settings
        self.path: Path = ("flexible_assets", number)
        self.problems: list[SettingsError] = list(laid.problems)
        self.source, self.kind = self._from()
        self.table = self.kind if rules.per == "record" else summary(rules.per, self.kind)
        self.zones: Memo[str, tzinfo] = Memo(_zones(settings.zones()))

    def refuse(self, code: str, message: str, *path: str | int) -> None:
        self.problems.append(self.settings.error(code, message, self.place(*path)))

    def place(self, *path: str | int) -> Path:
        """Give where a key stands in the file: in an override, or in the block's table."""
        for length in range(len(path), 0, -1):
            if moved := self.laid.moved.get(path[:length]):
                return (*moved, *path[length:])
        return (*self.path, *path)

    def where(self, *path: str | int) -> str:
        return self.settings.where(self.place(*path))

    def rule(self, key: str) -> str:
        """Name a key as what excludes a record does."""
        if (key,) in self.laid.moved:
            return f"{self.where(key)} [[override]] flexible_assets.{self.rules.id}.{key}"
        return f"{self.where()} [[flexible_assets]] {self.rules.id}.{key}"

    def _from(self) -> tuple[str | None, str]:
        source, dot, plural = self.rules.source.rpartition(".")
        sources = self.settings.zones()
        if plural not in PLURALS:
            self.refuse("B133", f'from = "{self.rules.source}": no kind "{plural}"{nearest(plural, PLURALS)}', "from")
        elif dot and source not in sources:
            self.refuse("B133", f'from = "{self.rules.source}": no source "{source}"{nearest(source, sources)}', "from")
        elif self.rules.per == PLURALS[plural]:
            self.refuse("B133", f'{plural} are summed up per {self.rules.per}: write per = "record"', "per")
        elif self.rules.per == "configuration" and plural != "tickets":
            self.refuse("B133", f"{plural} name no configurations that they could be summed up for", "per")
        return (source or None), PLURALS.get(plural, "ticket")

    def parsed(self, parse: Callable[[], Expression], *path: str | int) -> Expression | None:
        try:
            return parse()
        except SettingsError as error:
            self.refuse(error.code, str(error), *path)
            return None

    def fields(self) -> tuple[tuple[AssetField, ...], list[Value]]:
        fields: list[AssetField] = []
        values: list[Value] = []
        seen: set[str] = set()
        listed = any(each.in_list for each in self.rules.fields)
        for at, given in enumerate(self.rules.fields):
            field = self._field(given, at, listed=listed)
            if field.name.casefold() in seen:
                self.refuse("B133", f'two fields are called "{field.name}"', "fields", at, "name")
            seen.add(field.name.casefold())
            fields.append(field)
            value = self._value(field, given, at) if given.value is not None else None
            if value is not None:
                values.append(value)
        if not any(each.title for each in fields):
            said = f"no field is the title: write title = true for a field of kind {', '.join(traits.TITLES)}"
            self.refuse("B133", said, "fields")
        if BRIDGE_REF.casefold() not in seen:
            field = AssetField(BRIDGE_REF, "Text", hint="Written by the bridge: leave it as it is")
            fields.append(field)
            reference = parse_template("{{ ref }}", self.table)
            values.append(Value(field, reference, self.settings.where(self.path), _plainly(traits.text)))
        return tuple(fields), values

    def _field(self, given: FlexibleField, at: int, *, listed: bool) -> AssetField:
        name, kind = given.name.strip(), given.kind
        if kind in traits.UNSAFE:
            self.refuse(
                "B133", f'"{name}": IT Glue deletes {kind} fields when an asset is written, so none is taken',
                "fields", at, "kind",
            )  # fmt: skip
        if given.title and kind not in traits.TITLES:
            said = f'"{name}": a {kind} cannot make the title; {", ".join(traits.TITLES)} can'
            self.refuse("B133", said, "fields", at, "title")
        if kind in traits.VALUELESS and (given.value is not None or given.required):
            self.refuse("B133", f'"{name}": a {kind} has no value', "fields", at)
        tags = None
        if kind == "Tag":
            tags = traits.tag_type(given.tags) if given.tags else None
            if tags is None:
                said = f'"{name}": no tag type "{given.tags or ""}"{nearest(given.tags or "", _TAG_NAMES)}'
                self.refuse("B133", said, "fields", at, *(("tags",) if given.tags else ()))
        elif given.tags is not None:
            self.refuse("B133", f'"{name}": only a Tag has tags', "fields", at, "tags")
        if given.suggest is not None:
            self._suggests(given, at)
        if given.options is not None and kind != "Select":
            self.refuse("B133", f'"{name}": only a Select has options', "fields", at, "options")
        if given.decimals is not None and kind not in ("Number", "Percent"):
            self.refuse("B133", f'"{name}": only a Number or Percent has decimals', "fields", at, "decimals")
        options = tuple(option.strip() for option in given.options or ())
        if any(not option or "\n" in option for option in options) or len(set(options)) < len(options):
            self.refuse("B133", f'"{name}": options are single lines, each once', "fields", at, "options")
        return AssetField(
            name, kind, given.title, given.required, given.in_list or (given.title and not listed), given.hint, tags,
            options, given.decimals or 0, given.value is not None or given.suggest is not None,
        )  # fmt: skip

    def _suggests(self, given: FlexibleField, at: int) -> None:
        """Refuse a field of suggestions that nothing can be suggested in."""
        if self.kind != "ticket" or self.rules.per != "record":
            said = f'"{given.name}": only a block with from = "tickets" and per = "record" has suggestions'
        elif given.kind != "Tag" or not build_suggestions.can_show(given.tags or ""):
            said = f'"{given.name}": suggestions stand in a Tag of {build_suggestions.SHOWN}'
        elif given.value is not None or given.required:
            said = f'"{given.name}": suggestions take no value, and may be none: it cannot be required'
        else:
            return
        self.refuse("B139", said, "fields", at, "suggest")

    def suggestions(self, rules: tuple[suggest.Rule, ...]) -> suggest.Suggestions | None:
        fields = tuple(
            (f"traits.{each.name.strip()}", each.suggest, traits.tag_type(each.tags or "") or "")
            for each in self.rules.fields
            if each.suggest is not None
        )
        shows = {show for _, _, show in fields}
        return suggest.Suggestions(tuple(each for each in rules if each.show in shows), fields) if fields else None

    def _value(self, field: AssetField, given: FlexibleField, at: int) -> Value | None:
        if field.kind in (*traits.UNSAFE, *traits.VALUELESS):
            return None
        template = given.value
        path = ("fields", at, "value")
        if isinstance(template, str):
            insert = "_quoted" if field.kind == "Textbox" else ""
            expression = self.parsed(lambda: parse_template(template, self.table, insert=insert), *path)
        else:
            expression = Expression(repr(template), constant=template)
        if expression is None:
            return None
        value = Value(field, expression, self.where(*path), self._form(field))
        if expression.node is None and not expression.body:
            said = value.form(expression.constant, "")
            if isinstance(said, Bad):
                self.refuse("B132", f'"{field.name}" {said.text}', *path)
        return value

    def _form(self, field: AssetField) -> Callable[[Any, str], Any]:
        if field.kind in ("Number", "Percent"):
            return _plainly(partial(traits.number, decimals=field.decimals))
        if field.kind == "Select":
            # Without options in the file those that IT Glue has decide, once they are known.
            return _plainly(partial(traits.select, options=field.options) if field.options else traits.text)
        if field.kind == "Date":
            return lambda value, source: traits.day(value, self.zones[source])
        return _plainly(traits.FORMS[field.kind])

    def owners(self, fields: tuple[AssetField, ...]) -> Owners:
        known = {each.name.casefold(): each for each in fields}
        named: dict[str, frozenset[str]] = {}
        seen: dict[str, str] = {}
        for rule in ("once", "fill", "ignore", "clear"):
            words: set[str] = set()
            for at, name in enumerate(getattr(self.rules, rule) or ()):
                field = known.get(name.strip().casefold())
                if field is None:
                    said = f'{self.rules.id} has no field "{name}"{nearest(name, [each.name for each in fields])}'
                    self.refuse("B125", said, rule, at)
                    continue
                if rule in ("ignore", "clear") and (field.required or field.title or field.name == BRIDGE_REF):
                    self.refuse("B126", f'"{name}" is needed and cannot stand in {rule}', rule, at)
                if rule != "clear" and seen.setdefault(field.name, rule) != rule:
                    self.refuse("B126", f'"{name}" stands in both {seen[field.name]} and {rule}', rule, at)
                words.add(f"traits.{field.name}")
            named[rule] = frozenset(words)
        return Owners(**named)

    def gone(self) -> tuple[Gone, Expression | None]:
        try:
            gone = parse_gone(self.rules.gone or "keep", "flexible_assets")
            return gone, parse_condition(gone.when, self.table) if gone.when else None
        except SettingsError as error:
            self.refuse(error.code, str(error), "gone")
            return Gone(), None

    def match(self) -> tuple[str, ...]:
        given = self.rules.match if self.rules.match is not None else MATCH_KEYS
        for at, key in enumerate(given):
            if key not in MATCH_KEYS:
                self.refuse(
                    "B131", f'"{key}" is no key to match flexible assets by{nearest(key, MATCH_KEYS)}', "match", at
                )
        return tuple(given)


def _zones(names: Mapping[str, str]) -> Callable[[str], tzinfo]:
    return lambda source: ZoneInfo(names[source]) if names.get(source) else UTC


def _plainly(form: Callable[[Any], Any]) -> Callable[[Any, str], Any]:
    return lambda value, _source: form(value)


def build(laid: Laid, number: int, settings: MappingSettings, suggested: tuple[suggest.Rule, ...] = ()) -> Block:
    """Build a block; raise SettingsErrors with all that is wrong in it."""
    rules = laid.rules
    work = _Build(laid, number, settings)
    if rules.id in BLOCK_IDS or not rules.id:
        work.refuse("B133", f'"{rules.id}" cannot be the name of a block: give another one with name = "…"', "type")
    fields, values = work.fields()
    owners = work.owners(fields)
    gone, when = work.gone()
    match = work.match()
    only = None
    if rules.only is not None:
        text = rules.only
        only = work.parsed(lambda: parse_condition(text, work.kind), "only")
    raise_all(work.problems)
    asset_type = AssetType(rules.type.strip(), rules.icon, rules.description, fields)
    own = {"organization"} if "organization" in words_of(work.kind) else {"name"}
    used = frozenset[str](own).union(
        *(each.expression.words for each in values), *(each.words for each in (only, when) if each is not None)
    )
    known = words_of(work.table)
    want = used if rules.per == "record" else frozenset(_contributed(work, only, values, when)) | own
    shown = work.suggestions(suggested)
    if shown is not None:
        want |= shown.words(suggest.TICKET) | {"open"}
        want |= {"configurations"} if shown.words(suggest.DEVICE) else frozenset()
    condition = (only, work.where("only")) if only is not None else None
    mapped = AssetMap(work.table, work.kind, condition, values, block=rules.id, excluded=work.rule("only"))
    off = Excluded(f"{settings.where(laid.off)} [[override]] flexible_assets.{rules.id}.enabled") if laid.off else None
    return Block(
        id=rules.id,
        kind=work.kind,
        itglue_type="flexible_assets",
        wave=WAVES["flexible_assets"],
        digest=_digest(laid, asset_type, settings, shown),
        want=want,
        owners=owners,
        gone=gone,
        match=match,
        create=rules.create or "yes",
        marker=False,
        relative=any(_is_relative(work, word) for word in used if word in known) or _only_relative(work, only),
        provenance=_provenance(work),
        map=mapped.__call__ if off is None else lambda _words, _ref: off,
        leaves=leaves_of(mapped, when, work.where("gone")),
        source=work.source,
        per=rules.per,
        takes=mapped.fits,
        asset_type=asset_type,
        suggestions=shown,
    )


def _contributed(work: _Build, only: Expression | None, values: list[Value], when: Expression | None) -> set[str]:
    """Give the words of the records that a summary may read: all, since a loop may name any; costly ones if per needs them."""
    words = {name for name, word in words_of(work.kind).items() if word.row}
    if work.rules.per == "configuration":
        words.add("configurations")
    if only is not None:
        words |= only.words
    texts = " ".join(each.expression.source for each in values) + (when.source if when is not None else "")
    return words | {name for name, word in words_of(work.kind).items() if not word.row and name in texts}


def _is_relative(work: _Build, word: str) -> bool:
    held = words_of(work.table)[word]
    return held.relative or (held.shape == "records" and any(each.relative for each in words_of(held.of).values()))


def _only_relative(work: _Build, only: Expression | None) -> bool:
    return only is not None and any(words_of(work.kind)[word].relative for word in only.words)


def _digest(laid: Laid, asset_type: AssetType, settings: MappingSettings, shown: suggest.Suggestions | None) -> str:
    rules = laid.rules
    content = {
        "rules": rules.model_dump(mode="json", exclude_none=True),
        "id": rules.id,
        "fields": [each.name for each in asset_type.fields],
        "zones": {source: zone for source, zone in settings.zones().items() if zone != "UTC"},
        **({"enabled": False} if laid.off else {}),
        **({"suggestions": [each.content() for each in shown.rules]} if shown is not None else {}),
    }
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _provenance(work: _Build) -> dict[str, str]:
    names = {"source": "from"}
    given = {*work.rules.model_fields_set, *(str(path[0]) for path in work.laid.moved)}
    found = {names.get(key, key): work.where(names.get(key, key)) for key in sorted(given)}
    for at, field in enumerate(work.rules.fields):
        moved = ("fields", at, "value") in work.laid.moved
        found[f"fields.{field.name}"] = work.where("fields", at, *(("value",) if moved else ()))
    if work.laid.off:
        found["enabled"] = work.settings.where(work.laid.off)
    return found

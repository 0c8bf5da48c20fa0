"""The whole mapping of a settings file: its blocks, and their forms for the organizations of an override."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, replace
from typing import Any

from bridge.desired import Held
from bridge.errors import SettingsError
from bridge.mapping import build_suggestions
from bridge.mapping.assets import AssetType, folded, merged
from bridge.mapping.block import Block, Words
from bridge.mapping.build import build
from bridge.mapping.build_assets import build as build_assets
from bridge.mapping.clean import Memo
from bridge.mapping.effective import DEFAULTS, KINDS, Entry, MappingSettings, define, is_read
from bridge.mapping.override_assets import lay
from bridge.mapping.override_assets import of_block as overrides_of
from bridge.mapping.problems import SettingsErrors, nearest, raise_all
from bridge.mapping.rules import Line
from bridge.mapping.suggest import SUBJECTS
from bridge.mapping.traits import ASSET_TAG
from bridge.records import Ref

__all__ = ["Block", "Mapping", "Row", "compile_mapping", "organization_of"]

Organization = tuple[Ref, str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the effective mapping: block, key, what it says, where it comes from."""

    block: str
    key: str
    text: str
    where: str


class Mapping:
    """Every block, compiled; an override's form of a block is compiled when first asked for."""

    def __init__(self, settings: MappingSettings) -> None:
        self._settings = settings
        self._forms: Memo[tuple[str, tuple[int, ...]], Block] = Memo(
            lambda key: build(define(key[0], settings, key[1]), settings)
        )
        suggested = build_suggestions.build(settings)
        self._assets: dict[str, Block] = {}
        self._asset_forms: dict[str, dict[int, Block]] = {}
        self._asset_overlays: Memo[tuple[str, tuple[int, ...]], Block] = Memo(self._overlaid)
        self._suggested = suggested
        for rules in settings.flexible_assets:
            self._asset_forms[rules.id] = {n: self._asset(rules.id, (n,)) for n in overrides_of(settings, rules.id)}
            self._assets[rules.id] = _for_all(self._asset(rules.id), self._asset_forms[rules.id].values())
        self._assets = {block.id: block for block in _tagged_first(self._assets.values())}
        self.suggesting: tuple[Block, ...] = tuple(
            block for block in self._assets.values() if block.suggestions is not None
        )
        # By folded name: what all blocks of a type ask of it.
        self.asset_types: dict[str, AssetType] = merged(
            block.asset_type for block in self._assets.values() if block.asset_type is not None
        )
        self._selected: dict[str, list[int]] = {}
        for number, override in enumerate(settings.override):
            for entry in override.organizations:
                self._selected.setdefault(entry.strip(), []).append(number)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Give the blocks as they are without overrides, parents first, and what is tagged before what tags it."""
        own = sorted((self._forms[block_id, ()] for block_id in KINDS), key=lambda block: block.wave)
        return (*own, *self._assets.values())

    def blocks_for_kind(self, kind: str) -> tuple[Block, ...]:
        """Give the blocks that read this kind of record."""
        return tuple(block for block in self.blocks if block.kind == kind)

    def kinds_of(self, source: str) -> tuple[str, ...]:
        """Give the kinds of records of a source that are read, parents first: those of blocks that are switched on."""
        blocks = (block for block in self.blocks if self.reads(block.id) and block.source in {None, source})
        return tuple(dict.fromkeys(block.kind for block in blocks))

    def block(self, block_id: str, organization: Organization | None = None) -> Block:
        """Give a block in the form that holds for the records of a source's organization: its Ref and name."""
        hits: set[int] = set()
        if organization is not None and self._selected:
            ref, name = organization
            hits = {*self._selected.get(str(ref), ()), *self._selected.get((name or "").strip(), ())}
        if block_id in self._assets:
            hits &= self._asset_forms[block_id].keys()
            return self._asset_overlays[block_id, tuple(sorted(hits))] if hits else self._assets[block_id]
        return self._forms[block_id, tuple(sorted(hits))]

    def _asset(self, block_id: str, overrides: tuple[int, ...] = ()) -> Block:
        rules = self._settings.flexible_assets
        number = next(at for at, each in enumerate(rules) if each.id == block_id)
        return build_assets(lay(rules[number], self._settings, overrides), number, self._settings, self._suggested)

    def _overlaid(self, key: tuple[str, tuple[int, ...]]) -> Block:
        """Give an override's form of a block of flexible assets, which reads what the block does."""
        block_id, overrides = key
        known, form = self._assets[block_id], self._asset(block_id, overrides)
        return replace(form, want=known.want, relative=known.relative, takes=known.takes)

    def block_for(self, block_id: str, words: Words, ref: Ref) -> Block:
        """Give a block in the form that holds for this record."""
        return self.block(block_id, organization_of(words, ref) if self._selected else None)

    def __contains__(self, block_id: str) -> bool:
        """Tell whether there is such a block."""
        return block_id in KINDS or block_id in self._assets

    def reads(self, block_id: str) -> bool:
        """Tell whether a block is switched on, for anybody at all: else its kind is not even read."""
        return block_id not in KINDS or is_read(block_id, self._settings)

    def want(self, kind: str) -> frozenset[str]:
        """Give the words of a kind that any form of any block reads."""
        forms = [self.block(each.id) for each in self.blocks_for_kind(kind)]
        forms += [
            self._forms[each.id, (number,)]
            for each in self.blocks_for_kind(kind)
            if each.id not in self._assets
            for number in self._overrides()
        ]
        looked_at = [
            block.suggestions.words(subject)
            for block in self.suggesting
            if block.suggestions is not None
            for subject, of in SUBJECTS.items()
            if of == kind
        ]
        return frozenset[str]().union(*(form.want for form in forms), *looked_at)

    def explain_rows(self) -> Iterator[Row]:
        """Give the effective mapping line by line, overrides after the blocks that they change."""
        for block in self.blocks:
            if block.asset_type is not None:
                rows = list(_asset_rows(block))
                yield from rows
                for number, form in self._asset_forms[block.id].items():
                    said = f"{block.id} ({', '.join(self._settings.override[number].organizations)})"
                    yield from (replace(row, block=said) for row in _asset_rows(form) if row not in rows)
                continue
            definition = define(block.id, self._settings)
            yield from _rows(block.id, definition.entries, definition.sets)
            for number in self._overrides():
                changed = define(block.id, self._settings, (number,))
                said = f"{block.id} ({', '.join(self._settings.override[number].organizations)})"
                entries = {key: each for key, each in changed.entries.items() if each != definition.entries.get(key)}
                sets = {key: each for key, each in changed.sets.items() if each != definition.sets.get(key)}
                yield from _rows(said, entries, sets)

    def _overrides(self) -> range:
        return range(len(self._settings.override))


def _tagged_first(blocks: Iterable[Block]) -> Iterable[Block]:
    """Order blocks of flexible assets: those whose type another one tags before that; else as they stand in the file."""
    by_type: dict[str, list[Block]] = {}
    ordered: dict[str, Block] = {}

    def place(block: Block, under: frozenset[str]) -> None:
        if block.id in ordered or block.id in under:  # what tags each other stays in the order of the file
            return
        for field in block.asset_type.fields if block.asset_type else ():
            if (field.tags or "").startswith(ASSET_TAG):
                for tagged in by_type.get(folded((field.tags or "").removeprefix(ASSET_TAG)), ()):
                    place(tagged, under | {block.id})
        ordered[block.id] = block

    given = list(blocks)
    for block in given:
        if block.asset_type is not None:
            by_type.setdefault(folded(block.asset_type.name), []).append(block)
    for block in given:
        place(block, frozenset())
    return ordered.values()


def _for_all(block: Block, forms: Iterable[Block]) -> Block:
    """Let a block read what any of its forms needs: what is read of a record is one, whoever it belongs to."""
    every = (block, *forms)

    def takes(words: Words, ref: Ref) -> bool | Held:
        return next((True for each in every if each.takes(words, ref) is not False), False)

    return replace(
        block,
        want=frozenset[str]().union(*(each.want for each in every)),
        relative=any(each.relative for each in every),
        takes=takes if len(every) > 1 else block.takes,
    )


def organization_of(words: Words, ref: Ref) -> Organization | None:
    """Give the organization that a record is, or belongs to; None where the source names none."""
    if ref.kind == "organization":
        return ref, words.get("name")
    held = words.get("organization")
    return (Ref(ref.source, "organization", str(held["id"])), held.get("name")) if held and held.get("id") else None


def _rows(block: str, entries: AbstractMapping[str, Entry], sets: AbstractMapping[str, Entry]) -> Iterator[Row]:
    for key, entry in entries.items():
        if isinstance(entry.value, tuple) and any(isinstance(each, Entry) for each in entry.value):
            yield from (Row(block, key, _line(each.value), each.where) for each in entry.value)
        else:
            yield Row(block, key, _text(entry.value), entry.where)
    yield from (Row(block, f"set.{word}", _text(entry.value), entry.where) for word, entry in sets.items())


def _asset_rows(block: Block) -> Iterator[Row]:
    said = {"type": block.asset_type.name if block.asset_type else "", "from": f"{block.source or '*'}.{block.kind}s",
            "per": block.per, "match": _text(block.match), "create": block.create}  # fmt: skip
    gone = block.gone
    said["gone"] = f"archive when {gone.when}" if gone.when else gone.verb
    for key, text in said.items():
        yield Row(block.id, key, text, block.provenance.get(key, "built in"))
    for rule in ("once", "fill", "ignore", "clear"):
        names = tuple(sorted(word.removeprefix("traits.") for word in getattr(block.owners, rule)))
        if names:
            yield Row(block.id, rule, _text(names), block.provenance.get(rule, "built in"))
    parts = {word: part for word, part, _ in block.suggestions.fields} if block.suggestions is not None else {}
    for field in block.asset_type.fields if block.asset_type else ():
        marks = [word for word in ("title", "required", "in_list") if getattr(field, word)]
        text = ", ".join((field.kind, *marks, *([] if field.has_value else ["left to people"]),
                          *([f"suggest {part}"] if (part := parts.get(f"traits.{field.name}")) else [])))  # fmt: skip
        yield Row(block.id, f"fields.{field.name}", text, block.provenance.get(f"fields.{field.name}", "built in"))


def _line(line: Line) -> str:
    names = [name or '""' for name in line.names]
    return f"{', '.join(names)} -> {line.to}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) or "(none)" if isinstance(value, tuple) else str(value)


def compile_mapping(settings: MappingSettings) -> Mapping:
    """Compile the mapping of settings; raise SettingsErrors with every problem of every block and override."""
    if settings.defaults not in DEFAULTS:
        message = f'no built-in mapping "{settings.defaults}"{nearest(settings.defaults, DEFAULTS)}'
        raise settings.error("B121", message, ("defaults",))
    problems: dict[str, SettingsError] = {}
    for name, path in settings.later().items():
        problems[name] = settings.error("B128", f"[{name}] is not in this release; take it out of the file", path)
    for block_id in KINDS:
        for overrides in ((), *((number,) for number in range(len(settings.override)))):
            try:
                build(define(block_id, settings, overrides), settings)
            except SettingsErrors as error:
                problems |= {str(each): each for each in error.problems}
    problems |= _asset_problems(settings)
    raise_all(list(problems.values()))
    return Mapping(settings)


def _asset_problems(settings: MappingSettings) -> dict[str, SettingsError]:
    """Find what is wrong in each block of flexible assets, and between them."""
    problems: dict[str, SettingsError] = {}
    try:
        build_suggestions.build(settings)
    except SettingsErrors as error:
        problems |= {str(each): each for each in error.problems}
    known = [rules.id for rules in settings.flexible_assets]
    for at, each in enumerate(settings.override):
        for name in each.flexible_assets or {}:
            if name not in known:
                said = f'no block of flexible assets is called "{name}"{nearest(name, known)}'
                problems[f"{said} {at}"] = settings.error("B133", said, ("override", at, "flexible_assets", name))
    ids: set[str] = set()
    marked: dict[tuple[str, str, str | None], str] = {}
    for number, rules in enumerate(settings.flexible_assets):
        path = ("flexible_assets", number)
        if rules.id in ids:
            said = f'two blocks are called "{rules.id}": give one of them another name = "…"'
            problems[said] = settings.error("B133", said, path)
        ids.add(rules.id)
        try:
            block = build_assets(lay(rules, settings, ()), number, settings)
            for override in overrides_of(settings, rules.id):
                build_assets(lay(rules, settings, (override,)), number, settings)
        except SettingsErrors as error:
            problems |= {str(each): each for each in error.problems}
            continue
        # The Bridge ref of an asset tells whose it is: two blocks must not make two assets of one type for one record.
        for source in [block.source] if block.source else settings.zones():
            other = marked.setdefault((rules.type.strip().casefold(), block.anchor_kind, source), rules.id)
            if other != rules.id:
                said = (
                    f'"{rules.id}" and "{other}" both make "{rules.type}" for {block.anchor_kind}s: put them into one'
                )
                problems[said] = settings.error("B133", said, path)
    return problems

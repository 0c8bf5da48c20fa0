"""The whole mapping of a settings file: its blocks, and their forms for the organizations of an override."""

from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Any

from bridge.errors import SettingsError
from bridge.mapping.block import Block, Words
from bridge.mapping.build import build
from bridge.mapping.clean import Memo
from bridge.mapping.effective import DEFAULTS, KINDS, Entry, MappingSettings, define
from bridge.mapping.problems import SettingsErrors, nearest, raise_all
from bridge.mapping.rules import Line
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
        self._selected: dict[str, list[int]] = {}
        for number, override in enumerate(settings.override):
            for entry in override.organizations:
                self._selected.setdefault(entry.strip(), []).append(number)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Give the blocks as they are without overrides, parents first."""
        return tuple(sorted((self._forms[block_id, ()] for block_id in KINDS), key=lambda block: block.wave))

    def blocks_for_kind(self, kind: str) -> tuple[Block, ...]:
        """Give the blocks that read this kind of record."""
        return tuple(block for block in self.blocks if block.kind == kind)

    def block(self, block_id: str, organization: Organization | None = None) -> Block:
        """Give a block in the form that holds for the records of a source's organization: its Ref and name."""
        if organization is None or not self._selected:
            return self._forms[block_id, ()]
        ref, name = organization
        hits = {*self._selected.get(str(ref), ()), *self._selected.get((name or "").strip(), ())}
        return self._forms[block_id, tuple(sorted(hits))]

    def block_for(self, block_id: str, words: Words, ref: Ref) -> Block:
        """Give a block in the form that holds for this record."""
        return self.block(block_id, organization_of(words, ref) if self._selected else None)

    def want(self, kind: str) -> frozenset[str]:
        """Give the words of a kind that any form of any block reads."""
        forms = [self.block(each.id) for each in self.blocks_for_kind(kind)]
        forms += [
            self._forms[each.id, (number,)] for each in self.blocks_for_kind(kind) for number in self._overrides()
        ]
        return frozenset[str]().union(*(form.want for form in forms))

    def explain_rows(self) -> Iterator[Row]:
        """Give the effective mapping line by line, overrides after the blocks that they change."""
        for block in self.blocks:
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
    raise_all(list(problems.values()))
    return Mapping(settings)

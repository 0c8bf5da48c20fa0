"""Whether the names that the settings use exist: types and statuses in IT Glue, organizations at the sources."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.cli import output
from bridge.cli.checks.found import Found, of_settings, ok
from bridge.mapping import reach
from bridge.mapping.blocks import Block
from bridge.mapping.blocks import Mapping as BlockMapping
from bridge.mapping.effective import Path
from bridge.mapping.problems import nearest
from bridge.mapping.rollout import EVERYONE, resolve
from bridge.matching.keys import normalise_name
from bridge.records import Ref

if TYPE_CHECKING:
    from bridge.engine import Engine
    from bridge.settings import Settings

Records = Iterable[tuple[Ref, Mapping[str, Any]]]


def in_itglue(settings: "Settings", mapping: BlockMapping, names: Callable[[str], Sequence[str]]) -> Iterator[Found]:
    """Find the names of value maps and of `gone` that IT Glue does not have."""
    yield from _lacking(settings, mapping, names)
    if checked := sum(1 for block in _plain(mapping) for _ in reach.wanted(settings, mapping, block.id)):
        yield ok("mapping", f"{output.count(checked, 'name')} of value maps looked up in IT Glue")


def shared(settings: "Settings", organizations: Callable[[], Iterable[tuple[str, str]]]) -> Iterator[Found]:
    """Find the organizations of `[[suggestions]].shared` that IT Glue does not have, or has several of.

    `organizations` gives id and name of each, and is asked only where an entry names one.
    """
    named = [
        (("suggestions", number, "shared", at), entry.strip())
        for number, rule in enumerate(settings.suggestions)
        for at, entry in enumerate(rule.shared)
    ]
    if not named:
        return
    known = Counter(word for id_, name in organizations() for word in {id_, name.strip()})
    for path, entry in named:
        if known[entry] == 1:
            continue
        near = nearest(entry, [name for name in known if name and not name.isdigit()])
        lacks = f'IT Glue has no organization "{entry}"{near if near.startswith("; nearest") else ""}'
        said = (
            lacks if not known[entry] else f'{known[entry]} organizations of IT Glue are named "{entry}"; write an id'
        )
        yield of_settings(settings.error("B113", f"{said}: nothing of it is shared", path), "warn")


def in_index(settings: "Settings", engine: "Engine") -> list[Found]:
    """Find the names that IT Glue lacks and that hold records, as far as it has been read; nothing is asked for."""
    from bridge.drain.names import Names

    with engine.db.read() as connection:
        held = Names(connection)

        def names(kind: str) -> Sequence[str] | None:
            return held.known(kind) if engine.index.began_at(connection, kind) else None

        return [each for each in _lacking(settings, engine.mapping, names) if each.level == "error"]


def _plain(mapping: BlockMapping) -> Iterator[Block]:
    """Give the blocks that have value maps; the names of flexible assets are judged where their types are made."""
    return (each for each in mapping.blocks if each.asset_type is None)


def _lacking(
    settings: "Settings", mapping: BlockMapping, names: Callable[[str], Sequence[str] | None]
) -> Iterator[Found]:
    for block in _plain(mapping):
        for each in reach.wanted(settings, mapping, block.id):
            known = names(each.kind)
            if known is None or normalise_name(each.name) in {normalise_name(name) for name in known}:
                continue
            near = nearest(each.name, [name for name in known if name]) or "; make it there, or name another"
            otherwise = "written to operating_system_notes" if each.kind == "operating_systems" else "left out"
            then = "" if each.required else f": it is {otherwise}"
            error = settings.error("B113", f'IT Glue has no {each.word} "{each.name}"{near}{then}', each.path)
            yield of_settings(error, "error" if each.required else "warn")


def at_sources(settings: "Settings", organizations: Sequence[tuple[Ref, str | None]]) -> Iterator[Found]:
    """Find the entries of `[rollout]` and `[[override]]` that are no organization, or several."""
    entries = settings.rollout.organizations if settings.rollout is not None else ()
    lists: list[tuple[Path, Sequence[str]]] = [(("rollout",), entries)]
    lists += [(("override", number), each.organizations) for number, each in enumerate(settings.override)]
    wrong = 0
    for path, named in lists:
        for each in resolve(named, organizations):
            wrong += 1
            known = [name for _, name in organizations if name] if not each.refs else []
            near = nearest(each.entry, known)
            said = f"{each}{near if near.startswith('; nearest') else ''}"
            yield of_settings(settings.error("B129", said, (*path, "organizations", each.at)))
    if entries and EVERYONE not in entries and not wrong:
        yield ok("rollout", f"{output.count(len(entries), 'organization')}, each found once")


def reached(
    settings: "Settings", mapping: BlockMapping, block_id: str, records: Records
) -> tuple[list[Found], list[dict[str, Any]]]:
    """Count the records of each value-map line of a block; give findings, and the counts for scripts."""
    counted = reach.Reach(settings, mapping)
    for ref, words in records:
        counted.add(block_id, ref, words)
    rows = reach.rows_of(settings, block_id)
    told = [{"block": row.block, "key": row.key, "where": row.where, "text": row.text,
             "records": counted.lines[row.path]} for row in rows]  # fmt: skip
    total = counted.records[block_id]
    found: list[Found] = []
    if not total:
        return found, told
    for key, number in Counter(row.key for row in rows).items():
        if number == 1:
            continue  # `* -> !same` alone says nothing
        lines = "; ".join(f"{row.text}: {output.number(counted.lines[row.path])}" for row in rows if row.key == key)
        found.append(ok("mapping", f"[{block_id}].{key} of {output.number(total)}: {lines}"))
    for row in rows:
        if not counted.lines[row.path] and "*" not in row.line.names:
            error = settings.error("B114", f'[{block_id}].{row.key}: no record reaches "{row.text}"', row.path)
            found.append(of_settings(error, "warn"))
    return found, told

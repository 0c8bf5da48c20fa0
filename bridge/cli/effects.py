"""What a person's decision brings about, or why it would bring about nothing."""

from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from bridge.mapping.blocks import Mapping
from bridge.records import Ref
from bridge.store import decisions
from bridge.store import targets as target_rows
from bridge.store.decisions import NOTHING, Decided
from bridge.store.inspect import Row, Shown


@dataclass(slots=True)
class Effect:
    """`refusal` says why the decision would change nothing, now or later; else `said` has a line for each surprise."""

    refusal: str | None = None
    said: list[str] = field(default_factory=list)


def effect_of(connection: Connection, mapping: Mapping, each: Shown, verb: str, itglue_id: str | None) -> Effect:
    """Judge a decision (pin, ban, new, exclude) about a target as it stands before it."""
    row = each.row
    found = target_rows.link_of(connection, row.id)
    link = None if found is None else str(found.itglue_id)
    decided = decisions.of(connection, [row.id]).get(row.id, NOTHING)
    if verb == "new" and (refusal := _refusal_of_new(mapping, each, link, decided)):
        return Effect(refusal)
    if verb == "ban":
        return Effect(said=[*_ban(link, decided, itglue_id or ""), *_later(row, verb)])
    said = _taken_back(decided, verb, itglue_id)
    if verb == "exclude":
        said += [] if link is None else [f"IT Glue's {link} stays as it is"]
        return Effect(said=said)
    said += _new(link, decided) if verb == "new" else _pin(link, decided, itglue_id or "")
    return Effect(said=[*said, *_later(row, verb)])


def _refusal_of_new(mapping: Mapping, each: Shown, link: str | None, decided: Decided) -> str | None:
    row = each.row
    if link is None or link in decided.bans:
        return _never_made(mapping, each)
    if decided.exclude is not None or decided.undo is not None or decided.pin not in {None, link}:
        return None
    if row.state == "held" and row.code == "target_gone":
        return (
            f"its IT Glue record {link} is gone, and `new` does not make it again: glue-bridge held accept {each.exact}"
        )
    return (
        f"{each.exact} is linked to {link} already: `new` has no effect until that link ends. If it is not that record, "
        f"say so first: glue-bridge held ban {each.exact} {link}"
    )


def _never_made(mapping: Mapping, each: Shown) -> str | None:
    block = mapping.block_for(each.row.block, each.words, Ref.parse(each.row.anchor))
    if block.create != "never":
        return None
    where = block.provenance.get("create")
    return (
        f'`new` has no effect where create = "never"{f" ({where})" if where else ""}: change that, or '
        f"glue-bridge held pin {each.exact} ID"
    )


def _taken_back(decided: Decided, verb: str, itglue_id: str | None) -> list[str]:
    """Name what stood until now; a pin, a new and an exclude replace each other, and any of them an undo."""
    said = _undone(decided)
    if (decided.pin, decided.new, decided.exclude) == (itglue_id if verb == "pin" else None, verb == "new", None):
        return said or (["that stood already"] if verb in {"pin", "new"} else [])
    said += [] if decided.pin in {None, itglue_id} else [f"the pin of {decided.pin} is taken back"]
    if decided.new and verb != "new":
        said.append("`new` is taken back")
    if decided.exclude is not None and verb != "exclude":
        said.append("it is no longer excluded")
    if verb == "pin" and itglue_id in decided.bans:
        said.append(f"the ban of {itglue_id} is taken back")
    return said


def _undone(decided: Decided) -> list[str]:
    return [] if decided.undo is None else [f"the undo of run {decided.undo.run} is taken back"]


def _pin(link: str | None, decided: Decided, itglue_id: str) -> list[str]:
    if link is None or link in decided.bans:
        return []
    if link == itglue_id:
        return [f"it is linked to {link} already, and stays so"]
    if decided.pin == itglue_id:
        return []
    return [f"it is linked to {link} until now: {link} stays as it is, and {itglue_id} is written from now on"]


def _new(link: str | None, decided: Decided) -> list[str]:
    if link is None:
        return []
    if link in decided.bans:
        return [f"{link} stays as it is, and a record is made beside it"]
    return [f"it stays linked to {link}: no record is made"]


def _ban(link: str | None, decided: Decided, itglue_id: str) -> list[str]:
    said = _undone(decided)
    said += [f"the pin of {itglue_id} is taken back"] if decided.pin == itglue_id else []
    if itglue_id in decided.bans:
        said.append("that stood already")
    elif link == itglue_id:
        said.append(f"it is linked to {link} until now: {link} stays as it is, and the record is looked for anew")
    elif link is not None:
        said.append(f"it is linked to {link}: the ban counts once that link ends")
    elif decided.pin not in {None, itglue_id}:
        said.append(f"it is pinned to {decided.pin}: the ban counts once that pin is taken back")
    elif decided.new:
        said.append("`new` stands: the ban counts once that is taken back")
    if decided.exclude is not None:
        said.append("it stays excluded: held new or held pin takes it in again")
    return said


def _later(row: Row, verb: str) -> list[str]:
    """Say what keeps a decision from counting now."""
    if row.state == "creating":
        return ["a create of it is under way: the decision counts once that is clear"]
    if row.state == "gone":
        return ["it is gone from the source: the decision counts if it comes back"]
    if row.state == "excluded" and not str(row.rule).startswith("decision"):
        return [f"it is excluded by {row.rule}: the decision counts once it is not"]
    if row.state == "held" and row.code == "parent_held":
        return [f"{row.reason}: the decision counts once its organization is not held"]
    if row.state == "held" and row.code == "native_sync_on" and verb == "new":
        return [f"it stays held: {row.reason}"]
    return []

"""`glue-bridge explain`: everything about one record, and the commands that help."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from bridge.catalogue import HOLDS, number
from bridge.cli import history, labels, output, shapes
from bridge.cli.finding import REF_HELP, targets_of
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, settings_of
from bridge.cli.pause import as_json_of
from bridge.cli.pause import line as pause_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bridge.mapping.blocks import Mapping as BlockMapping
    from bridge.mapping.rules import RolloutRules
    from bridge.store.inspect import Row, Shown

WRITES = 5
_CANDIDATES = re.compile(r"match(?:es)?: (\d+(?:, \d+)*)")
_HELD_NEXT = "when the record, the settings or a decision changes"
_ENDS = {
    "settled": "it is as it should be; looked at again when the record, the settings, IT Glue or a decision changes",
    "excluded": "looked at again when the record, the settings or a decision changes",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(explain)


def explain(
    ref: Annotated[str, typer.Argument(metavar="REF", help=REF_HELP, show_default=False)],
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Say everything about one record: its state and why, what was written, and the commands that help.

    For example:
      glue-bridge explain cw:configuration:5120
      glue-bridge explain "names:models:Dell:Latitude 5440"

    JSON: {"targets": [{"ref", "block", "name", "organization", "state", "code", "number", "reason", "rule", "where", "notes",
      "seen_at", "seen_by", "next", "due_at", "attempts", "last_error", "link": {"type", "id", "owns", "made",
      "archived", "state", "applied"} | null, "writes": [{"at", "verb", "itglue_id", "before", "after", "who", "why",
      "outcome", "run"}], "decisions": [{"verb", "itglue_id", "code", "by", "at", "why", "used_at"}],
      "paused": [{"what", "since", "until", "by", "why"}], "children": {block: {state: n}} | null, "fix": [command]}]}, one
      for each block
    """
    from bridge.mapping.blocks import compile_mapping
    from bridge.store import inspect
    from bridge.store.schema import targets

    found = settings_of(settings)
    mapping = compile_mapping(found)
    with database_of(found) as db, db.read() as connection:
        ids = [row.id for row in targets_of(found, connection, ref)]
        told = [
            _told(connection, mapping, found.rollout, each, now=db.now(connection))
            for each in inspect.shown(connection, [targets.c.id.in_(ids)])
        ]
        names = labels.of(connection, _organizations(told))
    if as_json:
        output.emit(shapes.Explain(targets=told))
        return 0
    for at, one in enumerate(told):
        if at:
            output.say()
        _print(one, names)
    return 0


def _organizations(told: list[dict[str, Any]]) -> set[Any]:
    """Name the organizations of IT Glue that stand in what was written."""
    values = [one for each in told for write in each["writes"] for one in (write["before"], write["after"])]
    values += [each["link"]["applied"] for each in told if each["link"] is not None]
    return {one["organization_id"] for one in values if one.get("organization_id")}


def _told(
    connection: "Connection", mapping: "BlockMapping", rollout: "RolloutRules | None", each: "Shown", *, now: float
) -> dict[str, Any]:
    from bridge.store import hand_pauses, inspect
    from bridge.store import targets as target_rows

    row = each.row
    link = target_rows.link_of(connection, row.id)
    seen = inspect.seen_by(connection, row)
    owner = each.organization
    children = inspect.by_state(connection, _children(row)) if row.block == inspect.ORGANIZATIONS else None
    return {
        "ref": each.label,
        "block": row.block,
        "name": each.name,
        "organization": None if owner is None else {"ref": str(owner.ref), "name": owner.name},
        "state": row.state,
        "code": row.code if row.state == "held" else None,
        "number": number(row.code) if row.state == "held" else None,
        "reason": row.reason if row.state == "held" else None,
        "rule": row.rule if row.state == "excluded" else None,
        "where": _where(mapping, each),
        "notes": orjson.loads(row.notes) if row.notes else {},
        "seen_at": output.iso((seen.run_at or seen.read_started_at) if seen is not None else None),
        "seen_by": seen.run_kind if seen is not None else None,
        "gone_at": output.iso(seen.gone_at) if seen is not None else None,
        "absent_since": output.iso(seen.absent_since) if seen is not None else None,
        "next": _outside(rollout, each) or _next(connection, row),
        "due_at": output.iso(row.due_at),
        "attempts": row.attempts,
        "last_error": row.last_error,
        "link": None if link is None else _link(link),
        "writes": [_write(entry) for entry in inspect.journal_of(connection, row.id, limit=WRITES)],
        "decisions": [_decision(entry) for entry in inspect.decisions_of(connection, row.id)],
        "paused": as_json_of(hand_pauses.of(connection, row.id, now=now)),
        "children": children,
        "fix": _fix(each) or _look(each),
    }


def _children(row: "Row") -> list[Any]:
    from bridge.store.schema import targets

    return [targets.c.org_target == row.id]


def _link(link: "Row") -> dict[str, Any]:
    return {
        "type": link.itglue_type, "id": link.itglue_id, "owns": bool(link.owns), "made": bool(link.made),
        "archived": bool(link.archived), "state": link.state, "applied": orjson.loads(link.applied),
    }  # fmt: skip


def _write(entry: "Row") -> dict[str, Any]:
    return {
        "at": output.iso(entry.at), "verb": entry.verb, "itglue_id": entry.itglue_id,
        "before": orjson.loads(entry.before or "{}"), "after": orjson.loads(entry.after or "{}"),
        "who": entry.who, "why": entry.why, "outcome": entry.outcome, "run": entry.run,
    }  # fmt: skip


def _decision(entry: "Row") -> dict[str, Any]:
    return {
        "verb": entry.verb, "itglue_id": entry.itglue_id, "code": entry.code, "by": entry.by,
        "at": output.iso(entry.at), "why": entry.why, "used_at": output.iso(entry.used_at),
    }  # fmt: skip


def _where(mapping: "BlockMapping", each: "Shown") -> str | None:
    """Say where the rule stands that decided; None where none did, or where the reason names it itself."""
    from bridge.records import Ref

    row = each.row
    if each.row.mirror_id is None or row.block not in {block.id for block in mapping.blocks}:
        return None
    provenance = mapping.block_for(row.block, each.words, Ref.parse(row.anchor)).provenance
    key = None
    if row.state == "held" and row.code in HOLDS:
        key = HOLDS[row.code].key
    elif row.state == "excluded" and str(row.rule).endswith((".only", ".enabled")):
        key = str(row.rule).rpartition(".")[2]
    elif row.state == "gone":
        key = "gone"
    found = provenance.get(key) if key is not None else None
    return None if found is None or found in str(row.reason or "") or found in str(row.rule or "") else found


def _outside(rollout: "RolloutRules | None", each: "Shown") -> str | None:
    """Say what keeps a record from being written that is not in the rollout; None where something else does, or nothing."""
    from bridge.mapping.rollout import EVERYONE, in_rollout
    from bridge.records import Ref

    row, owner = each.row, each.organization
    if row.mirror_id is None or not (row.state in {"pending", "waiting"} or row.rule == "rollout"):
        return None
    itself = Ref.parse(row.anchor)
    if owner is None and itself.kind != "organization":
        inside, who = rollout is not None and EVERYONE in rollout.organizations, f'"{EVERYONE}": it has no organization'
    else:
        ref, name = (itself, each.name) if owner is None else (owner.ref, owner.name)
        inside, who = in_rollout(rollout, ref, name), f'"{name or ref}"'
    return None if inside else f"once [rollout] names {who}; until then neither apply nor the service writes it"


def _next(connection: "Connection", row: "Row") -> str:
    import sqlalchemy as sa

    from bridge.store import inspect
    from bridge.store.schema import targets, waits

    if row.state == "held":
        if row.code in {"gives_up", "kills_worker", "bug"}:
            return "when the record or the settings change, or on held retry"
        return _HELD_NEXT
    if row.state == "waiting":
        on = connection.execute(
            sa.select(targets).join(waits, waits.c.on_target == targets.c.id).where(waits.c.target == row.id).limit(3)
        )
        return f"once {', '.join(inspect.label(each) for each in on) or 'its parent'} is linked"
    if row.state == "creating":
        return f"at {output.moment(row.due_at)}: until then a lost answer may still be carried out"
    if row.state == "pending":
        failed = f", after {output.count(row.attempts, 'failed attempt')}" if row.attempts else ""
        return f"due {output.moment(row.due_at)}{failed}: at the next apply, or by the service with mode = apply"
    if row.state == "gone":
        return "never: what gone does is done" if row.due_at is None else f"at {output.moment(row.due_at)}, by gone"
    return _ENDS[row.state]


def _fix(each: "Shown") -> list[str]:
    row = each.row
    entry = HOLDS.get(row.code) if row.state == "held" else None
    if entry is None:
        return []
    found = _CANDIDATES.search(row.reason or "")
    ids = found[1].split(", ") if found is not None else ["ID"]
    ref = f'"{each.exact}"' if " " in each.exact else each.exact
    commands: list[str] = []
    for template in entry.commands:
        if "{ref}" in template and each.row.mirror_id is None and "retry" not in template:
            continue  # decisions are about records; names are made or mapped
        if "accept" in template and not _acceptable(row):
            continue
        commands += [template.format(ref=ref, id=one) for one in (ids if "{id}" in template else [""])]
    return list(dict.fromkeys(commands))


def _look(each: "Shown") -> list[str]:
    """Show the way to what is not decided yet: a plan says what would become of it."""
    undecided = each.row.state in {"pending", "waiting"} or each.row.rule == "rollout"
    return [f"glue-bridge plan --ref {each.label}"] if undecided and each.row.mirror_id is not None else []


def _acceptable(row: "Row") -> bool:
    from bridge.deciding import can_accept

    return can_accept(row)


def _print(told: Mapping[str, Any], names: labels.Labels) -> None:
    entry = HOLDS.get(told["code"] or "")
    head = f"{told['name'] or told['ref']}  {told['state']}"
    if told["state"] == "held":
        head += f"  {told['number']} {told['code']}: {told['reason']}"
    elif told["rule"]:
        head += f"  by {told['rule']}"
    output.say(head)
    parts = []
    if told["seen_at"]:
        by = f" by {told['seen_by']}" if told["seen_by"] else ""
        parts.append(f"seen {output.moment(output.seconds(told['seen_at']))}{by}")
    if told["gone_at"]:
        parts.append(f"gone from the source {output.moment(output.seconds(told['gone_at']))}")
    elif told["absent_since"]:
        parts.append(f"missing from a complete read since {output.moment(output.seconds(told['absent_since']))}")
    if told["where"]:
        parts.append(f"rule {told['where']}")
    said = told["state"] in _ENDS and told["rule"] != "rollout"
    parts.append(told["next"] if said else f"next try {told['next']}")
    output.say(f"  {'; '.join(parts)}")
    for pause in told["paused"]:
        output.say(f"  {pause_line(pause)}")
    if told["organization"]:
        output.say(f"  of {told['organization']['name'] or ''} {told['organization']['ref']}")
    _print_fix(told, entry.fix if entry is not None else None)
    if told["last_error"]:
        output.say(f"  last error: {told['last_error']}")
    for attribute, said in told["notes"].items():
        output.say(f"  note: {attribute}: {said}")
    _print_link(told["link"], names)
    _print_history(told, names)
    for block, states in (told["children"] or {}).items():
        output.say(f"  {block}: {', '.join(f'{output.number(each)} {state}' for state, each in states.items())}")


def _print_fix(told: Mapping[str, Any], advice: str | None) -> None:
    head = "  fix: " if told["state"] == "held" else "  look: "
    # Where nothing but leaving it out is a command, the cure lies elsewhere.
    if advice and all(" exclude " in each for each in told["fix"]):
        output.say(f"{head}{advice}")
        head = " " * len(head)
    for line in told["fix"]:
        output.say(f"{head}{line}")
        head = " " * len(head)


def _print_link(link: Mapping[str, Any] | None, names: labels.Labels) -> None:
    if link is None:
        return
    how = "made by the bridge" if link["made"] else "adopted"
    more = "" if link["owns"] else ", written by another source"
    more += ", archived by the bridge" if link["archived"] else ""
    more += ", to be read again: a write was not answered" if link["state"] == "unknown" else ""
    output.say(f"  link {link['type']} {link['id']}, {how}{more}")
    rows = [[word, labels.shown(word, one, names)] for word, one in link["applied"].items() if not word.startswith("!")]
    if rows:
        output.say("  last written")
        output.table(rows, indent=4)


def _print_history(told: Mapping[str, Any], names: labels.Labels) -> None:
    if told["writes"]:
        output.say("  writes, the latest first")
    for write in told["writes"]:
        history.show(write, names)
    for decision in told["decisions"]:
        about = decision["itglue_id"] or decision["code"] or ""
        why = f": {decision['why']}" if decision["why"] else ""
        used = f", used {output.moment(output.seconds(decision['used_at']))}" if decision["used_at"] else ""
        at = output.moment(output.seconds(decision["at"]))
        output.say(f"  decision {decision['verb']} {about}".rstrip() + f" by {decision['by']} {at}{used}{why}")

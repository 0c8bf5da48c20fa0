"""`glue-bridge suggest`: which documentation a ticket shows, and which rule said so."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import fail
from bridge.cli.finding import targets_of
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, settings_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bridge.drain.suggest import Shelf, Shown
    from bridge.drain.work import Work

_PARTS = (("suggested", "first"), ("more", "more"))


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(suggest)


def suggest(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A ticket, such as cw:ticket:70001.", show_default=False)],
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Say which documentation fits a ticket, and which rule of bridge.toml chose it by which words.

    Nothing is asked of IT Glue or the PSA: this is by what was read of both last. Restricted items are never shown.

    For example:
      glue-bridge suggest cw:ticket:70001

    JSON: {"ref", "title", "open", "organization", "rules": [{"rule", "where", "fits", "because": {attribute: words},
      "chose"}], "shown": [{"kind", "unread", "read_at", "suggested": [ITEM], "more": [ITEM]}]}, where ITEM is {"id",
      "name", "organization_id", "updated_at", "rules": [rule]}
    """
    from bridge.drain.names import Names
    from bridge.drain.suggest import Shelf
    from bridge.drain.work import load
    from bridge.mapping.blocks import compile_mapping
    from bridge.store.index import Index

    found = settings_of(settings)
    showing = {block.id: block for block in compile_mapping(found).suggesting}
    if not showing:
        raise fail("B419", "bridge.toml has no [[suggestions]] with a field that shows them")
    with database_of(found) as db, db.read() as connection:
        rows = [row for row in targets_of(found, connection, ref) if row.block in showing]
        if not rows:
            raise fail("B419", f"{ref} is no ticket of a block with suggestions: {', '.join(showing)}")
        [work] = load(connection, rows[:1])
        work.block = showing[work.target.block]
        told = _told(connection, work, Shelf(Index(db), connection, Names(connection)))
    if as_json:
        output.emit(told)
        return 0
    _print(told)
    return 0


def _told(connection: "Connection", work: "Work", shelf: "Shelf") -> shapes.Suggested:
    from bridge.drain.suggest import subjects_of
    from bridge.drain.work import load_parents

    suggestions = work.block.suggestions if work.block is not None else None
    if suggestions is None:
        raise RuntimeError("a block without suggestions")
    above = work.target.org_target
    parent = load_parents(connection, [above]).get(above) if above is not None else None
    subjects = subjects_of(connection, [work])[work.ref]
    org_id = (parent.itglue_id if parent is not None else None) or ""
    found = {show: shelf.show(show, suggestions.rules, subjects, org_id) for show in suggestions.shows}
    return shapes.Suggested(
        ref=str(work.ref),
        title=work.words.get("title"),
        open=bool(work.words.get("open")),
        organization=parent.name if parent is not None else None,
        rules=[
            {
                "rule": rule.name,
                "where": rule.where,
                "fits": rule.name in found[rule.show].because,
                "because": dict(found[rule.show].because.get(rule.name, {})),
                "chose": len(found[rule.show].by_rule.get(rule.name, ())),
            }
            for rule in suggestions.rules
        ],
        shown=[
            {
                "kind": show,
                "unread": each.unread,
                "read_at": output.iso(shelf.read_at(show, org_id)),
                **{key: list(_items(each, part)) for key, part in _PARTS},
            }
            for show, each in found.items()
        ],
    )


def _items(shown: "Shown", part: str) -> Iterator[dict[str, Any]]:
    for item in getattr(shown.choice, part):
        yield {
            "id": item.id,
            "name": item.name,
            "organization_id": item.org_id,
            "updated_at": item.updated_at.isoformat(),
            "rules": [rule for rule, ids in shown.by_rule.items() if item.id in ids],
        }


def _print(told: shapes.Suggested) -> None:
    closed = "" if told["open"] else "  (closed: its asset keeps what it showed)"
    output.say(f"{told['title'] or told['ref']}  of {told['organization'] or 'no organization'}{closed}")
    for rule in told["rules"]:
        because = ", ".join(f'{attribute} has "{words}"' for attribute, words in rule["because"].items())
        said = f"fits: {because}; chose {rule['chose']}" if rule["fits"] else "does not fit"
        output.say(f"  rule {rule['rule']} ({rule['where']})  {said}")
    for shown in told["shown"]:
        read = f"as read {output.moment(output.seconds(shown['read_at']))}" if shown["read_at"] else shown["unread"]
        nothing = ": nothing to show" if shown["read_at"] else "; glue-bridge plan --refresh reads them"
        output.say(f"  {shown['kind']}, {read}" + ("" if shown["suggested"] else nothing))
        for key, _ in _PARTS:
            for item in shown[key]:
                rules = ", ".join(item["rules"])
                changed = item["updated_at"][:10]
                output.say(f"    {key:9}  {item['id']}  {output.value(item['name'])}  {changed}  by {rules}")

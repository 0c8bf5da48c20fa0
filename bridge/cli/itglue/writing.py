"""`create` and `update` of IT Glue's own lists: asked about, journaled before they are sent, one request each."""

import sys
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from bridge.cli import output
from bridge.cli.failures import fail, side
from bridge.cli.itglue import fields
from bridge.cli.itglue.reading import named, show
from bridge.cli.itglue.resources import Resource
from bridge.cli.options import DEFAULT, Json, SettingsFile, engine_of, settings_of
from bridge.jsonapi import FIELDS

if TYPE_CHECKING:
    from bridge.engine import Engine
    from bridge.itglue.client import Answer, Turn
    from bridge.jsonapi import Row

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="Its name.", show_default=False)]
OtherName = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Another name.")]
Single = Annotated[str, typer.Argument(metavar="ID", help="Its id in IT Glue.", show_default=False)]
Description = Annotated[str | None, typer.Option(metavar="TEXT", help="What it is for.")]
Icon = Annotated[str | None, typer.Option(metavar="WORD", help="Its icon: envelope.")]
Enabled = Annotated[bool | None, typer.Option(help="Whether it is offered.", show_default=False)]
InMenu = Annotated[
    bool | None,
    typer.Option("--show-in-menu/--no-show-in-menu", help="Whether it stands in the menu.", show_default=False),
]


def add(group: typer.Typer, resource: Resource) -> None:
    """Add the writing commands of a resource, where it has any."""

    def create(name: NewName, yes: Yes = False, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
        """Make one; refused where one of that name is there.

        JSON: {"record": {"id", …}, "included": []}, the record as IT Glue has it by then
        """
        return _create(resource, {"name": name}, None, yes=yes, as_json=as_json, settings=settings)

    def create_type(
        name: NewName, fields_: Annotated[Path, typer.Option("--fields", metavar="FILE", help="A JSON list of its fields.")],
        description: Description = None, icon: Icon = None, enabled: Enabled = True, in_menu: InMenu = True,
        yes: Yes = False, as_json: Json = False, settings: SettingsFile = DEFAULT,
    ) -> int:  # fmt: skip
        """Make one with its fields; refused where one of that name is there.

        The fields have the words of `flexible-asset-fields list --json`. There has to be a field, one with
        use_for_title, and one with show_in_list.

        JSON: {"record": {"id", …}, "included": []}, the record as IT Glue has it by then
        """
        given = {"name": name, "description": description, "icon": icon, "enabled": enabled, "show_in_menu": in_menu}
        body = {word: value for word, value in given.items() if value is not None}
        return _create(resource, body, fields.read(fields_), yes=yes, as_json=as_json, settings=settings)

    def update(
        id_: Single, name: OtherName = None, yes: Yes = False, as_json: Json = False, settings: SettingsFile = DEFAULT
    ) -> int:
        """Give one another name.

        JSON: {"record": {"id", …}, "included": []}, the record as IT Glue has it by then
        """
        return _update(resource, id_, {"name": name}, yes=yes, as_json=as_json, settings=settings)

    def update_type(
        id_: Single, name: OtherName = None, description: Description = None, icon: Icon = None,
        enabled: Enabled = None, in_menu: InMenu = None, yes: Yes = False, as_json: Json = False,
        settings: SettingsFile = DEFAULT,
    ) -> int:  # fmt: skip
        """Change one; its fields are left alone.

        JSON: {"record": {"id", …}, "included": []}, the record as IT Glue has it by then
        """
        given = {"name": name, "description": description, "icon": icon, "enabled": enabled, "show_in_menu": in_menu}
        return _update(resource, id_, given, yes=yes, as_json=as_json, settings=settings)

    if not resource.writes:
        return
    has_fields = "icon" in resource.writes
    group.command("create")(create_type if has_fields else create)
    group.command("update")(update_type if has_fields else update)


def _create(
    resource: Resource, body: dict[str, Any], made_of: list[dict[str, Any]] | None, *, yes: bool, as_json: bool,
    settings: SettingsFile,
) -> int:  # fmt: skip
    if not body["name"].strip():
        raise fail("B400", "the name is empty")
    with engine_of(settings_of(settings), "itglue") as engine:
        _refuse_twin(engine, resource, body["name"])
        if not _confirmed(f'Make the {resource.one} "{body["name"]}" in IT Glue?', yes=yes):
            return 1
        whole = body if made_of is None else {**body, FIELDS: made_of}

        def send(turn: "Turn") -> "Answer":
            return engine.itglue.create(turn, resource.word, [whole])

        return _write(engine, resource, "create", None, {}, whole, send, as_json=as_json)


def _update(
    resource: Resource, id_: str, given: Mapping[str, Any], *, yes: bool, as_json: bool, settings: SettingsFile
) -> int:  # fmt: skip
    body = {word: value for word, value in given.items() if value is not None}
    if not (id_.isascii() and id_.isdigit()):
        raise fail("B400", f"{id_!r} is no id of IT Glue")
    if not body:
        raise fail("B400", f"say what changes: {', '.join('--' + word.replace('_', '-') for word in given)}")
    with engine_of(settings_of(settings), "itglue") as engine:
        with side("itglue"):
            row = engine.itglue.get(resource.word, id_, lane="live", max_wait=engine.patience)
        if row is None:
            raise fail("B401", f"IT Glue has no {resource.one} of id {id_}")
        before = {word: row.attributes.get(word) for word in body}
        if before == body:
            show(row, as_json=as_json)
            return 0
        if "name" in body:
            _refuse_twin(engine, resource, body["name"], but=id_)
        changes = ", ".join(f"{word} {output.value(before[word])} -> {output.value(new)}" for word, new in body.items())
        if not _confirmed(f"Change the {resource.one} {id_} in IT Glue: {changes}?", yes=yes):
            return 1

        def send(turn: "Turn") -> "Answer":
            return engine.itglue.update(turn, resource.word, [(id_, body)])

        return _write(engine, resource, "update", id_, before, body, send, as_json=as_json)


def _refuse_twin(engine: "Engine", resource: Resource, name: str, but: str | None = None) -> None:
    """Refuse a name that another one has: of two, no settings could say which."""
    same = [row for row in named(engine, resource, name) if row.id != but]
    if same:
        raise fail("B417", f'IT Glue has the {resource.one} "{same[0].attributes.get("name")}" already: {same[0].id}')


def _confirmed(question: str, *, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise fail("B407", "nobody is there to ask: use --yes")
    return typer.confirm(question)


def _write(
    engine: "Engine", resource: Resource, verb: str, itglue_id: str | None, before: Mapping[str, Any],
    after: Mapping[str, Any], send: "Callable[[Turn], Answer]", *, as_json: bool,
) -> int:  # fmt: skip
    """Journal a write, send it, and journal what became of it; print the record as IT Glue has it by then."""
    from bridge.errors import AuthError, RateLimitError, RejectedError, SideDownError, UnknownOutcomeError
    from bridge.itglue.compare import not_taken
    from bridge.store import journal

    batch = uuid.uuid4().hex

    def became(outcome: str, row: "Row | None" = None) -> None:
        with engine.db.write() as connection:
            journal.became(connection, batch, outcome, itglue_id=None if row is None else row.id)

    with side("itglue"), engine.itglue.turn("live", engine.patience) as turn:
        with engine.db.write() as connection:
            row_ = {
                "at": engine.db.now(connection), "subject": f"itglue:{resource.word}", "batch": batch,
                "verb": f"itglue {verb}", "itglue_id": itglue_id, "before": orjson.dumps(dict(before)).decode(),
                "after": orjson.dumps(dict(after)).decode(), "who": engine.who, "why": f"glue-bridge itglue {verb}",
            }  # fmt: skip
            journal.intend(connection, [row_])
        try:
            answer = send(turn)
        except (RateLimitError, AuthError):
            became("refused")
            raise
        except RejectedError as error:
            became("refused")
            raise fail("B417", f"itglue: {error}") from error
        except SideDownError:  # of a write: nothing was sent
            became("refused")
            raise
        except UnknownOutcomeError as error:
            became("unknown")
            look = f"glue-bridge itglue {resource.command} list"
            raise fail("B417", f"itglue: {error}; it may be done all the same: look with {look}") from error
        [row] = answer.rows[:1] or [None]
        became("written", row)
    if row is None:
        raise fail("B417", f"IT Glue did not show what it wrote: look with glue-bridge itglue {resource.command} list")
    _index(engine, resource, row)
    sent = {word: value for word, value in after.items() if word in resource.writes}
    for word in not_taken(sent, row.attributes):
        output.note(f"IT Glue did not take {word}")
    show(row, as_json=as_json)
    return 0


def _index(engine: "Engine", resource: Resource, row: "Row") -> None:
    """Let what waits for this name find it at once."""
    from bridge.refresh import asset_row
    from bridge.store import targets as target_rows
    from bridge.store.index import NAME_KINDS

    if resource.word not in NAME_KINDS:
        return
    with engine.db.write() as connection:
        target_rows.lock_all(connection)
        now = engine.db.now(connection)
        changed = engine.index.store(connection, resource.word, [asset_row(row)], now=now, read=None)
        engine.index.raise_concerned(connection, resource.word, changed, now=now, new=True)

"""`list` and `get` of IT Glue's own lists; paging is done inside."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import fail, side
from bridge.cli.itglue.resources import RESOURCES, Resource
from bridge.cli.options import DEFAULT, Json, SettingsFile, engine_of, settings_of

if TYPE_CHECKING:
    from bridge.engine import Engine
    from bridge.jsonapi import Row

Name = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Only of this exact name; several are alternatives.")
]
Ids = Annotated[list[str] | None, typer.Option("--id", metavar="ID", help="Only this id; several are alternatives.")]
Iso = Annotated[list[str] | None, typer.Option(metavar="CODE", help="Only of this ISO code: US.")]
Icon = Annotated[list[str] | None, typer.Option(metavar="WORD", help="Only with this icon.")]
Enabled = Annotated[bool | None, typer.Option(help="Only enabled ones, or only the others.", show_default=False)]
Organization = Annotated[list[str] | None, typer.Option(metavar="ID", help="Only of this organization of IT Glue.")]
Sort = Annotated[str | None, typer.Option(metavar="WORD", help="Sort by name, or -name the other way round.")]
Include = Annotated[list[str] | None, typer.Option(metavar="WORD", help="Records to be shown with it.")]
Single = Annotated[str, typer.Argument(metavar="ID", help="Its id in IT Glue.", show_default=False)]
MOST_RECORDS = 1000  # a page


def add(group: typer.Typer, resource: Resource) -> None:
    """Add the reading commands of a resource."""

    def listed(
        name: Name = None, id_: Ids = None, iso: Iso = None, icon: Icon = None, enabled: Enabled = None,
        organization: Organization = None, sort: Sort = None, include: Include = None, as_json: Json = False,
        settings: SettingsFile = DEFAULT,
    ) -> int:  # fmt: skip
        """List them, all pages of it.

        JSON: {"count", "records": [{"id", …}], "included": [{"id", "type", …}]}
        """
        given = {"name": name, "id": id_, "iso": [code.upper() for code in iso or ()], "icon": icon, "organization_id": organization,
                 "enabled": None if enabled is None else [str(enabled).lower()]}  # fmt: skip
        return _list(resource, None, given, sort, include, as_json=as_json, settings=settings)

    def listed_under(
        type_id: Annotated[str, typer.Argument(metavar="TYPE", help="A flexible asset type, its id or its name.")],
        id_: Ids = None, sort: Sort = None, include: Include = None, as_json: Json = False,
        settings: SettingsFile = DEFAULT,
    ) -> int:  # fmt: skip
        """List those of one flexible asset type.

        JSON: {"count", "records": [{"id", …}], "included": []}
        """
        return _list(resource, type_id, {"id": id_}, sort, include, as_json=as_json, settings=settings)

    def get(id_: Single, include: Include = None, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
        """Show one.

        JSON: {"record": {"id", …}, "included": [{"id", "type", …}]}
        """
        with engine_of(settings_of(settings), "itglue") as engine:
            rows, included = _read(engine, resource, None, {"id": [_id(id_)]}, None, _words(resource, include))
        if not rows:
            raise fail("B401", f"IT Glue has no {resource.one} of id {id_}")
        show(rows[0], included, as_json=as_json)
        return 0

    group.command("list")(listed_under if resource.under else listed)
    if resource.single:
        group.command("get")(get)


def show(row: "Row", included: Sequence[Mapping[str, Any]] = (), *, as_json: bool) -> None:
    """Print one record."""
    if as_json:
        record = {"id": row.id, **row.attributes}
        output.emit(shapes.Single(record=record, included=[_flat(each) for each in included]))
        return
    output.say(f"{row.id}  {row.attributes.get('name') or ''}")
    output.table([[word, output.value(value)] for word, value in row.attributes.items() if word != "name"])
    _say_included(included)


def _say_included(included: Sequence[Mapping[str, Any]]) -> None:
    for each in included:
        words = _flat(each)
        output.say(f"  {words['type']} {words['id']}  {words.get('name') or ''}  {words.get('kind') or ''}".rstrip())


def _list(
    resource: Resource, under: str | None, given: Mapping[str, list[str] | None], sort: str | None,
    include: list[str] | None, *, as_json: bool, settings: SettingsFile,
) -> int:  # fmt: skip
    filters = {word: values for word, values in given.items() if values}
    strange = [word for word in filters if word not in resource.filters]
    if strange:
        raise fail("B400", f"{resource.command} cannot be filtered by {strange[0]}; by {', '.join(resource.filters)}")
    for word in ("id", "organization_id"):
        for value in filters.get(word, ()):
            _id(value)
    words = _words(resource, include)
    order = _order(resource, sort)
    with engine_of(settings_of(settings), "itglue") as engine:
        type_id = None if under is None else _type_id(engine, under)
        rows, included = _read(engine, resource, type_id, filters, order, words)
    if as_json:
        records = [{"id": row.id, **row.attributes} for row in rows]
        output.emit(shapes.Listed(count=len(rows), records=records, included=[_flat(each) for each in included]))
        return 0
    output.table([[row.id, *(_cell(row.attributes.get(word)) for word in resource.columns)] for row in rows], right=[0])
    _say_included(included)
    output.say(resource.counted(len(rows)))
    return 0


def named(engine: "Engine", resource: Resource, name: str) -> "list[Row]":
    """Read those that have a name, however its letters are written: IT Glue's own filter tells `newone` from `Newone`."""
    rows, _ = _read(engine, resource, None, {}, None, ())
    return [row for row in rows if str(row.attributes.get("name")).casefold() == name.strip().casefold()]


def _type_id(engine: "Engine", text: str) -> str:
    """Find a flexible asset type by its id or its name."""
    types = next(each for each in RESOURCES if each.word == "flexible_asset_types")
    if text.isascii() and text.isdigit():
        found, _ = _read(engine, types, None, {"id": [text]}, None, ())
    else:
        found = named(engine, types, text)
    if not found:
        raise fail("B401", f"IT Glue has no {types.one} {text!r}; glue-bridge itglue {types.command} list shows them")
    if len(found) > 1:
        raise fail(
            "B400", f"{len(found)} types are named {text!r}: say which by id, {', '.join(row.id for row in found)}"
        )
    return found[0].id


def _read(
    engine: "Engine", resource: Resource, under: str | None, filters: Mapping[str, Sequence[str]], order: str | None,
    include: Sequence[str],
) -> "tuple[list[Row], list[Mapping[str, Any]]]":  # fmt: skip
    """Read every page. Raises where rows come back that do not fit: a filter was ignored (api/itglue.md 10, question 9)."""
    from bridge.errors import RejectedError

    rows: dict[str, Row] = {}
    included: dict[tuple[str, str], Mapping[str, Any]] = {}
    single = under is None and set(filters) == {"id"} and "id" not in resource.filters
    with side("itglue"):
        if single:
            found = engine.itglue.get(resource.word, filters["id"][0], lane="live", max_wait=engine.patience)
            return ([] if found is None else [found]), []
        number: int | None = 1
        while number is not None:
            try:
                page = engine.itglue.page(
                    resource.word, lane="live", number=number, size=MOST_RECORDS, sort=order, include=include,
                    filters=None if under else filters, nested=None if under is None else (resource.under or "", under),
                    max_wait=engine.patience,
                )  # fmt: skip
            except RejectedError as error:
                raise fail("B417", f"itglue: {error}") from error
            before = len(rows)
            rows.update((row.id, row) for row in page.rows)
            included.update(((str(each["type"]), str(each["id"])), each) for each in page.included)
            # A page that brings nothing new would bring it for ever.
            number = page.next_page if len(rows) > before else None
    fits = [row for row in rows.values() if _fits(row, filters)]
    if under is None and len(fits) < len(rows):
        raise fail("B417", f"IT Glue did not apply the filter: {len(rows) - len(fits)} rows do not fit it")
    return fits, list(included.values())


def _fits(row: "Row", filters: Mapping[str, Sequence[str]]) -> bool:
    return all(
        str(row.id if word == "id" else row.attributes.get(word)).casefold() in {each.casefold() for each in values}
        for word, values in filters.items()
    )


def _words(resource: Resource, include: list[str] | None) -> tuple[str, ...]:
    words = tuple(part.strip().replace("-", "_") for each in include or () for part in each.split(","))
    for word in words:
        if word not in resource.includes:
            offered = ", ".join(resource.includes) or "nothing"
            raise fail("B400", f"{word} cannot be included with {resource.command}; {offered} can")
    return words


def _order(resource: Resource, sort: str | None) -> str | None:
    if sort is None:
        return None
    word = sort.strip().replace("-", "_").lstrip("_")
    if word not in resource.sorts:
        raise fail("B400", f"{resource.command} cannot be sorted by {word}; by {', '.join(resource.sorts)}")
    return f"-{word}" if sort.strip().startswith("-") else word


def _id(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise fail("B400", f"{text!r} is no id of IT Glue: that is a number, which list shows, and a page's address")
    return text


def _flat(each: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {word.replace("-", "_"): value for word, value in (each.get("attributes") or {}).items()}
    return {"id": str(each["id"]), "type": str(each["type"]).replace("-", "_"), **attributes}


def _cell(value: Any) -> str:
    return "" if value is None else output.value(value, 40)

"""`glue-bridge query`: look at what a PSA says, read only."""

import sys
from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated, Any, Protocol, runtime_checkable

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import fail, side
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, settings_of
from bridge.errors import RejectedError
from bridge.mapping.problems import nearest

_COLUMNS = ("id", "identifier", "name", "company", "status", "type", "number", "summary")
_MOST_COLUMNS = 6


@runtime_checkable
class Queryable(Protocol):
    """A connector that can be asked for any list of its API."""

    def query(self, path: str, where: str | None, limit: int) -> Iterator[dict[str, Any]]:
        """Give records; raise ValueError for what is no path."""
        ...


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(query)


def query(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A source by its name, such as cw.", show_default=False)
    ],
    path: Annotated[str, typer.Argument(metavar="PATH", help="A path of the PSA's own API.", show_default=False)],
    where: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="A condition in the PSA's own language.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="At most so many records; 0 gives all.")] = 10,
    fields: Annotated[
        str | None, typer.Option(metavar="A,B/C", help="Columns of the table; a slash goes into a field.")
    ] = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Ask a PSA with the bridge's own credentials, read only. Passwords and keys are left out of the answer.

    For example:
      glue-bridge query cw /company/companies --where 'status/name="Active"' --limit 5
      glue-bridge query cw /company/configurations/types --fields id,name
      glue-bridge query cw /company/companies/311 --json

    JSON: {"records": [record]}, in the PSA's own words.
    """
    from bridge import app

    configured = settings_of(settings)
    if source not in configured.sources:
        raise fail("B406", f'there is no source "{source}"{nearest(source, configured.sources)}')
    with app.connector_of(configured, source) as connector, side(source):
        if not isinstance(connector, Queryable):
            raise fail("B406", f"{source}: sources of type {connector.type} cannot be asked")
        try:
            found = iter(connector.query(path, where, limit or sys.maxsize))
            if as_json:
                output.emit(shapes.Query(records=list(found)))
            else:
                _table(found, fields)
        except (ValueError, RejectedError) as error:
            raise fail("B406", f"{source}: {str(error).removeprefix(f'{source}: ')}") from error
    return 0


def _table(records: Iterator[dict[str, Any]], fields: str | None) -> None:
    first = list(islice(records, 1))
    if not first:
        output.say("No such records.")
        return
    columns = [each.strip() for each in fields.split(",")] if fields else _columns(first[0])
    output.table([columns, *([_cell(record, each) for each in columns] for record in chain(first, records))], indent=0)


def _columns(record: dict[str, Any]) -> list[str]:
    known = [name for name in _COLUMNS if name in record]
    plain = [name for name, one in record.items() if not isinstance(one, dict | list) and name not in known]
    return [*known, *plain][:_MOST_COLUMNS]


def _cell(record: dict[str, Any], path: str) -> str:
    held: Any = record
    for word in path.split("/"):
        held = held.get(word) if isinstance(held, dict) else None
    if isinstance(held, dict):
        held = held.get("name") or held.get("identifier") or held.get("id")
    return "" if held is None else output.value(held, 40)

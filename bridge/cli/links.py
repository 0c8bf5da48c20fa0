"""`glue-bridge links`: which record of IT Glue each record is, as a file to keep or to carry to another store."""

import csv
import io
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from bridge.cli import output, planning, progress, shapes
from bridge.cli.failures import fail
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, engine_of, settings_of
from bridge.cli.saving import saved

if TYPE_CHECKING:
    from bridge.linking import Given

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, or JSON where its name ends so.", show_default=False)]
_NEEDED = ("ref", "block", "itglue_type", "itglue_id")
_FLAGS = {"made": False, "owns": True, "archived": False}
_SAID = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
SHOWN = 50

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add the command, and those below it."""
    parent.add_typer(app, name="links")


@app.callback()
def links() -> None:
    """Carry links in a file: which record of IT Glue each record of the PSA is.

    For example: glue-bridge links export links.csv
    """


@command(app)
def export(file: File, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
    """Write every link into a file, organizations first.

    Names (types, manufacturers, models) are left out: they are found again by name.

    For example:
      glue-bridge links export links.csv
      glue-bridge links export links.json

    JSON: {"file", "links"}
    """
    from bridge.linking import Given, as_row, given

    columns = [each.name for each in fields(Given)]
    number = 0
    with database_of(settings_of(settings)) as db, saved(file) as out:
        table = csv.DictWriter(out, columns, lineterminator="\n")
        if _is_json(file):
            out.write("[")
        else:
            table.writeheader()
        for each in given(db):
            if _is_json(file):
                out.write((",\n" if number else "\n") + orjson.dumps(as_row(each)).decode())
            else:
                table.writerow(
                    {word: str(one).lower() if isinstance(one, bool) else one for word, one in as_row(each).items()}
                )
            number += 1
        if _is_json(file):
            out.write("\n]\n")
    if as_json:
        output.emit(shapes.Exported(file=str(file), links=number))
    else:
        output.say(f"{output.count(number, 'link')} saved as {file}")
    return 0


def _is_json(file: Path) -> bool:
    return file.suffix.lower() == ".json"


@command(app, "import")
def import_(file: File, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
    """Take links in from a file: each that can be so. Nothing is written to IT Glue by it.

    Both sides are read first. A row is refused, with its line, where IT Glue has no such record, it is of another
    organization or belongs to another record already, where the PSA shows no such record, or it is linked otherwise.
    What is linked is planned anew: glue-bridge plan shows what that writes.

    For example: glue-bridge links import links.csv

    JSON: {"linked", "already", "refused": [{"line", "ref", "why"}]}

    Exit code: 0 all is linked, 2 some were refused, 1 all were.
    """
    from bridge import linking
    from bridge.cli.failures import side

    rows = list(_rows(file))
    refused: list[tuple[int, str, str]] = [(line, ref, why) for line, ref, why in rows if isinstance(why, str)]
    fine = [(line, each) for line, _, each in rows if not isinstance(each, str)]
    configured = settings_of(settings)
    with engine_of(configured, "links import") as engine, progress.of(engine):
        planning.read_new(engine, configured.data_folder, refresh_index=False)
        before = {(each.ref, each.block): each.itglue_id for each in linking.given(engine.db)}
        with side("itglue"):
            found = linking.take(engine, [each for _, each in fine])
    linked = already = 0
    for (line, each), why in zip(fine, found, strict=True):
        if why is not None:
            refused.append((line, each.ref, why))
        elif before.get((each.ref, each.block)) == each.itglue_id:
            already += 1
        else:
            linked += 1
    refused.sort()
    if as_json:
        said = [shapes.RefusedRow(line=line, ref=ref, why=why) for line, ref, why in refused]
        output.emit(shapes.Imported(linked=linked, already=already, refused=said))
    else:
        output.say(f"{output.count(linked, 'record')} linked, {already:,} already so, {len(refused):,} refused")
        for line, _, why in refused[:SHOWN]:
            output.say(f"  {file}:{line} {why}")
        if len(refused) > SHOWN:
            output.say(f"  … and {len(refused) - SHOWN:,} more: --json gives all")
    if not refused:
        return 0
    return 2 if linked or already else 1


def _rows(file: Path) -> "Iterator[tuple[int, str, Given | str]]":
    """Give line, ref and link of each row, or why it is none; raise B416 for what is no such file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise fail("B416", f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise fail("B416", f"{file} is no UTF-8 text") from error
    seen: dict[tuple[str, str], int] = {}
    for line, row in _json_rows(file, text) if _is_json(file) else _csv_rows(file, text):
        ref, each = str(row.get("ref") or "").strip(), _given(row)
        if not isinstance(each, str):
            first = seen.setdefault((each.ref, each.block), line)
            if first != line:
                yield line, ref, f"{ref} stands in line {first} already"
                continue
        yield line, ref, each


def _csv_rows(file: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [word for word in _NEEDED if word not in (table.fieldnames or ())]
        if missing:
            raise fail("B416", f"{file} has no column {', '.join(missing)}: write one with glue-bridge links export")
        for row in table:
            yield table.line_num, row
    except csv.Error as error:
        raise fail("B416", f"{file}:{table.line_num} is no CSV: {error}") from error


def _json_rows(file: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        rows = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise fail("B416", f"{file} is no JSON: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise fail("B416", f"{file} is no list of links: write one with glue-bridge links export")
    # As export writes it: the list begins in line 1, and each link has a line.
    yield from enumerate(rows, 2)


def _given(row: dict[str, Any]) -> "Given | str":
    from bridge.linking import Given
    from bridge.records import Ref

    words = {word: str(row.get(word) or "").strip() for word in _NEEDED}
    empty = [word for word, one in words.items() if not one]
    if empty:
        return f"{', '.join(empty)} is missing"
    try:
        Ref.parse(words["ref"])
    except ValueError as error:
        return str(error)
    flags = {}
    for word, usual in _FLAGS.items():
        given = row.get(word)
        said = "" if given is None else str(given).strip().lower()
        if said and said not in _SAID:
            return f"{word} is true or false, not {said}"
        flags[word] = _SAID[said] if said else usual
    return Given(
        words["ref"], words["block"], words["itglue_type"], words["itglue_id"], flags["made"], flags["owns"],
        flags["archived"],
    )  # fmt: skip

"""Decisions about customers as a CSV file: written for a person to fill in, read back as a whole or not at all."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.cli import output
from bridge.cli.choosing import refusal_of_pin
from bridge.cli.customers import Customer, Survey
from bridge.cli.failures import CommandError, Problem, fail
from bridge.cli.saving import saved
from bridge.store.schema import targets

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

COLUMNS = ("ref", "name", "verb", "itglue_id", "why")
VERBS = ("pin", "new", "exclude", "ban")
_BLANK = ("", "skip")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for one customer."""

    customer: Customer
    verb: str
    itglue_id: str | None
    why: str | None


def write(path: Path, survey: Survey) -> int:
    """Write the customers that need a person, and those already decided; give their number.

    The verb of an open one is blank, its id the likeliest candidate's.
    """
    rows = [each for each in survey.customers if each.word == "open" or each.decided]
    # A spreadsheet takes a file for UTF-8 only with a mark at its beginning.
    with saved(path, encoding="utf-8-sig") as text:
        table = csv.writer(text)
        table.writerow(COLUMNS)
        for each in rows:
            verb, itglue_id, why = each.decided or ("", None, None)
            if each.word == "open" and not verb:
                itglue_id, why = (each.candidates[0].itglue_id if each.candidates else None), _said(each)
            row = [str(each.ref), output.harmless(each.name), verb, itglue_id or "", output.harmless(why or "")]
            table.writerow(row)
    return len(rows)


def _said(customer: Customer) -> str:
    offered = "; ".join(
        f'{one.itglue_id} "{one.name}" ({one.devices} devices{f", {one.why}" if one.why else ""})'
        for one in customer.candidates
    )
    return f"{customer.by}: {offered or customer.reason}"


def read(path: Path, survey: Survey, connection: "Connection") -> list[Choice]:
    """Read choices; raise CommandError with everything that is wrong with any row. Blank verbs and repeats are none."""
    customers = {str(each.ref): each for each in survey.customers}
    choices: list[Choice] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    pinned: dict[tuple[str, str], int] = {}

    def wrong(line: int, said: str) -> None:
        problems.append(Problem("B404", f"{path}:{line} {said}", str(path), line))

    for line, row in _rows(path):
        ref, verb = (row.get("ref") or "").strip(), (row.get("verb") or "").strip().lower()
        itglue_id, why = (row.get("itglue_id") or "").strip(), (row.get("why") or "").strip().removeprefix("'")
        customer = customers.get(ref)
        if verb in _BLANK:
            continue
        if verb not in VERBS:
            wrong(line, f'there is no verb "{verb}": {", ".join(VERBS)}, or blank for not yet')
        elif customer is None:
            wrong(line, f'"{ref}" is no company that has been read; write it as in the file of match --csv-out')
        elif ref in seen:
            wrong(line, f"{ref} stands in line {seen[ref]} already")
        elif verb in {"pin", "ban"} and not (itglue_id.isascii() and itglue_id.isdigit()):
            wrong(line, f'{verb} needs the id of an IT Glue organization in itglue_id, not "{itglue_id}"')
        elif verb == "pin" and (said := _refused(connection, customer, itglue_id)):
            wrong(line, said)
        elif verb == "pin" and (customer.ref.source, itglue_id) in pinned:
            wrong(
                line,
                f"line {pinned[customer.ref.source, itglue_id]} pins {itglue_id} too: one organization, one company",
            )
        else:
            if verb == "pin":
                pinned[customer.ref.source, itglue_id] = line
            kept = itglue_id if verb in {"pin", "ban"} else None
            note = None if not why or why == _said(customer) else why
            if customer.decided is None or customer.decided[:2] != (verb, kept):
                choices.append(Choice(customer, verb, kept, note))
        seen.setdefault(ref, line)
    if problems:
        raise CommandError(*problems)
    return choices


def _refused(connection: "Connection", customer: Customer, itglue_id: str) -> str | None:
    import sqlalchemy as sa

    row = connection.execute(sa.select(targets).where(targets.c.id == customer.target)).one()
    return refusal_of_pin(connection, row, itglue_id)


def _rows(path: Path) -> Sequence[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise fail("B404", f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise fail("B404", f"{path} is not UTF-8 text; save it as CSV UTF-8") from error
    # Spreadsheets of half the world save with semicolons.
    head = text.splitlines()[0] if text.strip() else ""
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
    except csv.Error as error:
        raise fail("B404", f"{path}:1 is no CSV: {error}") from error
    missing = [name for name in ("ref", "verb", "itglue_id") if name not in names]
    if missing:
        raise fail("B404", f"{path}:1 has no column {', '.join(missing)}; the columns are {', '.join(COLUMNS)}")
    reader.fieldnames = names
    try:
        return [(reader.line_num, {key: value or "" for key, value in row.items() if key}) for row in reader]
    except csv.Error as error:
        raise fail("B404", f"{path}:{reader.line_num} is no CSV: {error}") from error

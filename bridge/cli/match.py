"""`glue-bridge match`: which organization of IT Glue each customer is."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli import output, planning, progress
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, engine_of, person, settings_of

if TYPE_CHECKING:
    from bridge.cli.customers import Customer, Survey
    from bridge.engine import Engine

FRESH = ("organization_types", "organization_statuses", "organizations")
CsvOut = Annotated[
    Path | None, typer.Option("--csv-out", metavar="FILE", help="Write what needs you as a table, to fill in.")
]
CsvIn = Annotated[Path | None, typer.Option("--csv-in", metavar="FILE", help="Take the choices of a filled-in table.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(match)


def match(csv_out: CsvOut = None, csv_in: CsvIn = None, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
    """Say which organization of IT Glue each customer is: most are found, for the others it asks.

    It reads the companies of the PSA and the organizations of IT Glue, and writes nothing to either. A customer that is
    not matched gets nothing written, and none of its devices. What you choose is stored and used by every plan; to
    change your mind choose again, or use glue-bridge held pin, new, ban and exclude. On a terminal it asks for one
    customer after the other, elsewhere it lists them.

    For example:
      glue-bridge match
      glue-bridge match --csv-out match.csv     (fill in the column verb: pin, new, exclude, ban, or blank)
      glue-bridge match --csv-in match.csv

    The table has the columns ref, name, verb, itglue_id, why. Every row is checked before any choice is stored.

    JSON: {"companies", "excluded": {rule: n}, "matched": {key: n}, "create", "held": {code: n}, "gone", "stored",
      "need_you": [{"ref", "name", "code", "reason", "candidates": [{"itglue_id", "name", "devices", "why"}]}],
      "problems": [{"level", "code", "subject", "text", "file", "line"}]}

    Exit code: 0 every customer is decided, 2 some need you, 1 none does but IT Glue lacks a name of the settings (B113).
    """
    configured = settings_of(settings)
    with engine_of(configured, "match") as engine:
        _read(engine, configured.data_folder)
        lacking = planning.lacking(engine, configured)
        found = _survey(engine)
        stored = 0
        if csv_in is not None:
            stored = _take(engine, csv_in, found)
            found = _survey(engine)
        if csv_out is not None:
            _hand_out(csv_out, found)
        if as_json:
            from bridge.cli.customers import as_json as told

            output.emit(told(found, stored, [each.as_json() for each in lacking]))
            return 2 if found.open else 1 if lacking else 0
        if csv_in is not None:
            output.say(f"{output.count(stored, 'choice')} stored from {csv_in}")
        _summary(found)
        if csv_out is not None:
            output.say(f"Written to {csv_out}: fill in verb and itglue_id, then glue-bridge match --csv-in {csv_out}")
        elif sys.stdin.isatty() and sys.stdout.isatty() and csv_in is None:
            if _ask(engine, found):
                found = _survey(engine)
                output.say()
                _summary(found)
        else:
            for customer in found.open:
                output.say(f"  {_line(customer)}")
        _next(found)
        return 2 if found.open else 1 if lacking else 0


def _read(engine: "Engine", data_folder: Path) -> None:
    from bridge.cli import reading
    from bridge.store import runs
    from bridge.supervise.lock import service_pid

    with progress.of(engine):
        reading.poll_sources(engine, ["organization"])
        reading.read_index(engine, FRESH, once=["configurations"])
    if service_pid(data_folder) is None:  # nobody drains what was read: its runs end as planned
        runs.end_finished(engine.db, planned=True)


def _survey(engine: "Engine") -> "Survey":
    from bridge.cli import customers

    return customers.survey(engine)


def _summary(found: "Survey") -> None:
    from bridge.cli.customers import KEYS

    parts = [f"{output.number(number)} excluded by {rule}" for rule, number in found.counts("excluded").items()]
    matched = found.counts("matched")
    how = ", ".join(
        f"{output.number(number)} {KEYS.get(key, key.replace('_', ' '))}" for key, number in matched.items()
    )
    parts.append(f"{output.number(sum(matched.values()))} matched{f' ({how})' if how else ''}")
    if made := found.of("create"):
        parts.append(f"{output.number(len(made))} to be made")
    if held := found.counts("held"):
        codes = ", ".join(f"{output.number(number)} {code}" for code, number in held.items())
        parts.append(f"{output.number(sum(held.values()))} held ({codes})")
    if gone := found.of("gone"):
        parts.append(f"{output.number(len(gone))} gone")
    need = len(found.open)
    parts.append(f"{output.number(need)} {'needs' if need == 1 else 'need'} you")
    output.say(f"{output.count(len(found.customers), 'company', 'companies')}: {', '.join(parts)}")


def _next(found: "Survey") -> None:
    for customer in found.of("held"):
        output.say(f"  held {customer.ref} {customer.name}  {customer.by}: {customer.reason}")
    if not found.open:
        output.say("Next: glue-bridge plan")


def _line(customer: "Customer") -> str:
    offered = ", ".join(
        f'{one.itglue_id} "{one.name}" ({output.count(one.devices, "device")}{f"; {one.why}" if one.why else ""})'
        for one in customer.candidates
    )
    if customer.by == "unmatched":
        said = f"not found; near: {offered}" if offered else "not found, and no name is near"
    elif customer.by == "ambiguous":
        said = f"{output.count(len(customer.candidates), 'candidate')}: {offered}"
    else:
        said = f"{customer.reason}{f'; {offered}' if offered else ''}"
    return f"{customer.ref}  {customer.name}    {said}"


def _ask(engine: "Engine", found: "Survey") -> int:
    """Ask for one customer after the other; each choice is stored at once. Give how many were made."""
    from bridge import deciding
    from bridge.cli.asking import Quit, ask

    made = 0
    gone: set[str] = set()
    for customer in found.open:
        customer.candidates = [each for each in customer.candidates if each.itglue_id not in gone]
        output.say(f"  {_line(customer)}")
        try:
            choice = ask(customer, partial(_refusal, engine, customer))
        except Quit:
            break
        if choice is None:
            continue
        verb, itglue_id, why = choice
        with engine.db.write() as connection:
            deciding.decide(engine.db, connection, customer.target, verb, by=person(), itglue_id=itglue_id, why=why)
        made += 1
        if verb == "pin" and itglue_id is not None:
            gone.add(itglue_id)
    return made


def _refusal(engine: "Engine", customer: "Customer", itglue_id: str) -> str | None:
    import sqlalchemy as sa

    from bridge.cli.choosing import refusal_of_pin
    from bridge.store.schema import targets

    with engine.db.read() as connection:
        row = connection.execute(sa.select(targets).where(targets.c.id == customer.target)).one()
        return refusal_of_pin(connection, row, itglue_id)


def _take(engine: "Engine", path: Path, found: "Survey") -> int:
    from bridge import deciding
    from bridge.cli import choices

    with engine.db.read() as connection:
        chosen = choices.read(path, found, connection)
    with engine.db.write() as connection:
        for each in chosen:
            deciding.decide(
                engine.db,
                connection,
                each.customer.target,
                each.verb,
                by=person(),
                itglue_id=each.itglue_id,
                why=each.why,
            )
    return len(chosen)


def _hand_out(path: Path, found: "Survey") -> None:
    from bridge.cli import choices

    choices.write(path, found)

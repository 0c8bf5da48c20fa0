"""`glue-bridge held`: what waits for a person, and the decisions that set it free."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.catalogue import HOLDS, number
from bridge.cli import output, shapes
from bridge.cli.failures import fail
from bridge.cli.finding import REF_HELP, code_of, organizations_of, source_of, target_of, targets_of
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, person, settings_of
from bridge.cli.pause import line as pause_line
from bridge.cli.pause import told as paused_by_hand

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from bridge.settings import Settings
    from bridge.store.database import Database
    from bridge.store.inspect import Row, Shown

Code = Annotated[str | None, typer.Option(metavar="CODE", help="Only this hold code: ambiguous, or B305.")]
Organization = Annotated[
    str | None, typer.Option(metavar="NAME|REF", help="Only this customer, with all that belongs to it.")
]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="Only records of this source.")]
Limit = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help="At most so many targets; 0 gives all. Default: 50, with --json all."),
]
Reference = Annotated[str, typer.Argument(metavar="REF", help=REF_HELP, show_default=False)]
MaybeReference = Annotated[str | None, typer.Argument(metavar="[REF]", help=REF_HELP, show_default=False)]
Record = Annotated[str, typer.Argument(metavar="ID", help="The id of a record of IT Glue.", show_default=False)]
Why = Annotated[str | None, typer.Option(metavar="TEXT", help="Why; `explain` and the journal show it.")]
LISTED = 50

app = typer.Typer(rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Add the command, and those below it."""
    parent.add_typer(app, name="held")


@app.callback(invoke_without_command=True)
def held(
    context: typer.Context,
    code: Code = None,
    organization: Organization = None,
    source: Source = None,
    limit: Limit = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int | None:
    """List what is held, and decide about it.

    Without a command below it lists. What is held only because its organization is (parent_held) is counted, and
    listed with --code parent_held.

    A decision about REF is one about the record itself. About an asset that a block makes of it: BLOCK/REF, as it is
    listed here.

    For example:
      glue-bridge held --code ambiguous --organization "Acme Ltd"
      glue-bridge held pin cw:configuration:5120 30112
      glue-bridge held accept --code moved --organization "Acme Ltd"

    JSON: {"held": 3, "by_code": {"ambiguous": 3}, "paused": [{"what", "since", "until", "by", "why"}],
    "targets": [{"ref", "block", "name", "organization": {"ref", "name"} | null, "code", "number", "reason", "since"}]}

    Exit code: 0 nothing is held, 2 something is.
    """
    if context.invoked_subcommand is not None:
        return None
    found = settings_of(settings)
    with database_of(found) as db, db.read() as connection:
        return _list(found, db, connection, code, organization, source, limit, as_json=as_json)


@command(app, "list")
def listed(
    code: Code = None,
    organization: Organization = None,
    source: Source = None,
    limit: Limit = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """List what is held: `glue-bridge held` does the same.

    For example: glue-bridge held list --code B305
    """
    found = settings_of(settings)
    with database_of(found) as db, db.read() as connection:
        return _list(found, db, connection, code, organization, source, limit, as_json=as_json)


def _where(
    found: "Settings", connection: "Connection", code: str | None, organization: str | None, source: str | None
) -> "list[sa.ColumnElement[bool]]":
    from bridge.store import inspect
    from bridge.store.schema import targets

    where: list[sa.ColumnElement[bool]] = []
    if code is not None:
        where.append(targets.c.code == code_of(code))
    if organization is not None:
        where.append(inspect.of_organization([each.target for each in organizations_of(connection, organization)]))
    if source is not None:
        where.append(inspect.of_source(source_of(found, connection, source)))
    return where


def _list(
    found: "Settings", db: "Database", connection: "Connection", code: str | None, organization: str | None,
    source: str | None, limit: int | None, *, as_json: bool,
) -> int:  # fmt: skip
    from bridge.store import inspect
    from bridge.store.schema import targets

    where = _where(found, connection, code, organization, source)
    counts = inspect.held_by_code(connection, where)
    causes = where if code is not None else [*where, targets.c.code != "parent_held"]
    most = limit if limit is not None else 0 if as_json else LISTED
    rows = inspect.shown(connection, [targets.c.state == "held", *causes], limit=most or None)
    total = sum(counts.values())
    if as_json:
        listed_ = [_as_json(each) for each in rows]
        output.emit(shapes.Held(held=total, by_code=counts, paused=paused_by_hand(db, connection), targets=listed_))
        return 2 if total else 0
    for pause in paused_by_hand(db, connection):
        output.say(pause_line(pause))
    if not total:
        output.say("Nothing is held.")
        _say_pending(connection, where)
        return 0
    output.say(f"{output.number(total)} held")
    output.table(
        [[number(word), word, output.number(counted), HOLDS[word].title if word in HOLDS else ""]
         for word, counted in counts.items()],
        right=[2],
    )  # fmt: skip
    output.say()
    output.table(
        [[each.exact, each.name, _owner(each), each.row.code, each.row.reason or ""] for each in rows], indent=0
    )
    left = total - len(rows) - (0 if code is not None else counts.get("parent_held", 0))
    if left > 0:
        output.say(f"… {output.number(left)} more: --limit 0 lists all, --code or --organization some")
    output.say("\nglue-bridge explain REF says what helps.")
    return 2


def _say_pending(connection: "Connection", where: "list[sa.ColumnElement[bool]]") -> None:
    """Say that nothing is held only because nothing was decided yet, where it is so."""
    from bridge.store import inspect

    states = inspect.by_state(connection, where)
    pending = sum(block.get("pending", 0) + block.get("waiting", 0) for block in states.values())
    if pending:
        are = "target has" if pending == 1 else "targets have"
        output.say(f"{output.number(pending)} {are} not been decided yet: glue-bridge plan shows what becomes of them.")


def _owner(each: "Shown") -> str:
    return "" if each.organization is None else each.organization.name or str(each.organization.ref)


def _as_json(each: "Shown") -> dict[str, Any]:
    owner = each.organization
    return {
        "ref": each.label,
        "block": each.row.block,
        "name": each.name,
        "organization": None if owner is None else {"ref": str(owner.ref), "name": owner.name},
        "code": each.row.code,
        "number": number(each.row.code),
        "reason": each.row.reason,
        "since": output.iso(each.row.settled_at),
    }


@command(app)
def retry(
    ref: MaybeReference = None,
    code: Code = None,
    organization: Organization = None,
    source: Source = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Try again now, with attempts and starts at 0; what holds it is not lifted.

    For example:
      glue-bridge held retry cw:configuration:4711
      glue-bridge held retry --code gives_up

    JSON: {"retried": 12}
    """
    from bridge import deciding
    from bridge.store.schema import targets

    found = settings_of(settings)
    with database_of(found) as db, db.write() as connection:
        if ref is not None:
            ids = [row.id for row in targets_of(found, connection, ref)]
        elif code is None and organization is None:
            raise fail("B400", "name a REF, or several targets with --code or --organization")
        else:
            ids = [row.id for row in _held_rows(connection, _where(found, connection, code, organization, source))]
        deciding.retry(db, connection, ids)
        left = "" if ref is None else _state_said(connection, targets.c.id == ids[0])
    if as_json:
        output.emit(shapes.Retried(retried=len(ids)))
    elif not ids:
        output.say("Nothing of this is held.")
    else:
        output.say(left or f"{output.count(len(ids), 'target')} due now")
    return 0


def _state_said(connection: "Connection", where: "sa.ColumnElement[bool]") -> str:
    from bridge.store import inspect

    [each] = inspect.shown(connection, [where])
    if each.row.state == "creating":
        return f"{each.exact} is being created: it is planned again once that is clear"
    return f"{each.exact} is due now"


def _held_rows(connection: "Connection", where: "list[sa.ColumnElement[bool]]") -> "list[Row]":
    import sqlalchemy as sa

    from bridge.store.schema import targets

    return list(connection.execute(sa.select(targets).where(targets.c.state == "held", *where)))


@command(app)
def exclude(
    ref: Reference, why: Why = None, as_json: Json = False, settings: SettingsFile = DEFAULT
) -> int:  # fmt: skip
    """Leave a record out. What IT Glue has of it stays as it is; `held new` or `held pin` takes it in again.

    For example: glue-bridge held exclude cw:configuration:4711 --why "belongs to the landlord"

    JSON, of pin, ban and new too: {"ref", "verb", "itglue_id", "why", "effects": [text]}
    """
    if why is None or not why.strip():
        raise fail("B400", 'say why, for whoever wonders in a year: --why "…"')
    return _decide(ref, "exclude", None, why, as_json=as_json, settings=settings)


@command(app)
def pin(
    ref: Reference, record: Record, why: Why = None, as_json: Json = False, settings: SettingsFile = DEFAULT
) -> int:
    """Say which record of IT Glue it is. It takes back an earlier pin, new, exclude, and a ban of that record.

    What it is linked to until now stays as it is in IT Glue, and gets no more writes.

    For example: glue-bridge held pin cw:configuration:5120 30112
    """
    return _decide(ref, "pin", record, why, as_json=as_json, settings=settings)


@command(app)
def ban(
    ref: Reference, record: Record, why: Why = None, as_json: Json = False, settings: SettingsFile = DEFAULT
) -> int:
    """Say which record of IT Glue it never is. It takes back a pin of that record, and ends a link to it.

    For example: glue-bridge held ban cw:configuration:5120 30977
    """
    return _decide(ref, "ban", record, why, as_json=as_json, settings=settings)


@command(app)
def new(ref: Reference, why: Why = None, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
    """Say that IT Glue does not have it: it is made. Refused where it is linked: ban that record first.

    For example: glue-bridge held new cw:configuration:5120
    """
    return _decide(ref, "new", None, why, as_json=as_json, settings=settings)


def _decide(
    ref: str, verb: str, itglue_id: str | None, why: str | None, *, as_json: bool, settings: "SettingsFile"
) -> int:  # fmt: skip
    from bridge import deciding
    from bridge.cli.choosing import refusal_of_pin
    from bridge.cli.effects import effect_of
    from bridge.mapping.blocks import compile_mapping
    from bridge.store import inspect

    found = settings_of(settings)
    mapping = compile_mapping(found)
    with database_of(found) as db, db.write() as connection:
        row = target_of(found, connection, ref)
        if row.block == inspect.NAMES:
            raise fail("B403", f"{ref} is a name of IT Glue: make it there, or map it; decisions are about records")
        if itglue_id is not None and not (itglue_id.isascii() and itglue_id.isdigit()):
            raise fail("B403", f"{itglue_id!r} is no id of IT Glue; it is the number in the record's address")
        if verb == "pin" and (refusal := refusal_of_pin(connection, row, itglue_id or "")):
            raise fail("B403", refusal)
        [each] = inspect.shown(connection, [_is(row)])
        effect = effect_of(connection, mapping, each, verb, itglue_id)
        if effect.refusal is not None:
            raise fail("B403", effect.refusal)
        deciding.decide(db, connection, row.id, verb, by=person(), itglue_id=itglue_id, why=why)
    if as_json:
        output.emit(shapes.Decided(ref=each.label, verb=verb, itglue_id=itglue_id, why=why, effects=effect.said))
    else:
        output.say(f"{each.exact} {each.name}: {verb}{f' {itglue_id}' if itglue_id else ''}, due now")
        for line in effect.said:
            output.say(f"  {line}")
    return 0


def _is(row: "Row") -> "sa.ColumnElement[bool]":
    from bridge.store.schema import targets

    same: sa.ColumnElement[bool] = targets.c.id == row.id
    return same


@command(app)
def accept(
    ref: MaybeReference = None,
    code: Code = None,
    organization: Organization = None,
    source: Source = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Say yes, once, to exactly the change that is held: a move, making again what is gone, a write past a stop.

    The yes is used up by the write. If the change is another one by then, it is held again. For many targets name the
    code, and the customer or the source. shape_changed is a judgement on a whole read: one yes is believed for all that
    this read did not show.

    For example:
      glue-bridge held accept cw:configuration:4711
      glue-bridge held accept --code moved --organization "Acme Ltd"
      glue-bridge held accept --code shape_changed --source cw

    JSON: {"accepted": 300, "left": 0}; left are held by that code and not lifted by a yes.
    """
    from bridge import deciding

    wanted = code_of(code) if code is not None else None
    found = settings_of(settings)
    with database_of(found) as db, db.write() as connection:
        if ref is not None:
            rows = targets_of(found, connection, ref)
            _refuse_unacceptable(ref, rows, wanted)
        elif wanted is None or (organization is None and source is None):
            raise fail("B400", "name a REF, or --code together with --organization or --source")
        else:
            rows = _held_rows(connection, _where(found, connection, wanted, organization, source))
        accepted = [row for row in rows if deciding.can_accept(row)]
        if rows and not accepted:
            raise fail("B402", _not_lifted(rows))
        deciding.accept(db, connection, accepted, by=person())
    left = len(rows) - len(accepted)
    if as_json:
        output.emit(shapes.Accepted(accepted=len(accepted), left=left))
    elif not rows:
        output.say("Nothing of this is held.")
    else:
        said = f"; {left} cannot be accepted: glue-bridge held --code {wanted}" if left else ""
        output.say(f"{output.count(len(accepted), 'target')} accepted and due now{said}")
    return 0


def _refuse_unacceptable(ref: str, rows: "list[Row]", code: str | None) -> None:
    held = [row for row in rows if row.state == "held"]
    if not held:
        raise fail("B402", f"{ref} is {rows[0].state}, not held: there is nothing to accept")
    if code is not None and all(row.code != code for row in held):
        raise fail("B402", f"{ref} is held {held[0].code}, not {code}: glue-bridge explain {ref}")


def _exact(row: "Row") -> str:
    from bridge.store import inspect

    return inspect.exact(row)


def _not_lifted(rows: "list[Row]") -> str:
    row = next((each for each in rows if each.state == "held"), rows[0])
    which = f"{_exact(row)} is" if len(rows) == 1 else f"all {len(rows)} are"
    entry = HOLDS.get(row.code)
    fix = f". {entry.fix}" if entry is not None else ""
    return f"{which} held {row.code}, and a yes does not lift that: {row.reason}{fix}"

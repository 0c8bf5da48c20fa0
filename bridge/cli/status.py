"""`glue-bridge status`: what runs, what is read, what is paused, what became of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from bridge.catalogue import number
from bridge.cli import output, shapes
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, settings_of
from bridge.cli.pause import line as pause_line
from bridge.cli.pause import told as paused_by_hand

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bridge.settings import Settings
    from bridge.store.database import Database

RUNS = 5
Check = Annotated[
    bool, typer.Option("--check", help="For a monitor: print only what is wrong, and end with 1 where anything is.")
]
_SUM = ("written", "equal", "held", "excluded")
_REST = ("gone", "open")


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(status)


def status(as_json: Json = False, check: Check = False, settings: SettingsFile = DEFAULT) -> int:
    """Say what runs, what was read when, what is paused, and what became of every target.

    It calls nobody: everything comes from the store, the service's own file and the quota's counter.

    For example:
      glue-bridge status --json | jq .held
      glue-bridge status --check || page-somebody

    JSON: {"mode", "now", "service": {"pid", "since", "processes": [{"name", "pid", "since", "restarts"}]} | null,
      "sources": [{"name", "type", "paused": {"code", "since", "until", "why"} | null, "streams": [{"kind", "what",
      "last_ok_at", "watermark", "failures", "last_error"}]}], "paused": [{"what", "since", "until", "by", "why"}] by
      hand, "itglue": {"url", "paused", "read": {kind: time},
      "quota": {"paused_for", "in_flight", "windows": [{"requests", "seconds", "ours", "used"}]} | null},
      "fetches", "targets": {block: {state: n}}, "held": {code: n}, "runs": [{"id", "kind", "scope", "started_at",
      "read_done_at", "ended_at", "outcome", "counts"}], "problems": [{"what", "subject", "text"}]}

    Exit code: 0; with --check 1 where the service or one of its processes is down on this machine, a side is paused, a
    stop holds something, or a stream is overdue (by half its interval and five minutes). A pause by hand is none of these.
    """
    found = settings_of(settings)
    with database_of(found) as db, db.read() as connection:
        told = _told(found, db, connection)
    if as_json:
        output.emit(told)
    elif check:
        _print_problems(told)
    else:
        _print(told)
    return 1 if check and told["problems"] else 0


def _print_problems(told: shapes.Status) -> None:
    for each in told["problems"]:
        output.say(f"{each['what']}: {each['subject']} {each['text']}")
    if not told["problems"]:
        output.say("ok: the service runs, no side is paused, no stop is on, no stream is overdue")


def _told(settings: "Settings", db: "Database", connection: "Connection") -> shapes.Status:
    import sqlalchemy as sa

    from bridge.cli import health
    from bridge.store import hand_pauses, inspect
    from bridge.store.schema import fetches, index_reads, pauses

    now, service, held = db.now(connection), _service(settings), inspect.held_by_code(connection)

    paused = {
        row.scope: {"code": row.code, "since": output.iso(row.since), "until": output.iso(row.until), "why": row.why}
        for row in connection.execute(sa.select(pauses))
        if not row.scope.startswith(hand_pauses.PREFIX)
    }
    read = connection.execute(
        sa.select(index_reads.c.kind, sa.func.max(index_reads.c.ended_at))
        .where(index_reads.c.org_id == "", index_reads.c.began_at > 1.0)
        .group_by(index_reads.c.kind)
        .order_by(index_reads.c.kind)
    )
    return {
        "mode": settings.mode,
        "now": output.iso(now),
        "service": service,
        "paused": paused_by_hand(db, connection),
        "sources": [
            {"name": name, "type": source.type, "paused": paused.get(name), "streams": _streams(connection, name)}
            for name, source in settings.sources.items()
        ],
        "itglue": {
            "url": settings.itglue.base_url,
            "paused": paused.get("itglue"),
            "read": {kind: output.iso(at) for kind, at in read},
            "quota": _quota(settings),
        },
        "fetches": connection.execute(sa.select(sa.func.count()).select_from(fetches)).scalar_one(),
        "targets": inspect.by_state(connection),
        "held": held,
        "runs": _runs(connection),
        "problems": health.problems(settings, connection, now, service, paused, held),
    }


def _service(settings: "Settings") -> dict[str, Any] | None:
    from bridge.supervise.status import find_status

    found = find_status(settings.data_folder)
    if found is None:
        return None
    processes = [
        {"name": each.name, "pid": each.pid, "since": each.started_at and each.started_at.isoformat(),
         "restarts": each.restarts}
        for each in found.children
    ]  # fmt: skip
    return {"pid": found.pid, "since": found.started_at.isoformat(), "processes": processes}


def _streams(connection: "Connection", source: str) -> list[dict[str, Any]]:
    import sqlalchemy as sa

    from bridge.store.schema import streams

    rows = connection.execute(
        sa.select(streams).where(streams.c.source == source).order_by(streams.c.kind, streams.c.what)
    )
    return [
        {"kind": row.kind, "what": row.what, "last_ok_at": output.iso(row.last_ok_at), "watermark": row.watermark,
         "failures": row.failures, "last_error": row.last_error}
        for row in rows
    ]  # fmt: skip


def _quota(settings: "Settings") -> dict[str, Any] | None:
    """Count what was granted, where the queue server runs; it is not started for this."""
    from bridge import app
    from bridge.errors import BridgeError
    from bridge.queue.address import RedisAddress
    from bridge.queue.valkey import ValkeyServer

    try:
        url = settings.redis_url
        if url is None:
            if not (settings.data_folder / "queue").exists():
                return None
            server = ValkeyServer(settings.data_folder.resolve() / "queue")
            known = server.known()
            if known is None or not server.answers():
                return None
            url = known.url
        quota = app.quota_of(settings, RedisAddress(url))
        try:
            used = quota.used()
        finally:
            quota.close()
    except (BridgeError, OSError):
        return None
    windows = [
        {"requests": budget.window.requests, "seconds": budget.window.seconds, "ours": budget.most, "used": granted}
        for budget, granted in used.granted
    ]
    return {"paused_for": used.paused_for, "in_flight": used.in_flight, "windows": windows}


def _runs(connection: "Connection") -> list[dict[str, Any]]:
    import sqlalchemy as sa

    from bridge.store import runs as run_rows
    from bridge.store.schema import runs

    found = []
    for row in connection.execute(sa.select(runs).order_by(runs.c.id.desc()).limit(RUNS)).all():
        counts = orjson.loads(row.counts) if row.counts else run_rows.count(connection, row.id)
        found.append(
            {"id": row.id, "kind": row.kind, "scope": row.scope, "started_at": output.iso(row.started_at),
             "read_done_at": output.iso(row.read_done_at), "ended_at": output.iso(row.ended_at), "outcome": row.outcome, "counts": counts}
        )  # fmt: skip
    return found


def _print(told: shapes.Status) -> None:
    says = "the service writes inside the rollout" if told["mode"] == "apply" else "the service writes nothing"
    output.say(f"mode {told['mode']}: {says}")
    _print_service(told["service"])
    for pause in told["paused"]:
        output.say(pause_line(pause))
    now = output.seconds(told["now"]) or 0.0
    for source in told["sources"]:
        _print_source(source, now)
    _print_itglue(told["itglue"])
    if told["fetches"]:
        output.say(f"{output.count(told['fetches'], 'record')} to be read singly")
    if told["targets"]:
        output.say("targets")
        rows = [
            [block, *(f"{output.number(counted)} {state}" for state, counted in states.items())]
            for block, states in told["targets"].items()
        ]
        output.table(rows)
    if told["held"]:
        output.say("held")
        output.table([[number(code), code, output.number(each)] for code, each in told["held"].items()], right=[2])
    if told["runs"]:
        output.say("runs")
        output.table(_run_line(run) for run in told["runs"])
    elif not told["targets"]:
        output.say("nothing has been read yet: glue-bridge check, then match, then plan")


def _print_service(service: Mapping[str, Any] | None) -> None:
    if service is None:
        output.say("service  not running")
        return
    output.say(f"service  running since {output.moment(output.seconds(service['since']))} (pid {service['pid']})")
    rows = [
        [each["name"], f"pid {each['pid']}" if each["pid"] else "waits to be started again",
         f"since {output.moment(output.seconds(each['since']))}" if each["since"] else "",
         output.count(each["restarts"], "restart") if each["restarts"] else ""]
        for each in service["processes"]
    ]  # fmt: skip
    output.table(rows, indent=9)


def _print_source(source: Mapping[str, Any], now: float) -> None:
    output.say(f"source   {source['name']} ({source['type']}){_paused(source['paused'])}")
    rows = []
    for stream in source["streams"]:
        last = output.seconds(stream["last_ok_at"])
        mark = output.seconds(stream["watermark"])
        age = f"changes up to {output.span(now - mark)} ago" if mark is not None else stream["watermark"] or ""
        failed = f"failed {stream['failures']} times: {stream['last_error']}" if stream["failures"] else ""
        rows.append([stream["kind"], stream["what"], output.moment(last), age, failed])
    output.table(rows, indent=9)
    if not rows:
        output.say("         not read yet")


def _print_itglue(itglue: Mapping[str, Any]) -> None:
    output.say(f"itglue   {itglue['url']}{_paused(itglue['paused'])}")
    read = itglue["read"]
    if read:
        output.say(f"         index read {output.moment(min(output.seconds(at) or 0.0 for at in read.values()))}")
    quota = itglue["quota"]
    for window in quota["windows"] if quota else ():
        ours = f"{output.number(window['used'])} of our {output.number(window['ours'])} requests"
        output.say(
            f"         {ours} in the last {output.span(window['seconds'])} "
            f"({output.number(window['requests'])} in all, {quota['in_flight']} under way)"
        )
    if quota and quota["paused_for"] > 0:
        output.say(f"         IT Glue asked for a pause: {output.span(quota['paused_for'])} left")


def _paused(pause: dict[str, Any] | None) -> str:
    if pause is None:
        return ""
    until = output.moment(output.seconds(pause["until"]))
    return f"  PAUSED since {output.moment(output.seconds(pause['since']))}, next try {until}: {pause['why']}"


def _run_line(run: Mapping[str, Any]) -> list[str]:
    counts = run["counts"]
    parts = [f"{output.number(counts[word])} {word}" for word in _SUM]
    parts += [f"{output.number(counts[word])} {word}" for word in _REST if counts.get(word)]
    said = f"{output.number(counts['seen'])} seen = {' + '.join(parts)}"
    names = counts.get("names")
    if names:
        said += f"; names: {', '.join(f'{output.number(each)} {word}' for word, each in names.items())}"
    ended = run["outcome"] or ("open" if run["read_done_at"] else "reading")
    return [f"run {run['id']}", f"{run['kind']} {run['scope']}".strip(), output.moment(output.seconds(run["started_at"])), ended,
            said]  # fmt: skip

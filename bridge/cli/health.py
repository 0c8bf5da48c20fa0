"""What a monitor wants to know: what of the bridge does not do its work."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge import schedule
from bridge.cli import output, shapes
from bridge.mapping.blocks import compile_mapping
from bridge.settings import Settings
from bridge.store.pauses import ITGLUE
from bridge.store.schema import streams

SLACK = 300.0  # s that a stream may be late, beside half of its interval
_STOP = "stop_"


def problems(
    settings: Settings, connection: Connection, now: float, service: Mapping[str, Any] | None,
    paused: Mapping[str, Any], held: Mapping[str, int],
) -> list[shapes.Problem]:  # fmt: skip
    """Name what is down, paused, stopped or overdue; `held` counts what is held by code."""
    return [
        *_of_service(service),
        *_of_pauses(paused),
        *_of_stops(held),
        *_of_streams(settings, connection, now, paused),
    ]


def _of_service(service: Mapping[str, Any] | None) -> Iterator[shapes.Problem]:
    if service is None:
        yield shapes.Problem(what="service", subject="glue-bridge", text="not running on this machine")
        return
    for each in service["processes"]:
        if each["pid"] is None:
            text = f"down, waits to be started again after {output.count(each['restarts'], 'restart')}"
            yield shapes.Problem(what="service", subject=each["name"], text=text)


def _of_pauses(paused: Mapping[str, Any]) -> Iterator[shapes.Problem]:
    for side, pause in paused.items():
        text = f"paused since {output.moment(output.seconds(pause['since']))}: {pause['why']}"
        yield shapes.Problem(what="paused", subject=side, text=text)


def _of_stops(held: Mapping[str, int]) -> Iterator[shapes.Problem]:
    for code, number in held.items():
        if code.startswith(_STOP):
            text = f"holds {output.count(number, 'target')}: glue-bridge held --code {code}"
            yield shapes.Problem(what="stop", subject=code, text=text)


def _of_streams(
    settings: Settings, connection: Connection, now: float, paused: Mapping[str, Any]
) -> Iterator[shapes.Problem]:
    """Name what is read too seldom, but for what is being read right now, and for a side that is paused anyway."""
    kinds = {block.kind for block in compile_mapping(settings).blocks}
    for row in connection.execute(sa.select(streams).order_by(streams.c.source, streams.c.kind, streams.c.what)):
        wanted = row.source == ITGLUE or (row.source in settings.sources and row.kind in kinds)
        if not wanted or row.source in paused or row.lease_until > now:
            continue
        late = schedule.every(settings.protocol, row) / 2 + SLACK
        due_at = row.next_at if row.last_ok_at is None else row.last_ok_at + schedule.every(settings.protocol, row)
        if now - due_at > late:
            last = "never read" if row.last_ok_at is None else f"last read {output.moment(row.last_ok_at)}"
            failed = f", failed {row.failures} times: {row.last_error}" if row.failures else ""
            subject = f"{row.source}:{row.kind}:{row.what}"
            yield shapes.Problem(what="overdue", subject=subject, text=f"{last}{failed}")

"""How many requests to IT Glue a sync takes, per record, and none where nothing has changed."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from benchmarks.figure import Figure
from benchmarks.stage import DEVICES, FailedError, Stage, stage

CHANGED = 1000
_ALL_NEW = '[organizations]\ncreate = "yes"\n'


def first_sync() -> Iterator[Figure]:
    """Sync where the 200 organizations exist; then nothing changes; then every tenth device does."""
    with stage("first_sync") as here:
        yield _per_record("requests_per_record_first_sync", _synced(here, DEVICES), DEVICES, 0.03)
        yield from _unchanged(here)
        yield from _changed(here)


def all_new() -> Iterator[Figure]:
    """Sync where the organizations are new too."""
    with stage("all_new") as here:
        here.configure(rest=_ALL_NEW)
        yield _per_record("requests_per_record_all_new", _synced(here, DEVICES), DEVICES, 0.05)


def adoption() -> Iterator[Figure]:
    """Sync where all is there already, half of it different; nothing is made twice."""
    with stage("adoption") as here:
        requests = _synced(here, DEVICES)
        duplicates = len(here.itglue.call("GET", "/records/configurations")) - DEVICES
        yield _per_record("requests_per_record_adoption", requests, DEVICES, 0.03, also=duplicates == 0)
        yield Figure.of("duplicates_adoption", duplicates, "records", "=", 0)


def _unchanged(here: Stage) -> Iterator[Figure]:
    here.itglue.forget()
    here.sync()
    requests = here.itglue.requests()
    yield Figure.of("requests_unchanged", len(requests), "requests", "=", 0)
    yield Figure.of("writes_unchanged", len(writes_of(requests)), "requests", "=", 0)


def _changed(here: Stage) -> Iterator[Figure]:
    devices = here.connectwise.call("GET", "/records/company/configurations")
    for place, device in enumerate(devices[:: len(devices) // CHANGED][:CHANGED]):
        change = {"tagNumber": f"changed {place}"}
        here.connectwise.call("PATCH", f"/records/company/configurations/{device['id']}", change)
    requests = _synced(here, None)
    written = sum(entry["rows"] for entry in writes_of(requests))
    if written != CHANGED:
        raise FailedError(f"{written} records were written, {CHANGED} were changed")
    yield _per_record("requests_per_changed_record", requests, CHANGED, 0.05)


def _synced(here: Stage, made: int | None) -> list[dict[str, Any]]:
    requests = requests_of(here)
    if made is not None:
        there = len(here.itglue.call("GET", "/records/configurations"))
        if there != made:
            raise FailedError(f"{there} configurations are in IT Glue, {made} should be")
    return requests


def requests_of(here: Stage) -> list[dict[str, Any]]:
    """Plan, apply, and give the requests that both made."""
    here.itglue.forget()
    planned, applied = here.sync()
    requests = here.itglue.requests()
    print(f"    plan {planned.seconds:.1f} s, apply {applied.seconds:.1f} s: {applied.output.strip().splitlines()[0]}")
    for line, number in sorted(_kinds(requests).items()):
        print(f"    {number:>6,}  {line}")
    return requests


def _per_record(name: str, requests: list[dict[str, Any]], records: int, limit: float, *, also: bool = True) -> Figure:
    return Figure.of(name, len(requests) / records, "requests per record", "<=", limit, also=also)


def writes_of(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give those that write."""
    return [entry for entry in requests if entry["method"] != "GET"]


def _kinds(requests: list[dict[str, Any]]) -> Counter[str]:
    return Counter(f"{entry['method']} {re.sub(r'[0-9]+', 'N', entry['path'])} {entry['status']}" for entry in requests)

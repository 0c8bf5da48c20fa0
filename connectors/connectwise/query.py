"""An operator's question to a ConnectWise server: any list of its API, read only, without what is secret."""

import re
from collections.abc import Iterator
from typing import Any

from bridge.errors import BridgeError, RejectedError
from connectors.connectwise.classify import NotFoundError, UnroutedError
from connectors.connectwise.client import Client
from connectors.connectwise.payloads import Payload, without_secrets

MOST_AT_ONCE = 1000
_KNOWN = "/company/companies"
_PATH = re.compile(r"/?([A-Za-z][A-Za-z0-9]*(?:/[A-Za-z0-9]+)*)/?")
_RECORD = re.compile(r"(.+)/(\d+)")
# Beside fields of the kind Password: whatever a resource calls its credentials.
_SECRET = re.compile(
    r"password|passphrase|secret|token|credential|private_?key|api_?key|licen[cs]e_?key", re.IGNORECASE
)


def rows(client: Client, path: str, where: str | None, limit: int) -> Iterator[Payload]:
    """Give at most `limit` records of a path such as `/company/companies`, or the one of `/company/companies/311`.

    `where` is a condition in ConnectWise's own language (api/connectwise.md 3.1). Raises ValueError for what is no
    path, or for one at which a server that takes our keys has nothing; RejectedError for a condition that it does not
    take.
    """
    found = _PATH.fullmatch(path.strip())
    if found is None:
        raise ValueError(f"{path!r} is no path of the API; write one like /company/companies")
    plain = f"/{found[1]}"
    record = _RECORD.fullmatch(plain)
    if record is not None:
        if where is not None:
            raise ValueError(f"{path} is one record; leave the condition out, or ask the list {record[1]}")
        asked = _one(client, record[1], int(record[2]))
    else:
        asked = _list(client, plain, () if where is None else (where,), limit)
    try:
        yield from asked
    except UnroutedError as error:
        if not _takes_us(client):
            raise
        said = str(error).partition(";")[0]
        raise ValueError(
            f"{said}. The address and the keys are right, so it is the path: write it as in ConnectWise's reference of "
            "its API, such as /company/companies, /company/configurations/types or /service/tickets"
        ) from error


def _takes_us(client: Client) -> bool:
    """Tell whether a path that every server has can be read: a wrong path and wrong keys look the same there."""
    try:
        client.some(_KNOWN, fields="id", size=1)
    except BridgeError:
        return False
    return True


def _list(client: Client, plain: str, conditions: tuple[str, ...], limit: int) -> Iterator[Payload]:
    if limit <= MOST_AT_ONCE:
        yield from map(_shown, client.some(plain, *conditions, size=limit)[:limit])
        return
    left = limit
    for batch in client.read(plain, *conditions):
        yield from map(_shown, batch.rows[:left])
        left -= len(batch.rows)
        if left <= 0:
            return


def _one(client: Client, path: str, number: int) -> Iterator[Payload]:
    try:
        yield _shown(client.one(path, number))
    except NotFoundError as error:
        raise RejectedError(str(error), 404) from error


def _shown(payload: Payload) -> Payload:
    kept: Payload = _without_credentials(without_secrets(payload))
    return kept


def _without_credentials(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_credentials(one) for key, one in value.items() if not _SECRET.search(key)}
    if isinstance(value, list):
        return [_without_credentials(one) for one in value]
    return value

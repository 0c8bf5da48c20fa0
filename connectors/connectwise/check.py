"""What `glue-bridge check` finds out about a ConnectWise source."""

from collections.abc import Iterator, Mapping

from bridge.errors import BridgeError, RateLimitError
from bridge.records import Finding
from connectors.connectwise.classify import RefusedError
from connectors.connectwise.client import Client
from connectors.connectwise.payloads import id_of
from connectors.connectwise.selftest import working_form

# Setup tables answer with inquiry level (api/connectwise.md 2); without them names in the mapping go unchecked.
SETUP_TABLES: Mapping[str, str] = {
    "/company/companies/types": "company types",
    "/company/companies/statuses": "company statuses",
    "/company/configurations/types": "configuration types",
    "/company/configurations/statuses": "configuration statuses",
    "/procurement/manufacturers": "manufacturers",
}
_PLURAL = {"organization": "companies", "configuration": "configurations"}
_SAMPLE = 100
_MANY_BLANK = 5
_BLANK_SHARE = 0.2
_REQUESTS_OF_PROOF = 3
"""The highest id, and the count before and after."""


def findings(source: str, client: Client, paths: Mapping[str, str], page_size: int) -> Iterator[Finding]:
    """Try the address, the keys, each permission and the source's habits, in that order; stop where nothing is left."""
    try:
        yield from _tried(source, client, paths, page_size)
    except RefusedError as error:
        yield Finding("error", source, str(error), error.code)
    except RateLimitError as error:
        yield Finding("error", source, f"asks for a pause, check again later: {error}", "B211")
    except BridgeError as error:
        yield Finding("error", source, f"{error}: check url, the network and the PSA's status page", "B201")


def _tried(source: str, client: Client, paths: Mapping[str, str], page_size: int) -> Iterator[Finding]:
    info = client.company_info()
    kind = "cloud" if info.cloud else "self-hosted"
    yield Finding("ok", source, f"{client.host} answers, {info.version}, {kind}")
    readable = []
    for one, path in paths.items():
        denied = _denied(client, path)
        if denied is not None:
            yield Finding("error", source, f"no permission to read {_PLURAL[one]}: {denied}", "B204")
            continue
        readable.append(path)
        yield _counted(source, _PLURAL[one], client.count(path), page_size)
    for path, title in SETUP_TABLES.items():
        denied = _denied(client, path)
        if denied is not None:
            yield Finding("warn", source, f"no permission to read {title}: {denied}", "B204")
    if readable:
        yield _time_form(source, client, tuple(readable))
    if paths["configuration"] in readable:
        yield from _blank_references(source, client, paths["configuration"])


def _denied(client: Client, path: str) -> str | None:
    try:
        client.some(path, fields="id", size=1)
    except RefusedError as error:
        if error.code == "B204":
            return str(error)
        raise
    return None


def _counted(source: str, title: str, count: int, page_size: int) -> Finding:
    if not count:
        text = f"no {title} are visible: is this the right instance, and is the role's Inquire level All?"
        return Finding("warn", source, text, "B210")
    requests = -(-count // page_size) + _REQUESTS_OF_PROOF
    return Finding("ok", source, f"{count:,} {title}, {requests} requests per snapshot")


def _time_form(source: str, client: Client, paths: tuple[str, ...]) -> Finding:
    try:
        form = working_form(client, paths)
    except RefusedError as error:
        if error.code != "B205":
            raise
        return Finding("error", source, str(error), error.code)
    if form is None:
        return Finding("ok", source, "no record to try the time filter on yet")
    return Finding("ok", source, f"filters by lastUpdated correctly, times written {form}")


def _blank_references(source: str, client: Client, path: str) -> Iterator[Finding]:
    """Find a role that blanks references instead of refusing (api/connectwise.md 2)."""
    rows = client.some(path, fields="id,company", order="id desc", size=_SAMPLE)
    blank = sum(id_of(row.get("company")) is None for row in rows)
    if blank >= _MANY_BLANK and blank >= _BLANK_SHARE * len(rows):
        text = (
            f"{blank} of the {len(rows)} newest configurations show no company: the role hides companies; "
            "give it Inquire All on Companies / Company Maintenance"
        )
        yield Finding("error", source, text, "B206")

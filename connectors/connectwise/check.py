"""What `glue-bridge check` finds out about a ConnectWise source."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from bridge.errors import BridgeError, RateLimitError
from bridge.records import Finding
from connectors.connectwise.classify import RefusedError
from connectors.connectwise.client import Client
from connectors.connectwise.payloads import id_of
from connectors.connectwise.selftest import working_form
from connectors.connectwise.tickets import PROJECT

# Setup tables answer with inquiry level (api/connectwise.md 2); without them names in the mapping go unchecked.
SETUP_TABLES: Mapping[str, Mapping[str, str]] = {
    "organization": {
        "/company/companies/types": "company types",
        "/company/companies/statuses": "company statuses",
    },
    "configuration": {
        "/company/configurations/types": "configuration types",
        "/company/configurations/statuses": "configuration statuses",
        "/procurement/manufacturers": "manufacturers",
    },
}
# What the role needs at Inquire = All for each list (api/connectwise.md 2).
_NEEDED: Mapping[str, tuple[str, str]] = {
    "/company/companies": ("companies", "Companies / Company Maintenance"),
    "/company/contacts": ("contacts", "Companies / Contacts"),
    "/company/configurations": ("configurations", "Companies / Configurations"),
    "/service/tickets": ("service tickets", "Service Desk / Service Tickets"),
    "/project/tickets": ("project tickets", "Project / Project Tickets"),
}
_SAMPLE = 100
_MANY_BLANK = 5
_BLANK_SHARE, _BLANK_CONTACTS = 0.2, 0.95
_REQUESTS_OF_PROOF = 3
"""The highest id, and the count before and after."""


Paths = Mapping[str, tuple[str, ...]]
Want = Mapping[str, AbstractSet[str]]


def findings(source: str, client: Client, paths: Paths, want: Want, page_size: int) -> Iterator[Finding]:
    """Try the address, the keys, each wanted permission and the source's habits, in that order; stop where nothing is left."""
    try:
        yield from _tried(source, client, paths, want, page_size)
    except RefusedError as error:
        yield Finding("error", source, str(error), error.code)
    except RateLimitError as error:
        yield Finding("error", source, f"asks for a pause, check again later: {error}", "B211")
    except BridgeError as error:
        yield Finding("error", source, f"{error}: check url, the network and the PSA's status page", "B201")


def _tried(source: str, client: Client, paths: Paths, want: Want, page_size: int) -> Iterator[Finding]:
    info = client.company_info()
    system = "cloud" if info.cloud else "self-hosted"
    yield Finding("ok", source, f"{client.host} answers, {info.version}, {system}")
    counts: dict[str, int] = {}
    for kind in (kind for kind in paths if kind in want):
        for path in paths[kind]:
            title, level = _NEEDED[path]
            denied = _denied(client, path)
            if denied is not None:
                said = f"no permission to read {title}: {denied}; in the role, {level}: Inquire = All"
                yield Finding("error", source, said, "B204")
                continue
            counts[path] = client.count(path)
            yield _counted(source, title, counts[path], page_size, needed=path != PROJECT)
    tickets = sum(counts.get(path, 0) for path in paths["ticket"])
    if tickets and "configurations" in want["ticket"]:
        text = (
            f"the configurations of tickets are wanted: a request for each ticket that passes only, at most {tickets:,}"
        )
        yield Finding("ok", source, text)
    if "location" in want and paths["organization"][0] in counts:
        yield from _sites(source, client, paths["organization"][0], counts[paths["organization"][0]])
    for kind, tables in SETUP_TABLES.items():
        for path, title in tables.items() if kind in want else ():
            denied = _denied(client, path)
            if denied is not None:
                yield Finding("warn", source, f"no permission to read {title}: {denied}", "B204")
    if counts:
        yield _time_form(source, client, tuple(counts))
    for path in ("/company/configurations", "/company/contacts", "/service/tickets"):
        if counts.get(path):
            yield from _blank_references(source, client, path)


def _sites(source: str, client: Client, path: str, companies: int) -> Iterator[Finding]:
    """Say what sites cost: there is no list of all of them (api/connectwise.md 5.3)."""
    newest = client.newest(path)
    denied = _denied(client, f"{path}/{newest}/sites") if newest else None
    if denied is not None:
        said = f"no permission to read sites: {denied}; in the role, Companies / Company Maintenance: Inquire = All"
        yield Finding("error", source, said, "B204")
        return
    text = f"sites: a request per snapshot for each company that passes [organizations].only, at most {companies:,}"
    yield Finding("ok", source, f"{text}; between snapshots only for a company that changed")


def _denied(client: Client, path: str) -> str | None:
    try:
        client.some(path, fields="id", size=1)
    except RefusedError as error:
        if error.code == "B204":
            return str(error)
        raise
    return None


def _counted(source: str, title: str, count: int, page_size: int, *, needed: bool) -> Finding:
    """Say how much is visible and what a snapshot of it costs; nobody needs to have projects."""
    if not count and needed:
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
    """Find a role that blanks references instead of refusing (api/connectwise.md 2).

    Contacts without a company are common, so of them nearly all have to be blank.
    """
    rows = client.some(path, fields="id,company", order="id desc", size=_SAMPLE)
    blank = sum(id_of(row.get("company")) is None for row in rows)
    share = _BLANK_CONTACTS if path.endswith("/contacts") else _BLANK_SHARE
    if blank >= _MANY_BLANK and blank >= share * len(rows):
        text = (
            f"{blank} of the {len(rows)} newest {_NEEDED[path][0]} show no company: the role hides companies; "
            "give it Inquire All on Companies / Company Maintenance"
        )
        yield Finding("error", source, text, "B206")

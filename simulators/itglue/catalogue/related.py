"""Related items (reference 5.10)."""

from simulators.itglue.catalogue.configurations import SUBDOMAIN
from simulators.itglue.schema import Attribute, Computed, Destination, Resource, Row, times

OWNERS = frozenset({
    "checklists", "checklist_templates", "configurations", "contacts", "documents", "domains", "folders", "locations",
    "passwords", "ssl_certificates", "flexible_assets", "tickets",
})  # fmt: skip

DESTINATIONS: dict[str, str | None] = {
    "User": None,
    "Checklist": "checklists",
    "Checklist Template": None,
    "Contact": "contacts",
    "Configuration": "configurations",
    "Datto Device": None,
    "Document": "documents",
    "Document Folder": None,
    "Domain": "domains",
    "Location": "locations",
    "Organization": "organizations",
    "Password": None,
    "SSL Certificate": None,
    "Flexible Asset": "flexible_assets",
    "Ticket": None,
}
"""The table that a destination type names; None where none is built."""


def end(table: str, record: int) -> str:
    """Name one end of a link."""
    return f"{table}:{record}"


def _itself(record: int, _: Row) -> int:
    return record


def _number(_: int, row: Row) -> int:
    return int(row["destination"].partition(":")[2])


def _table(_: int, row: Row) -> str:
    table: str = row["destination"].partition(":")[0]
    return table.replace("_", "-")


def _address(_: int, row: Row) -> str:
    table, _, record = row["destination"].partition(":")
    return f"{SUBDOMAIN}/{table}/{record}"


RELATED_ITEMS = Resource(
    name="related_items",
    label="Related Item",
    shape=(
        Computed("id", _itself),
        Attribute("owner", "raw", writable=False),
        Computed("resource-id", _number),
        Computed("resource-url", _address),
        Attribute("resource-type-name", "raw", writable=False),
        Computed("asset-type", _table),
        Destination("name", "name"),
        Attribute("notes", "text"),
        Destination("archived", "archived", default=False),
        *times(),
    ),
    filters={},
    sorts=(),
    hidden=frozenset({"owner"}),
)

"""Adapters: the native sync's links between records and a PSA (reference 6)."""

from typing import Any

from simulators.itglue.schema import Row

INTEGRATIONS = {
    "ConnectWise": "manage",
    "ConnectWise Manage": "manage",
    "Autotask": "autotask",
    "Tigerpaw": "tigerpaw",
    "Kaseya BMS": "kaseya-bms",
    "BMS": "kaseya-bms",
    "Pulseway PSA": "pulseway-psa",
    "Pulseway": "pulseway-psa",
    "Vorex": "vorex",
}
"""The word in `filter[psa_integration_type]` by the adapter's type name; the list is closed."""

RMM_INTEGRATIONS = (
    "addigy", "aem", "atera", "auvik", "managed-workplace", "continuum", "jamf-pro", "kaseya-vsa", "automate",
    "log-me-in", "msp-rmm", "meraki", "msp-n-central", "ninja-rmm", "panorama9", "pulseway-rmm", "syncro",
    "watchman-monitoring", "office365", "vsa-x",
)  # fmt: skip


def adapter(record: int, sent: Any) -> Row:
    """Complete a link as a person or the sync gave it; raises ValueError without type or remote id."""
    if not isinstance(sent, dict):
        raise ValueError("an adapter is an object")  # noqa: TRY004  # every refusal of an adapter is one
    given = {name.replace("_", "-"): value for name, value in sent.items()}
    type_name, remote = given.get("adapter-type-name"), given.get("remote-id")
    if not isinstance(type_name, str) or not type_name or remote in (None, ""):
        raise ValueError("an adapter needs adapter-type-name and remote-id")
    return {
        "id": record,
        "adapter-type-name": type_name,
        "remote-id": str(remote),
        "sync": bool(given.get("sync", True)),
        "orphaned": bool(given.get("orphaned", False)),
    }


def with_keys(row: Row, adapters: tuple[Row, ...]) -> Row:
    """Return the changes that give a row these links, with the keys that the filters look up."""
    words = [(word, link["remote-id"]) for link in adapters if (word := INTEGRATIONS.get(link["adapter-type-name"]))]
    return row | {
        "adapters": adapters or None,
        "psa-ids": tuple(words) or None,
        "psa-types": tuple({word for word, _ in words}) or None,
    }


def agreeing(changes: Row, links: tuple[Row, ...]) -> Row:
    """Return changes whose links agree with the mark that a person sets; without a mark a record has no links."""
    if "psa-integration" not in changes:
        return changes
    mark = changes["psa-integration"]
    if "adapters" in changes:
        links = changes["adapters"] or ()
    elif mark is None:
        links = ()
    turned = tuple(
        link
        | {
            "sync": mark != "disabled" and (link["sync"] or mark == "enabled"),
            "orphaned": mark == "orphaned" or (link["orphaned"] and mark != "enabled"),
        }
        for link in links
    )
    return with_keys(changes, turned)


def document(link: Row) -> Row:
    """Render a link as `include=adapters_resources` brings it."""
    return {
        "id": str(link["id"]),
        "type": "adapters-resources",
        "attributes": {name: link[name] for name in ("adapter-type-name", "remote-id", "sync", "orphaned")},
        "relationships": {},
    }

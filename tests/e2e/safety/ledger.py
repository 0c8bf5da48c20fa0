"""What has changed in IT Glue since one last looked, by its own history of every record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.running import Running

RESOURCES = (
    "organizations", "configurations", "locations", "contacts", "flexible_assets", "flexible_asset_types",
    "manufacturers", "models", "configuration_types", "configuration_statuses", "organization_types",
    "organization_statuses",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of one record's history; `fields` are the attributes that differ, with their new values."""

    resource: str
    name: str
    verb: str
    by: str
    fields: Mapping[str, Any]


@dataclass(slots=True)
class Ledger:
    """Remembers how long the history of every record was."""

    itglue: Running
    _lengths: dict[tuple[str, str], int] = field(default_factory=dict)

    def since(self) -> list[Change]:
        """Give every change since the last call, by whomever, and remember it."""
        found: list[Change] = []
        for resource in RESOURCES:
            for record in self.itglue.get(f"/records/{resource}"):
                key = (resource, str(record["id"]))
                found += [_change(resource, entry) for entry in record["history"][self._lengths.get(key, 0) :]]
                self._lengths[key] = len(record["history"])
        assert self.itglue.get("/violations") == []
        return found


# What IT Glue moves by itself with every write.
_STAMPS = frozenset({"updated-at", "created-at", "resource-url", "name"})


def _change(resource: str, entry: Mapping[str, Any]) -> Change:
    before, after = _attributes(entry["before"]), _attributes(entry["after"])
    fields = {name: value for name, value in after.items() if before.get(name) != value and name not in _STAMPS}
    return Change(resource, (after or before).get("name", ""), entry["verb"], entry["by"], fields)


def _attributes(version: Mapping[str, Any] | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (version or {}).get("attributes", version or {})
    return found

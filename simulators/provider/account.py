"""The IT Glue account's names with their ids, and how its ids are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from simulators.provider import catalogue
from simulators.provider.devices import Device

Record = dict[str, Any]

CREATED: Final = "2019-03-04T09:30:00.000Z"

# What the account never got: the bridge finds or creates it by name.
_NEVER_SYNCED_MANUFACTURERS: Final = ("Netgear", "Synology")
_NEVER_SYNCED_STATUSES: Final = ("Scrapped",)
NEVER_SYNCED_CODES: Final = ("UPS",)
_LEFTOVER_MANUFACTURERS: Final = ("Hewlett-Packard", "DELL Inc.", "Unknown vendor")

_FIRST_IDS: Final = {
    "organization_types": 41_000,
    "organization_statuses": 7_100,
    "configuration_types": 70_300,
    "configuration_statuses": 12_400,
    "manufacturers": 310_000,
    "models": 880_000,
    "organizations": 2_400_100,
    "configurations": 30_112_000,
    "contact_types": 3_300,
    "locations": 5_210_000,
    "contacts": 9_440_000,
    "flexible_asset_types": 90_500,
    "flexible_asset_fields": 1_910_000,
    "flexible_assets": 6_130_000,
    "documents": 7_720_000,
}
_LATE_IDS: Final = 1_694_461_951_900_000  # ids given in the last years are far beyond 2^31 (itglue.md 1.3)


@dataclass
class Account:
    """The names of an IT Glue account by id, and which organization stands for which company.

    `models` are by their place in the price list; `locations`, `contacts` and `devices` by the PSA's id, where exactly one
    record stands for it; `shared`, `stood_for` and those for two remember what two records have in common.
    """

    organization_types: dict[str, int] = field(default_factory=dict)
    organization_statuses: dict[str, int] = field(default_factory=dict)
    configuration_types: dict[str, int] = field(default_factory=dict)
    configuration_statuses: dict[str, int] = field(default_factory=dict)
    manufacturers: dict[str, int] = field(default_factory=dict)
    models: dict[int, int] = field(default_factory=dict)
    organizations: dict[int, int] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    shared: dict[str, int] = field(default_factory=dict)
    stood_for: set[tuple[int, str]] = field(default_factory=set)
    counted: dict[str, int] = field(default_factory=dict)
    contact_types: dict[str, int] = field(default_factory=dict)
    asset_types: dict[str, int] = field(default_factory=dict)
    locations: dict[int, int] = field(default_factory=dict)
    contacts: dict[int, int] = field(default_factory=dict)
    devices: dict[int, int] = field(default_factory=dict)
    locations_for_two: set[tuple[int, str]] = field(default_factory=set)
    contacts_for_two: set[tuple[int, str, str | None]] = field(default_factory=set)

    def next_id(self, resource: str) -> int:
        """Count on: every third organization and every other configuration came late and has a long id."""
        number = self.counted.get(resource, 0)
        self.counted[resource] = number + 1
        if resource == "configurations" and number % 2:
            return _LATE_IDS + 18_000_000_000 + 7 * number
        if resource == "organizations" and number % 3 == 2:
            return _LATE_IDS + 7 * number
        return _FIRST_IDS[resource] + 7 * number


def times(number: int) -> Record:
    """Give the stamps of a record by a number of its own: years apart at creation, all touched this summer."""
    minute = f"{number % 24:02d}:{number % 60:02d}"
    return {
        "created-at": f"{2019 + number % 6}-{number % 12 + 1:02d}-{number % 28 + 1:02d}T{minute}:00.000Z",
        "updated-at": f"2026-{number % 3 + 6:02d}-{number % 29 + 1:02d}T{minute}:30.000Z",
    }


def named(account: Account, resource: str, name: str, **attributes: Any) -> Record:
    """Write a record that is little more than its name, and note its id in the account."""
    known: dict[str, int] = getattr(account, resource)
    known[name] = account.next_id(resource)
    return {
        "id": known[name],
        "attributes": {"name": name, **attributes, "created-at": CREATED, "updated-at": CREATED},
    }


def model_record(account: Account, place: int) -> Record:
    """Write the model at a place of the price list; its manufacturer must be in the account."""
    model = catalogue.MODELS[place]
    account.models[place] = account.next_id("models")
    maker = account.manufacturers[catalogue.MANUFACTURERS[model.manufacturer][0]]
    return {
        "id": account.models[place],
        "attributes": {"name": model.name, "manufacturer-id": maker, "created-at": CREATED, "updated-at": CREATED},
    }


def lived_in() -> tuple[Account, dict[str, list[Record]]]:
    """Make an account that years of native sync and typing left, with its lists of names."""
    account = Account()
    makers = [name for name, _, _ in catalogue.MANUFACTURERS if name not in _NEVER_SYNCED_MANUFACTURERS]
    statuses = [status.name for status in catalogue.CONFIGURATION_STATUSES if status.name not in _NEVER_SYNCED_STATUSES]
    kinds = [
        kind.name
        for code, kind in zip(catalogue.TYPE_CODES, catalogue.CONFIGURATION_TYPES[: catalogue.USED_TYPES], strict=True)
        if code not in NEVER_SYNCED_CODES
    ]
    records = {
        "organization_types": [
            named(account, "organization_types", name, synced=name in ("Client", "Owner"))
            for name in ("Client", "Owner", "Customer", "Vendor", "Internal")
        ],
        "organization_statuses": [
            named(account, "organization_statuses", status.name, synced=True) for status in catalogue.COMPANY_STATUSES
        ],
        "configuration_types": [named(account, "configuration_types", name) for name in (*kinds, "Other", "Camera")],
        "configuration_statuses": [named(account, "configuration_statuses", name) for name in statuses],
        "manufacturers": [named(account, "manufacturers", name) for name in (*makers, *_LEFTOVER_MANUFACTURERS)],
        "models": [
            model_record(account, place)
            for place, model in enumerate(catalogue.MODELS)
            if place % 5 != 4 and catalogue.MANUFACTURERS[model.manufacturer][0] in account.manufacturers
        ],
    }
    return account, records


def mapped(device: Device, organization: int, account: Account) -> Record:
    """Write a device's attributes as the default mapping does (MAPPING), as far as the account has the names."""
    kind, status, model = device.type, device.status, device.model
    maker = catalogue.MANUFACTURERS[model.manufacturer][0] if model else None
    system = catalogue.OPERATING_SYSTEMS.get(device.system or "")
    return {
        "organization-id": organization,
        "name": device.name,
        "hostname": None,
        "configuration-type-id": account.configuration_types.get(kind.name) if kind else None,
        "configuration-status-id": account.configuration_statuses.get(status.name) if status else None,
        "manufacturer-id": account.manufacturers.get(maker) if maker else None,
        "model-id": account.models.get(device.model_number) if model else None,
        "operating-system-id": system,
        "operating-system-notes": None if system else device.system,
        "serial-number": device.serial,
        "asset-tag": device.tag,
        "mac-address": device.mac,
        "primary-ip": None if device.ip == "DHCP" else device.ip,
        "default-gateway": device.gateway,
        "installed-at": device.installed,
        "installed-by": device.installed_by,
        "purchased-at": device.purchased,
        "warranty-expires-at": device.warranty,
        "notes": device.notes,
    }

"""The traps, against a naive reading of the mapping that knows nothing of how the provider was made."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Any

import pytest

from simulators.provider import Provider, build
from simulators.provider.devices import Fate

Record = dict[str, Any]
Records = dict[str, list[Record]]
Trap = tuple[str, str]

JUNK = {"to be filled by o.e.m.", "system serial number", "default string", "123456789"}
CODES = {
    "unmatched", "ambiguous", "no_type", "no_status", "no_organization", "shared_organization", "recycle_bin", "excluded",
}  # fmt: skip


def serial_of(value: str | None) -> str | None:
    """Read a serial number as the mapping does: no junk."""
    text = (value or "").strip().casefold()
    return None if not text.strip("0") or text in JUNK else text


def mac_of(value: str | None) -> str | None:
    """Read one valid MAC address, however it is written."""
    digits = re.sub("[:.-]", "", value or "").casefold()
    return digits if re.fullmatch("[0-9a-f]{12}", digits) and digits.strip("0") else None


class Key:
    """One of the things that records are matched by: where each value stands, inside its organization and anywhere."""

    def __init__(
        self, word: str, attribute: str, read: Callable[[str | None], str | None], psa: Records, itglue: Records
    ) -> None:
        devices, assets = psa["company/configurations"], itglue["configurations"]
        self.word = word
        self.read = read
        self.at_source = grouped(devices, lambda row: (company_of(row), read(row.get(word))))
        self.at_itglue = grouped(
            assets, lambda row: (row["attributes"]["organization-id"], read(row["attributes"][attribute]))
        )
        self.in_psa = Counter(read(row.get(word)) for row in devices)
        self.in_itglue = Counter(read(row["attributes"][attribute]) for row in assets)


class Reading:
    """What becomes of each record under MAPPING and PROTOCOLS 5, before any decision.

    Where these leave a choice, both must lead to the same: a value on two records of IT Glue is passed over as junk, or
    holds at once (`holds_at_once`); a value's uniqueness is counted inside the organization, or everywhere.
    """

    def __init__(self, psa: Records, itglue: Records, *, holds_at_once: bool, everywhere: bool) -> None:
        self.traps: set[Trap] = set()
        self.adopted: Counter[int] = Counter()
        self.created = 0
        self._holds_at_once = holds_at_once
        self._everywhere = everywhere
        self._match_organizations(psa, itglue)
        self._match_configurations(psa, itglue)

    def _match_organizations(self, psa: Records, itglue: Records) -> None:
        by_psa_id = grouped(itglue["organizations"], lambda row: row.get("adapter", {}).get("remote-id"))
        by_name = grouped(itglue["organizations"], lambda row: row["attributes"]["name"])
        landed: dict[int, list[int]] = defaultdict(list)
        for company in psa["company/companies"]:
            found = by_psa_id.get(str(company["id"])) or by_name.get(company["name"], [])
            if company["status"]["name"] not in {"Active", "Credit Hold"} or "Client" not in {
                kind["name"] for kind in company["types"]
            }:
                self._trap("organization", company, "excluded")
            elif company["deletedFlag"]:
                self._trap("organization", company, "recycle_bin")
            elif len(found) != 1:
                self._trap("organization", company, "ambiguous" if found else "unmatched")
            else:
                landed[found[0]["id"]].append(company["id"])
        self._organizations = {}
        for organization, companies in landed.items():
            for company_id in companies:
                if len(companies) > 1:
                    self.traps.add((f"organization:{company_id}", "shared_organization"))
                else:
                    self._organizations[company_id] = organization

    def _match_configurations(self, psa: Records, itglue: Records) -> None:
        assets = itglue["configurations"]
        devices = psa["company/configurations"]
        by_psa_id = grouped(assets, lambda row: row.get("adapter", {}).get("remote-id"))
        keys = [
            Key("serialNumber", "serial-number", serial_of, psa, itglue),
            Key("macAddress", "mac-address", mac_of, psa, itglue),
            Key("name", "name", lambda value: value, psa, itglue),
        ]
        for device in devices:
            company = company_of(device)
            if company is None:
                self._trap("configuration", device, "no_organization")
            elif company not in self._organizations:
                continue
            elif device.get("type", {}).get("name") in {"Consumable", "Spare"}:
                self._trap("configuration", device, "excluded")
            elif "type" not in device:
                self._trap("configuration", device, "no_type")
            elif "status" not in device:
                self._trap("configuration", device, "no_status")
            elif found := by_psa_id.get(str(device["id"])):
                self.adopted[found[0]["id"]] += 1
            else:
                self._match(device, self._organizations[company], keys)

    def _match(self, device: Record, organization: int, keys: list[Key]) -> None:
        for key in keys:
            value = key.read(device.get(key.word))
            found = key.at_itglue.get((organization, value), []) if value is not None else []
            if not found:
                continue
            widely = self._everywhere and key.word != "name"
            sources = key.in_psa[value] if widely else len(key.at_source[company_of(device), value])
            targets = key.in_itglue[value] if widely else len(found)
            if sources == targets == 1:
                self.adopted[found[0]["id"]] += 1
                return
            if key.word == "name" or (self._holds_at_once and sources == 1):
                self._trap("configuration", device, "ambiguous")
                return
        self.created += 1

    def _trap(self, kind: str, row: Record, code: str) -> None:
        self.traps.add((f"{kind}:{row['id']}", code))


def company_of(device: Record) -> int | None:
    """Give the id of a device's company."""
    company: int | None = device.get("company", {}).get("id")
    return company


def grouped(rows: Iterable[Record], key: Callable[[Record], Hashable]) -> dict[Hashable, list[Record]]:
    """Group rows by what a key reads in them."""
    groups: dict[Hashable, list[Record]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    groups.pop(None, None)
    return groups


@cache
def made(companies: int, devices: int, seed: int) -> tuple[Provider, Records, Records]:
    """Build a provider with both its sides, once for all readings of it."""
    provider = build(companies, devices, seed)
    return provider, provider.records("connectwise"), provider.records("itglue")


def listed(provider: Provider, system: str) -> set[Trap]:
    """Give a system's list of traps."""
    traps = provider.traps(system)
    assert len({trap["ref"] for trap in traps}) == len(traps)
    return {(trap["ref"], trap["code"]) for trap in traps}


@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("holds_at_once", [False, True])
@pytest.mark.parametrize(
    ("companies", "devices", "seed"), [(200, 5000, 7), (200, 2000, 1), (2, 10, 7), (12, 400, 5), (60, 3000, 11)]
)
def test_a_naive_reading_of_the_mapping_finds_exactly_these_traps(
    companies: int, devices: int, seed: int, holds_at_once: bool, everywhere: bool
) -> None:
    """What was seeded is what anyone finds who follows the mapping."""
    provider, psa, itglue = made(companies, devices, seed)

    reading = Reading(psa, itglue, holds_at_once=holds_at_once, everywhere=everywhere)

    assert reading.traps == listed(provider, "connectwise")
    assert max(reading.adopted.values(), default=1) == 1


def test_every_code_is_seeded_at_the_usual_size(provider: Provider) -> None:
    """No hold goes untried."""
    assert {code for _, code in listed(provider, "connectwise")} == CODES


def test_itglue_lists_what_its_own_records_cause(provider: Provider) -> None:
    """Near names, names that stand there twice; all of them stand on the PSA's list too."""
    own = listed(provider, "itglue")

    assert own < listed(provider, "connectwise")
    assert {code for _, code in own} == {"unmatched", "ambiguous"}


def test_records_of_a_trapped_organization_are_not_listed_again(provider: Provider, psa: Records) -> None:
    """They are held or excluded by their parent, which is no cause of its own."""
    traps = listed(provider, "connectwise")
    trapped = {ref for ref, _ in traps if ref.startswith("organization:")}
    inside = {
        f"configuration:{row['id']}"
        for row in psa["company/configurations"]
        if f"organization:{company_of(row)}" in trapped
    }

    assert len(inside) > 500
    assert not inside & {ref for ref, _ in traps}


def test_the_smallest_provider_has_as_many_kinds_of_trap_as_fit() -> None:
    """Ten devices of two customers show six of the eight codes, a dozen customers all of them."""
    assert len({code for _, code in listed(build(2, 10, seed=7), "connectwise")}) == 6
    assert {code for _, code in listed(build(12, 60, seed=7), "connectwise")} == CODES


def test_what_is_no_trap_is_adopted_or_created_as_it_was_seeded(
    provider: Provider, psa: Records, itglue: Records
) -> None:
    """Synced and typed-in devices are adopted, the others created; both are many."""
    adopted = {Fate.NATIVE, Fate.NATIVE_AND_MANUAL, Fate.SERIAL, Fate.MAC, Fate.NAME}
    created = {Fate.NEW, Fate.NEW_SAME_NAME, Fate.ELSEWHERE}
    fates = Counter(device.fate for device in provider.devices() if not device.company.trap)

    reading = Reading(psa, itglue, holds_at_once=False, everywhere=False)

    assert sum(reading.adopted.values()) == sum(fates[fate] for fate in adopted) > 2000
    assert reading.created == sum(fates[fate] for fate in created) > 600

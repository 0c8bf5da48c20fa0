"""The provider's sites, contacts, tickets and flexible assets: whole, repeatable, and beside what was there before."""

import hashlib
from collections import Counter
from typing import Any

import orjson
import pytest

from simulators.provider import Provider, build
from tests.simulators.provider.conftest import Records


@pytest.mark.parametrize(
    ("size", "system", "digest"),
    [
        ((12, 80, 7), "connectwise", "b0de9ab0a8bf94cfc5886258"),
        ((12, 80, 7), "itglue", "2c57e748e700227fda4012d2"),
        ((20, 300, 7), "connectwise", "de55a19d0c3f515313801d56"),
        ((20, 300, 7), "itglue", "2b8be97288317c120e41e462"),
        ((200, 5000, 7), "connectwise", "499fec07d57645e613502783"),
        ((200, 5000, 7), "itglue", "8a0747f7da4ca5fdbb0649ae"),
        ((60, 3001, 11), "connectwise", "b97cc31c298e17b64f97ecef"),
        ((60, 3001, 11), "itglue", "7cda965ecd8ff17ed00d4f0e"),
    ],
)
def test_organizations_and_configurations_are_what_a_seed_always_gave(
    size: tuple[int, int, int], system: str, digest: str
) -> None:
    """Proofs count on them: a changed digest changes what they prove."""
    first = {
        "connectwise": (
            "system/members", "company/companies/types", "company/companies/statuses", "company/configurations/types",
            "company/configurations/types/14/questions", "company/configurations/types/19/questions",
            "company/configurations/statuses", "procurement/manufacturers", "company/companies",
            "company/companyTypeAssociations", "company/configurations",
        ),
        "itglue": (
            "organization_types", "organization_statuses", "configuration_types", "configuration_statuses", "manufacturers",
            "models", "organizations", "configurations",
        ),
    }[system]  # fmt: skip
    provider = build(*size)
    records = provider.records(system)

    told = b"".join(orjson.dumps(records[path]) for path in first) + orjson.dumps(provider.traps(system))

    assert hashlib.sha256(told).hexdigest()[:24] == digest


def test_more_companies_or_devices_leave_the_customers_people_alone() -> None:
    """Sites and contacts of a company are its own; its number makes their ids."""
    small, large = build(30, 300, seed=7).records("connectwise"), build(100, 5000, seed=7).records("connectwise")

    for path, rows in small.items():
        if path.endswith("/sites"):
            assert large[path] == rows
    assert large["company/contacts"][: len(small["company/contacts"])] == small["company/contacts"]


def _sites(psa: Records) -> list[tuple[int, Any]]:
    return [(int(path.split("/")[2]), row) for path, rows in psa.items() if path.endswith("/sites") for row in rows]


def test_the_primary_site_stands_where_its_company_does(psa: Records) -> None:
    """One primary site per company, with the company's own address; others elsewhere."""
    companies = {row["id"]: row for row in psa["company/companies"]}
    primary = [(company, row) for company, row in _sites(psa) if row["primaryAddressFlag"]]

    assert sorted(company for company, _ in primary) == sorted(set(companies) - {_catchall(psa)})
    for company, row in primary:
        shown = companies[company]
        assert (row["addressLine1"], row["city"], row["zip"]) == (shown["addressLine1"], shown["city"], shown["zip"])
        assert row["stateReference"]["identifier"] == shown["state"]
    assert len({row["id"] for _, row in _sites(psa)}) == len(_sites(psa)) > 300
    assert any(row["inactiveFlag"] for _, row in _sites(psa))


def _catchall(psa: Records) -> int:
    [number] = [row["id"] for row in psa["company/companies"] if row["identifier"].startswith("CATCHALL")]
    return int(number)


def test_every_reference_of_contacts_and_tickets_points_to_a_record(psa: Records) -> None:
    """Sites, contacts and devices are of the same company; statuses are their board's."""
    sites = {row["id"]: company for company, row in _sites(psa)}
    people = {row["id"]: row for row in psa["company/contacts"]}
    owners = {row["id"]: row.get("company", {}).get("id") for row in psa["company/configurations"]}
    for person in people.values():
        assert "site" not in person or sites[person["site"]["id"]] == person["company"]["id"]
    tickets = psa["service/tickets"] + psa["project/tickets"]
    assert len({row["id"] for row in tickets}) == len(tickets) > 500
    for row in tickets:
        company, board = row["company"]["id"], row["board"]["id"]
        status = next(each for each in psa[f"service/boards/{board}/statuses"] if each["id"] == row["status"]["id"])
        assert (status["name"], status["closedStatus"]) == (row["status"]["name"], row["closedFlag"])
        assert ("closedDate" in row) == row["closedFlag"]
        if "contact" in row:
            assert people[row["contact"]["id"]]["company"]["id"] == company
        assert "site" not in row or sites[row["site"]["id"]] == company
        kind = "project" if row["recordType"] != "ServiceTicket" else "service"
        linked = psa.get(f"{kind}/tickets/{row['id']}/configurations", [])
        assert all(owners[each["id"]] == company for each in linked)
        assert row["_info"]["dateEntered"] < row["_info"]["lastUpdated"]


def test_contacts_and_tickets_show_what_real_ones_show(psa: Records, itglue: Records) -> None:
    """Several ways to reach people, inactive ones, both kinds of tickets, open and closed, custom fields of three types."""
    people, tickets = psa["company/contacts"], psa["service/tickets"] + psa["project/tickets"]
    kinds = Counter(item["communicationType"] for row in people for item in row["communicationItems"])

    assert set(kinds) == {"Email", "Phone"}
    assert any(row["inactiveFlag"] for row in people)
    assert any("lastName" not in row for row in people)
    assert {row["recordType"] for row in tickets} == {"ServiceTicket", "ProjectTicket", "ProjectIssue"}
    assert {row["closedFlag"] for row in tickets} == {True, False}
    members = {row["id"]: row["identifier"] for row in psa["system/members"]}
    assert {"owner" in row for row in tickets} == {True, False}
    assert all(members[row["owner"]["id"]] == row["owner"]["identifier"] for row in tickets if "owner" in row)
    assert {len(rows) for path, rows in psa.items() if "tickets/" in path} == {1, 2, 3}
    assert all(len(row["summary"]) <= 100 for row in tickets)
    values = {each["caption"]: each["value"] for row in [*people, *tickets] for each in row["customFields"]}
    assert set(values) == {"VIP", "Root Cause", "On Site"}
    types = {row["attributes"]["name"]: row["attributes"]["enabled"] for row in itglue["flexible_asset_types"]}
    assert types == {"Service Ticket": True, "Backup": True, "Licensing": True, "Printing": False}
    used = Counter(row["attributes"]["flexible-asset-type-id"] for row in itglue["flexible_assets"])
    assert set(used) == {row["id"] for row in itglue["flexible_asset_types"]}
    assert any(row["attributes"]["archived"] for row in itglue["flexible_assets"])


def test_every_reference_of_locations_contacts_and_assets_points_to_a_record(itglue: Records) -> None:
    """And into the same organization, tags too."""
    homes: dict[str, dict[int, int]] = {
        kind: {row["id"]: row["attributes"]["organization-id"] for row in itglue[kind]}
        for kind in ("locations", "contacts", "configurations")
    }
    organizations = {row["id"] for row in itglue["organizations"]}
    tags = {"devices": "configurations", "server": "configurations", "reported-by": "contacts", "site": "locations"}
    for kind in ("locations", "contacts"):
        assert set(homes[kind].values()) <= organizations
    for row in itglue["contacts"]:
        location, organization = row["attributes"]["location-id"], row["attributes"]["organization-id"]
        assert location is None or homes["locations"][location] == organization
    tagged = 0
    for row in itglue["flexible_assets"]:
        for key, kind in tags.items():
            for target in row["attributes"]["traits"].get(key, ()):
                assert homes[kind][target] == row["attributes"]["organization-id"]
                tagged += 1
    assert tagged > 200


def _texts(attributes: Any, *words: str) -> tuple[Any, ...]:
    return tuple(attributes[word] for word in words)


def _read(provider: Provider, psa: Records, itglue: Records) -> dict[str, set[tuple[str, str]]]:
    """Say what becomes of each site, contact and ticket by name inside its organization, before any decision."""
    homes = _homes(provider, itglue)
    found: dict[str, set[tuple[str, str]]] = {"location": set(), "contact": set(), "ticket": set()}

    def judge(kind: str, asset_kind: str, rows: list[tuple[int, int | None, Any, Any]], name: Any) -> None:
        by_id = {row["adapter"]["remote-id"] for row in itglue[asset_kind] if "adapter" in row}
        there = Counter(
            (row["attributes"]["organization-id"], name(row["attributes"]))
            for row in itglue[asset_kind]
            if "adapter" not in row
        )
        here = Counter((company, word) for number, company, word, _ in rows if str(number) not in by_id)
        for number, company, word, _ in rows:
            if company is None:
                found[kind].add((f"{kind}:{number}", "no_organization"))
            elif company in homes and str(number) not in by_id:
                hits = there[homes[company], word]
                if hits and (hits > 1 or here[company, word] > 1):
                    found[kind].add((f"{kind}:{number}", "ambiguous"))

    judge(
        "location",
        "locations",
        [(row["id"], company, (row["name"],), row) for company, row in _sites(psa)],
        lambda attributes: _texts(attributes, "name"),
    )
    judge(
        "contact",
        "contacts",
        [
            (row["id"], row.get("company", {}).get("id"), (row["firstName"], row.get("lastName")), row)
            for row in psa["company/contacts"]
        ],
        lambda attributes: _texts(attributes, "first-name", "last-name"),
    )
    judge(
        "ticket",
        "flexible_assets",
        [
            (row["id"], row["company"]["id"], f"#{row['id']} {row['summary']}", row)
            for row in psa["service/tickets"] + psa["project/tickets"]
        ],
        lambda attributes: attributes["traits"].get("ticket"),
    )
    return found


def _homes(provider: Provider, itglue: Records) -> dict[int, int]:
    """Give the organization of each company that is matched."""
    linked = {row["adapter"]["remote-id"]: row["id"] for row in itglue["organizations"] if "adapter" in row}
    named = {row["attributes"]["name"]: row["id"] for row in itglue["organizations"]}
    return {
        company.id: linked.get(str(company.id)) or named[company.name]
        for company in provider.companies
        if not company.trap
    }


@pytest.mark.parametrize("size", [(200, 5000, 7), (12, 80, 7), (2, 10, 3), (60, 3001, 11)])
def test_a_naive_reading_finds_exactly_the_further_traps(size: tuple[int, int, int]) -> None:
    """Two records of a name at IT Glue, or two in the PSA for one: held; a contact without a company belongs nowhere."""
    provider = build(*size)

    found = _read(provider, provider.records("connectwise"), provider.records("itglue"))

    told = provider.further_traps("connectwise")
    for kind, refs in found.items():
        assert {(trap["ref"], trap["code"]) for trap in told[kind]} == refs
    assert told["flexible_asset_type"] == []


def test_itglue_tells_what_its_own_records_cause(provider: Provider, itglue: Records) -> None:
    """Names that stand there twice, and the type whose assets nobody may write."""
    own, all_ = provider.further_traps("itglue"), provider.further_traps("connectwise")

    for kind in ("location", "contact", "ticket"):
        assert own[kind]
        assert all(trap in all_[kind] and trap["code"] == "ambiguous" for trap in own[kind])
    [trap] = own["flexible_asset_type"]
    unsafe = int(trap["ref"].partition(":")[2])
    kinds = {
        row["attributes"]["kind"]
        for row in itglue["flexible_asset_fields"]
        if row["attributes"]["flexible-asset-type-id"] == unsafe
    }
    assert (trap["code"], {"Upload", "Password"} <= kinds) == ("unsafe_type", True)


def test_the_earlier_life_is_part_synced_and_part_typed_in(itglue: Records) -> None:
    """Both are many; who typed a record in has left fields empty."""
    assert sum("adapter" in row for row in itglue["locations"]) > 80
    assert sum("adapter" in row for row in itglue["contacts"]) > 200
    assert sum("adapter" not in row for row in itglue["contacts"]) > 80
    assert sum(row["attributes"]["address-1"] is None for row in itglue["locations"]) > 15


def test_each_organization_has_documents_some_of_which_nobody_may_be_shown(itglue: Records) -> None:
    """Names differ in nothing but whole words; what is restricted or archived is named like what is not."""
    owners = Counter(row["attributes"]["organization-id"] for row in itglue["documents"])
    kinds = {(row["attributes"]["restricted"], row["attributes"]["archived"]) for row in itglue["documents"]}
    by_kind = {
        kind: {
            row["attributes"]["restricted"]
            for row in itglue["flexible_assets"]
            if row["attributes"]["flexible-asset-type-id"] == kind
        }
        for kind in (row["id"] for row in itglue["flexible_asset_types"] if row["attributes"]["name"] == "Backup")
    }
    linked = {row["id"] for row in itglue["organizations"] if "adapter" in row}

    assert linked <= set(owners)
    assert kinds == {(False, False), (True, False), (False, True)}
    assert list(by_kind.values()) == [{True, False}]
    names = Counter((row["attributes"]["organization-id"], row["attributes"]["name"]) for row in itglue["documents"])
    assert set(names.values()) == {1}

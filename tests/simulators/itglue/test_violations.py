"""Calls that must never be made: point 15 of the reference's checklist."""

import pytest

from tests.simulators.itglue.account import Account, document
from tests.simulators.running import Running


@pytest.mark.parametrize(
    ("method", "path", "rule"),
    [
        ("GET", "/passwords", "passwords"),
        ("GET", "/passwords/1", "passwords"),
        ("POST", "/passwords", "passwords"),
        ("GET", "/organizations/1/relationships/passwords", "passwords"),
        ("GET", "/password_categories", "passwords"),
        ("GET", "/password_folders", "passwords"),
        ("GET", "/exports", "exports"),
        ("POST", "/exports", "exports"),
        ("POST", "/groups", "groups_write"),
        ("PATCH", "/groups/1", "groups_write"),
        ("DELETE", "/organizations", "organizations_delete"),
        ("DELETE", "/organizations/1", "organizations_delete"),
        ("DELETE", "/configurations?filter[name]=x", "filtered_write"),
        ("PATCH", "/configurations?filter[name]=x", "filtered_write"),
        ("PATCH", "/configurations/1?filter[id]=1", "filtered_write"),
        ("GET", "/configurations?include=passwords", "passwords_included"),
        ("GET", "/configurations/1?include=attachments,passwords", "passwords_included"),
    ],
)
def test_point_15_a_call_is_noted(simulator: Running, account: Account, method: str, path: str, rule: str) -> None:
    """Whatever it answers, it stands among the violations."""
    before = len(simulator.get("/violations"))

    account.send(method, path, None if method == "GET" else document("configurations"))

    [violation] = simulator.get("/violations")[before:]
    assert (violation["rule"], violation["method"], violation["path"]) == (rule, method, path.partition("?")[0])


def test_point_15_everything_else_is_no_violation(simulator: Running, account: Account) -> None:
    """Reading groups, deleting a configuration, filters on reads."""
    record = account.configuration()["id"]
    before = len(simulator.get("/violations"))

    account.get("/groups")
    account.get("/configurations?filter[name]=x&include=adapters_resources")
    account.patch(f"/configurations/{record}", archived=True)
    account.send("DELETE", "/configurations", {"data": [document("configurations", {"id": record})["data"]]})

    assert len(simulator.get("/violations")) == before


def test_a_write_with_filters_hits_every_match(simulator: Running, account: Account) -> None:
    """As documented: one object for all; and an array of ids cannot be used with a filter."""
    records = [account.configuration()["id"] for _ in range(2)]
    path = f"/configurations?filter[organization_id]={account.organization}"

    changed = account.send("PATCH", path, document("configurations", {"notes": "all"}))
    array = account.send("DELETE", path, {"data": [document("configurations", {"id": records[0]})["data"]]})
    deleted = account.send("DELETE", path)

    assert [row["attributes"]["notes"] for row in changed.json()["data"]] == ["all", "all"]
    assert array.status_code == 400
    assert {row["id"] for row in deleted.json()["data"]} == set(records)

"""Flexible asset types and assets of the tests' own."""

from typing import Any

from tests.simulators.itglue.account import Account, document, unique

TITLE = {"order": 1, "name": "Title", "kind": "Text", "required": True, "use-for-title": True, "show-in-list": True}


def type_of(account: Account, *fields: dict[str, Any]) -> str:
    """Make a type with a required title and these fields."""
    data = [
        document("flexible_asset_fields", {"order": number, **field})["data"]
        for number, field in enumerate((TITLE, *fields), 1)
    ]
    body = document(
        "flexible_asset_types", {"name": unique("Type")}, relationships={"flexible-asset-fields": {"data": data}}
    )
    answer = account.send("POST", "/flexible_asset_types", body)
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["data"]["id"]
    return number


def fields_of(account: Account, type_: str) -> dict[str, Any]:
    """Read the fields of a type by their names."""
    rows = account.rows(f"/flexible_asset_types/{type_}/relationships/flexible_asset_fields")
    return {row["attributes"]["name"]: row for row in rows}


def asset_of(account: Account, type_: str, **traits: Any) -> str:
    """Make an asset and return its id."""
    fixed = {"organization_id": account.organization, "flexible_asset_type_id": type_}
    number: str = account.create("/flexible_assets", **fixed, traits={"title": "SLA"} | traits)["id"]
    return number


def traits_of(account: Account, asset: str) -> Any:
    """Read the traits of an asset."""
    return account.get(f"/flexible_assets/{asset}").json()["data"]["attributes"]["traits"]

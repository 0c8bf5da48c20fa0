"""Domains, documents and checklists, which only persons make: points 4, 6, 12, 13 and 15 of the reference's checklist."""

from typing import Any

import pytest

from tests.simulators.itglue.account import Account, document, error, unique
from tests.simulators.itglue.flexible import asset_of, traits_of, type_of
from tests.simulators.running import Running

KINDS = {"domains": "Domains", "documents": "Documents", "checklists": "Checklists"}
WORDS = {"domains": "Domain", "documents": "Document", "checklists": "Checklist"}


def _made(simulator: Running, account: Account, kind: str, **attributes: Any) -> str:
    fixed = {"organization-id": account.organization, "name": unique("lumen.test")}
    number: str = simulator.person("POST", kind, {"attributes": fixed | attributes})["id"]
    return number


def test_a_domain_in_full(simulator: Running, account: Account) -> None:
    """Attributes of 5.7: the id as a number, the screenshot blank, the expiry a full stamp."""
    expiry = "2027-01-31T00:00:00.000Z"
    made = _made(simulator, account, "domains", **{"registrar-name": "Gandi", "expires-on": expiry})

    [row] = account.rows(f"/domains?filter[organization_id]={account.organization}")
    shown = row["attributes"]

    assert (row["id"], row["type"], shown["id"]) == (made, "domains", int(made))
    assert (shown["organization-id"], shown["registrar-name"]) == (int(account.organization), "Gandi")
    assert (shown["expires-on"], shown["screenshot"], shown["my-glue"]) == (expiry, "", False)
    assert {"organization-name", "resource-url", "notes", "updated-at", "created-at", "restricted"} <= shown.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_point_04_each_stands_below_its_organization(simulator: Running, account: Account, kind: str) -> None:
    """The nested list shows its own; below an unknown organization it is unauthorized."""
    made = _made(simulator, account, kind)

    assert [row["id"] for row in account.rows(f"/organizations/{account.organization}/relationships/{kind}")] == [made]
    assert account.get(f"/organizations/99/relationships/{kind}").status_code == 401


def test_point_04_what_the_vendor_does_not_serve_is_not_served(simulator: Running, account: Account) -> None:
    """No domain by id, no list of all documents, a document by id 401; and nobody creates them by the API."""
    made = {kind: _made(simulator, account, kind) for kind in KINDS}

    for path in (f"/domains/{made['domains']}", "/documents"):
        answer = account.get(path)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
    assert account.get(f"/documents/{made['documents']}").status_code == 401
    assert account.get(f"/checklists/{made['checklists']}").status_code == 200
    for kind in KINDS:
        assert account.post(f"/{kind}", name="x", organization_id=account.organization).status_code == 404
    assert account.patch(f"/domains/{made['domains']}", notes="x").status_code == 404


def test_checklists_and_documents_take_changes(simulator: Running, account: Account) -> None:
    """Single and bulk PATCH of both, bulk DELETE of checklists (5.11)."""
    checklist, note = (_made(simulator, account, kind) for kind in ("checklists", "documents"))

    assert account.patch(f"/checklists/{checklist}", completed=True).json()["data"]["attributes"]["completed"] is True
    assert account.patch(f"/documents/{note}", archived=True).json()["data"]["attributes"]["archived"] is True
    several = {"data": [document("documents", {"id": int(note), "name": "Plan"})["data"]]}
    assert account.send("PATCH", "/documents", several).json()["data"][0]["attributes"]["name"] == "Plan"
    gone = {"data": [document("checklists", {"id": int(checklist)})["data"]]}
    assert account.send("DELETE", "/checklists", gone).status_code == 200
    assert account.get(f"/checklists/{checklist}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/domains?filter[name]=x", 400),
        ("/domains?sort=name", 400),
        ("/domains?filter[organization-id]=1&sort=-updated_at", 200),
        ("/checklists?filter[name]=x", 400),
        ("/checklists?sort=completed,-created_at&filter[id]=1", 200),
    ],
)
def test_the_lists_know_their_words(account: Account, path: str, status: int) -> None:
    """Filters and orders are those of 5.7 and 5.11."""
    assert account.get(path).status_code == status


@pytest.mark.parametrize(("kind", "tag_type"), KINDS.items())
def test_point_06_a_tag_leads_to_them(simulator: Running, account: Account, kind: str, tag_type: str) -> None:
    """A tag takes ids of its kind only, and shows name and organization; of a deleted target no id."""
    made = _made(simulator, account, kind)
    type_ = type_of(account, {"name": "To", "kind": "Tag", "tag-type": tag_type})
    asset = asset_of(account, type_, to=[made])

    [value] = traits_of(account, asset)["to"]["values"]
    other = account.post(
        "/flexible_assets",
        organization_id=account.organization,
        flexible_asset_type_id=type_,
        traits={"title": "x", "to": account.organization},
    )
    simulator.person("DELETE", f"{kind}/{made}")

    assert (value["id"], value["name"][:10]) == (int(made), "lumen.test")
    assert value["organization-name"].startswith("Organization")
    assert (other.status_code, error(other)["detail"]) == (422, "is invalid")
    assert all("id" not in each for each in traits_of(account, asset)["to"]["values"])


@pytest.mark.parametrize(("kind", "word"), WORDS.items())
def test_point_12_related_items_lead_to_them_and_away(
    simulator: Running, account: Account, kind: str, word: str
) -> None:
    """They may own a link and be its end; the inverse is refused as a repeat."""
    made = _made(simulator, account, kind)
    device = account.configuration()["id"]

    def link(owner: str, word: str, number: str) -> int:
        body = document("related_items", {"destination_type": word, "destination_id": number})
        return account.send("POST", f"/{owner}/relationships/related_items", body).status_code

    assert link(f"configurations/{device}", word, made) == 201
    assert link(f"{kind}/{made}", "Configuration", device) == 422
    assert link(f"{kind}/{made}", "Organization", account.organization) == 201
    [row] = account.get(f"/configurations/{device}?include=related_items").json()["included"]
    assert (row["attributes"]["resource-id"], row["attributes"]["asset-type"]) == (int(made), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_they_may_be_late_in_lists_and_go_with_their_organization(
    simulator: Running, account: Account, kind: str
) -> None:
    """As everything below an organization."""
    nested = f"/organizations/{account.organization}/relationships/{kind}"
    simulator.set(list_lag_seconds=30)
    made = _made(simulator, account, kind)

    assert account.rows(nested) == []
    simulator.advance(31)
    assert [row["id"] for row in account.rows(nested)] == [made]
    simulator.person("DELETE", f"organizations/{account.organization}")
    [record] = simulator.get(f"/records/{kind}/{made}")
    assert record["now"] is None
    assert record["history"][-1]["verb"] == "delete"


def test_point_15_passwords_cannot_be_asked_with_them(simulator: Running, account: Account) -> None:
    """The word is known there too, and noted."""
    before = len(simulator.get("/violations"))

    account.get("/domains?include=passwords")

    assert [each["rule"] for each in simulator.get("/violations")[before:]] == ["passwords_included"]

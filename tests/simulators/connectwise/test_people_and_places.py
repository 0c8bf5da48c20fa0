"""Sites, contacts and their communications (reference 5.3, 5.4)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.connectwise.psa import FORWARD, Psa
from tests.simulators.running import running

COMPANIES = "company/companies"
CONTACTS = "company/contacts"


@pytest.fixture
def company(own: Psa) -> int:
    """Make a company of the test's own."""
    number: int = own.simulator.person("POST", COMPANIES, {"name": "Placed Ltd", "types": [{"id": 4}]})["id"]
    return number


@pytest.fixture
def kinds(own: Psa) -> dict[str, int]:
    """Make the kinds of communication, by what they are for."""
    made = own.read("company/communicationTypes")
    if not made:
        for word in ("Email", "Phone", "Fax"):
            body = {"description": f"Work {word}", f"{word.lower()}Flag": True}
            own.simulator.person("POST", "company/communicationTypes", body)
        made = own.read("company/communicationTypes")
    return {each["description"].removeprefix("Work "): each["id"] for each in made}


def _site(psa: Psa, company: int, name: str, **fields: Any) -> int:
    number: int = psa.simulator.person("POST", f"{COMPANIES}/{company}/sites", {"name": name, **fields})["id"]
    return number


def _contact(psa: Psa, company: int, name: str, **fields: Any) -> int:
    body = {"firstName": name, "lastName": "Doe", "company": {"id": company}, **fields}
    number: int = psa.simulator.person("POST", CONTACTS, body)["id"]
    return number


def _quiet(psa: Psa, path: str, act: Any) -> bool:
    """Say whether an action leaves a record's stamp alone."""
    before = psa.read(path)["_info"]["lastUpdated"]
    psa.simulator.advance(60)
    act()
    return bool(psa.read(path)["_info"]["lastUpdated"] == before)


def test_sites_stand_only_below_their_company(own: Psa, company: int) -> None:
    """There is no list of all sites; lists, counts, conditions and pages work as elsewhere."""
    first, second = _site(own, company, "Main", city="Leeds"), _site(own, company, "Branch", inactiveFlag=True)
    path = f"{COMPANIES}/{company}/sites"

    assert own.ids(path) == [first, second]
    assert own.read(f"{path}/count", conditions="inactiveFlag=false") == {"count": 1}
    assert own.ids(path, conditions="lastUpdated>[2020-01-01T00:00:00Z] and name='branch'") == [second]
    assert [each["id"] for each in own.read(path, FORWARD, pageSize=1)] == [first]
    assert own.read(f"{path}/{first}")["company"]["id"] == company
    assert own.get(f"{COMPANIES}/311/sites/{first}").status_code == 404
    assert own.get(f"{COMPANIES}/99999/sites").json()["message"] == "Company 99999 not found"
    assert own.get("company/sites").status_code == 404


def test_the_primary_site_is_the_companys(own: Psa, company: int) -> None:
    """`primaryAddressFlag` equals the company's `site.id`, whose address the company shows; its stamp stays."""
    first = _site(own, company, "Main", addressLine1="1 High St")
    path = f"{COMPANIES}/{company}"
    before = own.read(path)
    made: list[int] = []

    quiet = _quiet(
        own, path, lambda: made.append(_site(own, company, "New", primaryAddressFlag=True, addressLine1="2 Low St"))
    )

    assert (before["site"]["id"], before["addressLine1"]) == (first, "1 High St")
    after = own.read(path)
    assert (after["site"]["id"], after["site"]["name"], after["addressLine1"]) == (made[0], "New", "2 Low St")
    assert quiet
    assert [each["primaryAddressFlag"] for each in own.read(f"{path}/sites")] == [False, True]


def test_the_address_of_a_company_is_its_primary_sites(own: Psa, company: int) -> None:
    """An edit of the company's address changes the site."""
    site = _site(own, company, "Main", addressLine1="1 High St")

    own.simulator.person("PATCH", f"{COMPANIES}/{company}", {"addressLine1": "3 Mid St"})

    assert own.read(f"{COMPANIES}/{company}/sites/{site}")["addressLine1"] == "3 Mid St"


def test_line_two_of_a_site_cannot_be_asked_for(own: Psa, company: int) -> None:
    """Though it is shown: sites are to be read without `fields`."""
    _site(own, company, "Main", addressLine2="Floor 2")
    path = f"{COMPANIES}/{company}/sites"

    assert own.read(path)[0]["addressLine2"] == "Floor 2"
    assert own.get(path, fields="id,addressLine2").status_code == 400
    assert own.get(path, conditions="defaultFlag=true").status_code == 400
    assert own.get(path, conditions='stateIdentifier="FL"').status_code == 400


def test_a_site_in_use_stays_and_goes_with_its_company(own: Psa, company: int) -> None:
    """The UI refuses to delete the primary site."""
    site = _site(own, company, "Main")
    other = _site(own, company, "Other")

    refused = own.simulator.control.delete(f"/records/{COMPANIES}/{company}/sites/{site}")
    own.simulator.person("DELETE", f"{COMPANIES}/{company}/sites/{other}")

    assert refused.status_code == 409
    assert own.ids(f"{COMPANIES}/{company}/sites") == [site]


def test_point_07_a_contact_in_full(own: Psa, company: int, kinds: dict[str, int]) -> None:
    """Types show their description as name, items their kind and domain, an unset relationship no id (5.4, 5.1)."""
    kind = own.simulator.person("POST", "company/contacts/types", {"description": f"Approver {company}"})["id"]
    number = _contact(
        own,
        company,
        "Ann",
        types=[{"id": kind}],
        communicationItems=[
            {"type": {"id": kinds["Email"]}, "value": "ann@acme.test", "defaultFlag": True},
            {"type": {"id": kinds["Phone"]}, "value": "0113", "extension": "7", "defaultFlag": True},
        ],
    )

    record = own.read(f"{CONTACTS}/{number}")

    assert "name" not in record
    assert record["types"][0]["name"] == f"Approver {company}"
    assert "id" not in record["relationship"]
    mail, phone = record["communicationItems"]
    assert (mail["type"]["name"], mail["communicationType"], mail["domain"]) == ("Work Email", "Email", "@acme.test")
    assert (phone["communicationType"], phone["extension"]) == ("Phone", "7")
    assert "domain" not in phone
    assert (record["defaultPhoneNbr"], record["defaultPhoneExtension"]) == ("0113", "7")
    listed = own.read(f"{CONTACTS}/{number}/communications")
    assert [(each["id"], each["contactId"]) for each in listed] == [(mail["id"], number), (phone["id"], number)]
    assert own.ids("company/contactTypeAssociations", conditions=f"contact/id={number}")


def test_point_07_contacts_are_found_by_their_items(own: Psa, company: int, kinds: dict[str, int]) -> None:
    """`childConditions` name value and kind of one item (3.2)."""
    mail = {"type": {"id": kinds["Email"]}, "value": f"bob.{company}@acme.test"}
    number = _contact(own, company, "Bob", communicationItems=[mail, {"value": "555", "communicationType": "Fax"}])

    def found(conditions: str) -> list[int]:
        return own.ids(CONTACTS, childConditions=conditions, conditions=f"company/id={company}")

    assert found(
        f'communicationItems/value like "bob.{company}@*" and communicationItems/communicationType="Email"'
    ) == [number]
    assert found('communicationItems/value="555" and communicationItems/communicationType="Email"') == []
    assert found(f"communicationItems/type/id={kinds['Email']}") == [number]
    assert own.read(f"{CONTACTS}/{number}", fields="communicationItems/value,communicationItems/type/name") == {
        "communicationItems": [{"value": mail["value"], "type": {"name": "Work Email"}}, {"value": "555"}]
    }


def test_point_07_a_wrong_kind_of_item_is_refused(own: Psa) -> None:
    """An enum in a collection is one like any other (3.1)."""
    for path, conditions in (
        (CONTACTS, 'communicationItems/communicationType="Pigeon"'),
        ("company/configurations", 'questions/fieldType="Pigeon"'),
    ):
        assert own.refusal(path, childConditions=conditions) == "Enum value supplied was invalid"


def test_a_contact_can_be_made_from_what_another_shows(own: Psa, company: int, kinds: dict[str, int]) -> None:
    """The read shape without id: its items get ids of their own, and the other keeps its own."""
    items = [{"type": {"id": kinds["Email"]}, "value": "ann@acme.test", "defaultFlag": True}]
    first = _contact(own, company, "Ann", communicationItems=items)
    record = own.read(f"{CONTACTS}/{first}")
    del record["id"]

    second = own.simulator.person("POST", CONTACTS, record)["id"]

    ids = [own.read(f"{CONTACTS}/{each}")["communicationItems"][0]["id"] for each in (first, second)]
    assert len(set(ids)) == 2


def test_loaded_items_need_no_ids(tmp_path: Path) -> None:
    """What `--data` brings is as a POST takes it: every item stays with its contact."""
    data = tmp_path / "tenant.json"
    contacts = [
        {"id": number, "firstName": "Ann", "communicationItems": [{"value": f"{number}.{n}@x.test"} for n in (1, 2)]}
        for number in (1, 2, 3)
    ]
    more = {"company/contacts/1/communications": [{"value": "1.3@x.test"}]}
    data.write_text(json.dumps({CONTACTS: contacts, **more}))

    with running("connectwise", "--data", str(data)) as simulator:
        psa = Psa(simulator)
        with psa.http:
            shown = {each["id"]: [item["value"] for item in each["communicationItems"]] for each in psa.read(CONTACTS)}
            listed = [item["value"] for item in psa.read(f"{CONTACTS}/1/communications")]

    assert shown == {
        1: ["1.1@x.test", "1.2@x.test", "1.3@x.test"],
        2: ["2.1@x.test", "2.2@x.test"],
        3: ["3.1@x.test", "3.2@x.test"],
    }
    assert listed == shown[1]


def test_one_default_per_kind(own: Psa, company: int, kinds: dict[str, int]) -> None:
    """A new default fax clears the old one; the contact's stamp stays (5.4, section 6)."""
    number = _contact(
        own,
        company,
        "Cid",
        communicationItems=[
            {"type": {"id": kinds["Fax"]}, "value": "1", "defaultFlag": True},
            {"type": {"id": kinds["Email"]}, "value": "c@x.test", "defaultFlag": True},
        ],
    )
    path = f"{CONTACTS}/{number}"
    new = {"type": {"id": kinds["Fax"]}, "value": "2", "defaultFlag": True}

    quiet = _quiet(own, path, lambda: own.simulator.person("POST", f"{path}/communications", new))

    assert quiet
    items = own.read(path)["communicationItems"]
    assert [(each["value"], each["defaultFlag"]) for each in items] == [("1", False), ("c@x.test", True), ("2", True)]
    own.simulator.person("DELETE", f"{path}/communications/{items[0]['id']}")
    assert [each["value"] for each in own.read(path)["communicationItems"]] == ["c@x.test", "2"]


def test_a_contact_may_be_the_companys_default(own: Psa, company: int) -> None:
    """`defaultFlag` of the contact, `defaultContact` of the company; one per company."""
    first = _contact(own, company, "Dan", defaultFlag=True)
    second = _contact(own, company, "Eve", defaultFlag=True)

    assert own.read(f"{COMPANIES}/{company}")["defaultContact"]["id"] == second
    assert own.read(f"{COMPANIES}/{company}")["defaultContact"]["name"] == "Eve Doe"
    assert own.read(f"{CONTACTS}/{first}")["defaultFlag"] is False


def test_point_10_a_deleted_contact_leaves_no_trace(own: Psa, company: int) -> None:
    """Its communications go, references to it are emptied, their stamps stay."""
    number = _contact(own, company, "Fay", communicationItems=[{"value": "f@x.test"}])
    device = own.simulator.person(
        "POST",
        "company/configurations",
        {"name": "Fay's", "type": {"id": 7}, "company": {"id": company}, "contact": {"id": number}},
    )["id"]
    path = f"company/configurations/{device}"
    assert own.read(path)["contact"]["name"] == "Fay Doe"

    quiet = _quiet(own, path, lambda: own.simulator.person("DELETE", f"{CONTACTS}/{number}"))

    assert quiet
    assert "contact" not in own.read(path)
    assert own.get(f"{CONTACTS}/{number}").json()["message"] == f"Contact {number} not found"
    assert own.get(f"{CONTACTS}/{number}/communications").status_code == 404


def test_point_10_an_inactive_contact_is_an_ordinary_update(own: Psa, company: int) -> None:
    """It stays in lists unless it is filtered out (5.8)."""
    number = _contact(own, company, "Gil")

    quiet = _quiet(
        own,
        f"{CONTACTS}/{number}",
        lambda: own.simulator.person("PATCH", f"{CONTACTS}/{number}", {"inactiveFlag": True}),
    )

    assert not quiet
    assert number in own.ids(CONTACTS)
    assert number not in own.ids(CONTACTS, conditions="inactiveFlag=False")


def test_point_13_contacts_with_blank_references(own: Psa, company: int) -> None:
    """As reported of a role without company access (section 2)."""
    number = _contact(own, company, "Hal", site={"id": _site(own, company, "Main")})
    own.simulator.set(role={"blank_references": True})

    record = own.read(f"{CONTACTS}/{number}")

    assert (record["company"], record["site"]) == ({}, {})


def test_point_10_a_merge_moves_contacts_and_leaves_sites(own: Psa, company: int) -> None:
    """Tickets, contacts and configurations move to the winner (5.10)."""
    winner = own.simulator.person("POST", COMPANIES, {"name": "Winner of contacts"})["id"]
    site, home = _site(own, company, "Old"), _site(own, winner, "Home")
    number = _contact(own, company, "Ida", site={"id": site})

    own.simulator.person("POST", f"{COMPANIES}/{company}/merge", {"into": winner})

    record = own.read(f"{CONTACTS}/{number}")
    assert (record["company"]["id"], record["site"]["id"]) == (winner, home)
    assert own.ids(f"{COMPANIES}/{winner}/sites") == [home]


def test_firstname_is_required(own: Psa) -> None:
    """As the vendor says of contacts (5.4)."""
    assert own.simulator.control.post(f"/records/{CONTACTS}", json={"lastName": "Doe"}).status_code == 400


def test_a_company_shows_the_state_of_its_primary_site_as_text(own: Psa, company: int) -> None:
    """5.2: state is text there, a reference on the site; a change on either side reaches the other."""
    leeds = {"id": 31, "identifier": "WY", "name": "West Yorkshire"}
    site = _site(own, company, "HQ", stateReference=leeds)
    _site(own, company, "Depot", stateReference={"id": 32, "identifier": "NY", "name": "North Yorkshire"})
    path = f"company/companies/{company}"
    assert own.read(path)["state"] == "WY"

    own.simulator.person("PATCH", path, {"state": "North Yorkshire"})
    assert own.read(f"{path}/sites/{site}")["stateReference"]["id"] == 32
    own.simulator.person("PATCH", f"{path}/sites/{site}", {"stateReference": None})
    assert "state" not in own.read(path)
    own.simulator.person("PATCH", path, {"state": "Elsewhere"})
    own.simulator.person("PATCH", f"{path}/sites/{site}", {"city": "Leeds"})
    assert own.read(path)["state"] == "Elsewhere"


def test_a_default_contact_is_the_companys_or_none(own: Psa, company: int) -> None:
    """Flag and reference agree, whichever side changes, also when the contact leaves (5.4)."""
    path, person = f"{COMPANIES}/{company}", own.simulator.person
    contact = _contact(own, company, "Ann", defaultFlag=True)

    person("PATCH", path, {"defaultContact": None})
    assert own.read(f"{CONTACTS}/{contact}")["defaultFlag"] is False
    person("PATCH", path, {"defaultContact": {"id": contact}})
    person("PATCH", f"{CONTACTS}/{contact}", {"defaultFlag": False})
    assert "defaultContact" not in own.read(path)
    person("PATCH", f"{CONTACTS}/{contact}", {"defaultFlag": True})
    assert own.read(path)["defaultContact"]["id"] == contact
    person("PATCH", f"{CONTACTS}/{contact}", {"company": {"id": 312}})
    assert "defaultContact" not in own.read(path)
    assert own.read(f"{COMPANIES}/312")["defaultContact"]["id"] == contact


def test_point_10_a_merge_leaves_one_default_contact(own: Psa, company: int) -> None:
    """The winner keeps its own."""
    winner = own.simulator.person("POST", COMPANIES, {"name": f"Winner of {company}"})["id"]
    kept = _contact(own, winner, "Bo", defaultFlag=True)
    _contact(own, company, "Ann", defaultFlag=True)

    own.simulator.person("POST", f"{COMPANIES}/{company}/merge", {"into": winner})

    assert own.ids(CONTACTS, conditions=f"company/id={winner} and defaultFlag=true") == [kept]
    assert own.read(f"{COMPANIES}/{winner}")["defaultContact"]["id"] == kept


def test_there_is_always_a_primary_site(own: Psa, company: int) -> None:
    """5.3: the flag is that of the company's site; it passes on when another takes it."""
    first, second = _site(own, company, "HQ"), _site(own, company, "Depot")
    sites = f"{COMPANIES}/{company}/sites"

    own.simulator.person("PATCH", f"{sites}/{first}", {"primaryAddressFlag": False})
    assert own.ids(sites, conditions="primaryAddressFlag=true") == [first]
    own.simulator.person("PATCH", f"{sites}/{second}", {"primaryAddressFlag": True})
    assert own.ids(sites, conditions="primaryAddressFlag=true") == [second]
    assert own.read(f"{COMPANIES}/{company}")["site"]["id"] == second

"""The provider's tenant, as the demo and the benchmarks serve it."""

from tests.simulators.connectwise.psa import FORWARD, Psa
from tests.simulators.running import running


def test_the_provider_is_served_whole() -> None:
    """Every company, configuration and trap is there, and references lead to records."""
    with running("connectwise", "--provider", "20x300", "--limits", "off") as simulator:
        psa = Psa(simulator)
        with psa.http:
            companies = {record["id"]: record for record in psa.read("company/companies", pageSize=1000)}
            configurations = psa.read("company/configurations", FORWARD, pageSize=1000)
            types = set(psa.ids("company/configurations/types"))
            associations = psa.read("company/companyTypeAssociations", pageSize=1000)
            traps = simulator.get("/traps")

    assert len(companies) == 20
    assert len(configurations) == 300
    for record in configurations:
        assert "company" not in record or record["company"]["name"] == companies[record["company"]["id"]]["name"]
        assert "type" not in record or record["type"]["id"] in types
    assert {(each["company"]["id"], each["type"]["id"]) for each in associations} == {
        (number, kind["id"]) for number, record in companies.items() for kind in record["types"]
    }
    known = {f"organization:{number}" for number in companies}
    known |= {f"configuration:{record['id']}" for record in configurations}
    assert {trap["ref"] for trap in traps} <= known


def test_the_customers_people_places_and_tickets_are_served() -> None:
    """Sites, contacts and linked tickets are found as the API finds them; their traps stand under their kinds."""
    with running("connectwise", "--provider", "20x300", "--limits", "off") as simulator:
        psa = Psa(simulator)
        with psa.http:
            company = psa.read("company/companies", conditions="site/id!=null", pageSize=1)[0]
            sites = psa.read(f"company/companies/{company['id']}/sites")
            contacts = psa.read("company/contacts", pageSize=1000)
            email = next(
                item["value"] for each in contacts for item in each["communicationItems"] if "@" in item["value"]
            )
            tickets = psa.read("service/tickets", pageSize=1000)
            linked = {each["id"]: psa.ids(f"service/tickets/{each['id']}/configurations") for each in tickets}
            device = next(devices[0] for devices in linked.values() if devices)
            back = psa.ids("service/tickets", conditions=f"configuration/id={device}")
            found = psa.read("company/contacts", childConditions=f'communicationItems/value="{email}"')
            caused = psa.ids("service/tickets", customFieldConditions='caption="On Site" and value=true')
            told = {kind: simulator.get(f"/traps/{kind}") for kind in ("location", "contact", "ticket")}
            unknown = simulator.control.get("/traps/nonsense")

    assert [each["id"] for each in sites if each["primaryAddressFlag"]] == [company["site"]["id"]]
    assert email in {item["value"] for each in found for item in each["communicationItems"]}
    assert sorted(back) == sorted(number for number, devices in linked.items() if device in devices)
    assert 0 < len(caused) < len(tickets)
    assert {trap["code"] for traps in told.values() for trap in traps} == {"ambiguous", "no_organization"}
    assert (unknown.status_code, "location" in unknown.json()["error"]) == (404, True)

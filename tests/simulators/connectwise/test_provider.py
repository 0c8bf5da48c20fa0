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

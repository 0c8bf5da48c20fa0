"""Point 12: limits, outages, upgrades."""

import httpx
import pytest

from tests.simulators.connectwise.psa import ROOT, Psa

COMPANIES = "company/companies"


def test_point_12_too_many_requests(own: Psa) -> None:
    """429 with Retry-After, in a shape of its own; who waits is served (section 4)."""
    own.simulator.set(limit={"requests": 3, "seconds": 60})

    statuses = [own.get(COMPANIES).status_code for _ in range(4)]
    refused = own.get(COMPANIES)
    own.simulator.advance(31)
    served = own.get(COMPANIES)

    assert statuses == [200, 200, 200, 429]
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "30"
    assert refused.json() == {
        "error": "ConnectWiseAPI",
        "message": "Too many requests. Please try again in 30 seconds.",
    }
    assert served.status_code == 200


def test_point_12_a_limit_may_not_say_how_long(own: Psa) -> None:
    """Without Retry-After."""
    own.simulator.set(limit={"requests": 0, "seconds": 60}, retry_after="none")

    answer = own.get(COMPANIES)

    assert answer.status_code == 429
    assert "retry-after" not in answer.headers


def test_point_12_limits_can_be_off(psa: Psa) -> None:
    """Under `--limits off` nothing is counted."""
    psa.simulator.set(limit={"requests": 0, "seconds": 60})

    assert psa.get(COMPANIES).status_code == 200


@pytest.mark.parametrize("retry_after", ["seconds", "none"])
def test_point_12_429_on_demand(psa: Psa, retry_after: str) -> None:
    """A fault without a body answers the vendor's own."""
    psa.simulator.set(retry_after=retry_after)
    psa.simulator.fault({"status": 429}, path="company/companies$", nth=[1])

    answer = psa.get(COMPANIES)

    assert answer.json()["error"] == "ConnectWiseAPI"
    assert ("retry-after" in answer.headers) is (retry_after == "seconds")
    assert psa.get(COMPANIES).status_code == 200


def test_point_12_500_on_demand(psa: Psa) -> None:
    """A query that took too long (section 8)."""
    psa.simulator.fault({"status": 500})

    answer = psa.get(COMPANIES)

    assert answer.status_code == 500
    assert answer.json() == {"code": "ConnectWiseApi", "message": "A timeout has occured. Please try again."}


@pytest.mark.parametrize("status", [404, 502, 503, 504])
def test_point_12_html_on_demand(psa: Psa, status: int) -> None:
    """The web server's page, the gateway's page."""
    psa.simulator.fault({"status": status})

    answer = psa.get(COMPANIES)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.lstrip().startswith("<")


def test_point_12_faults_are_matched_below_the_root(psa: Psa) -> None:
    """Whatever codebase a client uses."""
    psa.simulator.fault({"status": 503}, path="^/company/configurations/4001$")

    assert psa.http.get("/v2025_1//apis/3.0//company/configurations/4001/").status_code == 503
    assert psa.get("company/configurations/4002").status_code == 200


def test_point_12_an_upgrade_leaves_the_old_codebase_behind(own: Psa) -> None:
    """It answers the web server's 404, company info tells the new one (section 1)."""
    own.simulator.set(codebase="v2025_2")

    old = own.http.get("/v2025_1/apis/3.0/company/companies")
    info = httpx.get(f"{own.simulator.url}/login/companyinfo/acme").json()
    new = own.http.get(f"/{info['Codebase']}apis/3.0/company/companies", params={"pageSize": 1})
    routed = own.http.get(f"{ROOT}/company/companies")

    assert (old.status_code, old.headers["content-type"][:9]) == (404, "text/html")
    assert (info["Codebase"], info["VersionCode"]) == ("v2025_2/", "v2025.2")
    assert new.status_code == routed.status_code == 200
    assert "/v2025_2/apis/3.0/" in new.headers["link"]
    assert own.read("system/info")["version"] == "v2025.2.99001"
    assert new.headers["api-current-version"] == "2025.2"


def test_point_12_an_upgrade_can_be_taken_back(own: Psa) -> None:
    """The codebase in force is served, whatever came before."""
    own.simulator.set(codebase="v2026_1")
    own.simulator.set(codebase="v2025_1")

    assert own.http.get("/v2025_1/apis/3.0/company/companies").status_code == 200
    assert own.http.get("/v2026_1/apis/3.0/company/companies").status_code == 404


def test_every_switch_says_what_it_means(psa: Psa) -> None:
    """The table of the simulators' reference, with its defaults."""
    listing = psa.simulator.get("/switches")

    assert {name: switch["default"] for name, switch in listing.items()} == {
        "deployment": "cloud",
        "wrong_key": "json_401",
        "missing_client_id": 401,
        "bare_root": True,
        "ssl_required": False,
        "datetimes": "all",
        "nulls": "omit",
        "role": {"hide_types": [], "level": "all", "blank_references": False, "forbidden": []},
        "codebase": "v2025_1",
        "delete_lag_seconds": 0,
        "delete_touches": False,
        "merge_touches": False,
        "child_touches": {"customFields": False, "questions": False, "typeAssociations": False},
        "unanswered_questions": "listed",
        "retry_after": "seconds",
        "limit": {"requests": 1000, "seconds": 60, "window": "rolling"},
    }
    assert all(switch["means"] for switch in listing.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("deployment", "moon"),
        ("codebase", "v4_6_release"),
        ("missing_client_id", "401"),
        ("child_touches", {"x": True}),
    ],
)
def test_wrong_values_of_switches_are_refused(psa: Psa, name: str, value: object) -> None:
    """And the value in force stays."""
    assert psa.simulator.control.post("/switches", json={name: value}).status_code == 400

"""Points 1 to 6: hosts, paths, keys, headers, parameters."""

import base64
import http.client
import json
from urllib.parse import urlsplit

import httpx
import pytest

from tests.simulators.connectwise.psa import ROOT, Psa
from tests.simulators.running import running

COMPANIES = f"{ROOT}/company/companies"


def test_point_01_company_info_needs_no_keys(psa: Psa) -> None:
    """Company info answers without authentication, the codebase with its slash."""
    answer = httpx.get(f"{psa.simulator.url}/login/companyinfo/acme")

    assert answer.status_code == 200
    assert answer.json() == {
        "CompanyName": "acme",
        "Codebase": "v2025_1/",
        "VersionCode": "v2025.1",
        "VersionNumber": "v4.6.99001",
        "CompanyID": "ACM",
        "IsCloud": True,
    }


def test_point_01_company_info_takes_keys_too(psa: Psa) -> None:
    """One client sends its API headers anyway."""
    assert psa.http.get("/login/companyinfo/acme").json()["Codebase"] == "v2025_1/"


def test_point_01_an_unknown_company_is_null(psa: Psa) -> None:
    """The body is `null` with 200."""
    answer = httpx.get(f"{psa.simulator.url}/login/companyinfo/nobody")

    assert (answer.status_code, answer.text) == (200, "null")
    assert answer.headers["content-type"].startswith("application/json")


def test_point_01_on_premise_is_v4_6_release(psa: Psa) -> None:
    """Any other codebase means cloud."""
    psa.simulator.set(deployment="on_premise")

    info = httpx.get(f"{psa.simulator.url}/login/companyinfo/acme").json()

    assert info["Codebase"] == "v4_6_release/"
    assert info["IsCloud"] is False


@pytest.mark.parametrize(
    "path",
    [
        "/v2025_1/apis/3.0/company/companies",
        "/v4_6_release/apis/3.0/company/companies",
        "/v2017_3/apis/3.0/company/companies",
        "/v2025_1//apis/3.0/company/companies",
        "/v2025_1/apis/3.0//company/companies",
        "/v2025_1/apis/3.0/company/companies/",
        "/v2025_1/apis/3.0/company/companies/?pageSize=5",
        "/apis/3.0/company/companies",
    ],
)
def test_point_02_the_same_api_stands_under_many_roots(psa: Psa, path: str) -> None:
    """Codebases of every form, double slashes, trailing slashes, no codebase."""
    answer = psa.http.get(path)

    assert answer.status_code == 200
    assert [record["id"] for record in answer.json()] == [311, 312, 313, 314]


def test_point_02_the_bare_root_can_be_off(psa: Psa) -> None:
    """Without it, the web server has no such path."""
    psa.simulator.set(bare_root=False)

    answer = psa.http.get("/apis/3.0/company/companies")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_point_02_a_doubled_path_cannot_be_routed(psa: Psa) -> None:
    """It looks like bad credentials: 400 in plain text (section 1)."""
    answer = psa.http.get("/v4_6_release/apis/3.0/v4_6_release/apis/3.0/company/companies")

    assert answer.status_code == 400
    assert answer.text == "Cannot route. Codebase/company is invalid"
    assert answer.headers["content-type"].startswith("text/plain")


def test_point_02_an_unknown_codebase_cannot_be_routed(psa: Psa) -> None:
    """The gateway's wording covers it (section 8)."""
    assert psa.http.get("/release/apis/3.0/company/companies").text == "Cannot route. Codebase/company is invalid"


def test_point_02_other_paths_are_the_web_servers_404(psa: Psa) -> None:
    """Outside the API there is HTML, below its root JSON (section 8)."""
    outside = psa.http.get("/company/companies")
    below = psa.get("company/nothings")

    assert (outside.status_code, outside.headers["content-type"][:9]) == (404, "text/html")
    assert below.status_code == 404
    assert below.json() == {"code": "ConnectWiseApi", "message": "The endpoint does not exist."}


@pytest.mark.parametrize("switch", ["json_401", "html_404"])
@pytest.mark.parametrize("auth", [("acme+pubKx7Qw2LmN9aTz", "wrong"), ("acme+wrong", "privR4vB8sYd1Hc6")])
def test_point_03_wrong_keys_on_cloud(psa: Psa, switch: str, auth: tuple[str, str]) -> None:
    """They get 401 JSON, or the web server's 404 page."""
    psa.simulator.set(wrong_key=switch)

    answer = psa.http.get(COMPANIES, auth=auth)

    if switch == "json_401":
        assert answer.status_code == 401
        assert answer.json() == {"code": "ConnectWiseApi", "message": "UserNotAuthenticated"}
    else:
        assert answer.status_code == 404
        assert answer.text.lstrip().startswith("<")
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("header", [None, "Bearer abc", "Basic !!!", "Basic YWNtZQ=="])
def test_point_03_no_usable_keys(psa: Psa, header: str | None) -> None:
    """A header that is missing or unreadable is refused as wrong keys are."""
    headers = {"clientId": psa.simulator.credentials["client_id"]}
    if header is not None:
        headers["Authorization"] = header

    assert httpx.get(psa.simulator.url + COMPANIES, headers=headers).status_code == 401


def test_point_03_a_wrong_company(psa: Psa) -> None:
    """On cloud the gateway cannot route it, on-premise the keys are wrong."""
    auth = ("other+pubKx7Qw2LmN9aTz", psa.password)
    on_cloud = psa.http.get(COMPANIES, auth=auth)
    psa.simulator.set(deployment="on_premise", wrong_key="html_404")
    on_premise = psa.http.get(COMPANIES, auth=auth)

    assert (on_cloud.status_code, on_cloud.text) == (400, "Cannot route. Codebase/company is invalid")
    assert (on_premise.status_code, on_premise.json()["message"]) == (401, "UserNotAuthenticated")


@pytest.mark.parametrize("status", [401, 403, 400])
@pytest.mark.parametrize("header", [{}, {"clientId": "no-guid"}])
def test_point_03_a_missing_client_id(psa: Psa, status: int, header: dict[str, str]) -> None:
    """Three statuses are reported; each body names clientId."""
    psa.simulator.set(missing_client_id=status)

    answer = httpx.get(psa.simulator.url + COMPANIES, auth=(psa.user, psa.password), headers=header)

    assert answer.status_code == status
    assert "clientId" in answer.json()["message"]


@pytest.mark.parametrize("name", ["clientId", "ClientID", "clientid", "CLIENTID"])
def test_point_04_header_names_in_any_case(psa: Psa, name: str) -> None:
    """Every spelling of clientId is in use, on the wire as it is written here."""
    where = urlsplit(psa.simulator.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port)
    token = base64.b64encode(f"{psa.user}:{psa.password}".encode()).decode()
    headers = {name: psa.simulator.credentials["client_id"], "AUTHORIZATION": f"Basic {token}"}
    connection.request("GET", COMPANIES, headers=headers)

    answer = connection.getresponse()

    assert answer.status == 200
    assert len(json.loads(answer.read())) == 4
    connection.close()


@pytest.mark.parametrize(
    "accept",
    [
        "application/vnd.connectwise.com+json; version=2025.16",
        "application/json",
        "application/vnd.connectwise.com+json; version=2021.1, application/json",
        "text/html",
        "*/*",
    ],
)
def test_point_04_accept_is_never_refused(psa: Psa, accept: str) -> None:
    """No 406, and JSON always."""
    answer = psa.get("company/companies", {"Accept": accept, "Cache-Control": "no-cache"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_point_04_answers_carry_the_vendors_headers(psa: Psa) -> None:
    """Log ids, no cache, no ETag, and the simulator's own time (section 1)."""
    psa.simulator.advance(86400 * 400)

    answer = psa.get("company/companies")

    assert answer.headers["api-current-version"] == "2025.1"
    assert answer.headers["x-cw-request-id"] != psa.get("company/companies").headers["x-cw-request-id"]
    assert answer.headers["x-server-name"]
    assert answer.headers["cache-control"] == "no-cache"
    assert "etag" not in answer.headers
    year = psa.simulator.get("/clock")["now"][:4]
    assert year in answer.headers["date"]
    assert len(answer.headers.get_list("date")) == 1


def test_point_05_https_with_a_certificate_of_its_own() -> None:
    """Clients that build https URLs can take host:port as the site, company info first."""
    with running("connectwise", "--tls", "--empty") as simulator:
        client = Psa(simulator)
        simulator.set(ssl_required=True)

        with client.http:
            info = client.http.get("/login/companyinfo/acme").json()
            companies = client.http.get(f"/{info['Codebase']}apis/3.0/company/companies")

        assert simulator.url.startswith("https://")
        assert (companies.status_code, companies.json()) == (200, [])


def test_point_05_http_can_be_refused(psa: Psa) -> None:
    """The body says so, with an explicit null (section 8)."""
    psa.simulator.set(ssl_required=True)

    answer = psa.get("company/companies")

    assert answer.status_code == 403
    assert answer.json() == {"code": "Security", "message": "SSL is required.", "errors": None}


def test_point_05_the_user_facing_cloud_host_is_refused(psa: Psa) -> None:
    """Cloud calls without `api-` fail with the same body (section 1)."""
    user = psa.get("company/companies", {"Host": "na.myconnectwise.net"})
    api = psa.get("company/companies", {"Host": "api-na.myconnectwise.net"})

    assert (user.status_code, user.json()["message"]) == (403, "SSL is required.")
    assert api.status_code == 200
    assert "//na.myconnectwise.net/v2025_1//apis/3.0/" in api.json()[0]["status"]["_info"]["status_href"]


@pytest.mark.parametrize(
    "query",
    [
        "conditions=id+%3D+312&pageSize=10",
        "CONDITIONS=id%20%3d%20312&pagesize=10",
        "Conditions=id=312&unknown=1",
        "conditions=lastUpdated%20%3E%20%5B2026-05-01T09%3A30%3A00Z%5D%20and%20id=312",
        "conditions=lastUpdated+%3e+[2026-05-01T09:30:00Z]+and+id=312",
    ],
)
def test_point_06_queries_in_every_spelling(psa: Psa, query: str) -> None:
    """Names in any case, `+` or `%20`, brackets raw or encoded, unknown parameters ignored."""
    answer = psa.http.get(f"{COMPANIES}?{query}")

    assert [record["id"] for record in answer.json()] == [312]


@pytest.mark.parametrize(
    "query", ['conditions=name="Acme Ltd"', "conditions=lastUpdated>[2026-01-01T00:00:00Z]+and+id<312"]
)
def test_point_06_raw_characters_on_the_wire(psa: Psa, query: str) -> None:
    """Quotes, brackets and comparison signs need not be encoded."""
    where = urlsplit(psa.simulator.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port)
    connection._validate_path = lambda _: None  # type: ignore[attr-defined]  # the check is the client's own
    token = base64.b64encode(f"{psa.user}:{psa.password}".encode()).decode()
    headers = {"clientId": psa.simulator.credentials["client_id"], "Authorization": f"Basic {token}"}
    connection.request("GET", f"{COMPANIES}?{query}".replace(" ", "+"), headers=headers)

    answer = connection.getresponse()

    assert [record["id"] for record in json.loads(answer.read())] == [311]
    connection.close()


def test_point_06_paths_may_be_in_any_case(psa: Psa) -> None:
    """The web server does not mind."""
    assert psa.get("Company/Companies/311").json()["id"] == 311


def test_point_06_a_body_on_get_is_ignored(psa: Psa) -> None:
    """Some clients send `{}` and a Content-Type with every GET."""
    answer = psa.http.request(
        "GET", COMPANIES, content=b"{}", headers={"Content-Type": "application/json; charset=utf-8"}
    )

    assert len(answer.json()) == 4


def test_system_info_needs_keys(psa: Psa) -> None:
    """The reports contradict each other; the cautious reading asks for them."""
    with_keys = psa.read("system/info")
    without = httpx.get(f"{psa.simulator.url}{ROOT}/system/info")
    psa.simulator.set(deployment="on_premise")
    at_home = psa.read("system/info")

    assert with_keys["version"] == "v2025.1.99001"
    assert with_keys["isCloud"] is True
    assert with_keys["serverTimeZone"] == "Eastern Standard Time"
    assert with_keys["cloudRegion"] == "NA"
    assert without.status_code == 401
    assert at_home["isCloud"] is False


def test_point_04_what_is_no_json_is_not_the_applications(psa: Psa) -> None:
    """The 404 page for wrong keys and the gateway's text have none of the application's headers."""
    psa.simulator.set(wrong_key="html_404")
    page = psa.http.get(f"{ROOT}/company/companies", auth=("acme+x", "y"))
    text = psa.http.get(f"{ROOT}/company/companies", auth=("other+x", "y"))

    assert (page.status_code, text.status_code) == (404, 400)
    assert not {"api-current-version", "x-server-name"} & (page.headers.keys() | text.headers.keys())

"""The control API, the command line and the server, on the IT Glue simulator."""

import contextlib
import json
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.simulators.running import Running, running


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """One simulator for all."""
    with running("itglue", "--empty", "--limits", "off") as simulator:
        yield simulator


@pytest.fixture
def simulator(process: Running) -> Iterator[Running]:
    """Give it without faults and with every switch at its default."""
    yield process
    process.reset()


@pytest.fixture
def http(simulator: Running) -> Iterator[httpx.Client]:
    """Give a client with its key."""
    with httpx.Client(base_url=simulator.url, headers={"x-api-key": simulator.credentials["api_key"]}) as client:
        yield client


def test_the_ready_line_says_where_and_with_what(simulator: Running) -> None:
    """One line of JSON with system, address, control address and credentials."""
    assert set(simulator.line) == {"system", "url", "control", "credentials"}
    assert simulator.line["control"] == simulator.url + "/_simulator"
    assert simulator.credentials["api_key"].startswith("ITG.")


def test_requests_are_logged_in_order(simulator: Running, http: httpx.Client) -> None:
    """With key, readable query, status and rows; the time is RFC 3339 with fractions."""
    http.get("/platforms?page%5Bsize%5D=2&x=a%2Cb")
    http.get("/nowhere", headers={"x-api-key": "other"})

    first, second = simulator.get("/requests")[-2:]

    assert (first["method"], first["path"], first["query"]) == ("GET", "/platforms", "page[size]=2&x=a,b")
    assert (first["status"], first["rows"], first["key"]) == (200, 2, simulator.credentials["api_key"])
    assert (second["status"], second["rows"], second["key"]) == (403, 0, "other")
    assert datetime.fromisoformat(first["at"]).utcoffset() == UTC.utcoffset(None)
    assert first["at"] < second["at"]
    assert "." in first["at"]


def test_control_calls_are_not_logged(simulator: Running) -> None:
    """They are no requests of a client."""
    before = simulator.get("/requests")

    assert simulator.get("/requests") == before


def test_a_record_keeps_its_history(simulator: Running, http: httpx.Client) -> None:
    """Create, update and delete with who did it, before and after."""
    record = simulator.person("POST", "manufacturers", {"attributes": {"name": "First"}})["id"]
    body = {"data": {"type": "manufacturers", "attributes": {"name": "Second"}}}
    headers = {"content-type": "application/vnd.api+json"}
    http.patch(f"/manufacturers/{record}", content=json.dumps(body), headers=headers)
    simulator.person("DELETE", f"manufacturers/{record}")

    [shown] = simulator.get(f"/records/manufacturers/{record}")

    assert shown["now"] is None
    events = [(event["by"], event["verb"]) for event in shown["history"]]
    assert events == [("person", "create"), ("api", "update"), ("person", "delete")]
    names = [
        tuple(None if side is None else side["attributes"]["name"] for side in (event["before"], event["after"]))
        for event in shown["history"]
    ]
    assert names == [(None, "First"), ("First", "Second"), ("Second", None)]
    assert [event["at"] for event in shown["history"]] == sorted(event["at"] for event in shown["history"])


def test_records_can_be_read_by_resource_by_parent_and_by_id(simulator: Running) -> None:
    """The path is the vendor's."""
    maker = simulator.person("POST", "manufacturers", {"attributes": {"name": "Maker"}})["id"]
    model = simulator.person("POST", f"manufacturers/{maker}/relationships/models", {"attributes": {"name": "M"}})

    assert model["now"]["attributes"]["manufacturer-id"] == int(maker)
    assert model in simulator.get("/records/models")
    assert simulator.get(f"/records/manufacturers/{maker}/relationships/models") == [model]
    assert simulator.get(f"/records/models/{model['id']}") == [model]
    assert simulator.control.get("/records/nothing").status_code == 404


def test_a_person_is_refused_what_the_ui_refuses(simulator: Running) -> None:
    """A missing name, an unknown reference, an unknown attribute; but a MAC address is a text to the UI."""
    post = simulator.control.post

    assert post("/records/manufacturers", json={"attributes": {}}).status_code == 400
    assert post("/records/manufacturers", json={"attributes": ["x"]}).status_code == 400
    assert post("/records/manufacturers", json={"attributes": {"name": "x"}, "adapter": "y"}).status_code == 400
    assert post("/records/models", json={"attributes": {"name": "x", "manufacturer-id": 1}}).status_code == 400
    assert post("/records/manufacturers", json={"attributes": {"name": "x", "nmae": "y"}}).status_code == 400
    assert simulator.control.patch("/records/manufacturers/1", json={"attributes": {"name": "x"}}).status_code == 404
    assert simulator.control.delete("/records/manufacturers/1").status_code == 404


def test_unknown_switches_and_bad_values_are_refused(simulator: Running) -> None:
    """Nothing of such a call is set."""
    wrong: list[dict[str, object]] = [
        {"nonsense": 1},
        {"retry_after": "soon"},
        {"accept_plain_json": 1},
        {"list_lag_seconds": -1},
        {"limit": {"requests": 3}},
        {"two_way": "somewhere"},
    ]
    for switches in wrong:
        answer = simulator.control.post("/switches", json={"bulk": "partial"} | switches)
        assert answer.status_code == 400
        assert next(iter(switches)) in answer.json()["error"]

    assert simulator.get("/switches")["bulk"]["value"] == "atomic"


def test_switches_say_what_they_mean(simulator: Running) -> None:
    """Each has value, default and meaning, and every switch of the list is there."""
    listing = simulator.get("/switches")

    assert all(set(switch) == {"value", "default", "means"} and switch["means"] for switch in listing.values())
    assert set(listing) == {
        "wrong_key", "accept_plain_json", "unknown_filter", "unknown_trait", "drop_attributes",
        "relationships_in_type_patch", "second_related_item", "list_lag_seconds", "bulk", "limit", "retry_after", "two_way",
        "absent_traits", "renamed_field", "contact_emails", "synced_contacts",
    }  # fmt: skip


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"do": {}},
        {"do": {"explode": True}},
        {"do": {"status": 700}},
        {"do": {"status": 500}, "when": {"verb": "GET"}},
        {"do": {"status": 500}, "when": {"path": "["}},
        {"do": {"status": 500}, "when": {"nth": [0]}},
        {"do": {"status": 500}, "when": {"share": 2}},
        {"do": {"delay": "long"}},
    ],
)
def test_a_fault_that_cannot_be_understood_is_refused(simulator: Running, order: object) -> None:
    """A misspelt order would otherwise prove nothing."""
    assert simulator.control.post("/faults", json=order).status_code == 400


def test_a_fault_hits_by_method_path_and_ordinal(simulator: Running, http: httpx.Client) -> None:
    """Only requests that fit are counted."""
    simulator.fault({"status": 503}, method="GET", path="^/platforms$", nth=[2, 3])

    def statuses(path: str, count: int) -> list[int]:
        return [http.get(path).status_code for _ in range(count)]

    assert statuses("/platforms", 1) == [200]
    assert statuses("/countries", 3) == [200, 200, 200]
    assert statuses("/platforms", 3) == [503, 503, 200]


def test_a_share_is_seeded(simulator: Running, http: httpx.Client) -> None:
    """About that part of the requests is hit, neither none nor all."""
    simulator.fault({"status": 503}, share=0.3)

    hit = sum(http.get("/platforms").status_code == 503 for _ in range(100))

    assert 10 < hit < 60


def test_faults_are_removed_one_by_one_or_all(simulator: Running, http: httpx.Client) -> None:
    """An order answers with its id."""
    first, second = simulator.fault({"status": 502}), simulator.fault({"status": 503})

    assert http.get("/platforms").status_code == 502
    simulator.control.delete(f"/faults/{first}")
    assert http.get("/platforms").status_code == 503
    simulator.control.delete(f"/faults/{second}")
    assert http.get("/platforms").status_code == 200
    assert simulator.control.delete(f"/faults/{second}").status_code == 404


def test_a_body_is_replaced_with_html_on_a_200(simulator: Running, http: httpx.Client) -> None:
    """A body without a status is a 200; its content type follows from it, or is given."""
    simulator.fault({"body": "<html>maintenance</html>"}, nth=[1])
    simulator.fault({"headers": {"Content-Type": "text/plain", "X-Extra": "1"}}, nth=[2])
    simulator.fault({"status": 429, "body": {"slow": "down"}, "headers": {"Retry-After": "7"}}, nth=[3])

    html, typed, slow = (http.get("/platforms") for _ in range(3))

    assert (html.status_code, html.text) == (200, "<html>maintenance</html>")
    assert html.headers["content-type"].startswith("text/html")
    assert (typed.headers["content-type"], typed.headers["x-extra"]) == ("text/plain", "1")
    assert len(typed.json()["data"]) == 6
    assert (slow.status_code, slow.json(), slow.headers["retry-after"]) == (429, {"slow": "down"}, "7")


def test_a_body_is_cut_short(simulator: Running, http: httpx.Client) -> None:
    """The length was promised, the rest never comes."""
    simulator.fault({"truncate": 20}, nth=[1])

    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/platforms")
    assert http.get("/platforms").status_code == 200


def test_a_delay_passes_when_the_clock_is_moved(simulator: Running, http: httpx.Client) -> None:
    """A request that waits 1,000 seconds is answered once the clock has moved by them."""
    simulator.fault({"delay": 1000}, path="/platforms")
    since = len(simulator.get("/requests"))
    command = [sys.executable, "-c", _GET, f"{simulator.url}/platforms", simulator.credentials["api_key"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
        while len(simulator.get("/requests")) == since:
            pass
        pending = simulator.get("/requests")[-1]
        simulator.advance(1000)
        output, _ = waiting.communicate(timeout=10)

    assert pending["status"] is None
    assert output.strip() == "200"


_GET = "import httpx, sys; print(httpx.get(sys.argv[1], headers={'x-api-key': sys.argv[2]}, timeout=30).status_code)"


def test_the_clock_moves_what_it_stamps(simulator: Running) -> None:
    """Records made after an advance are stamped later."""
    before = simulator.person("POST", "manufacturers", {"attributes": {"name": "Early"}})
    simulator.advance(86_400)
    after = simulator.person("POST", "manufacturers", {"attributes": {"name": "Late"}})

    first, second = (datetime.fromisoformat(item["history"][0]["at"]) for item in (before, after))

    assert (second - first).total_seconds() >= 86_400
    assert after["now"]["attributes"]["created-at"] > before["now"]["attributes"]["created-at"]
    assert simulator.control.post("/clock", json={"advance": -1}).status_code == 400


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/switches"), ("POST", "/requests")])
def test_unknown_control_calls_are_404(simulator: Running, method: str, path: str) -> None:
    """With the reason in `error`."""
    answer = simulator.control.request(method, path)

    assert answer.status_code == 404
    assert path.strip("/") in answer.json()["error"]


def test_data_is_loaded_from_a_file(tmp_path: Path) -> None:
    """`--data` takes records as a person's POST does, with their ids."""
    data = {
        "configuration_types": [{"id": 3, "attributes": {"name": "Server"}}],
        "organizations": [{"id": "5", "attributes": {"name": "Lumen"}}],
        "configurations": [
            {
                "id": 7,
                "attributes": {
                    "name": "SRV",
                    "organization-id": 5,
                    "configuration-type-id": 3,
                    "created-at": "2020-01-01T00:00:00.000Z",
                },
                "adapter": {"adapter-type-name": "ConnectWise", "remote-id": "311"},
            }
        ],
    }
    file = tmp_path / "data.json"
    file.write_text(json.dumps(data))

    with running("itglue", "--data", str(file)) as simulator:
        [shown] = simulator.get("/records/configurations")
        made = simulator.person("POST", "organizations", {"attributes": {"name": "Another"}})

    assert shown["id"] == "7"
    assert shown["now"]["attributes"]["psa-integration"] == "enabled"
    assert shown["now"]["attributes"]["created-at"] == "2020-01-01T00:00:00.000Z"
    assert shown["history"][0]["by"] == "sync"
    assert int(made["id"]) > 7


def test_bad_data_ends_with_the_reason(tmp_path: Path) -> None:
    """The process does not serve half of it."""
    file = tmp_path / "data.json"
    file.write_text('{"models": [{"attributes": {"name": "M", "manufacturer-id": 9}}]}')

    done = subprocess.run(
        [sys.executable, "-m", "simulators", "itglue", "--data", str(file)], capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "manufacturer-id 9 does not exist" in done.stderr


def test_tls_is_served_with_a_certificate_of_its_own() -> None:
    """`--tls` serves https; the certificate can be had from the control API and then verifies."""
    with running("itglue", "--tls") as simulator:
        pem = simulator.control.get("/certificate").text
        context = ssl.create_default_context(cadata=pem)
        headers = {"x-api-key": simulator.credentials["api_key"]}
        answer = httpx.get(f"{simulator.url}/platforms", verify=context, headers=headers)

    assert simulator.url.startswith("https://")
    assert answer.status_code == 200
    assert answer.json()["links"]["self"].startswith(simulator.url)


def _swallow(url: str) -> None:
    with contextlib.suppress(httpx.TransportError):
        httpx.get(url, timeout=30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(number: signal.Signals) -> None:
    """Also while a client keeps its connection open and another waits."""
    command = [sys.executable, "-m", "simulators", "itglue"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        with httpx.Client(base_url=line["url"]) as client:
            client.get("/platforms")
            client.post("/_simulator/faults", json={"do": {"delay": 1000}})
            waiting = Thread(target=_swallow, args=(f"{line['url']}/platforms",))
            waiting.start()
            while client.get("/_simulator/requests").json()[-1]["status"] is not None:
                pass
            begun = time.monotonic()
            process.send_signal(number)
            _, errors = process.communicate(timeout=10)
            waiting.join()

    assert process.returncode == 0
    assert time.monotonic() - begun < 5
    assert errors == ""

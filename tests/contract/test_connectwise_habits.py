"""The ConnectWise connector against the habits of its vendor."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from bridge.errors import AuthError, SignatureError
from bridge.records import Absent, Record, Ref, WebhookRequest
from connectors.connectwise.connector import ConnectWise
from tests.contract.connectwise import COMPANIES, CONFIGURATIONS, CONTACTS, HARNESS, PROJECT_TICKETS, TICKETS
from tests.contract.harness import EVERYTHING, NOTHING_WANTED
from tests.contract.mirror import Mirror
from tests.contract.simulator import Simulator, simulating


class TestHabits:
    """What only ConnectWise does; the simulator's switches and a person's hand bring it about."""

    @pytest.fixture(scope="class")
    @classmethod
    def running(cls) -> Iterator[Simulator]:
        with simulating("connectwise") as simulator:
            for n in range(4):
                HARNESS.seed(simulator, "organization", f"Customer {n}")
                HARNESS.seed(simulator, "configuration", f"PC {n}")
                HARNESS.seed(simulator, "contact", f"Ann {n}")
                HARNESS.seed(simulator, "ticket", f"Broken {n}")
            yield simulator
            assert simulator.violations() == []

    @pytest.fixture
    def simulator(self, running: Simulator) -> Iterator[Simulator]:
        yield running
        running.repair()
        running.reset_switches()

    @contextmanager
    def connected(self, simulator: Simulator, **settings: Any) -> Iterator[ConnectWise]:
        """Open a connector for a while."""
        connector = HARNESS.connect(simulator, **settings)
        try:
            yield connector
        finally:
            connector.close()

    def polled(self, connector: ConnectWise, kind: str, since: str | None = None) -> Mirror:
        """Read the changes of a kind."""
        return Mirror(HARNESS.moment_of).take(connector.changes(kind, since, NOTHING_WANTED))

    # Pauses

    def test_a_short_pause_is_waited_out_where_the_read_is(self, simulator: Simulator) -> None:
        """A 429 on the third page of a snapshot: that page is asked for again, no page before it, and all is proven."""
        asked = len(simulator.requests())
        with self.connected(simulator, page_size=1) as connector:
            pages = connector.snapshot("configuration", NOTHING_WANTED)
            mirror = Mirror(HARNESS.moment_of)
            taking = mirror.taking(pages)
            next(taking), next(taking)
            refused = {"status": 429, "headers": {"Retry-After": "1"}}
            simulator.break_down(refused, {"path": "company/configurations$", "nth": [1]})
            began = time.monotonic()
            list(taking)

        queries = [dict(parse_qsl(one["query"] or "")) for one in simulator.requests()[asked:]]
        assert mirror.complete
        assert time.monotonic() - began >= 1.0
        assert set(simulator.living(CONFIGURATIONS)) == {ref.id for ref in mirror.records}
        assert [one["pageId"] for one in queries if "pageId" in one] == ["1", "2", "2", "3"]

    # Finding the server

    @pytest.mark.parametrize("path", ["", "/", "/v4_6_release/apis/3.0", "/v2025_1/apis/3.0/"])
    def test_every_form_of_the_address_works(self, simulator: Simulator, path: str) -> None:
        """A doubled path answers 400 on cloud (api/connectwise.md 1)."""
        with self.connected(simulator, url=f"{simulator.url}{path}") as connector:
            assert len(self.polled(connector, "organization").records) >= 4

    def test_a_self_hosted_server_is_read_alike(self, simulator: Simulator) -> None:
        """It has the codebase of old."""
        simulator.switch(deployment="on_premise")

        with self.connected(simulator) as connector:
            assert len(self.polled(connector, "configuration").records) >= 4
            assert "self-hosted" in next(iter(connector.check(EVERYTHING))).text

    def test_an_upgrade_in_the_middle_of_a_read_is_followed(self, simulator: Simulator) -> None:
        """The old codebase answers 404; a poll of a running service must not need a restart."""
        with self.connected(simulator, page_size=2) as connector:
            pages = connector.changes("configuration", None, NOTHING_WANTED)
            mirror = Mirror(HARNESS.moment_of)
            reading = mirror.taking(pages)
            next(reading)
            simulator.switch(codebase="v2026_1")
            list(reading)
            fetched = connector.fetch(next(iter(mirror.records)))

        assert mirror.complete
        assert {ref.id for ref in mirror.records} == set(simulator.living(CONFIGURATIONS))
        assert isinstance(fetched, Record)

    def test_an_upgrade_changes_no_record(self, simulator: Simulator) -> None:
        """Every href names the codebase; kept, they would make a change of every record."""
        with self.connected(simulator) as connector:
            before = self.polled(connector, "configuration").records
            simulator.switch(codebase="v2026_1")
            after = self.polled(connector, "configuration").records

        assert before == after

    def test_spelled_out_nulls_change_no_record(self, simulator: Simulator) -> None:
        """Some versions send them (api/connectwise.md 5.1)."""
        with self.connected(simulator) as connector:
            before = [self.polled(connector, kind).records for kind in HARNESS.kinds]
            simulator.switch(nulls="explicit")
            after = [self.polled(connector, kind).records for kind in HARNESS.kinds]

        assert before == after

    # Being refused

    @pytest.mark.parametrize("wrong_key", ["json_401", "html_404"])
    @pytest.mark.parametrize("deployment", ["cloud", "on_premise"])
    def test_wrong_keys_are_refused_credentials_in_either_form(
        self, simulator: Simulator, wrong_key: str, deployment: str
    ) -> None:
        """On cloud they can look like a missing page; never like an absent record."""
        simulator.switch(wrong_key=wrong_key, deployment=deployment)

        with self.connected(simulator, private_key="priv-wrong") as connector:
            with pytest.raises(AuthError):
                self.polled(connector, "organization")
            with pytest.raises(AuthError):
                connector.fetch(Ref("cw", "configuration", "1"))
            codes = [finding.code for finding in connector.check(EVERYTHING) if finding.level != "ok"]

        assert codes in (["B202"], ["B208"])

    def test_an_unknown_company_is_said(self, simulator: Simulator) -> None:
        """Company info is `null` for it."""
        with self.connected(simulator, company="nobody") as connector:
            assert [finding.code for finding in connector.check(EVERYTHING)] == ["B208"]

    @pytest.mark.parametrize("status", [400, 401, 403])
    def test_a_client_id_that_is_not_accepted_is_refused(self, simulator: Simulator, status: int) -> None:
        """It is reported with three statuses; the body of none is recorded (api/connectwise.md 2)."""
        simulator.break_down(
            {"status": status, "body": json.dumps({"code": "ConnectWiseApi", "message": "clientId is invalid"})},
            {"path": ".*company.*"},
        )

        with self.connected(simulator) as connector:
            assert [finding.code for finding in connector.check(EVERYTHING) if finding.level != "ok"] == ["B203"]

    def test_a_server_that_wants_tls_is_said(self, simulator: Simulator) -> None:
        """The same words come from a cloud host without `api-`."""
        simulator.switch(ssl_required=True)

        with self.connected(simulator) as connector:
            assert [finding.code for finding in connector.check(EVERYTHING) if finding.level != "ok"] == ["B209"]

    @pytest.mark.parametrize(
        ("path", "level"),
        [
            (CONFIGURATIONS, "error"),
            (CONTACTS, "error"),
            (TICKETS, "error"),
            (PROJECT_TICKETS, "error"),
            (f"{COMPANIES}/{{id}}/sites", "error"),
            (f"{COMPANIES}/types", "warn"),
            ("procurement/manufacturers", "warn"),
        ],
    )
    def test_a_forbidden_entity_is_named(self, simulator: Simulator, path: str, level: str) -> None:
        """A 403 is per endpoint."""
        simulator.switch(role={"hide_types": [], "level": "all", "blank_references": False, "forbidden": [path]})

        with self.connected(simulator) as connector:
            findings = [finding for finding in connector.check(EVERYTHING) if finding.level != "ok"]

        assert [(finding.level, finding.code) for finding in findings] == [(level, "B204")]
        assert level == "warn" or "Inquire = All" in findings[0].text

    @pytest.mark.parametrize("path", [CONTACTS, TICKETS, PROJECT_TICKETS, f"{COMPANIES}/{{id}}/sites"])
    def test_what_nobody_wants_is_not_asked_for(self, simulator: Simulator, path: str) -> None:
        """A role without tickets is right where no block reads tickets."""
        simulator.switch(role={"hide_types": [], "level": "all", "blank_references": False, "forbidden": [path]})
        want = {kind: EVERYTHING[kind] for kind in ("organization", "configuration")}

        with self.connected(simulator) as connector:
            assert [finding for finding in connector.check(want) if finding.level != "ok"] == []

    def test_check_prices_what_costs_a_request_per_record(self, simulator: Simulator) -> None:
        """In requests per snapshot, before anything is read."""
        with self.connected(simulator) as connector:
            priced = [finding.text for finding in connector.check(EVERYTHING) if "at most" in finding.text]
            cheap = {**EVERYTHING, "ticket": EVERYTHING["ticket"] - {"configurations"}}
            unpriced = [finding.text for finding in connector.check(cheap) if "at most" in finding.text]

        companies, tickets = (len(HARNESS.living(simulator, kind)) for kind in ("organization", "ticket"))
        assert [text.rpartition("at most ")[2].split(";")[0] for text in priced] == [str(tickets), str(companies)]
        assert len(unpriced) == 1

    def test_a_role_that_blanks_references_is_found_and_gives_no_half_reference(self, simulator: Simulator) -> None:
        """Mapped, it would move every device away from its customer."""
        for n in range(8):
            HARNESS.seed(simulator, "configuration", f"blank {n}")
        simulator.switch(role={"hide_types": [], "level": "all", "blank_references": True, "forbidden": []})

        with self.connected(simulator) as connector:
            codes = [finding.code for finding in connector.check(EVERYTHING) if finding.level != "ok"]
            records = self.polled(connector, "configuration").records.values()

        assert codes == ["B206"]
        assert {json.dumps(record.words["organization"]) for record in records} == {"null"}

    # Times

    @pytest.mark.parametrize("habit", ["all", "naive_only", "zone_ignored"])
    def test_a_change_is_polled_whatever_the_server_makes_of_zones(self, simulator: Simulator, habit: str) -> None:
        """The form is found by trying, once per start."""
        simulator.switch(datetimes=habit)
        with self.connected(simulator) as connector:
            mirror = self.polled(connector, "configuration")
            number = HARNESS.seed(simulator, "configuration", f"zone {habit}")

            later = self.polled(connector, "configuration", mirror.watermark)
            complaints = [finding for finding in connector.check(EVERYTHING) if finding.level == "error"]

        assert number in {ref.id for ref in later.records}
        assert complaints == []

    # Companies that go

    def test_a_company_merged_away_is_seen_by_the_next_poll(self, simulator: Simulator) -> None:
        """A merge leaves `lastUpdated` as it was, so the poll by time never shows it."""
        loser, winner = (HARNESS.seed(simulator, "organization", name) for name in ("Loser", "Winner"))
        device = HARNESS.seed(simulator, "configuration", "moving", company={"id": int(loser)})
        simulator.advance(3600)
        HARNESS.seed(simulator, "organization", "Later")
        with self.connected(simulator) as connector:
            mirror = self.polled(connector, "organization")
            before = mirror.records[Ref("cw", "organization", loser)]
            simulator.act(f"{COMPANIES}/{loser}/merge", {"into": int(winner)})

            mirror.take(connector.changes("organization", mirror.watermark, NOTHING_WANTED))
            after = mirror.records[Ref("cw", "organization", loser)]
            moved = list(connector.reread([Ref("cw", "configuration", device)]))

        assert (before.words["recycled"], after.words["recycled"]) == (False, True)
        assert after.version == before.version
        assert [record.words["organization"]["id"] for record in moved] == [winner]

    def test_a_deleted_company_can_be_fetched_and_comes_back(self, simulator: Simulator) -> None:
        """The recycle bin is no absence."""
        number = HARNESS.seed(simulator, "organization", "Binned")
        ref = Ref("cw", "organization", number)
        with self.connected(simulator) as connector:
            simulator.delete(COMPANIES, number)
            binned = connector.fetch(ref)
            simulator.change(COMPANIES, number, {"deletedFlag": False})
            back = connector.fetch(ref)

        assert isinstance(binned, Record)
        assert isinstance(back, Record)
        assert (binned.words["recycled"], back.words["recycled"]) == (True, False)

    def test_a_deleted_configuration_that_lingers_is_not_absent_yet(self, simulator: Simulator) -> None:
        """The message of a deletion can arrive before the deletion shows (api/connectwise.md 7.3)."""
        simulator.switch(delete_lag_seconds=60)
        number = HARNESS.seed(simulator, "configuration", "lingering")
        ref = Ref("cw", "configuration", number)
        with self.connected(simulator) as connector:
            simulator.delete(CONFIGURATIONS, number)
            assert isinstance(connector.fetch(ref), Record)
            simulator.advance(120)

            assert connector.fetch(ref) == Absent(ref)

    def test_hidden_types_shorten_a_snapshot_without_a_trace(self, simulator: Simulator) -> None:
        """The count shrinks with the list: a complete read is complete for our role only."""
        with self.connected(simulator) as connector:
            whole = Mirror(HARNESS.moment_of).take(connector.snapshot("configuration", NOTHING_WANTED, ids_only=True))
            simulator.switch(
                role={"hide_types": ["Workstation"], "level": "all", "blank_references": False, "forbidden": []}
            )
            shrunk = Mirror(HARNESS.moment_of).take(connector.snapshot("configuration", NOTHING_WANTED, ids_only=True))

        assert shrunk.complete
        assert len(shrunk.present) < len(whole.present)

    # TLS, callbacks

    def test_a_self_signed_server_is_read_only_where_the_settings_say_so(self) -> None:
        """A certificate that is not verified is no protection, so it has to be asked for."""
        with simulating("connectwise", "--empty", "--tls") as simulator:
            assert simulator.url.startswith("https://")
            HARNESS.seed(simulator, "organization", "Secure")
            with self.connected(simulator, verify=False) as connector:
                assert [record.words["name"] for record in self.polled(connector, "organization").records.values()] == [
                    "Secure"
                ]
            with self.connected(simulator) as connector:
                assert [finding.code for finding in connector.check(EVERYTHING)] == ["B201"]

    def test_a_callback_of_the_server_names_the_record_that_changed(self, simulator: Simulator) -> None:
        """Signed with a key of the server's own; one bit changed, it is a stranger's."""
        with receiving() as (address, received), self.connected(simulator) as connector:
            register(simulator, f"{address}/cw/k7?recordId=")
            number = HARNESS.seed(simulator, "organization", "Called back")
            request = received.get(timeout=10)

            refs = connector.read_webhook(request)
            forged = WebhookRequest(request.path, request.query, request.headers, request.body + b" ")
            with pytest.raises(SignatureError):
                connector.read_webhook(forged)

        assert refs == (Ref("cw", "organization", number),)
        assert request.query["recordId"] == number


def register(simulator: Simulator, url: str) -> None:
    """Register a callback for companies (api/connectwise.md 7.1)."""
    known = simulator.credentials
    answer = httpx.post(
        f"{simulator.url}/v4_6_release/apis/3.0/system/callbacks",
        auth=(f"{known['company']}+{known['public_key']}", known["private_key"]),
        headers={"clientId": known["client_id"]},
        json={"description": "bridge", "url": url, "objectId": 1, "type": "company", "level": "owner"},
    )
    assert answer.status_code == 201, answer.text


@contextmanager
def receiving() -> Iterator[tuple[str, Queue[WebhookRequest]]]:
    """Take webhooks on a port of this machine."""
    received: Queue[WebhookRequest] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received.put(WebhookRequest(parts.path, dict(parse_qsl(parts.query)), headers, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Secrets, strangers and who the connector is."""

import json
import logging
from collections.abc import Callable

import pytest

from bridge.connector import Connector
from bridge.errors import (
    AuthError,
    BridgeError,
    SignatureError,
)
from bridge.records import Ref, WebhookRequest
from tests.contract.harness import EVERYTHING, NOTHING_WANTED, Grounded
from tests.contract.simulator import Simulator


class PromisesOfSecrecy(Grounded):
    """Nothing secret is seen and no stranger believed."""

    def test_no_secret_is_ever_seen(self, simulator: Simulator, caplog: pytest.LogCaptureFixture, kind: str) -> None:
        """Not in a repr, an error or a log line, whatever the server answers."""
        caplog.set_level(logging.DEBUG)
        seen: list[str] = []
        wrong = self.harness.connect_wrongly(simulator)
        right = self.harness.connect(simulator)
        echo = " ".join(self.harness.secrets(simulator))
        try:
            for connector, do in (
                (wrong, None),
                (right, {"status": 401}),
                (right, {"status": 400, "body": f"bad request: {echo}"}),
                (right, {"status": 500, "body": json.dumps({"message": echo})}),
                (right, {"status": 200, "body": echo}),
                (right, {"close": True}),
            ):
                if do is not None:
                    simulator.break_down(do)
                seen += [repr(connector), str(vars(connector))]
                for call in _calls(connector, self.ref(kind, "1")):
                    with pytest.raises(BridgeError) as caught:
                        call()
                    chain: BaseException | None = caught.value
                    while chain is not None:
                        seen += [str(chain), repr(chain)]
                        chain = chain.__cause__
                seen += [finding.text for finding in connector.check(EVERYTHING)]
                simulator.repair()
        finally:
            wrong.close()
            right.close()

        text = "\n".join([*seen, caplog.text])
        secrets = (*self.harness.secrets(simulator), self.harness.wrong_key)
        assert not [secret for secret in secrets if secret in text]

    def test_a_wrong_key_is_a_matter_of_the_whole_side(self, simulator: Simulator, kind: str) -> None:
        """The side pauses and one alert goes out, rather than every record failing by itself."""
        connector = self.harness.connect_wrongly(simulator)
        try:
            with pytest.raises(AuthError):
                self.everything(connector, kind)
            with pytest.raises(AuthError):
                connector.fetch(self.ref(kind, "1"))
            findings = list(connector.check(EVERYTHING))
        finally:
            connector.close()

        assert [finding for finding in findings if finding.level == "error"]

    def test_check_has_no_complaint_about_a_healthy_source(self, simulator: Simulator, connector: Connector) -> None:
        """A check that always warns is not read."""
        for kind in self.harness.kinds:
            self.seeded(simulator, kind, 2)

        findings = list(connector.check(EVERYTHING))

        assert [finding for finding in findings if finding.level != "ok"] == []
        assert findings

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not json", b'{"id": 1}', b"\xff\xfe"])
    def test_a_webhook_from_a_stranger_is_refused(self, connector: Connector, body: bytes) -> None:
        """Its address can be found by anyone."""
        with pytest.raises(SignatureError):
            connector.read_webhook(WebhookRequest("/hook", {"id": "1"}, {"content-type": "application/json"}, body))

    def test_the_connector_says_what_it_is(self, connector: Connector) -> None:
        """Name, type, kinds and the version of its words."""
        assert connector.name == self.harness.source
        assert connector.type == self.harness.system
        assert {*self.harness.kinds, *self.harness.belows} == set(connector.kinds)
        assert set(self.harness.belows) == set(connector.per_organization)
        assert connector.normalizer >= 1


def _calls(connector: Connector, ref: Ref) -> list[Callable[[], object]]:
    return [
        lambda: list(connector.changes(ref.kind, None, NOTHING_WANTED)),
        lambda: list(connector.snapshot(ref.kind, NOTHING_WANTED)),
        lambda: connector.fetch(ref),
        lambda: list(connector.reread([ref])),
    ]

"""Callbacks: which are genuine, and what they name (api/connectwise.md 7)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from bridge.errors import BridgeError, SideDownError, SignatureError, TransientError
from bridge.records import Ref, WebhookRequest
from connectors.connectwise.keys import KEPT_SECONDS, SigningKeys
from connectors.connectwise.settings import Site
from connectors.connectwise.webhook import Sender, is_signed, refs_of
from tests.unit.connectwise.scripted import Answer, Asked, scripted

KEY = "k-demo-1"
CLOUD = Sender(Site.of("na.myconnectwise.net"), "acme")
OWN = Sender(Site.of("cw.acme.test"), "acme")
CLOUD_KEY = "https://na.myconnectwise.net/v2025_1//system/callbackkey/index.rails?companyName=acme&id=0d1e"


def callback(key_url: str = CLOUD_KEY, *, key: str = KEY, **words: Any) -> WebhookRequest:
    """Give a callback as ConnectWise sends it, signed with `key`."""
    body = {
        "Action": "updated",
        "CallbackObjectRecId": 801,
        "CompanyId": "acme",
        "Entity": '{"id":311,"identifier":"ACME"}',
        "ID": 311,
        "MemberId": "jdoe",
        "MessageId": "5f2c",
        "Metadata": {"key_url": key_url},
        "Type": "company",
        **words,
    }
    return signed(json.dumps(body, separators=(",", ":")).encode(), key)


def signed(body: bytes, key: str = KEY) -> WebhookRequest:
    """Give a request with this body and its signature."""
    mac = hmac.new(hashlib.sha256(key.encode()).digest(), body, hashlib.sha256).digest()
    headers = {"x-content-signature": base64.b64encode(mac).decode()}
    return WebhookRequest("/cw/k7", {"recordId": "999", "action": "deleted"}, headers, body)


def read(request: WebhookRequest, sender: Sender = CLOUD) -> tuple[Ref, ...]:
    """Read a callback whose key is `KEY`."""
    return refs_of(request, "cw", sender, lambda _: KEY)


def test_the_signature_is_that_of_the_reference() -> None:
    """The test vector of api/connectwise.md 7.4."""
    body = b'{"Action":"updated","ID":311,"Type":"company"}'

    assert is_signed(body, "3A4ITvf0tM3mJn28cMrj20EN2WvkrzBDbsUCzwoBkw8=", KEY)
    assert not is_signed(body + b"\n", "3A4ITvf0tM3mJn28cMrj20EN2WvkrzBDbsUCzwoBkw8=", KEY)


def test_a_genuine_callback_names_its_record_from_the_body() -> None:
    """The query is not signed, so the 999 in it counts for nothing."""
    assert read(callback()) == (Ref("cw", "organization", "311"),)
    assert read(callback(Type="Configuration", ID="4711", Entity=None, Action="deleted")) == (
        Ref("cw", "configuration", "4711"),
    )
    assert read(callback(Entity={"id": 311})) == (Ref("cw", "organization", "311"),)
    assert read(callback(Type="ticket", ID=88)) == (Ref("cw", "ticket", "88"),)
    assert read(callback(Type="contact", ID=57)) == (Ref("cw", "contact", "57"),)


@pytest.mark.parametrize("words", [{"Type": "site"}, {"Type": "member"}, {"ID": None}, {"ID": "x"}, {"Type": None}])
def test_a_callback_of_what_we_do_not_read_names_nothing(words: dict[str, Any]) -> None:
    """It is genuine, so it is no error; there is only nothing to do."""
    assert read(callback(**words)) == ()


@pytest.mark.parametrize(
    "request_",
    [
        callback(key="another"),
        callback(CompanyId="other"),
        WebhookRequest("/cw/k7", {}, {}, callback().body),
        WebhookRequest("/cw/k7", {}, {"x-content-signature": "ü"}, callback().body),
        WebhookRequest("/cw/k7", {}, callback().headers, callback().body + b" "),
        signed(b"not json"),
        signed(b"[]"),
        signed(b"{}"),
        signed(b'{"Metadata": "x"}'),
    ],
)
def test_what_is_not_genuine_is_refused(request_: WebhookRequest) -> None:
    """Anyone can find the address of a webhook."""
    with pytest.raises(SignatureError):
        read(request_)


@pytest.mark.parametrize(
    "key_url",
    [
        CLOUD_KEY,
        CLOUD_KEY.replace("na.my", "eu.my"),
        CLOUD_KEY.replace("na.my", "api-na.my"),
        CLOUD_KEY.replace("na.my", "sandbox-na.my"),
        CLOUD_KEY.replace("companyName=acme", "companyName=ACME"),
        "https://na.myconnectwise.net:443/key?companyName=acme",
    ],
)
def test_keys_of_the_configured_server_and_of_the_vendors_are_taken(key_url: str) -> None:
    """Hosts seen in key_url: plain, api- and sandbox- ones."""
    assert CLOUD.owns(key_url)


@pytest.mark.parametrize(
    "key_url",
    [
        CLOUD_KEY.replace("https", "http"),
        CLOUD_KEY.replace("na.myconnectwise.net", "evil.test"),
        CLOUD_KEY.replace("na.myconnectwise.net", "na.myconnectwise.net.evil.test"),
        CLOUD_KEY.replace("na.myconnectwise.net", "evil.myconnectwise.net"),
        CLOUD_KEY.replace("na.myconnectwise.net", "na.myconnectwise.net@evil.test"),
        CLOUD_KEY.replace("na.myconnectwise.net", "127.0.0.1"),
        CLOUD_KEY.replace("na.myconnectwise.net", "169.254.169.254"),
        CLOUD_KEY.replace("na.myconnectwise.net", "na.myconnectwise.net:8443"),
        CLOUD_KEY.replace("companyName=acme", "companyName=other"),
        CLOUD_KEY.replace("companyName=acme", "companyName=acme&companyName=other"),
        CLOUD_KEY.replace("na.my", "eu.my").replace("companyName=acme&", ""),
        "file:///etc/passwd",
        "https://[broken",
        "https://na.myconnectwise.net:x/",
        "",
    ],
)
def test_a_key_from_anywhere_else_is_not_even_fetched(key_url: str) -> None:
    """The address comes from a body that nobody has vouched for yet: it could point into our own network."""

    def never(_: str) -> str:
        raise AssertionError("fetched")

    with pytest.raises(SignatureError):
        refs_of(callback(key_url), "cw", CLOUD, never)


def test_a_self_hosted_server_vouches_with_its_own_keys() -> None:
    """Its host is private by nature, so it counts only where it is the configured one."""
    assert OWN.owns("https://cw.acme.test/v4_6_release//system/callbackkey/index.rails?id=1")
    assert not OWN.owns("http://cw.acme.test/key?companyName=acme")
    assert not OWN.owns("https://cw.acme.test:8443/key?companyName=acme")
    assert not OWN.owns("https://10.0.0.5/key?companyName=acme")


def keys_answering(given: Answer, use: Callable[[str, list[Asked], SigningKeys], None], clock: list[float]) -> None:
    """Run `use` with the address of a key that is answered so."""
    with scripted(lambda _: given) as (_, server):
        keys = SigningKeys(server.url.partition("//")[2], trust=True, clock=lambda: clock[0])
        use(f"{server.url}/v2025_1//system/callbackkey/index.rails?companyName=acme&id=1", server.asked, keys)


def test_a_key_is_kept_for_minutes() -> None:
    """Two messages of one callback share an address; a day later it may have expired."""
    clock = [1000.0]

    def use(url: str, asked: list[Asked], keys: SigningKeys) -> None:
        assert [keys.at(url), keys.at(url)] == [KEY, KEY]
        assert len(asked) == 1
        assert "authorization" not in asked[0].headers
        assert "clientid" not in asked[0].headers

        clock[0] += KEPT_SECONDS
        keys.at(url)
        assert len(asked) == 2

    keys_answering(Answer({"signing_key": KEY}, headers={"Content-Type": "text/html"}), use, clock)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (Answer({"signing_key": ""}), SignatureError),
        (Answer({"signing_key": 7}), SignatureError),
        (Answer([]), SignatureError),
        (Answer(b"<html>"), SignatureError),
        (Answer({"signing_key": "x" * 70_000}), SignatureError),
        (Answer({"signing_key": KEY}, 404), SignatureError),
        (Answer({"signing_key": KEY}, 302, {"Location": "https://evil.test/"}), SignatureError),
        (Answer(b"", 503), TransientError),
        (Answer(b"", 429), TransientError),
    ],
)
def test_where_there_is_no_key_nothing_is_believed(given: Answer, kind: type[BridgeError]) -> None:
    """A server in trouble is worth another try; a wrong answer is not."""

    def use(url: str, asked: list[Asked], keys: SigningKeys) -> None:
        with pytest.raises(kind) as caught:
            keys.at(url)
        assert type(caught.value) is kind

    keys_answering(given, use, [1000.0])


def test_a_server_that_is_away_leaves_the_callback_to_be_sent_again() -> None:
    """The engine answers such a callback so that ConnectWise repeats it."""
    with scripted(lambda _: Answer()) as (_, server):
        url = server.url

    with pytest.raises(SideDownError):
        SigningKeys(url.partition("//")[2], trust=True).at(f"{url}/key?companyName=acme")

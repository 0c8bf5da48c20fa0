"""Callbacks: whether one is genuine, and which record it speaks of (api/connectwise.md 7).

A callback is signed with a key that it names itself, so the address of the key is judged before anything is fetched.
What it says of the record is not believed: the record is read again.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import orjson

from bridge.errors import SignatureError
from bridge.records import Ref, WebhookRequest
from connectors.connectwise.payloads import id_of
from connectors.connectwise.settings import API_HOSTS, SANDBOX_HOSTS, USER_HOSTS, Site, is_loopback

# `ticket` covers both kinds of tickets (api/connectwise.md 7.2). Callbacks of sites are not used (11): they name no company.
KINDS: Mapping[str, str] = {
    "company": "organization",
    "contact": "contact",
    "configuration": "configuration",
    "ticket": "ticket",
}

_CLOUD_HOSTS = frozenset({*API_HOSTS, *USER_HOSTS, *SANDBOX_HOSTS})


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose callbacks are believed: those of one server and one company."""

    site: Site
    company: str

    def owns(self, key_url: str) -> bool:
        """Say whether the key at this address can be this company's, judged by the address alone."""
        try:
            url = urlsplit(key_url)
            port = url.port
        except ValueError:
            return False
        if url.username is not None or url.password is not None or not url.hostname:
            return False
        named = [name.casefold() for name in parse_qs(url.query).get("companyName", [])]
        if any(name != self.company.casefold() for name in named):
            return False
        if self._is_own(url, port):
            return True
        return url.scheme == "https" and port in {None, 443} and url.hostname in _CLOUD_HOSTS and bool(named)

    def _is_own(self, url: SplitResult, port: int | None) -> bool:
        for origin in (self.site.api, self.site.pages):
            own = urlsplit(origin)
            if (url.scheme, url.hostname, _port(url.scheme, port)) == (
                own.scheme,
                own.hostname,
                _port(own.scheme, own.port),
            ):
                return url.scheme == "https" or is_loopback(url.hostname or "")
        return False


def _port(scheme: str, port: int | None) -> int:
    return port or (443 if scheme == "https" else 80)


def refs_of(request: WebhookRequest, source: str, sender: Sender, key_of: Callable[[str], str]) -> tuple[Ref, ...]:
    """Name the records of a genuine callback, none where it speaks of a kind that we do not read.

    `key_of` gives the signing key at an address that the sender owns. Raises SignatureError for anything else.
    """
    body = _message(request.body)
    metadata = body.get("Metadata")
    key_url = metadata.get("key_url") if isinstance(metadata, dict) else None
    if not isinstance(key_url, str) or not sender.owns(key_url):
        raise SignatureError(f"{source}: a callback names a signing key that is not of {sender.site.pages}")
    signature = request.headers.get("x-content-signature", "")
    if not is_signed(request.body, signature, key_of(key_url)):
        raise SignatureError(f"{source}: the signature of a callback does not fit its body")
    if str(body.get("CompanyId", sender.company)).casefold() != sender.company.casefold():
        raise SignatureError(f"{source}: a callback is of another company")
    # The query repeats id and action, but is not signed (api/connectwise.md 7.3).
    kind = KINDS.get(str(body.get("Type", "")).casefold())
    number = id_of({"id": body.get("ID")})
    return (Ref(source, kind, str(number)),) if kind and number else ()


def is_signed(body: bytes, signature: str, signing_key: str) -> bool:
    """Say whether a signature is the one of this body: base64 of HMAC-SHA256, keyed by the SHA-256 of the key."""
    mac = hmac.digest(hashlib.sha256(signing_key.encode()).digest(), body, "sha256")
    return hmac.compare_digest(base64.b64encode(mac), signature.strip().encode())


def _message(body: bytes) -> dict[str, Any]:
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        message = None
    if not isinstance(message, dict):
        raise SignatureError("a callback is not a JSON object")
    return message

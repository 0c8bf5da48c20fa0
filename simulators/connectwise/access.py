"""Who calls, and what the role lets them see (reference 2)."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from simulators.connectwise import answers
from simulators.connectwise.catalog.paths import CONFIGURATION, CONFIGURATION_TYPE
from simulators.connectwise.predicates import Test
from simulators.connectwise.schema import Resource
from simulators.connectwise.tenant import Tenant
from simulators.exchange import Answer

COMPANY = "acme"
PUBLIC_KEY = "pubKx7Qw2LmN9aTz"
PRIVATE_KEY = "privR4vB8sYd1Hc6"
CLIENT_ID = "5f3c1c5e-6d0e-4b7a-9a53-2f1f0c9b7d41"

_PLACE = re.compile(r"\{\w*\}")


@lru_cache(maxsize=256)
def basic(authorization: str) -> tuple[str, str, str] | None:
    """Return company, public key and private key of a Basic header; None if it is no such thing."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, private = base64.b64decode(token.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    company, plus, public = user.partition("+")
    return (company, public, private) if colon and plus else None


def refused(headers: Mapping[str, str], switches: Mapping[str, Any]) -> Answer | None:
    """Return the refusal of a request by its credentials; None if they are good."""
    given = basic(headers.get("authorization", ""))
    cloud = switches["deployment"] == "cloud"
    if given is not None and given[0] != COMPANY and cloud:
        return answers.cannot_route()
    if given != (COMPANY, PUBLIC_KEY, PRIVATE_KEY):
        # Section 8: on cloud, wrong credentials can look like 404.
        return answers.html_not_found() if cloud and switches["wrong_key"] == "html_404" else answers.unauthenticated()
    if not _is_guid(headers.get("clientid", "")):
        return answers.without_client_id(switches["missing_client_id"])
    return None


@lru_cache(maxsize=256)
def _is_guid(text: str) -> bool:
    try:
        UUID(text.strip())
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Scope:
    """What a role sees of a resource: hidden configuration types by id, and only its own records or all."""

    hidden: frozenset[int] = frozenset()
    mine: bool = False

    def list_test(self, resource: Resource) -> Test | None:
        """Return the test of the rows that lists show; None where they show all."""
        tests = [test for test in (self.one_test(resource), self._mine_test(resource)) if test is not None]
        if not tests:
            return None
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def one_test(self, resource: Resource) -> Test | None:
        """Return the test of the rows that a single GET shows; None where it shows all."""
        if not self.hidden or resource.path != CONFIGURATION:
            return None
        hidden = self.hidden
        return lambda row: row.get("type") not in hidden

    def _mine_test(self, resource: Resource) -> Test | None:
        # Whose a record is, the simulator has no word for: every other one is the key's own.
        if not self.mine or resource.pod is None:
            return None
        return lambda row: row["id"] % 2 == 0


def scope_of(role: dict[str, Any], tenant: Tenant) -> Scope:
    """Return what the role of the switch sees."""
    wanted = {name.lower() for name in role["hide_types"]}
    kinds = tenant.stores[CONFIGURATION_TYPE].table.rows if wanted else {}
    hidden = frozenset(kind for kind, row in kinds.items() if row["name"].lower() in wanted)
    return Scope(hidden, role["level"] == "my")


def is_forbidden(role: dict[str, Any], pattern: str, path: str) -> bool:
    """Say whether the role names a list path: as the vendor's documentation writes it, or with the ids called."""
    if not role["forbidden"]:
        return False
    named = {_PLACE.sub("{}", each.strip("/").lower()) for each in role["forbidden"]}
    return _PLACE.sub("{}", pattern.lower()) in named or path.lower() in named

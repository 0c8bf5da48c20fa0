"""Messages to the receivers that callback entries name (reference 7.3 to 7.6)."""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson

from simulators.clock import rfc3339
from simulators.connectwise import access
from simulators.connectwise.catalog.paths import CALLBACK
from simulators.connectwise.deployment import Deployment
from simulators.connectwise.reading import Reading
from simulators.connectwise.rendering import Style
from simulators.connectwise.signing import Keys, signature
from simulators.connectwise.store import Row
from simulators.connectwise.subscriptions import TYPES, concerns, is_loopback
from simulators.connectwise.tenant import Tenant
from simulators.kernel import Kernel

Action = Literal["added", "updated", "deleted"]

TIMEOUT = 5
RETRIED = {404, 409, 419, 429}
PAUSES = (2, 4)  # seconds after the first try, and after the second
PATIENCE = 3  # days of failures before an entry is disabled
_DAY = 86400
_PARALLEL = 32
_KEPT = 2000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Message:
    entry: int
    url: str
    body: bytes
    signature: str
    id: str


@dataclass(slots=True)
class _Failing:
    """Failures of an entry without a success between: since when, on which of the days after that."""

    since: float
    days: set[int] = field(default_factory=set)


class Courier:
    """Tell receivers of changes: signed, tried again as the vendor does, given up after three days."""

    def __init__(self, kernel: Kernel, tenant: Tenant, deployment: Deployment, reading: Reading) -> None:
        self._kernel = kernel
        self._tenant = tenant
        self._deployment = deployment
        self._reading = reading
        self._entries = tenant.stores[CALLBACK]
        self._random = Random(f"{kernel.seed}:messages")
        self._failing: dict[int, _Failing] = {}
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(_PARALLEL)
        self.keys = Keys(kernel)
        self.deliveries: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        """Every try of late: when, of which entry, where to, what came of it."""

    def tell(self, path: str, action: Action, row: Row, by: str) -> None:
        """Send a message to every entry that a change of a record concerns; `by` is who made it."""
        kind = TYPES.get(path)
        if kind is None or not len(self._entries):
            return
        for entry in list(self._entries.table.rows.values()):
            if entry["inactiveFlag"] or not concerns(entry, kind, row, self._tenant):
                continue
            if entry["isSelfSuppressedFlag"] and entry.get("memberId") == self._tenant.member_id(by):
                continue
            self._send(self._message(entry, path, kind, action, row, by), 1)

    def _message(self, entry: Row, path: str, kind: str, action: Action, row: Row, by: str) -> _Message:
        number = str(UUID(int=self._random.getrandbits(128), version=4))
        key_id, key = self.keys.current()
        site = f"{self._kernel.url}/{self._deployment.codebase}"
        body = orjson.dumps(
            {
                "Action": action,
                "CallbackObjectRecId": entry["id"],
                "CompanyId": access.COMPANY,
                "Entity": None if action == "deleted" else self._entity(path, row, f"{site}//apis/3.0/"),
                "FromUrl": urlsplit(self._kernel.url).netloc,
                "ID": row["id"],
                "MemberId": by,
                "MessageId": number,
                "Metadata": {
                    "key_url": f"{site}//system/callbackkey/index.rails?companyName={access.COMPANY}&id={key_id}"
                },
                "PartnerId": "64aa0c1d2e3f405162738495",
                "ProductInstanceId": "64bb0c1d2e3f405162738495",
                "Type": kind,
            }
        )
        # As text: with a URL that ends in "?recordId=" the rest becomes its value.
        return _Message(
            entry["id"], f"{entry.get('url', '')}{row['id']}&action={action}", body, signature(key, body), number
        )

    def _entity(self, path: str, row: Row, base: str) -> str:
        """Return the summary of a record as JSON text, without its collections."""
        resource = self._tenant.stores[path].resource
        shown = self._reading.renderer(Style(base=base)).one(resource, row)
        collections = {each.name for each in resource.fields if each.kind in {"children", "custom"}}
        return orjson.dumps({name: value for name, value in shown.items() if name not in collections}).decode()

    def _send(self, message: _Message, number: int) -> None:
        self._kernel.spawn(self._try(message, number, self._kernel.clock.now()))

    async def _try(self, message: _Message, number: int, started: float) -> None:
        entry = self._entries.get(message.entry)
        if entry is None or entry["inactiveFlag"]:
            return
        status = await self._post(message)
        self.deliveries.append(
            {
                "at": rfc3339(started),
                "callback": message.entry,
                "message": message.id,
                "url": message.url,
                "try": number,
                "status": status,
            }
        )
        if status is not None and 200 <= status < 300:
            self._failing.pop(message.entry, None)
        elif status in RETRIED and number <= len(PAUSES):
            self._kernel.clock.at(started + PAUSES[number - 1], lambda: self._send(message, number + 1))
        else:
            self._failed(message.entry, started)

    async def _post(self, message: _Message) -> int | None:
        """Return the status of a receiver's answer; None if none came in time, or it is not on this machine."""
        if not is_loopback(message.url):
            return None
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=None,  # noqa: S113  # the whole try has one
                verify=False,  # noqa: S501  # receivers on this machine sign themselves
                trust_env=False,
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        headers = {"content-type": "application/json", "x-content-signature": message.signature}
        async with self._slots:
            try:
                async with asyncio.timeout(TIMEOUT):
                    answer = await self._client.post(message.url, content=message.body, headers=headers)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                _log.info("callback %s: %r", message.entry, error)
                return None
        return answer.status_code

    def _failed(self, entry: int, at: float) -> None:
        """Note a lost message; three days without a success between disable the entry."""
        failing = self._failing.get(entry)
        if failing is None:
            failing = self._failing[entry] = _Failing(at)
            self._kernel.clock.at(at + PATIENCE * _DAY, lambda: self._judge(entry, failing))
        failing.days.add(int((at - failing.since) // _DAY))
        if at - failing.since >= PATIENCE * _DAY:
            self._disable(entry)

    def _judge(self, entry: int, failing: _Failing) -> None:
        """Disable an entry when three days are over of which each had a failure."""
        if self._failing.get(entry) is failing and failing.days >= set(range(PATIENCE)):
            self._disable(entry)

    def _disable(self, entry: int) -> None:
        self._failing.pop(entry, None)
        row = self._entries.get(entry)
        if row is not None and not row["inactiveFlag"]:
            now = int(self._kernel.clock.now())
            self._entries.put({**row, "inactiveFlag": True, "lastUpdated": now}, "api")

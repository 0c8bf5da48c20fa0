"""An honest clerk, who types into IT Glue's API what the fold says: the world in which every invariant holds."""

from collections import defaultdict
from typing import Any

import httpx
import orjson

from simulators.oracle import world
from simulators.oracle.attributes import Attribute, attribute_by_name, attributes, is_locked, words_of
from simulators.oracle.fold import Fold, Outcome, fold
from simulators.oracle.judged import Judged
from simulators.oracle.story import Row
from simulators.oracle.text import SKIP, folded
from simulators.oracle.world import World

_HEADERS = {"content-type": "application/vnd.api+json"}
_TABLES = {
    "organization-type-id": "organization_types",
    "organization-status-id": "organization_statuses",
    "configuration-type-id": "configuration_types",
    "configuration-status-id": "configuration_statuses",
    "manufacturer-id": "manufacturers",
    "model-id": "models",
    "operating-system-id": "operating_systems",
}
_ROWS = 50


class Clerk:
    """Write into IT Glue until nothing is left to write; `sent` counts the requests."""

    def __init__(self, cw: httpx.Client, ig: httpx.Client, url: str, api_key: str, judged: Judged) -> None:
        self._cw = cw
        self._ig = ig
        self._http = httpx.Client(base_url=url, headers=_HEADERS | {"x-api-key": api_key}, timeout=30)
        self._judged = judged
        self._names: dict[tuple[str, str, str], int] = {}
        self.sent = 0

    def work(self) -> Fold:
        """Bring everything to where the fold has it, organizations first."""
        for kind in ("organization", "configuration"):
            seen = world.read(self._cw, self._ig)
            folded_now = fold(seen, self._judged)
            self._read_names(seen)
            self._create(kind, folded_now)
            self._update(kind, seen, folded_now)
        return fold(world.read(self._cw, self._ig), self._judged)

    def send(self, method: str, path: str, data: Any) -> Any:
        """Send a document, and return what came back."""
        self.sent += 1
        answer = self._http.request(method, f"/{path}", content=orjson.dumps({"data": data}))
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path} was answered {answer.status_code}: {answer.text}")
        return orjson.loads(answer.content)["data"] if answer.content else None

    def patch(self, record: str, resource: str = "configurations", **values: Any) -> None:
        """Change one record, attributes with underscores."""
        self.send("PATCH", f"{resource}/{record}", {"type": resource, "attributes": values})

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _create(self, kind: str, now: Fold) -> None:
        by_home: dict[str, list[Row]] = defaultdict(list)
        for outcome in now.outcomes.values():
            if outcome.state == "missing" and outcome.ref.startswith(kind):
                by_home[outcome.organization or ""].append(self._made(kind, outcome))
        for home, rows in by_home.items():
            if not home:
                for row in rows:
                    self.send("POST", "organizations", {"type": "organizations", "attributes": row})
                continue
            path = f"organizations/{home}/relationships/configurations"
            for place in range(0, len(rows), _ROWS):
                batch = rows[place : place + _ROWS]
                self.send("POST", path, [{"type": "configurations", "attributes": row} for row in batch])

    def _made(self, kind: str, outcome: Outcome) -> Row:
        row = {
            attribute.stored: self._stored(attribute, outcome.wanted)
            for attribute in attributes(kind)
            if outcome.wanted.get(attribute.word) not in (None, SKIP)
        }
        if kind == "configuration" and self._judged.marker:
            ref = f"{self._judged.source}:{outcome.ref}"
            row["notes"] = "<br>".join(part for part in (row.get("notes"), f"{ref} https://psa.test/{ref}") if part)
        return row

    def _update(self, kind: str, seen: World, now: Fold) -> None:
        lives = seen.organizations if kind == "organization" else seen.configurations
        rows = []
        for outcome in now.settled():
            if not outcome.ref.startswith(kind) or outcome.record is None:
                continue
            life = lives[outcome.record]
            changes: Row = {}
            for attribute in attributes(kind):
                if attribute.word not in outcome.wanted or (
                    is_locked(life.now or {}) and not attribute.open_when_synced
                ):
                    continue
                wanted = outcome.wanted[attribute.word]
                if wanted is SKIP or words_of(self._judged.configurations, attribute):
                    continue
                held = attribute.holds(life.now or {})
                if wanted is None:
                    ours = life.written_by_api(attribute.stored)
                    if held is not None and (life.now or {}).get(attribute.stored) == ours:
                        changes[attribute.stored] = None
                elif not attribute.agrees(wanted, life.now or {}):
                    changes[attribute.stored] = self._stored(attribute, outcome.wanted)
            if "manufacturer-id" in changes and "model-id" not in changes and (life.now or {}).get("model-id"):
                model = attribute_by_name(kind, "model-id")
                assert model is not None
                wanted = outcome.wanted.get("model")
                changes["model-id"] = None if wanted in (None, SKIP) else self._stored(model, outcome.wanted)
            if changes:
                rows.append({"type": f"{kind}s", "attributes": {"id": outcome.record, **changes}})
        for place in range(0, len(rows), _ROWS):
            self.send("PATCH", f"{kind}s", rows[place : place + _ROWS])

    def _stored(self, attribute: Attribute, wanted: Row) -> Any:
        value = wanted[attribute.word]
        if not attribute.is_name:
            return value
        maker = wanted.get("manufacturer")
        parent = str(self._id("manufacturers", maker, "")) if attribute.word == "model" and maker else ""
        return self._id(_TABLES[attribute.stored], value, parent)

    def _id(self, table: str, name: str, parent: str) -> int:
        key = (table, parent, folded(name))
        if key not in self._names:
            values = {"name": name} | ({"manufacturer-id": parent} if parent else {})
            self._names[key] = int(self.send("POST", table, {"type": table, "attributes": values})["id"])
        return self._names[key]

    def _read_names(self, seen: World) -> None:
        for table, lives in seen.names.items():
            for life in lives.values():
                if life.now is not None:
                    parent = str(life.now.get("manufacturer-id") or "") if table == "models" else ""
                    self._names.setdefault((table, parent, folded(life.now["name"])), int(life.id))

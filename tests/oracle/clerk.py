"""An honest clerk, who types into IT Glue's API what the fold says: the world in which every invariant holds."""

from collections import defaultdict
from typing import Any

import httpx
import orjson

from simulators.oracle import world
from simulators.oracle.attributes import BELOW, Attribute, is_locked, words_of
from simulators.oracle.blocks import MARKER, AssetBlock
from simulators.oracle.fold import Fold, Outcome, fold
from simulators.oracle.identity import kinds_of
from simulators.oracle.judge import reads
from simulators.oracle.judged import Judged
from simulators.oracle.story import TRAIT, Life, Row
from simulators.oracle.text import ANY, SKIP, folded
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
    "contact-type-id": "contact_types",
}
_TAGS = {
    "configuration": "Configurations",
    "contact": "Contacts",
    "location": "Locations",
    "organization": "Organizations",
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
        """Bring everything to where the fold has it, parents first."""
        for block in self._judged.assets:
            self._make_type(block)
        for kind in kinds_of(self._judged):
            seen = self._read()
            folded_now = fold(seen, self._judged)
            self._read_names(seen)
            self._create(kind, folded_now)
            self._update(kind, seen, folded_now)
            self._archive(kind, seen, folded_now)
        return fold(self._read(), self._judged)

    def send(self, method: str, path: str, data: Any) -> Any:
        """Send a document, and return what came back."""
        self.sent += 1
        answer = self._http.request(method, f"/{path}", content=orjson.dumps({"data": data}))
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path} {data!r} was answered {answer.status_code}: {answer.text}")
        return orjson.loads(answer.content)["data"] if answer.content else None

    def patch(self, record: str, resource: str = "configurations", **values: Any) -> None:
        """Change one record, attributes with underscores."""
        self.send("PATCH", f"{resource}/{record}", {"type": resource, "attributes": values})

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _read(self) -> World:
        return world.read(self._cw, self._ig, reads(self._judged))

    def _make_type(self, block: AssetBlock) -> None:
        listed = [each["now"] for each in world.get(self._ig, "records/flexible_asset_types")]
        if any(row is not None and row["attributes"]["name"] == block.type for row in listed):
            return
        fields = [_field(order, block, place) for order, place in enumerate(range(len(block.fields)), start=1)]
        fields.append({"order": len(fields) + 1, "name": MARKER, "kind": "Text"})
        data = [{"type": "flexible_asset_fields", "attributes": each} for each in fields]
        attributes = {"name": block.type, "icon": "ticket", "enabled": True}
        relationships = {"flexible-asset-fields": {"data": data}}
        self.send("POST", "flexible_asset_types",
                  {"type": "flexible_asset_types", "attributes": attributes, "relationships": relationships})  # fmt: skip

    def _create(self, kind: str, now: Fold) -> None:
        by_home: dict[str, list[Row]] = defaultdict(list)
        for outcome in now.outcomes.values():
            if outcome.state == "missing" and outcome.kind == kind:
                by_home[outcome.organization or ""].append(self._made(kind, outcome, now))
        resource = _resource(kind)
        for home, rows in by_home.items():
            if not home:
                for row in rows:
                    self.send("POST", "organizations", {"type": "organizations", "attributes": row})
                continue
            path = f"organizations/{home}/relationships/{resource}"
            for place in range(0, len(rows), _ROWS):
                batch = rows[place : place + _ROWS]
                self.send("POST", path, [{"type": resource, "attributes": _shaped(row)} for row in batch])

    def _made(self, kind: str, outcome: Outcome, now: Fold) -> Row:
        row = {
            attribute.stored: self._stored(attribute, outcome.wanted)
            for attribute in now.versions.attributes(kind)
            if outcome.wanted.get(attribute.word) not in (None, SKIP, ANY)
        }
        if kind == "configuration" and self._judged.marker:
            ref = f"{self._judged.source}:{outcome.ref}"
            row["notes"] = "<br>".join(part for part in (row.get("notes"), f"{ref} https://psa.test/{ref}") if part)
        if kind in now.links.types:
            row["flexible-asset-type-id"] = min(now.links.types[kind].ids)
        return row

    def _update(self, kind: str, seen: World, now: Fold) -> None:
        rows = []
        for outcome in now.settled():
            if outcome.kind != kind or outcome.record is None:
                continue
            life = seen.records(kind)[outcome.record]
            changes = self._changes(life, outcome, now)
            if any(name.startswith(TRAIT) for name in changes):
                held = {name: value for name, value in (life.now or {}).items() if name.startswith(TRAIT)}
                changes = held | changes
            if changes:
                rows.append({"type": _resource(kind), "attributes": {"id": outcome.record, **_shaped(changes)}})
        for place in range(0, len(rows), _ROWS):
            self.send("PATCH", _resource(kind), rows[place : place + _ROWS])

    def _changes(self, life: Life, outcome: Outcome, now: Fold) -> Row:
        row = life.now or {}
        block = now.versions.block(*outcome.ref.split(":"))
        changes: Row = {}
        for attribute in now.versions.attributes(outcome.kind):
            wanted = outcome.wanted.get(attribute.word)
            if attribute.word not in outcome.wanted or wanted is SKIP or wanted is ANY or words_of(block, attribute):
                continue
            if is_locked(row) and not attribute.open_when_synced:
                continue
            held = attribute.holds(row)
            if wanted is None:
                if held is not None and row.get(attribute.stored) == life.written_by_api(attribute.stored):
                    changes[attribute.stored] = None
            elif not attribute.agrees(wanted, row):
                changes[attribute.stored] = self._stored(attribute, outcome.wanted)
        for below, above in BELOW.items():
            if above in changes and below not in changes and row.get(below):
                own = next(each for each in now.versions.attributes(outcome.kind) if each.stored == below)
                wanted = outcome.wanted.get(own.word)
                changes[below] = None if wanted in (None, SKIP) else self._stored(own, outcome.wanted)
        if row.get("archived") and life.written_by_api("archived"):
            changes["archived"] = False
        return changes

    def _archive(self, kind: str, seen: World, now: Fold) -> None:
        for outcome in now.outcomes.values():
            life = None if outcome.record is None else seen.records(kind).get(outcome.record)
            if kind in now.links.types and outcome.kind == kind and life is not None and life.now is not None:
                last = life.last_change("archived")
                by_hand = last is not None and last.by != "api"
                block = now.versions.block(*outcome.ref.split(":"))
                archives = block.gone.startswith("archive") or (isinstance(block, AssetBlock) and block.archive_when)
                is_due = outcome.state == "gone" and not outcome.either and archives
                if is_due and not life.now["archived"] and not by_hand:
                    self.patch(life.id, "flexible_assets", archived=True)

    def _stored(self, attribute: Attribute, wanted: Row) -> Any:
        value = wanted[attribute.word]
        match attribute.form:
            case "name":
                maker = wanted.get("manufacturer")
                parent = str(self._id("manufacturers", maker, "")) if attribute.word == "model" and maker else ""
                return self._id(_TABLES[attribute.stored], value, parent)
            case "reference":
                return int(min(value))
            case "tags":
                return sorted(value)
            case "phones":
                return [{"value": number, "extension": more, "label-name": "Work"} for number, more in value]
            case "emails":
                return [{"value": email, "label-name": "Work", "primary": email == value[0]} for email in value]
        return value

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


def _resource(kind: str) -> str:
    return "flexible_assets" if "/" in kind else f"{kind}s"


def _shaped(row: Row) -> Row:
    """Put traits together; what is nothing is left out, which deletes it."""
    traits = {name.removeprefix(TRAIT): value for name, value in row.items() if name.startswith(TRAIT)}
    rest = {name: value for name, value in row.items() if not name.startswith(TRAIT)}
    return rest | ({"traits": {key: value for key, value in traits.items() if value is not None}} if traits else {})


def _field(order: int, block: AssetBlock, place: int) -> Row:
    each = block.fields[place]
    row: Row = {"order": order, "name": each.name, "kind": each.kind, "required": each.required}
    row |= {"use-for-title": each.title, "show-in-list": each.title}
    if each.kind == "Select":
        row["default-value"] = "\n".join(each.options)
    if each.kind in {"Number", "Percent"}:
        row["decimals"] = each.decimals
    if each.kind == "Tag":
        row["tag-type"] = _TAGS[each.tags]
    return row

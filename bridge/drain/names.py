"""Names that IT Glue knows by id: finding them in the index, and asking for those that are not there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.desired import Name
from bridge.itglue.kinds import TYPES
from bridge.matching.keys import normalise_name
from bridge.store import targets as target_rows
from bridge.store.database import Database, chunks
from bridge.store.index import NAME_KINDS
from bridge.store.schema import WAVES, assets, links, targets

BLOCK = "names"
_MOST_LOOKED_UP = 10_000


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that IT Glue does not have; `target` is the one that makes it, None where nobody has asked yet."""

    name: Name
    target: int | None = None
    state: str | None = None
    reason: str | None = None
    code: str | None = None


def anchor(name: Name) -> str:
    """Give the identity of a name: kind, parent and normalised name."""
    parent = normalise_name(name.parent.name) if name.parent else ""
    return f"{name.kind}|{parent}|{normalise_name(name.name)}"


# Thousands that few records ask for, and that nobody adds to: read once somebody does.
_PLACES = ("countries", "regions")


class Names:
    """What IT Glue has of names, and which are being made; a view of one moment, while its connection is open."""

    def __init__(self, connection: Connection) -> None:
        self._ids: dict[tuple[str, str], dict[str, list[tuple[str, str]]]] = {}
        self._codes: dict[tuple[str, str], dict[str, str]] = {}  # ISO codes of countries, and of each one's regions
        self._looked_up: dict[int, tuple[Name, str | Missing, str]] = {}  # with the name, so that its id stays its own
        self.types: dict[str, dict[str, Any]] = {}  # the flexible asset types of IT Glue by id, each with its fields
        self._connection = connection
        self._has_places = False
        self._read([kind for kind in (*NAME_KINDS, TYPES) if kind not in _PLACES])
        self._targets: dict[str, Any] = {
            row.anchor: row
            for row in connection.execute(
                sa.select(
                    targets.c.anchor, targets.c.id, targets.c.state, targets.c.reason, targets.c.code, links.c.itglue_id
                )
                .outerjoin(links, links.c.target == targets.c.id)
                .where(targets.c.block == BLOCK)
            )
        }

    def _read(self, kinds: Sequence[str]) -> None:
        statement = sa.select(assets.c.kind, assets.c.itglue_id, assets.c.org_id, assets.c.attributes)
        statement = statement.where(assets.c.kind.in_(kinds)).order_by(assets.c.kind)
        for kind, itglue_id, parent, attributes in self._connection.execute(statement):
            shown = orjson.loads(attributes)
            name = str(shown.get("name") or "")
            if kind == TYPES:
                self.types[itglue_id] = shown
            here = self._ids.setdefault((kind, parent or ""), {})
            here.setdefault(normalise_name(name), []).append((itglue_id, name))
            if code := shown.get("iso"):
                self._codes.setdefault((kind, parent or ""), {})[normalise_name(str(code))] = itglue_id

    def _read_places(self) -> None:
        if not self._has_places:
            self._has_places = True
            self._read(_PLACES)

    def look_up(self, name: Name) -> tuple[str | Missing, str]:
        """Give what `find` gives, and the name's anchor."""
        # The mapping gives the same object for the same name again and again; to compare names takes as long as to find one.
        known = self._looked_up.get(id(name))
        if known is None:
            if len(self._looked_up) >= _MOST_LOOKED_UP:
                self._looked_up.clear()
            known = self._looked_up[id(name)] = (name, self.find(name), anchor(name))
        return known[1], known[2]

    def find(self, name: Name) -> str | Missing:
        """Give the id of a name, else what is known of its making.

        Of several that differ in case alone, the one written alike is taken, else the oldest. A country or a region may
        be called by its ISO code.
        """
        if name.kind in _PLACES:
            self._read_places()
        parent_id = ""
        if name.parent is not None:
            parent = self.find(name.parent)
            if isinstance(parent, Missing):
                return self._missing(name)
            parent_id = parent
        hits = self._ids.get((name.kind, parent_id), {}).get(normalise_name(name.name))
        if hits:
            alike = [itglue_id for itglue_id, written in hits if written == name.name]
            return min(alike or [itglue_id for itglue_id, _ in hits], key=lambda each: (len(each), each))
        code = self._codes.get((name.kind, parent_id), {}).get(normalise_name(name.name))
        if code is not None:
            return code
        if name.kind == "regions" and name.parent is None and (alone := self._region(name)) is not None:
            return alone
        return self._missing(name)

    def _region(self, name: Name) -> str | None:
        """Give the region of a name that the source puts in no country, where only one country has it."""
        wanted = normalise_name(name.name)
        found = {
            itglue_id
            for (kind, _), here in self._ids.items()
            if kind == name.kind
            for itglue_id, _ in here.get(wanted, ())
        }
        return found.pop() if len(found) == 1 else None

    def _missing(self, name: Name) -> str | Missing:
        row = self._targets.get(anchor(name))
        if row is None:
            return Missing(name)
        if row.itglue_id is not None and row.state == "settled":
            return str(row.itglue_id)
        return Missing(name, row.id, row.state, row.reason, row.code)

    def target(self, name: Name) -> Any:
        """Give the target of a name with its link; None where nobody has asked for it."""
        return self._targets.get(anchor(name))

    def type_id(self, name: Name) -> str | None:
        """Give the id of a flexible asset type: the one it is linked to, whatever it is called by now, else by its name."""
        row = self.target(name)
        if row is not None and row.itglue_id is not None:
            return str(row.itglue_id)
        hits = self._ids.get((TYPES, ""), {}).get(normalise_name(name.name), [])
        alike = [itglue_id for itglue_id, written in hits if written == name.name]
        return min(alike or [itglue_id for itglue_id, _ in hits], key=lambda each: (len(each), each), default=None)

    def is_stopped(self, found: Missing) -> bool:
        """Tell whether only a stop holds the making of a name, or of the manufacturer whose model it is."""
        if found.state != "held":
            return False
        if found.code == "parent_held" and found.name.parent is not None:
            above = self.find(found.name.parent)
            return isinstance(above, Missing) and (above.state != "held" or self.is_stopped(above))
        return found.code == "stop_creates"

    def labels(self) -> dict[tuple[str, str], str]:
        """Give the names by kind and id."""
        self._read_places()
        return {
            (kind, itglue_id): written
            for (kind, _), here in self._ids.items()
            for hits in here.values()
            for itglue_id, written in hits
        }

    def known(self, kind: str) -> list[str]:
        """Give every name of a kind."""
        if kind in _PLACES:
            self._read_places()
        return [written for (word, _), here in self._ids.items() if word == kind for hits in here.values()
                for _, written in hits]  # fmt: skip


def ask(
    db: Database, connection: Connection, wanted: Iterable[Name], *, now: float, lane: str, run: int | None
) -> Mapping[str, int]:
    """Make sure of a target for each missing name, parents too; give their numbers by anchor."""
    names: dict[str, Name] = {}
    for name in wanted:
        names[anchor(name)] = name
        if name.parent is not None:
            names[anchor(name.parent)] = name.parent
    rows = [
        {
            "block": BLOCK, "anchor": key, "name": _written(name), "wave": WAVES["models" if name.parent else "names"],
            "lane": lane, "due_at": now, "run": run,
        }
        for key, name in sorted(names.items())
    ]  # fmt: skip
    target_rows.add(db, connection, rows)
    found: dict[str, int] = {}
    for part in chunks(list(names)):
        statement = sa.select(targets.c.anchor, targets.c.id).where(
            targets.c.block == BLOCK, targets.c.anchor.in_(part)
        )
        found.update((row.anchor, row.id) for row in connection.execute(statement))
    if lane == "live":
        for part in chunks(list(found.values())):
            connection.execute(
                sa.update(targets).where(targets.c.id.in_(part), targets.c.state == "pending").values(lane="live")
            )
    return found


def _written(name: Name) -> str:
    parent = {"kind": name.parent.kind, "name": name.parent.name} if name.parent else None
    return orjson.dumps({"kind": name.kind, "name": name.name, "parent": parent}).decode()


def read(row: Any) -> Name:
    """Read a name back from its target."""
    value = orjson.loads(row.name)
    parent = value["parent"]
    return Name(
        value["kind"],
        value["name"],
        make=True,
        parent=Name(parent["kind"], parent["name"], make=True) if parent else None,
    )


def kinds_of(rows: Sequence[Any]) -> list[str]:
    """Give the kinds of names among targets."""
    return sorted({str(row.anchor).partition("|")[0] for row in rows})

"""Suggested documentation of tickets: the rules that fit one, and the items of the index that they choose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.desired import Desired
from bridge.drain.make_types import type_name
from bridge.drain.names import Names
from bridge.drain.work import Work
from bridge.itglue.kinds import assets_of
from bridge.mapping.suggest import DEVICE, ORGANIZATION, TICKET, Choice, Item, Rule, Subjects, choose
from bridge.mapping.traits import ASSET_TAG
from bridge.records import Ref
from bridge.store import suggested
from bridge.store.database import chunks
from bridge.store.index import Index
from bridge.store.schema import mirror, payloads

_BY_PART = {"first": lambda choice: choice.first, "more": lambda choice: choice.more}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a ticket shows of one kind: by rule, the words that made it fit, and what it chose; `unread` says why nothing."""

    because: Mapping[str, Mapping[str, str]]
    by_rule: Mapping[str, frozenset[str]]
    choice: Choice
    unread: str | None = None


class Shelf:
    """The items that rules choose from, at one moment; each rule's choice in an organization is made once."""

    def __init__(self, index: Index, connection: Connection, names: Names) -> None:
        self._index = index
        self._connection = connection
        self._names = names
        self._items: dict[tuple[str, str], list[Item]] = {}
        self._taken: dict[tuple[str, str], list[Item]] = {}
        self._shared: dict[str, str | None] = {}

    def show(self, show: str, rules: Iterable[Rule], subjects: Subjects, org_id: str) -> Shown:
        """Give what a ticket of an organization of IT Glue shows of a tag type."""
        because: dict[str, Mapping[str, str]] = {}
        by_rule: dict[str, frozenset[str]] = {}
        found: list[Item] = []
        kind = self._kind(show)
        if kind is None:
            return Shown({}, {}, Choice(), f'IT Glue has no type "{show.removeprefix(ASSET_TAG).strip()}"')
        unread = self._unread(kind, org_id)
        for rule in rules:
            fits = rule.because(subjects) if rule.show == show else None
            if fits is None:
                continue
            because[rule.name] = fits
            places = [org_id]
            for named in rule.shared:
                other = self._organization(named)
                if other is not None and other != org_id:
                    places.append(other)
                    unread = unread or self._unread(kind, other)
            taken = [item for place in places for item in self._take(rule, kind, place)]
            by_rule[rule.name] = frozenset(item.id for item in taken)
            found += taken
        return Shown(because, by_rule, choose(found, own=org_id), unread)

    def read_at(self, show: str, org_id: str) -> float | None:
        """Give when the latest complete read of what a tag type shows in an organization began; None without one."""
        kind = self._kind(show)
        return self._index.began_at(self._connection, kind, org_id) or None if kind is not None else None

    def _kind(self, show: str) -> str | None:
        if not show.startswith(ASSET_TAG):
            return suggested.KINDS[show]
        name = show.removeprefix(ASSET_TAG).strip()
        type_id = name if name.isdigit() else self._names.type_id(type_name(name))
        return assets_of(type_id) if type_id is not None else None

    def _unread(self, kind: str, org_id: str) -> str | None:
        if not org_id.isdigit():
            return None  # an organization that is still to be made has nothing
        read = self._index.began_at(self._connection, kind, org_id)
        return None if read else f"{kind.partition(':')[0].replace('_', ' ')} have not been read yet"

    def _take(self, rule: Rule, kind: str, org_id: str) -> list[Item]:
        key = (rule.name, org_id)
        if key not in self._taken:
            self._taken[key] = [item for item in self._of(kind, org_id) if rule.takes(item)]
        return self._taken[key]

    def _of(self, kind: str, org_id: str) -> list[Item]:
        if (kind, org_id) not in self._items:
            self._items[kind, org_id] = suggested.items(self._connection, kind, [org_id])
        return self._items[kind, org_id]

    def _organization(self, named: str) -> str | None:
        if named not in self._shared:
            self._shared[named] = suggested.organizations(self._connection, [named]).get(named)
        return self._shared[named]


def fill(connection: Connection, works: Sequence[tuple[Work, Desired]], shelf: Shelf) -> None:
    """Put the tags of suggestions into wishes. What a closed ticket shows, and what cannot be known, is left as it is."""
    open_ = [(work, desired) for work, desired in works if work.words.get("open")]
    subjects = subjects_of(connection, [work for work, _ in open_])
    for work, desired in open_:
        shown = work.block.suggestions if work.block is not None else None
        if shown is None:
            continue
        org_id = (work.parent.itglue_id if work.parent is not None else None) or ""
        for show in shown.shows:
            found = shelf.show(show, shown.rules, subjects[work.ref], org_id)
            for word, part, of in shown.fields:
                if of != show:
                    continue
                if found.unread is not None:
                    desired.notes[word] = f"left as it is: {found.unread}"
                else:
                    desired.tags[word] = tuple(item.id for item in _BY_PART[part](found.choice))


def subjects_of(connection: Connection, works: Sequence[Work]) -> dict[Ref, Subjects]:
    """Give, for each ticket, its own words, those of its devices and those of its organization, as the mirror has them."""
    devices = {work.ref: list(_devices(work)) for work in works}
    owners = {work.ref: _owner(work) for work in works}
    wanted = {ref for refs in devices.values() for ref in refs} | {ref for ref in owners.values() if ref is not None}
    known = _records(connection, wanted)
    return {
        work.ref: {
            TICKET: [work.words],
            DEVICE: [known[ref] for ref in devices[work.ref] if ref in known],
            ORGANIZATION: [known[owner] for owner in [owners[work.ref]] if owner is not None and owner in known],
        }
        for work in works
    }


def _devices(work: Work) -> Iterable[Ref]:
    shown = work.block.suggestions if work.block is not None else None
    if shown is None or shown.words(DEVICE):
        for each in work.words.get("configurations") or ():
            yield Ref(work.ref.source, "configuration", str(each["id"]))


def _owner(work: Work) -> Ref | None:
    owner = work.words.get("organization")
    return Ref(work.ref.source, "organization", str(owner["id"])) if owner and owner.get("id") else None


def _records(connection: Connection, wanted: Iterable[Ref]) -> dict[Ref, dict[str, Any]]:
    by_kind: dict[tuple[str, str], list[str]] = {}
    for ref in sorted(wanted, key=str):
        by_kind.setdefault((ref.source, ref.kind), []).append(ref.id)
    found: dict[Ref, dict[str, Any]] = {}
    for (source, kind), ids in by_kind.items():
        for part in chunks(ids):
            rows = connection.execute(
                sa.select(mirror.c.ext_id, payloads.c.record)
                .join(payloads, payloads.c.mirror_id == mirror.c.id)
                .where(mirror.c.source == source, mirror.c.kind == kind, mirror.c.ext_id.in_(part))
                .where(mirror.c.gone_at.is_(None))
            )
            found.update((Ref(source, kind, row.ext_id), orjson.loads(row.record)) for row in rows)
    return found

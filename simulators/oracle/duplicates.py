"""I2, no duplicate: at most one IT Glue record per target, names included."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from .fold import Fold
from .judged import Judged
from .junk import KEYS
from .story import Life, Lives, Row
from .text import folded
from .world import World

_NAMES = (
    "organization_types",
    "organization_statuses",
    "configuration_types",
    "configuration_statuses",
    "manufacturers",
    "contact_types",
    "flexible_asset_types",
)


def duplicates(world: World, judged: Judged, fold: Fold, *, index_age: float = 2.0) -> list[str]:
    """List records that were made though there was one already.

    `index_age` are the seconds that a record may have stood in IT Glue before the bridge has to know it.
    """
    found = [
        *(said for kind in fold.versions.kinds for said in _of_kind(kind, world.records(kind), fold, judged)),
        *(f"{record} was made, and stands for no record of the source" for _, record in fold.links.made.strays),
        *(
            said
            for kind in KEYS
            if kind in fold.versions.kinds
            for said in _Beside(world, judged, fold, kind).a_match(index_age)
        ),
    ]
    for resource in _NAMES:
        lives = world.names.get(resource) or world.others.get(resource, {})
        found += _names(resource, lives, lambda row: (folded(row["name"]),))
    found += _names("models", world.names["models"], lambda row: (str(row.get("manufacturer-id")), folded(row["name"])))
    return found


def _of_kind(kind: str, lives: Lives, fold: Fold, judged: Judged) -> Iterator[str]:
    linked = fold.links.of(kind)
    for source_id, records in fold.links.made.of(kind).items():
        ref = f"{kind}:{source_id}"
        others = [linked[source_id]] if source_id in linked and linked[source_id] not in records else []
        standing = [lives[record] for record in (*others, *records)]
        for place, life in enumerate(standing[1:], start=1):
            before = next((other for other in standing[:place] if _stood(other, life.born.at)), None)
            if before is not None:
                yield f"{ref}: {life.id} was made while {before.id} stood for it"
            elif ref not in judged.decisions.recreations:
                yield f"{ref}: {life.id} was made again, and no person accepted it"


def _stood(life: Life, moment: float) -> bool:
    return life.at(moment) is not None


class _Beside:
    """The records of a kind that were made though a record that nobody owned was theirs, or could have been."""

    def __init__(self, world: World, judged: Judged, fold: Fold, kind: str) -> None:
        self._judged = judged
        self._kind = kind
        self._lives = world.records(kind)
        self._sources = world.source(kind)
        self._made = fold.links.made.of(kind)
        self._unowned: dict[str, list[Life]] = defaultdict(list)
        owned = fold.by_record(kind)
        for life in self._lives.values():
            if life.id not in owned and not life.made_by_api:
                for organization in {str(event.after["organization-id"]) for event in life.events if event.after}:
                    self._unowned[organization].append(life)
        self._peers = _by_company(self._sources) if self._made else {}

    def a_match(self, index_age: float) -> Iterator[str]:
        """Yield them."""
        decisions = self._judged.decisions
        for source_id, records in self._made.items():
            ref = f"{self._kind}:{source_id}"
            if ref in decisions.new or ref in decisions.pins:
                continue
            for record in records:
                born = self._lives[record].born
                there = [
                    life
                    for life in self._unowned[str((born.after or {})["organization-id"])]
                    if (ref, life.id) not in decisions.bans and _stood(life, born.at - index_age)
                ]
                if there:
                    yield from self._matches(ref, record, born.at, self._sources[source_id], there)

    def _matches(self, ref: str, record: str, moment: float, source: Life, there: list[Life]) -> Iterator[str]:
        row = source.at(moment) or {}
        company = str((row.get("company") or {}).get("id"))
        peers = [found for peer in self._peers.get(company, ()) if (found := peer.at(moment)) is not None]
        peers = [peer for peer in peers if str((peer.get("company") or {}).get("id")) == company]
        for word in self._judged.block(self._kind, None).match:
            of_source, of_record = KEYS[self._kind][word]
            for key in sorted(of_source(row)):
                same = [life.id for life in there if key in of_record(life.at(moment) or {})]
                sources = sum(key in of_source(peer) for peer in peers)
                if same and (word == "name" or sources == 1):
                    yield f"{ref}: {record} was made beside {', '.join(same)}, the same by {word} {key!r}"
                    return


def _by_company(lives: Lives) -> dict[str, list[Life]]:
    found: dict[str, list[Life]] = defaultdict(list)
    for life in lives.values():
        for company in {str((event.after.get("company") or {}).get("id")) for event in life.events if event.after}:
            found[company].append(life)
    return found


def _names(resource: str, lives: Lives, key: Callable[[Row], tuple[str, ...]]) -> Iterator[str]:
    groups: dict[tuple[str, ...], list[Life]] = defaultdict(list)
    for life in lives.values():
        row: Row | None = life.now
        if row is not None:
            groups[key(row)].append(life)
    for several in groups.values():
        several.sort(key=lambda life: (life.born.at, int(life.id)))
        for life in several[1:]:
            if life.made_by_api:
                name = (life.now or {})["name"]
                yield f"{resource}: {life.id} {name!r} was made beside {several[0].id} {(several[0].now or {})['name']!r}"

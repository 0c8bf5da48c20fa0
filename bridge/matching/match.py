"""Finding, for each source record without a link, the one IT Glue record that it is.

Records and assets are those of one matched organization; organizations themselves are matched over the whole account.
The keys are tried one after the other, for all records at once, strongest first:

    pin (a person's) → marker → PSA id → the block's own list: serial number → MAC address → name

In each round a record whose only hit is hit by no other record is matched, and both leave the pool; so whatever a
stronger key has settled never stands in the way of a weaker one, and no order of records or assets matters. What a
round does with the rest:

- Several hits, or one that other records hit by the same key: ambiguous, a person decides. Its candidates stay
  reserved: a record that meets one of them by a weaker key is ambiguous too, since the asset has two claims on it.
- An asset that a stronger key gave to another record is no hit any more. If one record has its PSA id and another its
  serial number, the first takes it and the second goes on with its weaker keys, and is created where they find nothing:
  the PSA id says that the serial number at IT Glue is the stale part.
- A unique value (serial number, MAC address) that several records of one source carry, linked ones too, says nothing
  (a chassis' number on each of its blades); it is skipped like junk.

Records of a second source may point to an asset that a record of the first owns (`owns` false: never written). Where
both come at once the native source owns, then the name of the source decides. Inside one source an asset has one
record: of two customers with no other organization to go to, both, or the later one, are held `shared_organization`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.matching.keys import UNIQUE
from bridge.records import Ref

ORDER = ("serial_number", "mac_address", "name")
_WORDS = {"psa_id": "PSA id", "serial_number": "serial", "mac_address": "MAC", "email": "e-mail"}
_Counts = Mapping[tuple[str, str, str], int]
_NOTHING: _Counts = {}


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A source record without a link: its keys (`record_keys`), what people decided, remarks about values left out."""

    ref: Ref
    keys: Mapping[str, tuple[str, ...]]
    pin: str | None = None
    banned: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """An IT Glue record with its keys (`asset_keys`); `owner` is the record whose link owns it, None if it is free."""

    id: str
    keys: Sequence[tuple[str, str]]
    owner: Ref | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """The one IT Glue record; `by` is the key, `value` what both carry, `owns` False where another source writes it."""

    itglue_id: str
    by: str
    value: str = ""
    owns: bool = True


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """No single IT Glue record: a person pins one, bans some, or says new. `code` is the hold's."""

    by: str
    candidates: tuple[str, ...]
    reason: str
    code: str = "ambiguous"


_Verdict = Matched | Ambiguous


@dataclass(slots=True)
class _Pool:
    """What is still open between two rounds."""

    by_value: dict[tuple[str, str], list[str]]
    owners: dict[str, Ref]
    taken: dict[str, dict[str, Ref]] = field(default_factory=lambda: defaultdict(dict))
    reserved: set[str] = field(default_factory=set)


def match(
    records: Iterable[Unlinked],
    assets: Iterable[Asset],
    order: Sequence[str] = ORDER,
    carried: _Counts = _NOTHING,
) -> dict[Ref, Matched | Ambiguous | None]:
    """Match records to assets; None for a record that is not there, so that it may be created.

    Records decided `new` or `exclude` are left out, so that they claim nothing, but counted in `carried` like all others.
    `order` is what follows the PSA id. `carried` counts, by (source, key, value), how many records of this organization
    carry a unique value, linked ones included; what it leaves out is counted among `records`. The result does not depend
    on any order, and no asset is given twice inside one source, or twice to be owned.
    """
    open_records = {record.ref: record for record in sorted(records, key=lambda record: record.ref)}
    pool = _pool(assets)
    counts = _counts(open_records.values(), carried)
    found: dict[Ref, Matched | Ambiguous | None] = dict.fromkeys(open_records)
    keys = ["pin", "marker", "psa_id", *(word for word in order if word not in ("marker", "psa_id"))]
    for key in keys:
        settled = _match_pins(open_records, pool, counts) if key == "pin" else _round(key, open_records, pool, counts)
        found.update(settled)
        for ref in settled:
            del open_records[ref]
    return found


def _pool(assets: Iterable[Asset]) -> _Pool:
    by_value: dict[tuple[str, str], list[str]] = defaultdict(list)
    owners: dict[str, Ref] = {}
    for asset in assets:
        for pair in set(asset.keys):
            by_value[pair].append(asset.id)
        by_value["id", asset.id].append(asset.id)
        if asset.owner is not None:
            owners[asset.id] = asset.owner
    return _Pool(by_value, owners)


def _counts(records: Iterable[Unlinked], carried: _Counts) -> _Counts:
    here = Counter(
        (record.ref.source, key, value)
        for record in records
        for key in UNIQUE & record.keys.keys()
        for value in record.keys[key]
    )
    return {entry: max(count, carried.get(entry, 0)) for entry, count in here.items()}


def _match_pins(open_records: dict[Ref, Unlinked], pool: _Pool, counts: _Counts) -> dict[Ref, _Verdict]:
    settled: dict[Ref, _Verdict] = {}
    hits: dict[Ref, tuple[Unlinked, set[str]]] = {}
    for ref, record in open_records.items():
        if record.pin is None:
            continue
        if ("id", record.pin) in pool.by_value:
            hits[ref] = (record, {record.pin})
        else:
            reason = f"pinned to {record.pin}, which is not among the IT Glue records it could be: pin another"
            settled[ref] = Ambiguous("pin", (), reason, "target_gone")
    return settled | _settle("pin", hits, pool, counts)


def _round(key: str, open_records: Mapping[Ref, Unlinked], pool: _Pool, counts: _Counts) -> dict[Ref, _Verdict]:
    hits: dict[Ref, tuple[Unlinked, set[str]]] = {}
    for ref, record in open_records.items():
        ids: set[str] = set()
        for value in record.keys.get(key, ()):
            if key not in UNIQUE or counts[ref.source, key, value] == 1:
                ids.update(pool.by_value.get((key, value), ()))
        ids -= record.banned
        free = {asset for asset in ids if _holder(asset, ref, pool) is None}
        if free:
            hits[ref] = (record, free)
        elif ids and ref.kind == "organization":  # what another customer has stays in sight: they would share it
            hits[ref] = (record, ids)
    return _settle(key, hits, pool, counts)


def _settle(
    key: str, hits: Mapping[Ref, tuple[Unlinked, set[str]]], pool: _Pool, counts: _Counts
) -> dict[Ref, _Verdict]:
    claims: dict[str, list[Ref]] = defaultdict(list)
    for ref, (_, ids) in hits.items():
        for asset in ids:
            claims[asset].append(ref)
    clear = {
        asset
        for asset, refs in claims.items()
        if all(len(hits[ref][1]) == 1 for ref in refs)
        and len({ref.source for ref in refs}) == len(refs)
        and all(_holder(asset, ref, pool) is None for ref in refs)
        and (key == "pin" or asset not in pool.reserved)
    }
    settled: dict[Ref, _Verdict] = {}
    for ref, (record, ids) in hits.items():
        if not ids <= clear:
            settled[ref] = _ambiguity(key, record, ids, claims, pool, counts)
    for asset in claims.keys() - clear:
        pool.reserved.add(asset)
    for asset in clear:
        for record in sorted(
            (hits[ref][0] for ref in claims[asset]), key=lambda one: ("psa_id" not in one.keys, one.ref)
        ):
            owns = asset not in pool.owners
            if owns:
                pool.owners[asset] = record.ref
            pool.taken[asset][record.ref.source] = record.ref
            settled[record.ref] = Matched(asset, key, _shared_value(key, record, asset, pool), owns)
    return settled


def _holder(asset: str, ref: Ref, pool: _Pool) -> Ref | None:
    """Name the record of the same source that has the asset already."""
    owner = pool.owners.get(asset)
    if owner is not None and owner.source == ref.source:
        return owner
    return pool.taken[asset].get(ref.source) if asset in pool.taken else None


def _shared_value(key: str, record: Unlinked, asset: str, pool: _Pool) -> str:
    return next((value for value in record.keys.get(key, ()) if asset in pool.by_value.get((key, value), ())), "")


def _ambiguity(
    key: str, record: Unlinked, ids: set[str], claims: Mapping[str, Sequence[Ref]], pool: _Pool, counts: _Counts
) -> Ambiguous:
    candidates = tuple(sorted(ids, key=lambda one: (len(one), one)))
    others = {rival for asset in candidates[:3] for rival in claims[asset]} - {record.ref}
    others.update(holder for asset in candidates[:3] if (holder := _holder(asset, record.ref, pool)) is not None)
    text = f"{len(ids)} {_WORDS.get(key, key)} {'match' if len(ids) == 1 else 'matches'}: {_few(candidates, 10)}"
    if others:
        text += f", claimed by {_few(sorted(others), 3)} too"
    elif len(ids) == 1:
        text += ", a candidate of a record with a stronger key"
    shared = len(ids) == 1 and record.ref.kind == "organization" and any(o.source == record.ref.source for o in others)
    reason = ", ".join([*record.remarks, *_skipped(record, counts), text])
    return Ambiguous(key, candidates, reason, "shared_organization" if shared else "ambiguous")


def _skipped(record: Unlinked, counts: _Counts) -> list[str]:
    return [
        f'{_WORDS[key]} "{value}" stands on {counts[record.ref.source, key, value]} devices of the source'
        for key in sorted(UNIQUE & record.keys.keys(), reverse=True)
        for value in record.keys[key]
        if counts[record.ref.source, key, value] > 1
    ]


def _few(things: Sequence[Any], most: int) -> str:
    shown = ", ".join(map(str, things[:most]))
    return f"{shown} and {len(things) - most} more" if len(things) > most else shown

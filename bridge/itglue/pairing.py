"""Which record is which: answers to a create, and records found after an answer was lost (PROTOCOLS 3)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.itglue.compare import contradicts, not_taken, same
from bridge.jsonapi import Row
from bridge.records import Ref

FindMarker = Callable[[Row], Ref | None]


@dataclass(frozen=True, slots=True)
class Sent:
    """One record of a create: its marker (None where it carries none), the attributes sent, those that identify it."""

    marker: Ref | None
    attributes: Mapping[str, Any]
    identity: tuple[str, ...] = ("name",)


@dataclass(frozen=True, slots=True)
class Pairing:
    """`rows` by the position of what was sent; what has no row; rows that nothing was sent for."""

    rows: Mapping[int, Row]
    missing: tuple[int, ...]
    left_over: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """`rows` by the position of what was sent; `absent` was provably not made; `unclear` needs a person."""

    rows: Mapping[int, Row]
    absent: tuple[int, ...]
    unclear: Mapping[int, tuple[Row, ...]]


def pair(sent: Sequence[Sent], rows: Sequence[Row], find_marker: FindMarker) -> Pairing:
    """Pair a 201's rows with what was sent: by marker, else by equality, never by position.

    Equal ones are interchangeable and pair in id order. A record that came back changed still pairs where no other is
    like it.
    """
    paired: dict[int, Row] = {}
    rest = sorted(rows, key=_in_order)

    def take(i: int, row: Row | None) -> None:
        if row is not None:
            paired[i] = row
            rest.remove(row)

    for fits in (_has_marker(find_marker), _equals):
        for i, each in enumerate(sent):
            if i not in paired:
                take(i, next((row for row in rest if fits(each, row)), None))
    open_ = [i for i in range(len(sent)) if i not in paired]
    alike = {i: [row for row in rest if _is_like(sent[i], row)] for i in open_}
    for i in open_:
        if len(alike[i]) == 1 and not any(alike[i][0] in alike[other] for other in open_ if other != i):
            take(i, alike[i][0])
    return Pairing(paired, tuple(i for i in range(len(sent)) if i not in paired), tuple(rest))


def resolve(
    sent: Sequence[Sent],
    rows: Sequence[Row],
    find_marker: FindMarker,
    *,
    linked: Collection[str],
    not_before: datetime,
) -> Resolution:
    """Find what a create whose answer is lost has made, in a complete read begun after it was quiet.

    Ours is what carries our marker, or else is not in `linked`, was created at `not_before` or later, and equals what
    was sent. For k equal ones and m records: m <= k pair in id order and the rest was not made; m > k is unclear.
    IT Glue may drop or change what it is sent, so what has no equal is looked for a second time, by identity alone.
    """
    paired: dict[int, Row] = {}
    unclear: dict[int, tuple[Row, ...]] = {}
    free = [row for row in sorted(rows, key=_in_order) if _may_be_ours(row, find_marker, linked, not_before)]
    for fits in (_has_marker(find_marker), _equals, _may_equal, _is_like):
        found = {
            tuple(group): [row for row in free if fits(sent[group[0]], row)]
            for group in _equal_groups(sent)
            if not any(i in paired or i in unclear for i in group)
        }
        for group, ours in found.items():
            contested = any(row in theirs for row in ours for other, theirs in found.items() if other != group)
            if len(ours) > len(group) or contested or any(row.id in linked for row in ours):
                unclear.update((i, tuple(ours)) for i in group)
            else:
                paired.update(zip(group, ours, strict=False))
        free = [row for row in free if row not in paired.values() and find_marker(row) is None]
    absent = tuple(i for i in range(len(sent)) if i not in paired and i not in unclear)
    return Resolution(paired, absent, unclear)


def not_before(posted_at: datetime, *, read_at: datetime, server_date: datetime | None) -> datetime:
    """Give the earliest creation time of a record posted at `posted_at` by our clock.

    `read_at` and `server_date` are one moment by our clock and by the server's; where it named none, more is allowed.
    """
    if server_date is None:
        return posted_at - timedelta(minutes=5)
    return posted_at + (server_date - read_at) - timedelta(minutes=2)


def _has_marker(find_marker: FindMarker) -> Callable[[Sent, Row], bool]:
    return lambda sent, row: sent.marker is not None and find_marker(row) == sent.marker


def _equals(sent: Sent, row: Row) -> bool:
    return not not_taken(sent.attributes, row.attributes)


def _may_equal(sent: Sent, row: Row) -> bool:
    return not contradicts(sent.attributes, row.attributes) and _is_like(sent, row)


def _is_like(sent: Sent, row: Row) -> bool:
    """Tell whether a record bears the first of the identifying attributes, and no other value of the rest."""
    identity = {name: sent.attributes[name] for name in sent.identity if sent.attributes.get(name) is not None}
    first = next(iter(identity), None)
    return (
        first is not None
        and same(first, identity[first], row.attributes.get(first))
        and not contradicts(identity, row.attributes)
    )


def _may_be_ours(row: Row, find_marker: FindMarker, linked: Collection[str], not_before: datetime) -> bool:
    if find_marker(row) is not None:
        return True
    created_at = _time(row.attributes.get("created_at"))
    return row.id not in linked and (created_at is None or created_at >= not_before)


def _equal_groups(sent: Sequence[Sent]) -> list[list[int]]:
    groups: list[list[int]] = []
    for i, each in enumerate(sent):
        for group in groups:
            other = sent[group[0]]
            if each.marker == other.marker and each.attributes == other.attributes:
                group.append(i)
                break
        else:
            groups.append([i])
    return groups


def _in_order(row: Row) -> int:
    return int(row.id)


def _time(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)

"""I1, no lost update: every settled target equals the fold of the source's history, and of persons' edits."""

from collections.abc import Iterator

from . import marker
from .attributes import Attribute, is_locked, words_of
from .blocks import AssetBlock, Block
from .fold import Fold, Outcome
from .judged import Judged
from .story import Life, Row
from .text import ANY, SKIP
from .world import World

_DAY = 86_400.0


def lost_updates(world: World, judged: Judged, fold: Fold) -> list[str]:
    """List what of the source has not reached IT Glue; empty where every settled target equals its record."""
    found = [
        f"flexible asset type {block.type} has no field {name}"
        for block in judged.assets
        for name in fold.links.types[block.target].missing
    ]
    for ref, outcome in fold.outcomes.items():
        if outcome.state == "missing" and not outcome.either:
            found.append(f"{ref} has no record in IT Glue")
        if outcome.state != "settled":
            continue
        kind, _, source_id = ref.partition(":")
        life = world.records(kind)[str(outcome.record)]
        if outcome.either and all(event.by != "api" for event in life.events):
            continue  # held just as well, and nothing was written
        differences = _Differences(judged, fold, kind, source_id, world.now)
        found += [f"{ref} in {life.id}: {reason}" for reason in differences.of(life, outcome)]
    return found


def unarchived(world: World, fold: Fold) -> list[str]:
    """List what is gone, had to be archived and is not, and what is back and had to be restored."""
    found = []
    for ref, outcome in fold.outcomes.items():
        kind, _, source_id = ref.partition(":")
        life = None if outcome.record is None else world.records(kind).get(outcome.record)
        if life is None or life.now is None or "archived" not in life.now:
            continue  # only configurations and flexible assets can be archived
        by_us = life.last_change("archived")
        archived_by_us = by_us is not None and by_us.by == "api" and bool(life.now.get("archived"))
        block = fold.versions.block(kind, source_id)
        archives = block.gone.startswith("archive") or (
            isinstance(block, AssetBlock) and block.archive_when is not None
        )
        if outcome.state == "gone" and not outcome.either and archives:
            person = by_us is not None and by_us.by != "api"
            if not life.now.get("archived") and not person:
                found.append(f"{ref} in {life.id}: gone at the source, and not archived")
        if outcome.state == "settled" and archived_by_us and not outcome.either:
            found.append(f"{ref} in {life.id}: archived by the bridge, and not restored")
    return found


class _Differences:
    def __init__(self, judged: Judged, fold: Fold, kind: str, source_id: str, now: float) -> None:
        self._judged = judged
        self._known = fold.versions.attributes(kind)
        self._block = fold.versions.block(kind, source_id)
        # What changes by itself is worked out again once a day: yesterday's value is right too.
        moments = (now, now - _DAY) if fold.versions.is_relative(kind) else ()
        late = [fold.versions.at(kind, source_id, moment).mapped for moment in moments]
        self._late = [mapped.wanted for mapped in late if mapped is not None]

    def of(self, life: Life, outcome: Outcome) -> Iterator[str]:
        """Yield in what a record differs from what it must be."""
        row = life.now or {}
        locked = is_locked(row)
        for attribute in self._known:
            exception = words_of(self._block, attribute)
            if exception in {"ignore", "once"} or attribute.word not in outcome.wanted:
                continue
            if locked and not attribute.open_when_synced:
                continue
            if not self._judged.refreshed and _was_edited_last(life, attribute):
                continue
            if any(attribute.agrees(wanted.get(attribute.word), row) for wanted in self._late):
                continue
            yield from _difference(life, row, attribute, outcome, self._block, exception, self._judged)
        if outcome.organization is not None and not locked and str(row["organization-id"]) != outcome.organization:
            yield f"is in organization {row['organization-id']}, and belongs to {outcome.organization}"


def _difference(
    life: Life, row: Row, attribute: Attribute, outcome: Outcome, block: Block, exception: str, judged: Judged
) -> Iterator[str]:
    wanted, held = outcome.wanted[attribute.word], attribute.holds(row)
    if wanted is SKIP or wanted is ANY:
        return
    if wanted is None:
        if attribute.word == "notes":
            held = marker.read(held, judged.source).before or None
        ours = held is not None and row.get(attribute.stored) == life.written_by_api(attribute.stored)
        if held is not None and attribute.among(block.clear):
            yield f"{attribute.shown} {held!r} is to be cleared"
        elif ours and not exception:
            yield f"{attribute.shown} {held!r} was written by the bridge, and is empty at the source"
        return
    if exception == "fill" and held is not None:
        return
    if attribute.word == "notes":
        agrees = marker.read(row.get("notes"), judged.source).before == wanted
    else:
        agrees = attribute.agrees(wanted, row)
    if not agrees:
        yield f"{attribute.shown} is {held!r}, the source says {wanted!r}"


def _was_edited_last(life: Life, attribute: Attribute) -> bool:
    last = life.last_change(attribute.stored)
    return last is not None and last.by != "api" and last.verb == "update"

"""I1, no lost update: every settled target equals the fold of the source's history, and of persons' edits."""

from collections.abc import Iterator

from . import marker
from .attributes import CONFIGURATION, ORGANIZATION, Attribute, is_locked, words_of
from .fold import Fold, Outcome
from .judged import Block, Judged
from .story import Life, Row
from .text import SKIP
from .world import World


def lost_updates(world: World, judged: Judged, fold: Fold) -> list[str]:
    """List what of the source has not reached IT Glue; empty where every settled target equals its record."""
    found = []
    for ref, outcome in fold.outcomes.items():
        if outcome.state == "missing" and not outcome.either:
            found.append(f"{ref} has no record in IT Glue")
        if outcome.state != "settled":
            continue
        kind, _, source_id = ref.partition(":")
        lives = world.organizations if kind == "organization" else world.configurations
        life = lives[str(outcome.record)]
        if outcome.either and all(event.by != "api" for event in life.events):
            continue  # held just as well, and nothing was written
        block = fold.versions.block(kind, source_id)
        found += [f"{ref} in {life.id}: {reason}" for reason in _differences(life, outcome, judged, block)]
    return found


def unarchived(world: World, judged: Judged, fold: Fold) -> list[str]:
    """List the gone configurations that had to be archived and are not, and those back that had to be restored."""
    found = []
    for ref, outcome in fold.outcomes.items():
        kind = ref.partition(":")[0]
        if kind != "configuration" or outcome.record is None:
            continue
        life = world.configurations[outcome.record]
        if life.now is None:
            continue
        by_us = life.last_change("archived")
        archived_by_us = by_us is not None and by_us.by == "api" and bool(life.now.get("archived"))
        policy = judged.configurations.gone
        if outcome.state == "gone" and not outcome.either and policy.startswith("archive"):
            person = by_us is not None and by_us.by != "api"
            if not life.now.get("archived") and not person:
                found.append(f"{ref} in {life.id}: gone at the source, and not archived")
        if outcome.state == "settled" and archived_by_us:
            found.append(f"{ref} in {life.id}: archived by the bridge, and not restored")
    return found


def _differences(life: Life, outcome: Outcome, judged: Judged, block: Block) -> Iterator[str]:
    row = life.now or {}
    known = ORGANIZATION if outcome.ref.startswith("organization:") else CONFIGURATION
    locked = is_locked(row)
    for attribute in known:
        exception = words_of(block, attribute)
        if exception in {"ignore", "once"} or attribute.word not in outcome.wanted:
            continue
        if locked and not attribute.open_when_synced:
            continue
        if not judged.refreshed and _was_edited_last(life, attribute):
            continue
        yield from _difference(life, row, attribute, outcome, block, exception, judged)
    if outcome.organization is not None and not locked and str(row["organization-id"]) != outcome.organization:
        yield f"is in organization {row['organization-id']}, and belongs to {outcome.organization}"


def _difference(
    life: Life, row: Row, attribute: Attribute, outcome: Outcome, block: Block, exception: str, judged: Judged
) -> Iterator[str]:
    wanted, held = outcome.wanted[attribute.word], attribute.holds(row)
    if wanted is SKIP:
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

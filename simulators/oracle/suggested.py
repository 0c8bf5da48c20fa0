"""Suggested documentation: in the end a ticket's asset shows what the rules choose, and what is restricted it never did."""

from collections.abc import Iterator

from .attributes import words_of
from .blocks import AssetBlock, Field, Suggestion
from .choosing import Subject, fits, holds, is_shown, slices
from .fold import Fold, Outcome
from .judged import Judged
from .mapper import Mapper
from .requests import at
from .story import Event, Life, Lives, Row
from .text import folded
from .versions import CLOCKS
from .world import World

_RESOURCES = {"Documents": "documents", "Checklists": "checklists"}


def missuggested(world: World, judged: Judged, fold: Fold) -> list[str]:
    """List the assets of open tickets that do not show what the rules choose; a closed one keeps what it had."""
    if not judged.refreshed:
        return []  # items are as of the last reading of IT Glue
    shelf = _Shelf(world, judged, fold)
    found: list[str] = []
    for block, each in _fields(judged):
        for outcome in fold.settled():
            life = world.records(block.target).get(str(outcome.record))
            if outcome.kind == block.target and life is not None and life.now is not None:
                found += shelf.difference(block, each, outcome, life)
    return found


def wrongly_suggested(world: World, judged: Judged, fold: Fold) -> list[str]:
    """List what API clients tagged that no rule chose, or that was restricted or archived and known to be.

    Known is what was so at all times since the last but one reading of that list which began before the write: the last
    may still have been under way.
    """
    shelf = _Shelf(world, judged, fold)
    found: list[str] = []
    for block, each in _fields(judged):
        owners = fold.by_record(block.target)
        for life in fold.versions.records(block.target).values():
            for event in life.events:
                if event.by == "api" and event.after is not None and life.id in owners:
                    found += shelf.unexplained(block, each, owners[life.id], life, event)
    return found


def _fields(judged: Judged) -> Iterator[tuple[AssetBlock, Field]]:
    for block in judged.assets:
        for each in block.fields:
            if each.suggest:
                yield block, each


class _Shelf:
    """The items of IT Glue that can be shown, and the rules that choose them."""

    def __init__(self, world: World, judged: Judged, fold: Fold) -> None:
        self._world = world
        self._judged = judged
        self._fold = fold
        self._mapper = Mapper(world, judged)
        self._readings: dict[frozenset[str], list[float]] = {}

    def difference(self, block: AssetBlock, each: Field, outcome: Outcome, life: Life) -> Iterator[str]:
        """Yield how what a field of an asset shows in the end differs from what is chosen."""
        ticket = outcome.ref.partition(":")[2]
        attribute = self._fold.links.types[block.target].suggested.get(each.name)
        subject = self._subject(ticket, float("inf"))
        if attribute is None or subject is None or not subject.ticket["open"] or outcome.either:
            return
        held = frozenset((life.now or {}).get(attribute.stored) or ())
        exception = words_of(block, attribute)
        if exception in {"ignore", "once"} or (exception == "fill" and held):
            return
        own = str(outcome.organization)
        rules = [rule for rule in self._rules(each) if fits(rule, subject)]
        items = [
            {**item.now, "id": item.id}
            for item in self._items(each).values()
            if item.now is not None and any(self._chooses(rule, each, item.now, own) for rule in rules)
        ]
        chosen = slices(items, own)[0 if each.suggest == "first" else 1]
        ours = (life.now or {}).get(attribute.stored) == life.written_by_api(attribute.stored)
        if not chosen.fits(held) and (chosen.number or ours):
            wanted = f"{chosen.number} of {sorted(chosen.may)}"
            yield f"{outcome.ref} in {life.id}: {each.name} shows {sorted(held)}, the rules choose {wanted}"

    def unexplained(self, block: AssetBlock, each: Field, ticket: str, life: Life, event: Event) -> Iterator[str]:
        """Yield what a write tagged and should not have."""
        attribute = self._fold.links.types[block.target].suggested.get(each.name)
        if attribute is None:
            return
        after, before = event.after or {}, event.before or {}
        own = str(after["organization-id"])
        subjects = [
            subject
            for version in self._fold.versions.of(block.target, ticket)
            if version.since <= event.at + CLOCKS and (subject := self._subject(ticket, version.since)) is not None
        ]
        rules = [rule for rule in self._rules(each) if any(fits(rule, subject) for subject in subjects)]
        for record in sorted(set(after.get(attribute.stored) or ()) - set(before.get(attribute.stored) or ())):
            item = self._items(each).get(record)
            told = f"{block.target}:{ticket} in {life.id}: {each.name} was tagged with {record}"
            if item is None:
                yield f"{told}, which is none of {each.shows}"
                continue
            since = self._known_since(each, item, event.at)
            rows = [row for row in item.within(since, event.at + CLOCKS) if row is not None]
            if not any(is_shown(row, needs_flag=each.shows != "Checklists") for row in rows):
                yield f"{told}, which was restricted or archived"
            elif not any(self._chooses(rule, each, row, own) for rule in rules for row in rows):
                yield f"{told}, which no rule chooses"

    def _subject(self, ticket: str, moment: float) -> Subject | None:
        words = self._mapper.words("ticket", ticket, moment)
        company = self._mapper.company("ticket", ticket, moment)
        above = None if company is None else self._company(company, moment)
        if words is None or above is None:
            return None
        devices = [self._mapper.words("configuration", device["id"], moment) for device in words["configurations"]]
        return Subject(words, [device for device in devices if device is not None], above)

    def _company(self, company: str, moment: float) -> Row | None:
        return self._mapper.words("organization", company, moment) if company in self._world.companies else None

    def _rules(self, each: Field) -> list[Suggestion]:
        return [rule for rule in self._judged.suggestions if rule.show == each.shows]

    def _chooses(self, rule: Suggestion, each: Field, row: Row, own: str) -> bool:
        home = str(row["organization-id"])
        there = self._world.organizations.get(home)
        name = None if there is None or there.now is None else there.now["name"]
        is_near = home == own or home in rule.shared or name in rule.shared
        is_titled = not rule.titled or holds(row.get("name") or "", rule.titled)
        return is_near and is_titled and is_shown(row, needs_flag=each.shows != "Checklists")

    def _items(self, each: Field) -> Lives:
        resource = _RESOURCES.get(each.shows)
        if resource is not None:
            return self._world.others.get(resource, {})
        name = folded(each.shows.partition(":")[2])
        types = self._world.others.get("flexible_asset_types", {})
        ids = {life.id for life in types.values() if life.now is not None and folded(life.now["name"]) == name}
        lives = self._world.others.get("flexible_assets", {})
        return {
            record: life
            for record, life in lives.items()
            if str((life.events[-1].after or life.events[-1].before or {}).get("flexible-asset-type-id")) in ids
        }

    def _known_since(self, each: Field, item: Life, moment: float) -> float:
        resource = _RESOURCES.get(each.shows, "flexible_assets")
        homes = {str(event.after["organization-id"]) for event in item.events if event.after is not None}
        paths = frozenset({f"/{resource}", *(f"/organizations/{home}/relationships/{resource}" for home in homes)})
        if paths not in self._readings:
            self._readings[paths] = sorted(
                at(request)
                for request in self._world.requests["itglue"]
                if request["method"] == "GET" and request["status"] == 200 and request["path"] in paths
            )
        began = self._readings[paths]
        before = [each for each in began if each <= moment]
        return min(moment, before[-2] if len(before) > 1 else before[0] if before else moment)

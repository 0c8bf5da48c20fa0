"""What is held or excluded is kept as it is: no write lands on it but one that was on its way."""

from collections.abc import Iterator

from . import desired
from .fold import Fold
from .judged import Judged
from .readings import Readings, told_before
from .story import Life, Row
from .versions import CLOCKS, Version
from .words import organization_words
from .world import World


def written_while_parked(world: World, judged: Judged, fold: Fold, *, lag: float) -> list[str]:
    """List the writes on a target that was held, excluded or gone, and had been so when the source was last polled.

    `lag` are the seconds from such a poll to a write that may still rest on the one before: what a claim takes, and E. What
    no change stamp told may be unknown until a whole read, and excuses a write.
    """
    watched = _Watch(world, judged, fold)
    found = []
    for kind in fold.versions.kinds:
        for record, source_id in fold.by_record(kind).items():
            life = world.records(kind).get(record)
            for event in () if life is None else life.events:
                if event.by != "api" or event.verb == "delete" or _is_archiving(event.after, event.before):
                    continue
                since = watched.known_since(kind, source_id, event.at - lag)
                if not any(watched.writes(kind, source_id, moment, event.before) for moment in
                           watched.moments(kind, source_id, since, event.at + CLOCKS)):  # fmt: skip
                    found.append(f"{kind}:{source_id} in {record} was {event.verb}d, and had been held or excluded")
    return found


class _Watch:
    def __init__(self, world: World, judged: Judged, fold: Fold) -> None:
        self._world = world
        self._judged = judged
        self._fold = fold
        self._readings = Readings(world)
        self._anchors = {block.target: block.anchor for block in judged.assets}

    def known_since(self, kind: str, source_id: str, moment: float) -> float:
        """Give the moment whose state is the oldest that the bridge may still have acted on."""
        kinds = {self._anchors.get(kind, kind), "organization"}
        since = min(self._readings.known_since(each, moment) for each in kinds)
        return min([since, *(told_before(life, since) for life in self._deciding(kind, source_id))])

    def moments(self, kind: str, source_id: str, since: float, until: float) -> Iterator[float]:
        """Yield moments of a span between which nothing changed that decides whether a target is written."""
        yield until
        yield since
        for life in self._deciding(kind, source_id):
            for event in life.events:
                if since < event.at <= until:
                    yield event.at

    def writes(self, kind: str, source_id: str, moment: float, record: Row | None) -> bool:
        """Say whether a target was written at a moment."""
        version = self._version(kind, source_id, moment)
        if version is None or version.mapped is None or version.mapped.rule or version.mapped.code:
            return False
        if kind == "organization":
            return self._is_open(source_id, moment)
        company = str(self._fold.versions.company(kind, source_id, moment))
        if not self._is_open(company, moment):
            return False
        is_home = record is None or str(record["organization-id"]) == version.home
        return is_home or self._judged.decisions.moves.get(f"{kind}:{source_id}") == company

    def _version(self, kind: str, source_id: str, moment: float) -> Version | None:
        versions = self._fold.versions.of(kind, source_id)
        return next((version for version in reversed(versions) if version.since <= moment), None)

    def _is_open(self, company: str, moment: float) -> bool:
        life = self._world.companies.get(company)
        row = None if life is None else life.at(moment)
        if row is None:
            return False
        words = organization_words(row, self._judged.source)
        mapped = desired.organization(words, self._judged)
        return not mapped.rule and not mapped.code and not words["recycled"]

    def _deciding(self, kind: str, source_id: str) -> Iterator[Life]:
        if kind == "organization":
            yield self._world.companies[source_id]
            return
        life = self._fold.versions.anchors(kind)[source_id]
        yield life
        if kind.endswith("/organization"):
            return
        companies = {str((event.after.get("company") or {}).get("id")) for event in life.events if event.after}
        for company in sorted(companies):
            if company in self._world.companies:
                yield self._world.companies[company]


def _is_archiving(after: Row | None, before: Row | None) -> bool:
    """Say whether all that changed is `archived`: what is gone may be archived, and restored."""
    old, new = before or {}, after or {}
    return before is not None and old.get("archived") != new.get("archived")

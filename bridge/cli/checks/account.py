"""IT Glue: the key, what there is, whose it is, and what reading it costs."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bridge import app
from bridge.cli import output
from bridge.cli.checks.found import Found, ok
from bridge.errors import BridgeError, RejectedError
from bridge.itglue.client import ITGlue, Listing
from bridge.itglue.kinds import TYPES, assets_of, kind_of
from bridge.itglue.reads import read
from bridge.mapping.assets import folded
from bridge.mapping.effective import is_read
from bridge.mapping.suggest import CHECKLISTS, DOCUMENTS
from bridge.mapping.traits import ASSET_TAG
from bridge.matching.keys import adapter_word
from bridge.planning import is_locked
from bridge.refresh import RECORD_KINDS
from bridge.store.index import NAME_KINDS

if TYPE_CHECKING:
    from bridge.queue.address import RedisAddress
    from bridge.settings import Settings

PAGE = 1000
# IT Glue's filter spells the systems in its own way (api/itglue.md 5.1).
_FILTERS = {"connectwise": "manage", "autotask": "autotask"}
_TITLES = {"connectwise": "ConnectWise", "autotask": "Autotask"}
PATIENCE = 120.0


@dataclass(slots=True)
class Owned:
    """What the native sync has of one kind: how many records, by the word that each carries."""

    linked: int = 0
    words: Counter[str] = field(default_factory=Counter)
    systems: Counter[str] = field(default_factory=Counter)
    with_adapters: int = 0
    exact: bool = True

    @property
    def live(self) -> bool:
        """Whether any record seen is still synced."""
        return any(is_locked(word) and word != "orphaned" for word in self.words)


def client_of(settings: "Settings", queue: "RedisAddress") -> ITGlue:
    """Give the client; raise SettingsError where the key is missing."""
    quota = app.quota_of(settings, queue)
    deadline = settings.protocol.times().deadline
    return ITGlue(settings.itglue.base_url, SecretStr(settings.itglue.key.read()), quota, deadline=deadline)


class Account:
    """Looks at the account, request by request."""

    def __init__(self, settings: "Settings", itglue: ITGlue) -> None:
        self._settings = settings
        self._itglue = itglue
        self._names: dict[str, list[str]] = {}
        self._refused: set[str] = set()

    def check(self) -> Iterator[Found]:
        """Try the key, count, and tell who owns what; raise what the client raises."""
        first = {kind: self._first(kind) for kind in RECORD_KINDS if is_read(kind, self._settings)}
        totals = {kind: page.total or 0 for kind, page in first.items()}
        yield ok("itglue", ", ".join(output.count(number, kind.removesuffix("s")) for kind, number in totals.items()))
        pages = sum(max(1, -(-number // PAGE)) for number in totals.values()) + len(NAME_KINDS)
        seconds = pages * max(each.spacing for each in self._itglue.quota.budgets)
        yield ok(
            "itglue", f"{output.count(pages, 'request')} to read all of it, about {output.span(seconds)} at your quota"
        )
        owned = {kind: self._owned(kind, page) for kind, page in first.items()}
        yield from self._native(owned)
        yield from self._adapters(owned)

    def suggested(self, shows: Iterable[str]) -> Iterator[Found]:
        """Price the nightly reading of what suggestions show; documents cost a request for each customer."""
        requests, each_customer = 0, False
        for show in shows:
            if show == DOCUMENTS:
                each_customer = True
                requests += self._total("organizations")
            elif show == CHECKLISTS:
                requests += max(1, -(-self._total("checklists") // PAGE))
            else:
                name = show.removeprefix(ASSET_TAG).strip()
                chunks = read(self._itglue, TYPES, lane="live", max_wait=PATIENCE)
                rows = [row for chunk in chunks for row in chunk.rows]
                ids = [
                    row.id for row in rows if name == row.id or folded(str(row.attributes.get("name"))) == folded(name)
                ]
                requests += sum(max(1, -(-self._total(assets_of(each)) // PAGE)) for each in ids)
        if requests:
            most = ", one for each customer at most" if each_customer else ""
            yield ok("itglue", f"{output.count(requests, 'request')} a night to read what is suggested{most}")

    def _total(self, kind: str) -> int:
        return self._itglue.page(kind, lane="live", size=1, max_wait=PATIENCE).total or 0

    def names(self, kind: str) -> list[str]:
        """Give every name of a kind, of countries and regions their ISO codes too, read once."""
        if kind not in self._names:
            self._names[kind] = [
                str(row.attributes[word])
                for chunk in read(self._itglue, kind, lane="live", max_wait=PATIENCE)
                for row in chunk.rows
                for word in ("name", "iso")
                if row.attributes.get(word)
            ]
        return self._names[kind]

    def organizations(self) -> list[tuple[str, str]]:
        """Give id and name of every organization."""
        chunks = read(self._itglue, "organizations", lane="live", max_wait=PATIENCE)
        return [(row.id, str(row.attributes.get("name") or "")) for chunk in chunks for row in chunk.rows]

    def types(self) -> list[dict[str, Any]]:
        """Give every flexible asset type with its fields."""
        chunks = read(self._itglue, TYPES, lane="live", max_wait=PATIENCE)
        return [row.attributes for chunk in chunks for row in chunk.rows]

    def _first(self, kind: str) -> Listing:
        include = kind_of(kind).include
        try:
            return self._itglue.page(kind, lane="live", size=PAGE, include=include, max_wait=PATIENCE)
        except RejectedError:
            self._refused.add(kind)
            return self._itglue.page(kind, lane="live", size=PAGE, max_wait=PATIENCE)

    def _owned(self, kind: str, page: Listing) -> Owned:
        owned = Owned()
        for row in page.rows:
            word = row.attributes.get("psa_integration")
            if not word:
                continue
            owned.linked += 1
            owned.words[str(word)] += 1
            owned.with_adapters += bool(row.adapters)
            owned.systems.update(adapter_word(each.type) for each in row.adapters)
        if page.next_page is not None and owned.linked:
            self._count_all(kind, owned)
        return owned

    def _count_all(self, kind: str, owned: Owned) -> None:
        """Count what the first page cannot: by the filter, where there is one."""
        owned.exact = False
        types = {source.type for source in self._settings.sources.values() if source.type in _FILTERS}
        for system in types:
            try:
                filters = {"psa_integration_type": _FILTERS[system]}
                page = self._itglue.page(kind, lane="live", size=1, filters=filters, max_wait=PATIENCE)
            except BridgeError:
                continue
            if (page.total or 0) >= owned.linked:
                owned.linked, owned.exact = page.total or 0, True

    def _native(self, owned: dict[str, Owned]) -> Iterator[Found]:
        found = {kind: each for kind, each in owned.items() if each.linked}
        if not found:
            yield ok("itglue", "no record belongs to a native PSA sync")
            return
        systems = Counter[str]()
        for each in found.values():
            systems.update(each.systems)
        title = _TITLES.get(systems.most_common(1)[0][0], "PSA") if systems else "PSA"
        said = ", ".join(
            f"{'' if each.exact else 'at least '}{output.count(each.linked, kind.removesuffix('s'))}"
            for kind, each in found.items()
        )
        if not any(each.live for each in found.values()):
            if any("disabled" in each.words for each in found.values()):
                text = (
                    f"native {title} sync is paused and still owns {said}: nothing of these kinds is created until you "
                    "disconnect it, or accept single records: docs/cutover.md"
                )
                yield Found("warn", "settings", text, "B207")
            else:
                yield ok("itglue", f"{said} were synced once and are orphans now; their attributes stay locked")
            return
        text = (
            f"native {title} sync still owns {said}: nothing of these kinds is created, locked attributes wait until "
            "you disconnect it: docs/cutover.md"
        )
        yield Found("warn", "settings", text, "B207")
        text = (
            "what is written on a synced record (notes, serial number, warranty, …) is pushed to the PSA by that sync"
        )
        yield Found("warn", "settings", text, "B207")
        if self._settings.itglue.native_sync == "disconnected":
            text = 'native_sync = "disconnected" is not believed: records of IT Glue still sync'
            yield self._of_key("B214", text, ("itglue", "native_sync"))

    def _adapters(self, owned: dict[str, Owned]) -> Iterator[Found]:
        linked = sum(each.linked for each in owned.values())
        known = sum(each.with_adapters for each in owned.values())
        if linked and not known:
            refused = ", the list refuses to include them" if self._refused else ""
            yield Found("warn", "itglue", f"records are linked to a PSA, but its ids do not come with the list{refused}: "
                                          "devices are matched by serial number, MAC address and name", "B212")  # fmt: skip
        elif known:
            yield ok("itglue", "PSA ids come with the list")
            types = {word for each in owned.values() for word in each.systems}
            fitting = [name for name, source in self._settings.sources.items() if source.type in types]
            if fitting and self._settings.native_source is None:
                text = f"IT Glue knows PSA ids, but no source is marked: set native = true on {' or '.join(fitting)}"
                yield self._of_key("B213", text, ("sources", fitting[0]))

    def _of_key(self, code: str, text: str, path: tuple[str, ...]) -> Found:
        error = self._settings.error(code, text, path)
        return Found("warn", "settings", str(error), code, error.file, error.line)

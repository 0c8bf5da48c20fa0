"""ConnectWise as a source: companies as organizations, sites as locations, contacts, configurations, tickets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bridge.errors import IncompleteReadError, TransientError
from bridge.records import Absent, Finding, Page, Record, Ref, WebhookRequest
from connectors.connectwise import check, moments, normalize, query, tickets, webhook
from connectors.connectwise.classify import NotFoundError
from connectors.connectwise.client import Batch, Client
from connectors.connectwise.keys import SigningKeys
from connectors.connectwise.payloads import Payload, id_of, without_secrets
from connectors.connectwise.selftest import working_form
from connectors.connectwise.settings import ConnectWiseSettings

COMPANIES = "/company/companies"
CONFIGURATIONS = "/company/configurations"
PATHS: Mapping[str, tuple[str, ...]] = {
    "organization": (COMPANIES,),
    "contact": ("/company/contacts",),
    "configuration": (CONFIGURATIONS,),
    "ticket": tickets.PATHS,
}
"""The lists of each kind."""

OVERLAP = timedelta(minutes=5)
"""Two changes of one second look alike, and a row may be committed after a later one (api/connectwise.md 6)."""

MOST_IDS = 100
"""In one `id in (…)`: the vendor advises 2,000 characters of URL (api/connectwise.md 3.5)."""

_SAMPLED = 10
"""Companies whose sites are looked at for a sample, a request each."""


class ConnectWise:
    """Reads one ConnectWise instance; fulfils `bridge.connector.Connector`.

    Lists are read without `fields`, whatever is wanted: a list and a single answer then give the same payload, so
    that a record looks changed only where it is, and a mapping that wants another word needs no new read.
    """

    type = "connectwise"
    kinds: Sequence[str] = ("organization", "location", "contact", "configuration", "ticket")
    per_organization: Sequence[str] = ("location",)
    normalizer = normalize.NORMALIZER

    def __init__(self, name: str, settings: ConnectWiseSettings) -> None:
        self.name = name
        self._settings = settings
        self._site = settings.site
        self._client = Client(name, settings)
        self._sender = webhook.Sender(self._site, settings.company)
        self._keys = SigningKeys(urlsplit(self._site.api).netloc, settings.trust)
        self._form: tuple[str, moments.Form] | None = None

    def __repr__(self) -> str:
        return f"ConnectWise({self.name}, {self._client.host})"

    def check(self, want: Mapping[str, AbstractSet[str]]) -> Iterator[Finding]:
        """Try the address, the keys, each permission that is wanted and the time filter; say what was found."""
        return check.findings(self.name, self._client, PATHS, want, self._settings.page_size)

    def changes(self, kind: str, since: str | None, want: AbstractSet[str]) -> Iterator[Page]:
        """Read what changed at or after `since`, in the order of ids; the watermark stands on the last page.

        A company that is merged away keeps its `lastUpdated` (api/connectwise.md 5.10), so all deleted companies
        follow, whole: as records they cost nothing where they are known, as hints they would cost a fetch each time.
        """
        start = _read_watermark(since)
        conditions = () if start is None else (f"lastUpdated>={moments.literal(start, self._time_form())}",)
        progress = _Progress()
        deleted: set[int | None] = set()
        for path in PATHS[kind]:
            for batch in self._client.read(path, *conditions):
                progress.see(batch)
                if kind == "organization":
                    deleted.update(id_of(row) for row in batch.rows if row.get("deletedFlag") is True)
                yield self._page(kind, batch.rows)
        if kind == "organization":
            for batch in self._client.read(COMPANIES, "deletedFlag=true"):
                yield self._page(kind, [row for row in batch.rows if id_of(row) not in deleted])
        yield Page(watermark=progress.watermark(since, start), complete=True)

    def snapshot(self, kind: str, want: AbstractSet[str], *, ids_only: bool = False) -> Iterator[Page]:
        """Read every record of the kind, and prove by the server's own count that none was missed.

        Ids rise and are not used again, so what is made during the read has a higher id than all before it and is
        left out of the proof. Raises IncompleteReadError where the ids up to there are not as many as were counted,
        also because some were deleted meanwhile: reading again is cheaper than a wrong conclusion. All lists of the
        kind are counted before the first is read and after the last, so a ticket that is converted meanwhile, and so
        moves from one to the other, spoils the proof wherever it goes.
        """
        proofs = [_Proof(self._client, path) for path in PATHS[kind]]
        total = sum(proof.counted for proof in proofs)
        for proof in proofs:
            for batch in self._client.read(proof.path, fields="id,_info/lastUpdated" if ids_only else None):
                proof.see(batch)
                yield self._page(kind, batch.rows, total=total, ids_only=ids_only)
        for proof in proofs:
            proof.end(f"{self.name}: {kind}")
        yield Page(complete=True, total=total)

    def fetch(self, ref: Ref) -> Record | Absent:
        """Read one record; Absent only where ConnectWise says NotFound for this id, in each list of the kind."""
        for path in PATHS[ref.kind]:
            try:
                return self.normalize(ref.kind, self._client.one(path, int(ref.id)))
            except NotFoundError:
                continue
        return Absent(ref)

    def reread(self, refs: Sequence[Ref]) -> Iterator[Record]:
        """Read many records of one kind, a hundred per request."""
        for kind in dict.fromkeys(ref.kind for ref in refs):
            numbers = sorted({int(ref.id) for ref in refs if ref.kind == kind})
            for start in range(0, len(numbers), MOST_IDS):
                asked = f"id in ({','.join(map(str, numbers[start : start + MOST_IDS]))})"
                for path in PATHS[kind]:
                    for batch in self._client.read(path, asked):
                        yield from self._records(kind, batch.rows)

    def of_organization(self, kind: str, organization: Ref) -> tuple[Record, ...] | Absent:
        """Read the sites of a company, without `fields`: a field of theirs is refused there (api/connectwise.md 5.3)."""
        company = int(organization.id)
        records: list[Record] = []
        try:
            for batch in self._client.read(f"{COMPANIES}/{company}/sites", of_record=True):
                records += self._records(kind, (self._placed(row, company) for row in batch.rows))
        except NotFoundError:
            return Absent(organization)
        return tuple(records)

    def enrich(self, records: Sequence[Record], want: AbstractSet[str]) -> Iterator[Record]:
        """Add a ticket's configurations, a request for each ticket; nothing else costs one."""
        for record in records:
            if record.ref.kind != "ticket" or "configurations" not in want:
                yield record
                continue
            linked = tickets.configurations(self._client, record.payload)
            if linked is not None:
                read = self.normalize("ticket", {**record.payload, "configurations": linked})
                yield replace(record, words={**record.words, "configurations": read.words["configurations"]})

    def sample(self, kind: str, size: int) -> Iterator[Record]:
        """Read the newest records of a kind; of sites those of the newest companies."""
        if kind in self.per_organization:
            for company in self._client.some(COMPANIES, fields="id", order="id desc", size=min(size, _SAMPLED)):
                found = self.of_organization(kind, Ref(self.name, "organization", str(id_of(company))))
                yield from () if isinstance(found, Absent) else found
            return
        for path in PATHS[kind]:
            yield from self._records(kind, self._client.some(path, order="id desc", size=size))

    def normalize(self, kind: str, payload: dict[str, Any]) -> Record:
        """Give the record of a payload, fresh or stored; pure."""
        return normalize.record_of(self.name, kind, without_secrets(payload), self._site.pages, self._settings.company)

    def read_webhook(self, request: WebhookRequest) -> tuple[Ref, ...]:
        """Name the record of a callback; raise SignatureError where it is not genuine."""
        return webhook.refs_of(request, self.name, self._sender, self._keys.at)

    def url(self, ref: Ref) -> str | None:
        """Give the address of the record in the application."""
        return normalize.page_of(ref, self._site.pages, self._settings.company)

    def query(self, path: str, where: str | None, limit: int) -> Iterator[dict[str, Any]]:
        """Give at most `limit` records of any list of the API, for an operator who wants to look."""
        return query.rows(self._client, path, where, limit)

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def _time_form(self) -> moments.Form:
        """Give the form of times that works here, tried once per start and after an upgrade."""
        codebase = self._client.company_info().codebase
        if self._form is None or self._form[0] != codebase:
            form = working_form(self._client, (COMPANIES, CONFIGURATIONS))
            if form is None:
                return moments.Form.ZULU
            self._form = codebase, form
        return self._form[1]

    def _placed(self, row: Payload, company: int) -> Payload:
        """Give a site with its company, which a role may hide; raise TransientError where it is another's."""
        named = row.get("company")
        if id_of(named) not in {None, company}:
            raise TransientError(f"{self.name}: among the sites of company {company} stands one of {id_of(named)}")
        return row if id_of(named) else {**row, "company": {"id": company}}

    def _page(self, kind: str, rows: Sequence[Payload], *, total: int | None = None, ids_only: bool = False) -> Page:
        present = tuple(Ref(self.name, kind, str(id_of(row))) for row in rows)
        return Page(() if ids_only else tuple(self._records(kind, rows)), present, total=total)

    def _records(self, kind: str, rows: Iterable[Payload]) -> Iterator[Record]:
        return (self.normalize(kind, row) for row in rows)


class _Proof:
    """Whether a read of a list saw all that stood in it from its begin to its end."""

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self.path = path
        self._highest = client.newest(path)
        self.counted = client.count(path, f"id<={self._highest}")
        self._seen = 0

    def see(self, batch: Batch) -> None:
        self._seen += sum((id_of(row) or 0) <= self._highest for row in batch.rows)

    def end(self, subject: str) -> None:
        left = self._client.count(self.path, f"id<={self._highest}")
        if self._seen != self.counted or left > self.counted:
            raise IncompleteReadError(
                f"{subject}: {self.path}: {self.counted} counted before, {self._seen} read, {left} counted after, "
                f"up to id {self._highest}"
            )


class _Progress:
    """How far a read has got by the source's own times."""

    def __init__(self) -> None:
        self._began_at: datetime | None = None
        self._began = False
        self._largest: datetime | None = None

    def see(self, batch: Batch) -> None:
        if not self._began:
            self._began, self._began_at = True, batch.date
        for row in batch.rows:
            info = row.get("_info")
            at = moments.parse(info.get("lastUpdated")) if isinstance(info, dict) else None
            if at is not None and (self._largest is None or at > self._largest):
                self._largest = at

    def watermark(self, since: str | None, start: datetime | None) -> str | None:
        """Give how far the next read may begin; `since` again where the source's times say nothing better.

        What changes during the read may be missed by it, so the server's clock at its begin is a bound; without that
        clock there is none.
        """
        if self._largest is None or self._began_at is None:
            return since
        reached = min(self._largest, self._began_at) - OVERLAP
        return since if start is not None and reached <= start else moments.stamp(reached)


def _read_watermark(since: str | None) -> datetime | None:
    start = moments.parse(since)
    if since is not None and start is None:
        raise ValueError(f"{since!r} is no watermark of ours")
    return start

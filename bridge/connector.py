"""The contract of a connector: what the engine asks of a source."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from bridge.records import Absent, Finding, Page, Record, Ref, WebhookRequest


class Connector(Protocol):
    """Reads one source.

    Promises, checked for every connector by `tests/contract/connector_suite.py`: reads are inclusive and repeatable
    and never skip; they stream, page by page; a repeated cursor is an IncompleteReadError; a read says on its last
    page whether it is provably complete; watermarks come from the source's times, never our clock, and never
    decrease; they stand on earlier pages only where the read is keyset-ordered by (change time, id); no secret
    stands in a repr, an error or a log line; password-kind fields are dropped before anything is handed over.
    Every call may raise the errors of `bridge.errors`.
    """

    name: str
    type: str
    kinds: Sequence[str]
    per_organization: Sequence[str]
    """Those of the kinds that the source lists organization by organization only, and tells no changes of: they are
    read by `of_organization`, and have neither changes nor snapshot, fetch nor reread."""
    normalizer: int
    """Raised whenever `normalize` would give other words for the same payload."""

    def check(self, want: Mapping[str, AbstractSet[str]]) -> Iterator[Finding]:
        """Try credentials, the source's habits, and permissions for what is wanted; say what was found, with its price.

        `want` are the kinds that the mapping reads, each with its words. What nobody wants is not asked for.
        """

    def changes(self, kind: str, since: str | None, want: AbstractSet[str]) -> Iterator[Page]:
        """Read what changed at or after the watermark `since` (None: everything), deletion marks included as hints."""

    def snapshot(self, kind: str, want: AbstractSet[str], *, ids_only: bool = False) -> Iterator[Page]:
        """Read every record of the kind; with `ids_only`, pages carry `present` alone."""

    def fetch(self, ref: Ref) -> Record | Absent:
        """Read one record by id."""

    def reread(self, refs: Sequence[Ref]) -> Iterator[Record]:
        """Read many records of one kind in few requests; one that is left out proves nothing."""

    def of_organization(self, kind: str, organization: Ref) -> tuple[Record, ...] | Absent:
        """Read all records of a kind that stand below an organization; Absent where that is not there."""

    def enrich(self, records: Sequence[Record], want: AbstractSet[str]) -> Iterator[Record]:
        """Give the records with the wanted words that cost a request per record.

        They come as they are read, with the Ref and version that they came with; one that is not there any more is
        left out. Only the added words differ: the payload stays what a list shows.
        """

    def sample(self, kind: str, size: int) -> Iterator[Record]:
        """Read about so many of the newest records of a kind, in few requests: enough to show what it offers."""

    def normalize(self, kind: str, payload: dict[str, Any]) -> Record:
        """Give the record of a stored payload; pure."""

    def read_webhook(self, request: WebhookRequest) -> tuple[Ref, ...]:
        """Name the records that a webhook speaks of; raise SignatureError where it is not genuine."""

    def url(self, ref: Ref) -> str | None:
        """Give the address of the record in the PSA's own user interface."""

    def close(self) -> None:
        """Give back connections."""

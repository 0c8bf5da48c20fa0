"""What `--json` prints: one object for each command, its top-level keys always all there.

docs/operating.md lists them, and a test compares. What stands inside is told by each
command's help; what several of them print has a type here too.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, get_type_hints

Rows = Sequence[Mapping[str, Any]]
Counts = Mapping[str, int]


class Finding(TypedDict):
    """`level` is ok, warn or error; `code` names a page of docs/errors.md."""

    level: str
    code: str | None
    subject: str
    text: str
    file: str | None
    line: int | None


class Pause(TypedDict):
    """A pause by hand: `what` is all, a source, or a reference."""

    what: str
    since: str | None
    until: str | None
    by: str
    why: str


class Refused(TypedDict):
    """What was not written."""

    ref: str
    why: str


class RefusedRow(TypedDict):
    """A row of a file that was not taken."""

    line: int
    ref: str
    why: str


class Failure(TypedDict):
    """An error; `file` and `line` say where it stands in a file."""

    code: str
    message: str
    file: str | None
    line: int | None


class Init(TypedDict):
    """The files that were written, and the next command."""

    settings: str
    environment: str
    next: str


class Check(TypedDict):
    """`ok` is False where any finding is an error; `lines` counts the lines of value maps."""

    ok: bool
    findings: Sequence[Finding]
    lines: Rows


class Match(TypedDict):
    """How many companies became what; `need_you` lists those that a person has to decide."""

    companies: int
    excluded: Counts
    matched: Counts
    create: int
    held: Counts
    gone: int
    need_you: Rows
    stored: int
    problems: Sequence[Finding]


class Plan(TypedDict):
    """`lines` has one target to a line of text, as they are planned."""

    lines: Rows
    summary: Mapping[str, Any]
    problems: Sequence[Finding]


class Apply(TypedDict):
    """Of an undo too. `run` is null where nothing was begun; `paused` counts what stays open, paused by hand."""

    run: int | None
    counts: Mapping[str, Any]
    paused: int
    refused: Sequence[Refused]
    problems: Sequence[Finding]


class Problem(TypedDict):
    """`what` is service, paused, stop or overdue; `subject` a process, a side, a hold code or a stream."""

    what: str
    subject: str
    text: str


class Status(TypedDict):
    """`service` is null where none runs; `paused` is by hand; `problems` is empty where all is well."""

    mode: str
    now: str | None
    service: Mapping[str, Any] | None
    paused: Sequence[Pause]
    sources: Rows
    itglue: Mapping[str, Any]
    fetches: int
    targets: Mapping[str, Counts]
    held: Counts
    runs: Rows
    problems: Sequence[Problem]


class Held(TypedDict):
    """`held` counts what the filters leave, `targets` lists it; `paused` is by hand."""

    held: int
    by_code: Counts
    paused: Sequence[Pause]
    targets: Rows


class Decided(TypedDict):
    """A pin, ban, new or exclude; `effects` is what follows beside it."""

    ref: str
    verb: str
    itglue_id: str | None
    why: str | None
    effects: Sequence[str]


class Accepted(TypedDict):
    """`left` are held by the same code and not lifted by a yes."""

    accepted: int
    left: int


class Retried(TypedDict):
    """How many targets are due now."""

    retried: int


class Explain(TypedDict):
    """One entry for each block of the record."""

    targets: Rows


class MappingLines(TypedDict):
    """Each line of the mapping, with where it comes from."""

    lines: Rows


class Query(TypedDict):
    """In the PSA's own words."""

    records: Rows


class Journal(TypedDict):
    """`entries` has one to a line of text, oldest first."""

    entries: Rows


class Paused(TypedDict):
    """Every pause by hand that stands."""

    paused: Sequence[Pause]


class Resumed(TypedDict):
    """What was ended, and the pauses that still stand."""

    resumed: Sequence[str]
    paused: Sequence[Pause]


class Exported(TypedDict):
    """How many links a file has got."""

    file: str
    links: int


class Imported(TypedDict):
    """Links that are there now, that were there already, and rows that were not taken."""

    linked: int
    already: int
    refused: Sequence[RefusedRow]


class Backup(TypedDict):
    """The file that was written, and its size."""

    file: str
    bytes: int


class Fields(TypedDict):
    """`records` counts those that were looked at."""

    source: str
    kind: str
    records: int
    fields: Rows


class Suggested(TypedDict):
    """The rules with what made each fit, and what is shown of each kind; `organization` is the ticket's."""

    ref: str
    title: str | None
    open: bool
    organization: str | None
    rules: Rows
    shown: Rows


class Listed(TypedDict):
    """A list of IT Glue's, all pages of it, and what was included with it."""

    count: int
    records: Rows
    included: Rows


class Single(TypedDict):
    """One record of IT Glue, as it is or has just been written."""

    record: Mapping[str, Any]
    included: Rows


class Errors(TypedDict):
    """What any command prints instead where it cannot do what was asked; its exit code is 1."""

    errors: Sequence[Failure]


SHAPES: Mapping[str, type] = {
    "init": Init, "check": Check, "match": Match, "plan": Plan, "apply, undo": Apply, "status": Status, "held": Held,
    "held pin, ban, new, exclude": Decided, "held accept": Accepted, "held retry": Retried, "explain": Explain,
    "journal": Journal, "pause": Paused, "resume": Resumed, "links export": Exported, "links import": Imported,
    "backup": Backup, "mapping": MappingLines, "fields": Fields, "suggest": Suggested, "query": Query, "itglue … list": Listed,
    "itglue … get, create, update": Single, "any, where it fails": Errors,
}  # fmt: skip


def keys(command: str) -> tuple[str, ...]:
    """Name the top-level keys of a command's object, in their order."""
    return tuple(get_type_hints(SHAPES[command]))

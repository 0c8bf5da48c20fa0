"""What `--json` prints: one object for each command, its top-level keys always all there.

docs/operating.md lists them, and a test compares. What stands inside is told by each command's help.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, get_type_hints

Rows = Sequence[Mapping[str, Any]]
Counts = Mapping[str, int]


class Init(TypedDict):
    """The files that were written, and the next command."""

    settings: str
    environment: str
    next: str


class Check(TypedDict):
    """`ok` is False where any finding is an error; `lines` counts the lines of value maps."""

    ok: bool
    findings: Rows
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
    problems: Rows


class Plan(TypedDict):
    """`lines` has one target to a line of text, as they are planned."""

    lines: Rows
    summary: Mapping[str, Any]
    problems: Rows


class Apply(TypedDict):
    """Of an undo too. `run` is null where nothing was begun; `paused` counts what stays open, paused by hand."""

    run: int | None
    counts: Mapping[str, Any]
    paused: int
    refused: Rows
    problems: Rows


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
    paused: Rows
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
    paused: Rows
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

    paused: Rows


class Resumed(TypedDict):
    """What was ended, and the pauses that still stand."""

    resumed: Sequence[str]
    paused: Rows


class Exported(TypedDict):
    """How many links a file has got."""

    file: str
    links: int


class Imported(TypedDict):
    """Links that are there now, that were there already, and rows that were not taken."""

    linked: int
    already: int
    refused: Rows


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

    errors: Rows


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

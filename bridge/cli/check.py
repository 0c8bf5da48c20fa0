"""`glue-bridge check`: whether everything is there before anything is done."""

import time
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli import output, progress, shapes
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, settings_of

if TYPE_CHECKING:
    from bridge.cli.checks.found import Found
    from bridge.cli.checks.machine import Machine
    from bridge.mapping.blocks import Mapping as BlockMapping
    from bridge.records import Ref
    from bridge.settings import Settings
    from bridge.store.database import Database

Read = Annotated[
    bool,
    typer.Option(
        "--read", help="Also read every configuration of the PSA, to count value-map lines before the first plan."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(check)


def check(read: Read = False, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
    """Look whether everything is there: settings, secrets, database, queue, quota, both sides, names, permissions.

    It asks IT Glue about ten times and each source a little more, and writes to neither. WARN is what you should know,
    ERROR what has to be put right; docs/errors.md has a page for each number. Value-map lines are counted over the
    companies, and over the configurations once they have been read.

    For example:
      glue-bridge check
      glue-bridge check --read

    JSON: {"ok": true, "findings": [{"level", "code", "subject", "text", "file", "line"}],
      "lines": [{"block", "key", "where", "text", "records"}]}; level is ok, warn or error

    Exit code: 0 no errors, 1 any error.
    """
    report = _Report(as_json=as_json)
    with ExitStack() as stack:
        for found in _Check(settings, stack, read=read, lines=report.lines).all():
            report.add(found)
    return report.end()


class _Report:
    """Prints findings as they come, or all of them as JSON."""

    def __init__(self, *, as_json: bool) -> None:
        self.lines: list[dict[str, Any]] = []
        self._as_json = as_json
        self._found: list[Found] = []

    def add(self, found: "Found") -> None:
        self._found.append(found)
        if not self._as_json:
            found.show()

    def end(self) -> int:
        errors = sum(each.level == "error" for each in self._found)
        if self._as_json:
            findings = [each.as_json() for each in self._found]
            output.emit(shapes.Check(ok=not errors, findings=findings, lines=self.lines))
        elif errors:
            output.say(f"\n{output.count(errors, 'error')}: docs/errors.md says what to do about each number")
        return 1 if errors else 0


class _Check:
    """Everything that is checked, in an order in which each part stands on those before it."""

    def __init__(self, path: Path, stack: ExitStack, *, read: bool, lines: list[dict[str, Any]]) -> None:
        self._path = path
        self._stack = stack
        self._read = read
        self._lines = lines
        self._reachable: list[str] = []

    def all(self) -> Iterator["Found"]:
        from bridge.cli import failures
        from bridge.cli.checks.found import of_problems
        from bridge.cli.checks.machine import Machine
        from bridge.errors import SettingsError
        from bridge.mapping.blocks import compile_mapping

        try:
            settings = settings_of(self._path)
            mapping = compile_mapping(settings)
        except SettingsError as error:
            yield from of_problems(failures.of(error) or (), "settings")
            return
        machine = Machine(self._stack)
        yield from machine.check(settings)
        yield from self._itglue(settings, mapping, machine)
        for name in settings.sources:
            yield from self._source(settings, name, {kind: mapping.want(kind) for kind in mapping.kinds_of(name)})
        yield from self._names(settings, mapping, machine)

    def _itglue(self, settings: "Settings", mapping: "BlockMapping", machine: "Machine") -> Iterator["Found"]:
        from bridge.cli import failures
        from bridge.cli.checks import assets, names
        from bridge.cli.checks.account import Account, client_of
        from bridge.cli.checks.found import of_problems
        from bridge.errors import BridgeError, SettingsError

        if machine.queue is None:
            return  # no request without a grant
        try:
            client = self._stack.enter_context(client_of(settings, machine.queue))
            self._stack.callback(client.quota.close)
        except SettingsError:
            return  # the missing key has been said
        account = Account(settings, client)
        try:
            yield from account.check()
            yield from account.suggested(
                dict.fromkeys(
                    show for each in mapping.suggesting if each.suggestions for show in each.suggestions.shows
                )
            )
            if mapping.suggesting:
                yield from names.shared(settings, account.organizations)
            yield from names.in_itglue(settings, mapping, account.names)
            if mapping.asset_types:
                yield from assets.in_itglue(settings, mapping, account.types())
        except BridgeError as error:
            yield from of_problems(failures.of_side(error, "itglue"), "itglue")

    def _source(self, settings: "Settings", name: str, want: Mapping[str, AbstractSet[str]]) -> Iterator["Found"]:
        from bridge import app
        from bridge.cli import failures
        from bridge.cli.checks.found import Found, of_problems
        from bridge.errors import BridgeError, SettingsError

        failed = False
        try:
            with app.connector_of(settings, name) as connector:
                for each in connector.check(want):
                    failed = failed or each.level == "error"
                    yield Found(each.level, each.subject, each.text, each.code)
        except SettingsError as error:
            if error.code != "B102":  # a missing secret has been said
                yield from of_problems(failures.of(error) or (), name)
            return
        except BridgeError as error:
            yield from of_problems(failures.of_side(error, name), name)
            return
        if not failed:
            self._reachable.append(name)

    def _names(self, settings: "Settings", mapping: "BlockMapping", machine: "Machine") -> Iterator["Found"]:
        from bridge.cli import failures
        from bridge.cli.checks import names
        from bridge.cli.checks.found import of_problems, ok
        from bridge.errors import BridgeError

        for block in mapping.blocks:
            if not mapping.reads(block.id) or block.asset_type is not None:
                continue
            live = self._read or block.kind == "organization"
            records = self._records(settings, mapping, machine.database, block.kind, live=live)
            try:
                if block.kind == "organization":
                    customers = list(records)
                    if customers:
                        yield from names.at_sources(settings, [(ref, words.get("name")) for ref, words in customers])
                    records = iter(customers)
                found, told = names.reached(settings, mapping, block.id, records)
            except BridgeError as error:
                yield from of_problems(failures.of_side(error, "source"), "source")
                continue
            self._lines += told
            yield from found
            if not found and not live and self._reachable:
                yield ok("mapping", f"lines of [{block.id}] are counted after the first plan, or with --read")

    def _records(
        self, settings: "Settings", mapping: "BlockMapping", db: "Database | None", kind: str, *, live: bool
    ) -> Iterator[tuple["Ref", Mapping[str, Any]]]:
        """Give what the mirror holds of a kind, and what a source says of it where nothing has been mirrored yet."""
        from bridge import app
        from bridge.mapping.days import as_of
        from bridge.store import inspect

        for name in settings.sources:
            held = False
            if db is not None:
                with db.read() as connection:
                    for each in inspect.mirrored(connection, name, kind):
                        held = True
                        yield each[0], as_of(kind, each[1], time.time())
            if held or not live or name not in self._reachable:
                continue
            with app.connector_of(settings, name) as connector, progress.shown() as tell:
                if kind in connector.per_organization:
                    continue  # a request for each organization: too dear for a check
                for page in connector.changes(kind, None, mapping.want(kind)):
                    tell(f"read {kind}s", len(page.records))
                    yield from ((each.ref, as_of(kind, each.words, time.time())) for each in page.records)

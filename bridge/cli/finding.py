"""Finding what a person names: records, organizations, codes; each miss says what to write instead."""

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from bridge.catalogue import ENTRIES, HOLDS
from bridge.cli.failures import CommandError, fail
from bridge.mapping.effective import KINDS
from bridge.mapping.problems import nearest
from bridge.records import KINDS as RECORD_KINDS
from bridge.records import Ref
from bridge.settings import Settings
from bridge.store import inspect
from bridge.store.inspect import Organization, Row

REF_HELP = (
    "A record, source:kind:id such as cw:configuration:4711; an asset that a block makes of one, "
    "psa-ticket/cw:ticket:7; or a name, names:manufacturers:Dell."
)


def source_of(settings: Settings, connection: Connection, text: str) -> str:
    """Give the name of a source, of the settings or one that was once read; raise B400 for any other."""
    known = {*settings.sources, *inspect.sources(connection)}
    if text not in known:
        raise fail("B400", f'there is no source "{text}"; known: {", ".join(sorted(known))}')
    return text


def planned_ref(settings: Settings, text: str) -> None:
    """Raise B401 for what no plan can show: no reference of a record, or one of a source that is not there."""
    try:
        ref = Ref.parse(text)
    except ValueError as error:
        raise _no_reference(text, error) from error
    if ref.source not in settings.sources:
        raise _no_source(text, ref.source, settings.sources)


def _no_source(text: str, source: str, known: Iterable[str]) -> CommandError:
    return fail("B401", f'{text} is of no source: there is no "{source}"; known: {", ".join(sorted(known))}')


def targets_of(settings: Settings, connection: Connection, text: str) -> list[Row]:
    """Give the targets of a reference, one per block; raise B401 where it is none, or nothing was read of it."""
    try:
        found = inspect.find(connection, text)
    except ValueError as error:
        raise _no_reference(text, error, inspect.organizations_named(connection, text)) from error
    if not found:
        raise _nothing_of(settings, connection, text.strip())
    return found


def _nothing_of(settings: Settings, connection: Connection, text: str) -> CommandError:
    block, text = inspect.of_block(text)
    if block is not None and (others := inspect.find(connection, text)):
        which = ", ".join(f"{row.block}/{row.anchor}" for row in others)
        return fail("B401", f'no block "{block}" makes anything of {text}: write one of {which}')
    if text.startswith("names:"):
        return fail("B401", f"{text}: no record that has been read needs this name: look at its kind and its spelling")
    ref = Ref.parse(text)
    if ref.source not in settings.sources:
        return _no_source(text, ref.source, settings.sources)
    words = inspect.words_of(connection, ref)
    if words is None:
        return fail("B401", f"{text} has not been read: look at the id, or read what is new with glue-bridge plan")
    said = f"{text} has been read, and no block makes anything in IT Glue of it alone"
    owner = (words.get("organization") or {}).get("id")
    look = f": a summary may show it, glue-bridge explain {ref.source}:organization:{owner}" if owner else ""
    return fail("B401", said + look)


def _no_reference(text: str, error: ValueError, named: Sequence[Organization] = ()) -> CommandError:
    if named:
        return fail("B401", f'write the reference of "{text}": {", ".join(str(each.ref) for each in named)}')
    parts = text.strip().split(":", 2)
    if len(parts) == 3 and all(parts) and parts[0] != inspect.NAMES:
        return fail("B401", f'{text} is of no kind: there is no "{parts[1]}"{nearest(parts[1], RECORD_KINDS)}')
    return fail("B401", str(error))


def target_of(settings: Settings, connection: Connection, text: str) -> Row:
    """Give the one target of a reference that a decision is about.

    That is the record itself; an asset that a block makes of it beside is `BLOCK/REF`. Raises B401 where it is one of
    several assets, and it is not said which.
    """
    found = targets_of(settings, connection, text)
    own = [row for row in found if row.block in (*KINDS, inspect.NAMES)]
    if not own and len(found) > 1:
        which = ", ".join(map(inspect.exact, found))
        raise fail("B401", f"{text} stands for {len(found)} assets: say which, {which}")
    return (own or found)[0]


def organizations_of(connection: Connection, text: str) -> list[Organization]:
    """Give the customer of a Ref or exact name, as every source knows it; raise B401 where it is not clear which."""
    found = inspect.organizations_named(connection, text)
    if not found:
        names = [each.name for each in inspect.organizations(connection) if each.name]
        near = nearest(text, names) if len(names) < 5000 else ""
        said = near if near.startswith("; nearest") else ""
        raise fail("B401", f'"{text}" is no organization; write its exact name or its reference{said}')
    sources = [each.ref.source for each in found]
    if len(set(sources)) < len(sources):
        refs = ", ".join(str(each.ref) for each in found)
        raise fail("B401", f'"{text}" is the name of {len(found)} organizations; write one of {refs}')
    return found


def code_of(text: str) -> str:
    """Give the hold code that is meant by `ambiguous` or `B305`; raise B400 for another word."""
    entry = ENTRIES.get(text.strip().upper())
    word = entry.hold if entry is not None and entry.hold else text.strip()
    if word not in HOLDS:
        raise fail("B400", f'there is no hold code "{text}"{nearest(text, HOLDS)}')
    return word

"""Every error an operator can meet, as `catalogue.toml` lists them; `docs/errors.md` is that list, printed."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the list. `hold` is the hold code that it stands for, None for all other errors.

    `key` is the key of a block that decides such a hold, None where no rule does. `commands` are what an operator may
    run, with `{ref}` for the record and `{id}` for a record of IT Glue.
    """

    code: str
    title: str
    cause: str
    fix: str
    hold: str | None = None
    key: str | None = None
    commands: tuple[str, ...] = ()


def _read() -> dict[str, Entry]:
    listed = tomllib.loads(files("bridge").joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return {code: Entry(code, **{**said, "commands": tuple(said.get("commands", ()))}) for code, said in listed.items()}


ENTRIES = _read()
HOLDS: dict[str, Entry] = {entry.hold: entry for entry in ENTRIES.values() if entry.hold is not None}
_PARTS = {
    "B1": "Settings and the machine",
    "B2": "The PSA and IT Glue",
    "B3": "What is held",
    "B4": "Commands",
}


def number(hold: str) -> str:
    """Give the number of a hold code; a code of another release stands for itself."""
    entry = HOLDS.get(hold)
    return entry.code if entry is not None else hold


def page() -> str:
    """Give the text of `docs/errors.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Errors"
    yield ""
    yield "Every error has a number, a cause and a fix. `glue-bridge check` finds most of B1 and B2 before they matter,"
    yield "`glue-bridge held` lists what is held, `glue-bridge explain REF` says it of one record, with the commands that"
    yield "help. This page is written by `python -m bridge.catalogue`."
    part = None
    for code, entry in ENTRIES.items():
        if code[:2] != part:
            part = code[:2]
            yield from ("", f"## {_PARTS[part]}")
        said = f" `{entry.hold}`" if entry.hold else ""
        yield from ("", f"### {code}{said}: {entry.title}", "", entry.cause, "", f"**Fix:** {entry.fix}")
        if entry.commands:
            yield from ("", *(f"    {each.format(ref='REF', id='ID')}" for each in entry.commands))


if __name__ == "__main__":
    print(page(), end="")

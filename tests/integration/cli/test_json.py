"""What `--json` prints: one object for each command, with the keys that docs/operating.md lists."""

import json
import os
import pty
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args, get_type_hints, is_typeddict

import pytest
import typer

from bridge.cli import shapes
from bridge.cli.frame import application
from tests.integration.cli.workplace import Workplace

REF, OTHER = "cw:configuration:4054", "cw:configuration:4001"
COMMANDS = [
    ("check", ["check"]),
    ("match", ["match"]),
    ("plan", ["plan"]),
    ("plan", ["plan", "--ref", REF]),
    ("apply, undo", ["apply", "--yes"]),
    ("apply, undo", ["undo", "1", "-o", "undo.plan"]),
    ("status", ["status"]),
    ("held", ["held"]),
    ("held", ["held", "list"]),
    ("held", ["held", "--code", "flapping"]),
    ("held pin, ban, new, exclude", ["held", "pin", REF, "30112182"]),
    ("held pin, ban, new, exclude", ["held", "ban", REF, "30112182"]),
    ("held pin, ban, new, exclude", ["held", "new", REF]),
    ("held pin, ban, new, exclude", ["held", "exclude", REF, "--why", "leased"]),
    ("held accept", ["held", "accept", "--code", "flapping", "--source", "cw"]),
    ("held retry", ["held", "retry", "--code", "ambiguous"]),
    ("explain", ["explain", OTHER]),
    ("journal", ["journal"]),
    ("journal", ["journal", "--since", "2999-01-01"]),
    ("pause", ["pause", "all", "--why", "tired"]),
    ("resume", ["resume"]),
    ("links export", ["links", "export", "links.csv"]),
    ("links import", ["links", "import", "given.csv"]),
    ("backup", ["backup", "copy.db"]),
    ("mapping", ["mapping"]),
    ("fields", ["fields", "cw", "configuration"]),
    ("itglue … list", ["itglue", "countries", "list", "--iso", "US"]),
    ("itglue … list", ["itglue", "flexible-asset-fields", "list", "90500"]),
    ("itglue … get, create, update", ["itglue", "countries", "get", "235"]),
    ("query", ["query", "cw", "/company/companies", "--limit", "2"]),
    ("query", ["query", "cw", "/company/companies", "--where", "id=1"]),
    ("any, where it fails", ["explain", "cw:configuration:1"]),
    ("any, where it fails", ["plan", "--ref", "cw:configuration:1"]),
    ("any, where it fails", ["query", "cw", "/company/companies", "--where", "name=="]),
    ("any, where it fails", ["held", "--nonsense"]),
]


def rows_of(shape: str) -> dict[str, tuple[str, ...]]:
    """Give the keys of the rows that have a type, by the key that holds them."""
    hints = get_type_hints(shapes.SHAPES[shape])
    return {
        key: tuple(get_type_hints(row)) for key, hint in hints.items() for row in get_args(hint) if is_typeddict(row)
    }


@pytest.mark.parametrize(("shape", "arguments"), COMMANDS, ids=[" ".join(each) for _, each in COMMANDS])
def test_a_command_prints_one_object_with_its_keys(drained: Workplace, shape: str, arguments: list[str]) -> None:
    """All of them, whatever there is to say."""
    (drained.folder / "given.csv").write_text("ref,block,itglue_type,itglue_id\n", encoding="utf-8")

    said = drained.run(*arguments, "--json")

    assert tuple(said.json) == shapes.keys(shape)
    for key, words in rows_of(shape).items():
        assert {tuple(row) for row in said.json[key]} <= {words}, key
    assert (said.code == 1) == (shape == "any, where it fails")


def test_what_goes_into_a_file_stays_out_of_the_terminal(drained: Workplace) -> None:
    """On which the progress is shown, as with `plan --json > plan.json`."""
    master, slave = pty.openpty()
    with Path("plan.json").open("wb") as file:
        process = drained.start("plan", "--json", stdout=file, stderr=slave)
    os.close(slave)
    shown = b""
    with suppress(OSError):  # the end of a terminal
        while part := os.read(master, 65_536):
            shown += part
    os.close(master)

    assert process.wait(timeout=20) in {0, 2}
    assert tuple(json.loads(Path("plan.json").read_bytes())) == shapes.keys("plan")
    assert b"planned" in shown
    assert b'"ref"' not in shown


def test_init_prints_its_object_too(empty: Workplace) -> None:
    """In a folder without settings."""
    assert tuple(empty.init("--json").json) == shapes.keys("init")


def test_every_command_with_json_is_run_here() -> None:
    """A new one has to be added; of IT Glue's own lists each verb is run once, whatever the list.

    `suggest` is run by its own tests: it needs rules.
    """
    found = set(_with_json(typer.main.get_command(application()), ()))
    ran = {next(words for end in (3, 2, 1) if (words := _named(each[:end])) in found) for _, each in COMMANDS
           if "--nonsense" not in each}  # fmt: skip

    assert found == {*ran, ("init",), ("suggest",), ("itglue", "create"), ("itglue", "update")}


def _with_json(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if any("--json" in option.opts for option in command.params):
        yield _named(words)
    for name, inner in getattr(command, "commands", {}).items():
        yield from _with_json(inner, (*words, name))


def _named(words: Sequence[str]) -> tuple[str, ...]:
    return (words[0], *words[2:]) if words[:1] in (("itglue",), ["itglue"]) and len(words) > 2 else tuple(words)


def test_the_documentation_lists_the_same_keys() -> None:
    """Command by command."""
    page = Path(__file__).parents[3] / "docs" / "operating.md"
    text = page.read_text(encoding="utf-8").partition("## For scripts")[2].partition("\n## ")[0]
    listed = {
        name.replace("`", ""): tuple(re.findall(r"`(\w+)`", keys))
        for name, keys in re.findall(r"^\| (`.+?|any.+?) \| (`.+) \|$", text, re.MULTILINE)
    }

    assert listed == {name: shapes.keys(name) for name in shapes.SHAPES}

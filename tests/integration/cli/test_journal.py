"""`glue-bridge journal`."""

import csv
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from bridge.store import audit
from bridge.store.database import Database
from bridge.store.schema import journal, targets
from tests.integration.cli.workplace import Workplace


def lines(place: Workplace, *options: str) -> list[dict[str, Any]]:
    """Give the journal as scripts read it."""
    found: list[dict[str, Any]] = place.json("journal", *options)["entries"]
    return found


def test_every_write_is_there_with_old_and_new(drained: Workplace) -> None:
    """As many as IT Glue was asked for; each with who, why, and what became of it."""
    found = lines(drained)

    asked = json.loads((drained.folder / "writes.json").read_text())
    assert len(found) >= len(asked) > 0
    assert {each["outcome"] for each in found} == {"written"}
    assert {each["who"] for each in found} == {"test"}
    [one] = [each for each in found if each["ref"] == "cw:configuration:4007"]
    assert one["verb"] == "adopt"
    assert one["organization"]
    assert one["before"].keys() == one["after"].keys()
    assert one["before"] != one["after"]


def test_filters_narrow_it(drained: Workplace) -> None:
    """By record, run, customer and time; together they combine."""
    every = lines(drained)
    one = next(each for each in every if each["ref"].startswith("cw:configuration:"))

    by_ref = lines(drained, "--ref", one["ref"])
    by_run = lines(drained, "--run", str(one["run"]))
    by_customer = lines(drained, "--organization", one["organization"])
    recent, old = lines(drained, "--since", "1h"), lines(drained, "--until", "1h")
    none = lines(drained, "--since", "2999-01-01")
    both = lines(drained, "--ref", one["ref"], "--since", "2020-01-01T00:00", "--until", "2999-01-01")

    assert by_ref == both == [each for each in every if each["ref"] == one["ref"]]
    assert by_run == [each for each in every if each["run"] == one["run"]]
    assert by_customer == [each for each in every if each["organization"] == one["organization"]]
    assert (recent, old, none) == (every, [], [])


def test_csv_has_a_row_for_each_attribute(drained: Workplace) -> None:
    """What a spreadsheet reads is what the journal holds."""
    every = lines(drained)

    rows = list(csv.DictReader(drained.run("journal", "--csv").out.splitlines(keepends=True)))

    assert len(rows) == sum(max(len(each["after"]), 1) for each in every)
    assert {(row["ref"], row["attribute"]) for row in rows} == {
        (each["ref"], word) for each in every for word in each["after"]
    }


def test_people_read_old_and_new(drained: Workplace) -> None:
    """One line for the write, one below it for each attribute."""
    said = drained.run("journal", "--ref", "cw:configuration:4007").out

    assert re.match(
        r"[\d:-]+ +adopt cw:configuration:4007 -> \d+  of .+  written  run \d+  by test \(version \d+; ", said
    )
    assert re.search(r"\n    \w+ +.* -> ", said)


def test_what_people_did_stands_beside_it(drained: Workplace) -> None:
    """A pause and its end."""
    drained.run("pause", "cw", "--why", "upgrade")
    drained.run("resume", "cw")

    found = [(each["verb"], each["ref"], each["why"], each["outcome"]) for each in lines(drained)]

    assert found[-2:] == [("pause", "cw", "upgrade", "done"), ("resume", "cw", "", "done")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--since", "yesterday"), "B400", "'yesterday' is no time"),
        (("--csv", "--json"), "B400", "not both"),
        (("--ref", "cw:configuration:99"), "B401", "has not been read"),
        (("--organization", "Hollis Legl Ltd"), "B401", 'nearest: "Hollis Legal Ltd"'),
    ],
)
def test_what_is_not_understood_is_said(drained: Workplace, arguments: tuple[str, ...], code: str, said: str) -> None:
    """One message with its number."""
    found = drained.run("journal", *arguments)

    assert (found.code, found.err[7:11]) == (1, code)
    assert said in found.err


def test_a_long_journal_comes_in_pages(db: Database) -> None:
    """Each row once and in order, whatever the size of the pages."""
    with db.write() as connection:
        connection.execute(sa.insert(targets).values(id=1, block="configurations", anchor="cw:configuration:1"))
        rows = [{"at": float(n), "target": 1, "verb": "update", "after": f'{{"n": {n}}}'} for n in range(2500)]
        connection.execute(sa.insert(journal), rows)

    found = [entry.after["n"] for entry in audit.entries(db, [journal.c.at >= 100.0])]

    assert found == list(range(100, 2500))

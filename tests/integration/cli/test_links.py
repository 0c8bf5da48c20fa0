"""`glue-bridge links`."""

import csv
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from bridge.store.schema import links, targets
from tests.integration.cli.workplace import Workplace, sides

BLOCKS = """
[[flexible_assets]]
type = "Device card"
from = "cw.configurations"
fields = [{ name = "Name", kind = "Text", value = "{{ name }}", title = true }]

[[flexible_assets]]
type = "Open tickets"
from = "cw.tickets"
per = "organization"
fields = [
  { name = "Title", kind = "Text", value = "Open tickets of {{ name }}", title = true },
  { name = "Count", kind = "Number", value = "{{ tickets|length }}" },
]
"""


@pytest.fixture
def every_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workplace]:
    """Give a folder that has linked every kind, assets per record and summaries too, in an account of its own."""
    monkeypatch.chdir(tmp_path)
    with sides("3x4") as both:
        place = Workplace(tmp_path, both, capsys)
        place.ready()
        place.edit('create   = "ask"', 'create   = "yes"')
        place.file.write_text(place.file.read_text(encoding="utf-8") + BLOCKS, encoding="utf-8")
        both.itglue.control.post("/native_sync", json={"state": "disconnected"}).raise_for_status()
        said = place.run("apply", "--yes")
        assert said.code == 2, said.err + said.out
        yield place
    structlog.reset_defaults()


def linked(place: Workplace) -> dict[str, tuple[Any, ...]]:
    """Give the links of records as they are stored."""
    with place.engine() as engine, engine.db.read() as connection:
        rows = connection.execute(
            sa.select(targets.c.anchor, links.c.itglue_type, links.c.itglue_id, links.c.made, links.c.owns)
            .join(links, links.c.target == targets.c.id)
            .where(targets.c.mirror_id.is_not(None))
        )
        return {row.anchor: tuple(row[1:]) for row in rows}


def forget(place: Workplace) -> None:
    """Begin with a fresh store."""
    shutil.rmtree(place.folder / "data")


def change(file: Path, **columns: Any) -> None:
    """Change one link of an exported file: that of the `ref` that is named."""
    rows = list(csv.DictReader(file.read_text().splitlines()))
    for row in rows:
        if row["ref"] == columns["ref"]:
            row.update(columns)
    with file.open("w", newline="") as out:
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


@pytest.mark.parametrize("name", ["links.csv", "links.json"])
def test_links_come_through_a_file_into_a_fresh_store(drained: Workplace, name: str) -> None:
    """The same links, nothing written to IT Glue, and a plan that adopts and makes nothing."""
    before = linked(drained)
    told = drained.json("links", "export", name)
    forget(drained)
    asked = len([one for one in drained.sides.itglue.get("/requests") if one["method"] != "GET"])

    said = drained.run("links", "import", name)
    again = drained.json("links", "import", name)
    plan = drained.json("plan")

    assert told == {"file": name, "links": len(before)}
    assert stat.S_IMODE((drained.folder / name).stat().st_mode) == 0o600
    assert (said.code, said.out) == (0, f"{len(before)} records linked, 0 already so, 0 refused\n")
    assert linked(drained) == before
    assert again == {"linked": 0, "already": len(before), "refused": []}
    assert len([one for one in drained.sides.itglue.get("/requests") if one["method"] != "GET"]) == asked
    blocks = plan["summary"]["blocks"]
    assert [blocks[block]["adopt"] + blocks[block]["create"] for block in ("organizations", "configurations")] == [0, 0]


def test_links_of_every_kind_come_through_a_file(every_kind: Workplace) -> None:
    """Sites, contacts, and flexible assets, of which an asset of another type is refused with its line."""
    every_kind.run("links", "export", "links.csv")
    file = every_kind.folder / "links.csv"
    rows = list(csv.DictReader(file.read_text().splitlines()))
    kinds = {row["block"]: row["itglue_type"] for row in rows}
    forget(every_kind)

    told = every_kind.json("links", "import", "links.csv")
    again = every_kind.json("links", "import", "links.csv")
    plan = every_kind.json("plan")["summary"]["blocks"]

    cards, tickets = kinds.pop("device-card"), kinds.pop("open-tickets")
    assert cards != tickets
    assert {each.partition(":")[0] for each in (cards, tickets)} == {"flexible_assets"}
    assert kinds.keys() == {"organizations", "locations", "contacts", "configurations"}
    assert told == {"linked": len(rows), "already": 0, "refused": []}
    assert again == {"linked": 0, "already": len(rows), "refused": []}
    assert [plan[block]["adopt"] + plan[block]["create"] for block in ("device-card", "open-tickets")] == [0, 0]

    line, row = next((line, row) for line, row in enumerate(rows, 2) if row["block"] == "device-card")
    other = next(each for each in rows if each["block"] == "open-tickets")
    with file.open("w", newline="") as out:
        table = csv.DictWriter(out, list(row))
        table.writeheader()
        table.writerows({**each, "itglue_type": other["itglue_type"]} if each is row else each for each in rows)
    forget(every_kind)

    [refused] = every_kind.json("links", "import", "links.csv")["refused"]

    assert refused == {"line": line, "ref": row["ref"], "why": f"device-card are {cards} in IT Glue, not {tickets}"}


def test_what_cannot_be_is_refused_with_its_line(drained: Workplace) -> None:
    """Each for its own reason; the others are linked."""
    drained.run("links", "export", "links.csv")
    file = drained.folder / "links.csv"
    rows = list(csv.DictReader(file.read_text().splitlines()))
    devices = [row for row in rows if row["block"] == "configurations"]
    one, two, three, four, five = (row["ref"] for row in devices[:5])
    elsewhere = next(row for row in drained.sides.itglue.get("/records/configurations") if row["now"] is not None and str(
        row["id"]) not in {each["itglue_id"] for each in devices})  # fmt: skip
    change(file, ref=one, itglue_id="999999999")
    change(file, ref=two, itglue_id=devices[-1]["itglue_id"])
    change(file, ref=three, itglue_type="organizations")
    change(file, ref=four, block="gadgets")
    change(file, ref=five, itglue_id="twelve")
    with file.open("a") as out:
        out.write(f"cw:configuration:99,configurations,configurations,{elsewhere['id']},false,true,false\n")
        out.write("laptop,configurations,configurations,5,false,true,false\n")
        out.write(f"{rows[0]['ref']},organizations,organizations,5,false,true,false\n")
    forget(drained)

    told = drained.json("links", "import", "links.csv")

    lines = {row["ref"]: number for number, row in enumerate(rows, 2)}
    why = {each["ref"]: each["why"] for each in told["refused"]}
    at = {each["ref"]: each["line"] for each in told["refused"]}
    last = devices[-1]
    assert told["linked"] == len(rows) + 3 - len(told["refused"])
    assert len(told["refused"]) == len(why) == 8
    assert why[one] == "IT Glue has no configurations 999999999"
    assert why[two].startswith(f"{last['itglue_id']} is at organization ")
    assert why[three] == "configurations are configurations in IT Glue, not organizations"
    assert why[four].startswith('there is no block "gadgets": organizations, ')
    assert why[five] == "'twelve' is no id of IT Glue"
    assert why["cw:configuration:99"].startswith("cw:configuration:99 has not been read")
    assert why["laptop"].startswith("'laptop' is no reference")
    assert why[rows[0]["ref"]] == f"{rows[0]['ref']} stands in line 2 already"
    assert all(at[each] == lines[each] for each in (one, three, four, five))
    assert [at["cw:configuration:99"], at["laptop"], at[rows[0]["ref"]]] == [len(rows) + n for n in (2, 3, 4)]


def test_another_link_is_never_replaced(drained: Workplace) -> None:
    """A link that is there already stands; a person pins it, if it is wrong."""
    drained.run("links", "export", "links.csv")
    file = drained.folder / "links.csv"
    device = next(row for row in csv.DictReader(file.read_text().splitlines()) if row["block"] == "configurations")
    with drained.engine() as engine, engine.db.write() as connection:
        mine = sa.select(targets.c.id).where(targets.c.anchor == device["ref"])
        connection.execute(sa.update(links).where(links.c.target.in_(mine)).values(itglue_id="4711"))

    said = drained.run("links", "import", "links.csv")

    assert said.code == 2
    assert f"{device['ref']} is linked to 4711 already" in said.out
    assert linked(drained)[device["ref"]][1] == "4711"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("none.csv", None, "none.csv cannot be read"),
        ("some.csv", "ref,block\n", "some.csv has no column itglue_type, itglue_id"),
        ("some.json", "{}", "some.json is no list of links"),
        ("some.json", "[", "some.json is no JSON"),
        ("some.csv", 'ref,block,itglue_type,itglue_id\nx,"y', "is no CSV"),
    ],
)
def test_a_file_that_is_none_is_said(place: Workplace, name: str, text: str | None, said: str) -> None:
    """Before either side is asked."""
    if text is not None:
        (place.folder / name).write_text(text)

    found = place.run("links", "import", name)

    assert (found.code, found.err[7:11]) == (1, "B416")
    assert said in found.err

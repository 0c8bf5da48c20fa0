"""`glue-bridge mapping`."""

from tests.integration.cli.workplace import ONLY, Workplace


def test_each_line_says_where_it_comes_from(place: Workplace) -> None:
    """The file's lines by number, the others from the built-in mapping; no secret is needed."""
    (place.folder / ".env").unlink()

    said = place.run("mapping")

    assert said.code == 0
    assert said.out.startswith("organizations\n")
    only = next(line for line in said.out.splitlines() if "Consumable" in line)
    assert only.split()[-1] == f"bridge.toml:{place.line_of(ONLY[1])}"
    assert "set.serial_number" in said.out
    assert "defaults 2026-11" in said.out


def test_json_has_the_shape_that_help_documents(place: Workplace) -> None:
    """One row for each line of the mapping, those of an override with whom it is for."""
    with place.file.open("a") as file:
        file.write('\n[[override]]\norganizations = ["Acme"]\n[override.configurations]\nfill = ["asset_tag"]\n')

    rows = place.json("mapping", "--block", "configurations")["lines"]

    assert {row["block"] for row in rows} == {"configurations", "configurations (Acme)"}
    assert rows[-1] == {
        "block": "configurations (Acme)", "key": "fill", "text": "asset_tag",
        "where": f"bridge.toml:{place.line_of('fill = [')}",
    }  # fmt: skip


def test_a_block_that_is_not_there_is_an_error(place: Workplace) -> None:
    """With the nearest one."""
    said = place.run("mapping", "--block", "configuration")

    assert said.code == 1
    assert 'nearest: "configurations"' in said.err


def test_every_problem_of_the_file_is_named_at_once(place: Workplace) -> None:
    """One line each, in the order of the file."""
    place.edit('once     = ["notes"]', 'once = ["nots"]\nmatch2 = 1')
    place.edit("mode     =", "mood =")

    said = place.run("mapping")

    assert said.code == 1
    assert [line.split()[1] for line in said.err.splitlines()] == ["B101", "B101"]
    assert all("bridge.toml:" in line for line in said.err.splitlines())

"""The table "I want to … → file" of CONTRIBUTING.md is true."""

import re

from tests.architecture.tree import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def files() -> list[str]:
    """Give every file and folder that the table names."""
    rows = [line for line in TEXT.split("## I want to …", 1)[1].split("\n## ")[0].splitlines() if line.startswith("|")]
    cells = [row.strip("|").split("|")[1] for row in rows[2:]]
    return [each for cell in cells for each in re.findall(r"`([\w./]+/[\w./]*)`", cell)]


def test_every_file_of_the_table_is_there() -> None:
    """A table that sends people astray is worse than none."""
    assert len(files()) > 30
    assert [name for name in files() if not (ROOT / name).exists()] == []


def test_every_module_of_the_engine_is_in_the_table_once() -> None:
    """Whoever looks for a place finds it, and finds one."""
    named = files()
    wanted = [
        f"bridge/{path.name}{'/' if path.is_dir() else ''}"
        for path in sorted((ROOT / "bridge").iterdir())
        if (path.suffix == ".py" and path.name != "__init__.py") or (path / "__init__.py").is_file()
    ]

    assert {name: named.count(name) for name in wanted if named.count(name) != 1} == {}

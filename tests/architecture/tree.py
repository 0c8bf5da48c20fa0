"""The tree of source files, and what each of them imports."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("bridge", "connectors", "simulators")


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """One source file, under its dotted name."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def shown(self) -> str:
        """Give the path from the root, as people read it."""
        return str(self.path.relative_to(ROOT))


@cache
def modules(*tops: str) -> Sequence[Module]:
    """Give every module below these folders."""
    return tuple(
        module for top in tops for path in sorted((ROOT / top).rglob("*.py")) if (module := _read(path)) is not None
    )


@cache
def _read(path: Path) -> Module | None:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:  # an editor's file that came and went
        return None
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return Module(".".join(parts), path, text, ast.parse(text))


@cache
def imports(module: Module) -> tuple[str, ...]:
    """Give every module that one imports, anywhere in it; `from a import b` gives `a.b` where that is a module."""
    return tuple(_imports(module))


def _imports(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{origin}.{alias.name}"
                yield whole if _is_module(whole) else origin


@cache
def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def find_module(name: str) -> Module | None:
    """Give a module of the tree by its dotted name; None where there is none."""
    path = ROOT.joinpath(*name.split("."))
    return _read(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))


def within(name: str, of: str) -> bool:
    """Tell whether a dotted name is this module or lies below it."""
    return name == of or name.startswith(f"{of}.")


def documents() -> list[Path]:
    """Give every document of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

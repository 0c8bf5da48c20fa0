"""What docs and reviewers rely on in every file: size, names, docstrings, and no stranger among the imports."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.tree import PRODUCT, ROOT, imports, modules

MOST_LINES = 400
FILES = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager", "constants", "misc"})
CLASSES = re.compile(r"Manager|Handler|Processor|Helper|^Abstract|Impl$")
NO_SDK = re.compile(r"connectwise|cwmanage|itglue|autotask|xurrent|4me", re.IGNORECASE)


def test_no_module_is_longer_than_one_concept() -> None:
    """None over 400 lines."""
    lengths = {module.shown: module.text.count("\n") for module in modules(*PRODUCT, "benchmarks")}

    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_every_module_is_named_for_its_concept() -> None:
    """A drawer of odds and ends is nobody's concept."""
    tops = (*PRODUCT, "benchmarks", "tests")

    found = [str(path.relative_to(ROOT)) for top in tops for path in (ROOT / top).rglob("*.py") if path.stem in FILES]

    assert found == []


def test_every_class_is_named_for_what_it_is() -> None:
    """Nobody knows what a Manager does."""
    found = [
        f"{module.shown}:{node.lineno} {node.name}"
        for module in modules(*PRODUCT, "benchmarks")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and CLASSES.search(node.name)
    ]

    assert found == []


def test_every_module_says_in_one_line_what_it_is() -> None:
    """The first line of the docstring is a whole sentence or phrase with its stop."""
    found = []
    for module in modules(*PRODUCT, "benchmarks"):
        said = (ast.get_docstring(module.tree) or "").splitlines() or [""]
        if not said[0].endswith((".", "?", ":")) or (len(said) > 1 and said[1]):
            found.append(module.shown)

    assert found == []


def test_every_package_that_is_imported_is_one_that_is_declared() -> None:
    """No dependency by accident, and no SDK of a vendor: the protocols are ours to read."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    declared = {_distribution(each) for each in [*project["dependencies"], *extras]}
    # Parts of a declared distribution's contract.
    declared |= {"pydantic-core", "httpcore"}
    known = packages_distributions()
    found = set()
    for module in modules(*PRODUCT):
        for name in imports(module):
            top = name.split(".")[0]
            if top in PRODUCT or top in sys.stdlib_module_names:
                continue
            if not {_distribution(each) for each in known.get(top, [top])} & declared:
                found.add(f"{module.shown} imports {top}")

    assert found == set()
    assert [each for each in declared if NO_SDK.search(each)] == []


def _distribution(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")

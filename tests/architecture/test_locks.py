"""The locked packages are those that pyproject.toml asks for, each with its hashes."""

import re
import tomllib

import pytest

from tests.architecture.tree import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[\w,]+\])?==(\S+)", re.MULTILINE)
LOWEST = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?(>=|==)([\d.]+)")


def locked(name: str) -> dict[str, str]:
    """Give the packages of a lock file with their versions."""
    return dict(PIN.findall((ROOT / name).read_text(encoding="utf-8")))


def numbers(version: str) -> tuple[int, ...]:
    """Give a version as numbers to compare, without zeros at its end."""
    parts = [int(each) for each in re.findall(r"\d+", version)]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_has_what_is_declared(name: str) -> None:
    """`make lock` has been run since a dependency was added or raised."""
    asked = [*PYPROJECT["project"]["dependencies"]]
    asked += [each for extra in PYPROJECT["project"]["optional-dependencies"].values() for each in extra]
    if name == "requirements-dev.txt":
        asked += PYPROJECT["dependency-groups"]["dev"]
    pins = locked(name)
    wrong = []
    for each in asked:
        lowest = LOWEST.match(each)
        assert lowest, each
        pin = pins.get(lowest[1].lower().replace("_", "-"))
        if pin is None or numbers(pin) < numbers(lowest[3]):
            wrong.append(f"{each}: {pin}")

    assert wrong == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-build.txt"])
def test_every_locked_package_has_hashes(name: str) -> None:
    """Without one pip would refuse the file, or take anything."""
    parts = re.split(r"^(?=[a-z0-9])", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert [each.split()[0] for each in parts if PIN.match(each) and "--hash=sha256:" not in each] == []


def test_what_runs_is_what_is_tested() -> None:
    """Packages of both lock files have one version."""
    run, test = locked("requirements.txt"), locked("requirements-dev.txt")

    assert {name: (version, test.get(name)) for name, version in run.items() if test.get(name) != version} == {}

"""Dockerfile and docker-compose.yml call what exists, and keep what they promise."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from tests.architecture.commands import wrong
from tests.architecture.tree import ROOT

DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "psa-glue-bridge"}


def instructions(word: str) -> list[str]:
    """Give the arguments of each instruction of this name."""
    return re.findall(rf"^{word}\s+(.*)$", DOCKERFILE, re.MULTILINE)


def test_everything_that_is_copied_is_there_and_not_ignored() -> None:
    """COPY names files of the tree, and .dockerignore lets them through."""
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {line[1:].rstrip("/") for line in ignore if line.startswith("!")}
    copied = {source for line in instructions("COPY") if not line.startswith("--from") for source in line.split()[:-1]}

    assert "*" in ignore
    assert copied == let_through
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_everything_that_the_wheel_needs_is_copied() -> None:
    """The build stage holds what pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"}
    needed |= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    copied = {source for line in instructions("COPY") for source in line.split()[:-1]}

    assert needed <= copied


def test_nothing_is_installed_without_a_hash() -> None:
    """Each pip install is locked, save that of our own wheel."""
    installs = re.findall(r"pip [^&]*\binstall ([^&\n]*)", DOCKERFILE)

    assert len(installs) == 3
    assert all("--require-hashes" in each or ("--no-deps" in each and "/wheel/" in each) for each in installs)


def test_it_builds_in_one_stage_and_runs_in_another_as_nobody_special() -> None:
    """Two stages on the same base; the last USER is a number that is not root's."""
    assert [line.split()[0] for line in instructions("FROM")] == ["python:3.13-slim"] * 2
    assert instructions("USER")[-1].split(":")[0] not in {"0", "root"}


def test_the_base_image_has_a_python_that_the_project_takes() -> None:
    """The version of the image is not below the one that pyproject.toml requires."""
    required = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    least = tuple(map(int, required.removeprefix(">=").split(".")))

    for line in instructions("FROM"):
        version = re.match(r"python:(\d+)\.(\d+)-slim", line)
        assert version
        assert tuple(map(int, version.groups())) >= least


def test_the_healthcheck_asks_what_status_tells() -> None:
    """It calls a command that exists, and reads keys that the command's help promises."""
    [check] = instructions("HEALTHCHECK")
    command = check.split("CMD ", 1)[1]
    help_text = (ROOT / "bridge" / "cli" / "status.py").read_text(encoding="utf-8")

    assert wrong(command.split("|")[0].strip()) is None
    for key in re.findall(r"\['(\w+)'\]", command):
        assert f'"{key}"' in help_text


def test_the_image_runs_the_service() -> None:
    """Entry point and default command make a command line."""
    assert instructions("ENTRYPOINT") == ['["glue-bridge"]']
    assert instructions("CMD") == ['["run"]']
    assert wrong("glue-bridge run") is None


@pytest.mark.parametrize("name", OURS)
def test_each_service_of_ours_calls_a_command_that_exists(name: str) -> None:
    """Their `command` follows the image's entry point."""
    assert wrong(" ".join(["glue-bridge", *OURS[name]["command"]])) is None


@pytest.mark.parametrize("name", OURS)
def test_each_service_of_ours_has_settings_secrets_data_and_a_name(name: str) -> None:
    """The settings lie where the image looks for them; data and host name outlive the container."""
    service = OURS[name]
    volumes = dict(each.split(":")[:2][::-1] for each in service["volumes"])

    assert service["env_file"] == ".env"
    assert volumes.pop("/bridge/bridge.toml") == "./bridge.toml"
    assert instructions("WORKDIR")[-1] == "/bridge"
    assert instructions("VOLUME") == ["/bridge/data"]
    assert volumes["/bridge/data"] in COMPOSE["volumes"]
    assert service["hostname"]
    assert int(service["stop_grace_period"].removesuffix("s")) > 60  # what the supervisor gives its children


def test_one_box_is_the_default_and_needs_nothing_else() -> None:
    """Without a profile there is one service."""
    plain = [name for name, service in SERVICES.items() if "profiles" not in service]

    assert plain == ["bridge"]
    assert "depends_on" not in SERVICES["bridge"]


def test_the_machines_profile_has_every_part_once() -> None:
    """Scheduler and workers make a whole service, on a database and a queue that are waited for."""
    machines = {name: service for name, service in SERVICES.items() if service.get("profiles") == ["machines"]}
    parts = sorted(service["command"][-1] for name, service in machines.items() if name in OURS)

    assert parts == ["scheduler", "workers"]
    for name in set(machines) & set(OURS):
        assert set(machines[name]["depends_on"]) == {"postgres", "valkey"}
        assert machines[name]["environment"]["BRIDGE_DATABASE"].startswith("postgresql://")
        assert machines[name]["environment"]["BRIDGE_REDIS"].startswith("redis://valkey:")
    for name in ("postgres", "valkey"):
        assert machines[name]["healthcheck"]["test"][0] == "CMD"
        assert machines[name]["volumes"][0].split(":")[0] in COMPOSE["volumes"]


def test_every_volume_is_used() -> None:
    """No volume is left over."""
    used = {each.split(":")[0] for service in SERVICES.values() for each in service["volumes"]}

    assert set(COMPOSE["volumes"]) == {each for each in used if not each.startswith(".")}

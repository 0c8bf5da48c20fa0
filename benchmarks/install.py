"""How long a new user takes from a copy of the project to the first plan, typing time left out."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from benchmarks.figure import Figure
from benchmarks.stage import REPOSITORY, FailedError, stage

_NOT_COPIED = (".git", ".venv", "build", "dist", "data", ".*_cache", "__pycache__", ".hypothesis")


def install() -> Iterator[Figure]:
    """Make the virtual environment in a copy, then init, check, match and plan against simulators."""
    with contextlib.ExitStack() as stack:
        here = stack.enter_context(stage("adoption"))
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-install-"))) / "psa-glue-bridge"
        shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        folder = copy.parent / "work"
        folder.mkdir()
        environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
        psa = here.connectwise.credentials
        given = {
            "url": here.connectwise.url, "itglue-url": here.itglue.url, "itglue-key": here.itglue.credentials["api_key"],
            **{name.replace("_", "-"): psa[name] for name in ("company", "public_key", "private_key", "client_id")},
        }  # fmt: skip
        bridge = str(copy / ".venv" / "bin" / "glue-bridge")
        answers = [f"--{name}={value}" for name, value in given.items()]
        began = monotonic()
        for codes, cwd, command in (
            ((0,), copy, [str(copy / ".ci" / "venv"), ".venv"]),
            ((0,), folder, [bridge, "init", "--native", "--rollout=*", *answers]),
            ((0,), folder, [bridge, "check"]),
            ((0, 2), folder, [bridge, "match"]),
            ((0, 2), folder, [bridge, "plan", "-o", "first.plan"]),
        ):
            _run(command, cwd, environment, codes)
        minutes = (monotonic() - began) / 60
        if not (folder / "first.plan").exists():
            raise FailedError("there is no plan")
    yield Figure.of("install_to_first_plan", minutes, "minutes", "<=", 10)


def _run(command: list[str], cwd: Path, environment: dict[str, str], codes: tuple[int, ...]) -> None:
    began = monotonic()
    ran = subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if ran.returncode not in codes:
        said = (ran.stdout + ran.stderr)[-3000:]
        raise FailedError(f"{Path(command[0]).name} {command[1]} ended with {ran.returncode}:\n{said}")
    print(f"    {Path(command[0]).name} {command[1]}: {monotonic() - began:.1f} s", flush=True)

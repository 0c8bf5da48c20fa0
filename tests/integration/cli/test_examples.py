"""The whole files of examples/ do what docs/cutover.md says, on both simulators: check, match, plan, apply, and nothing is left."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.architecture.tree import ROOT
from tests.integration.cli.workplace import Said, Sides, Workplace, sides

SYNCED = ("organizations", "configurations", "locations", "contacts")
OPEN = {"asset-tag", "notes", "purchased-at", "serial-number", "warranty-expires-at"}


@pytest.fixture
def own(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """Give a folder beside simulators of its own, which are written to."""
    monkeypatch.chdir(tmp_path)
    with sides() as both:
        yield Workplace(tmp_path, both, capsys)
    structlog.reset_defaults()


def _use(place: Workplace, name: str) -> None:
    """Take an example as it stands, but for addresses and the customer that it names, with everyone in the rollout."""
    psa, itglue = place.sides.psa, place.sides.itglue
    shutil.copy(ROOT / "examples" / f"{name}.toml", place.file)
    place.edit('region = "us"', f'url = "{itglue.url}"')
    place.edit('"https://na.myconnectwise.net"', f'"{psa.url}"')
    place.edit('"krakentech"', f'"{psa.credentials["company"]}"')
    [customer, *_] = (one["now"] for one in psa.get("/records/company/companies"))
    text = place.file.read_text(encoding="utf-8")
    text = re.sub(r"(\[rollout\]\norganizations) = .*", r'\1 = "*"', text)
    place.file.write_text(text.replace('"Kraken Internal"', f'"cw:organization:{customer["id"]}"'), encoding="utf-8")
    secrets = {"ITGLUE_KEY": itglue.credentials["api_key"]}
    secrets |= {f"CW_{word.upper()}": psa.credentials[word] for word in ("public_key", "private_key", "client_id")}
    env = place.folder / ".env"
    env.write_text("".join(f"{word}={value}\n" for word, value in secrets.items()), encoding="utf-8")
    env.chmod(0o600)


def _native(both: Sides, state: str) -> None:
    both.itglue.control.post("/native_sync", json={"state": state}).raise_for_status()


def _fine(said: Said) -> Said:
    assert said.code in {0, 2}, said.err + said.out
    return said


def _applied(place: Workplace) -> int:
    """Plan into a file, apply it, and plan again: nothing is left. Gives how much was written."""
    planned = _fine(place.run("plan", "--refresh", "-o", "the.plan"))
    before = len(_writes(place))
    _fine(place.run("apply", "the.plan"))
    written = len(_writes(place)) - before
    again = place.run("plan", "--refresh")

    assert " 0 writes" in again.out, planned.out + again.out
    assert again.code == 0
    return written


def _writes(place: Workplace) -> list[dict[str, Any]]:
    return [each for each in place.sides.itglue.get("/requests") if each["method"] in {"POST", "PATCH"}]


def _made(place: Workplace, resource: str) -> list[dict[str, Any]]:
    """Give the records that were made through the API."""
    return [
        one
        for one in place.sides.itglue.get(f"/records/{resource}")
        if one["history"] and one["history"][0]["by"] == "api"
    ]


def test_the_companion_makes_nothing_and_leaves_nothing(own: Workplace) -> None:
    """Beside the native sync, which goes on."""
    _use(own, "companion")

    _fine(own.run("check"))
    _fine(own.run("match"))
    written = _applied(own)

    assert written > 0
    assert {resource: len(_made(own, resource)) for resource in SYNCED} == dict.fromkeys(SYNCED, 0)


@pytest.mark.parametrize("name", ["replacement", "everything"])
def test_a_replacement_takes_over_and_leaves_nothing(own: Workplace, name: str) -> None:
    """Paused, matched, planned, disconnected, planned again, applied; a second plan is empty."""
    _use(own, name)
    _native(own.sides, "paused")

    _fine(own.run("check"))
    _fine(own.run("match"))
    _fine(own.run("plan", "--refresh", "-o", "paused.plan"))
    _native(own.sides, "disconnected")
    written = _applied(own)

    assert written > 0
    assert _made(own, "configurations")
    made = {one["now"]["attributes"]["flexible-asset-type-name"] for one in _made(own, "flexible_assets")}
    assert made == ({"Device Sheet", "Open Tickets", "PSA Ticket"} if name == "everything" else set())

"""A side that does not answer as it should: one message with the side, the cause and the remedy, and nothing is lost."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.e2e.bad_input.said import one_error
from tests.e2e.safety.ledger import Change
from tests.e2e.safety.unattended import DEVICES, QUICK, Scene

# An apply gives up on a side after four deadlines.
IMPATIENT = replace(QUICK, write_window=1.0, deadline=0.4, intend_age=0.2)
PAGE = {"status": 200, "headers": {"content-type": "text/html"}, "body": "<html><h1>Sign in</h1></html>"}
NO_CLIENT_ID = {"status": 401, "body": json.dumps({"code": "ConnectWiseApi", "message": "clientId is invalid"})}


def _secret(name: str, value: str) -> Callable[[Scene], None]:
    def arrange(place: Scene) -> None:
        path = place.world.folder / ".env"
        lines = [line for line in path.read_text().splitlines() if not line.startswith(f"{name}=")]
        path.write_text("\n".join([*lines, f"{name}={value}"]) + "\n")

    return arrange


def _line(old: Callable[[Scene], str], new: str) -> Callable[[Scene], None]:
    def arrange(place: Scene) -> None:
        text = place.world.path.read_text()
        assert old(place) in text
        place.world.path.write_text(text.replace(old(place), new))

    return arrange


SOURCE = {
    "a wrong password": (_secret("CW_PRIVATE_KEY", "wr0ng-s3cret"), "B202"),
    "a wrong company": (_line(lambda place: f'company = "{place.world.source.credentials["company"]}"', 'company = "nobody"'), "B208"),
    "a client id that is not known": (lambda place: place.world.source.fault(NO_CLIENT_ID, path="company/"), "B203"),
    "an unreachable host": (_line(lambda place: place.world.source.url, "http://127.0.0.1:9"), "B201"),
    "a page of a proxy": (lambda place: place.world.source.fault(PAGE, path="company/"), "B201"),
    "an error of the server": (lambda place: place.world.source.fault({"status": 500}, path="company/"), "B201"),
}  # fmt: skip


@pytest.mark.parametrize("words", [("plan",), ("apply", "--yes"), ("match",)], ids=" ".join)
@pytest.mark.parametrize("name", SOURCE)
def test_a_source_that_cannot_be_read_is_one_error(place: Scene, name: str, words: tuple[str, ...]) -> None:
    """Named by its name in the settings; the secret stands in no message."""
    arrange, number = SOURCE[name]
    arrange(place)

    ended = place.command(*words)

    one_error(ended, number, "cw: ")
    assert "wr0ng" not in ended.out + ended.err


@pytest.mark.parametrize("name", SOURCE)
def test_check_says_the_same_number(place: Scene, name: str) -> None:
    """One cause has one page, whichever command meets it first."""
    arrange, number = SOURCE[name]
    arrange(place)

    ended = place.command("check", "--json")

    found = json.loads(ended.out)["findings"]
    assert ended.code == 1
    assert {each["code"] for each in found if each["level"] == "error" and each["subject"] == "cw"} == {number}


ITGLUE = {
    "a wrong key": (_secret("ITGLUE_KEY", "ITG.wr0ng"), "B221"),
    "an unreachable host": (_line(lambda place: place.world.itglue.url, "http://127.0.0.1:9"), "B222"),
    "a page of a proxy": (lambda place: place.world.itglue.fault(PAGE), "B222"),
    "an error of the server": (lambda place: place.world.itglue.fault({"status": 503}), "B222"),
}


@pytest.mark.parametrize("name", ITGLUE)
def test_an_itglue_that_cannot_be_written_is_one_error_and_the_change_is_written_later(place: Scene, name: str) -> None:
    """A change waits at its source's side: the apply fails with one message, the next one after the repair writes it."""
    place.world.settle(times=IMPATIENT)
    place.change(DEVICES, 2, tagNumber=name)
    arrange, number = ITGLUE[name]
    text = (place.world.folder / ".env").read_text()
    arrange(place)

    ended = place.command("apply", "--yes")
    (place.world.folder / ".env").write_text(text)
    place.world.itglue.reset()
    place.world.settle()
    place.goes_on()

    one_error(ended, number, "itglue: ")
    assert "wr0ng" not in ended.out + ended.err
    assert place.ledger.since() == [Change("configurations", "PC 1", "update", "api", {"asset-tag": name})]

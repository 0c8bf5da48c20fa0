"""`glue-bridge pause` and `glue-bridge resume`."""

import getpass
import re

import pytest

from tests.integration.cli.workplace import Workplace

WS = "cw:configuration:4007"
NOW = r"[\d: -]+"


def test_a_pause_is_shown_wherever_somebody_looks(drained: Workplace) -> None:
    """In status, plan, held and explain, with who, why and until when; resumed it is gone from all of them."""
    me = getpass.getuser()

    said = drained.run("pause", "all", "--for", "3d", "--why", "IT Glue looks odd")
    views = {name: drained.run(*name.split()).out for name in ("status", "plan", "held", f"explain {WS}")}
    told = drained.json("status")["paused"]
    resumed = drained.run("resume")

    assert said.code == 0
    assert re.match(rf"everything is paused until {NOW}: nothing of it is written\.\n$", said.out)
    line = rf"PAUSED   everything until {NOW} by {me}: IT Glue looks odd\n"
    assert {name: len(re.findall(line, out)) for name, out in views.items()} == dict.fromkeys(views, 1)
    assert [(each["what"], each["by"], each["why"]) for each in told] == [("all", me, "IT Glue looks odd")]
    assert resumed.out == "everything is not paused any more.\n"
    assert not [name for name in views if "PAUSED" in drained.run(*name.split()).out]


def test_a_customer_is_paused_by_name_and_resumed_by_reference(drained: Workplace) -> None:
    """Only its records say so; what else stands is listed when one pause ends."""
    drained.run("pause", "Hollis Legal Ltd", "--why", "migration")
    drained.run("pause", WS, "--for", "30m", "--why", "on the phone")
    [customer] = [each["what"] for each in drained.json("status")["paused"] if each["why"] == "migration"]
    mine = drained.shows(WS)["paused"]

    left = drained.run("resume", customer)
    nothing = drained.run("resume")

    assert [each["what"] for each in mine] == [WS]
    assert customer.startswith("cw:organization:")
    assert left.out.startswith(f"{customer} is not paused any more.\nPAUSED   {WS} until ")
    assert nothing.out.startswith("Nothing of this was paused.\n")
    assert drained.json("resume", WS) == {"resumed": [WS], "paused": []}


def test_an_apply_leaves_what_is_paused_alone(drained: Workplace) -> None:
    """It ends, and says how many are left; nothing is sent."""
    drained.run("held", "pin", "cw:configuration:4054", "30112182")
    drained.run("pause", "cw", "--why", "test")
    asked = len([one for one in drained.sides.itglue.get("/requests") if one["method"] != "GET"])

    said = drained.run("apply", "--yes")

    assert len([one for one in drained.sides.itglue.get("/requests") if one["method"] != "GET"]) == asked
    [number] = re.findall(r"(\d+) open ", said.out)
    assert int(number) >= 1
    assert f"paused by hand: {number} stay open" in said.out
    assert said.code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("all",), "B400", "say why"),
        (("all", "--why", "x", "--for", "a while"), "B400", "'a while' is no length of time"),
        (("all", "--why", "x", "--for", "0s"), "B400", "a pause ends by itself"),
        (("all", "--why", "x", "--for", "10w"), "B400", "at most 30 days"),
        (("Hollis Legl Ltd", "--why", "x"), "B401", 'nearest: "Hollis Legal Ltd"'),
        (("cw:configuration:99", "--why", "x"), "B401", "cw:configuration:99 has not been read"),
        (("names:manufacturers:Dell", "--why", "x"), "B401", "is a name of IT Glue"),
    ],
)
def test_what_cannot_be_paused_is_said(drained: Workplace, arguments: tuple[str, ...], code: str, said: str) -> None:
    """One message, and nothing is stored."""
    found = drained.run("pause", *arguments)

    assert (found.code, found.err[7:11]) == (1, code)
    assert said in found.err
    assert drained.json("status")["paused"] == []

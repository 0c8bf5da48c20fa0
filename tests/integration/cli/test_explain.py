"""`glue-bridge explain`."""

import re

import pytest
import sqlalchemy as sa

from bridge.store.schema import journal, targets
from tests.integration.cli.workplace import Workplace

WHEN = r"(?:\d{4}-\d\d-\d\d \d\d:\d\d|\d\d:\d\d:\d\d)"
KEYS = {
    "ref", "block", "name", "organization", "state", "code", "number", "reason", "rule", "where", "notes", "seen_at",
    "seen_by", "gone_at", "absent_since", "next", "due_at", "attempts", "last_error", "link", "writes", "decisions",
    "paused", "children", "fix",
}  # fmt: skip


def test_a_held_record_says_why_which_rule_and_what_helps(drained: Workplace) -> None:
    """The commands are exact: each candidate can be pasted."""
    line = drained.line_of("match    =")

    said = drained.run("explain", "cw:configuration:4001")

    lines = said.out.splitlines()
    assert said.code == 0
    assert lines[0] == (
        'HLL-PRN-002  held  B305 ambiguous: serial "To be filled by O.E.M." is a junk value, '
        "2 name matches: 30112014, 1694479951900007"
    )
    assert f"by poll; rule bridge.toml:{line}; next try when the record, the settings or a decision changes" in lines[1]
    assert lines[2] == "  of Holloway Schools (UK) Ltd cw:organization:250"
    assert lines[3:7] == [
        "  fix: glue-bridge held pin cw:configuration:4001 30112014",
        "       glue-bridge held pin cw:configuration:4001 1694479951900007",
        "       glue-bridge held new cw:configuration:4001",
        '       glue-bridge held exclude cw:configuration:4001 --why "…"',
    ]


def test_json_has_the_shape_that_help_documents(drained: Workplace) -> None:
    """Every key is always there."""
    told = drained.shows("cw:configuration:4001")

    assert set(told) == KEYS
    assert (told["state"], told["code"], told["number"]) == ("held", "ambiguous", "B305")
    assert told["seen_by"] == "poll"
    assert told["link"] is None
    assert len(told["fix"]) == 4


def test_what_was_written_stands_there_from_old_to_new(drained: Workplace) -> None:
    """The link, what was last written, and each write: when, what, what became of it, by whom, for which change."""
    said = drained.run("explain", "cw:configuration:4007").out

    assert said.startswith("HLL-SRV-008  settled\n")
    assert "  link configurations 30112028, adopted\n" in said
    lines = said[said.index("  writes, the latest first\n") :].splitlines()[1:]
    assert re.fullmatch(rf"    {WHEN}  adopted 30112028: done", lines[0])
    assert re.fullmatch(rf"      by test in run \d+, for the record as changed in the PSA {WHEN}", lines[1])
    assert lines[2] == "      name             DESKTOP-0000007 -> HLL-SRV-008"
    assert re.fullmatch(r"      manufacturer_id  \(empty\) -> Synology \(\d+\)", lines[5])


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (None, "sent, not answered yet"),
        ("refused", "not carried out"),
        ("unknown", "its answer was lost, and is being looked up"),
        ("resolved", "done, found out after its answer was lost"),
    ],
)
def test_what_became_of_a_write_is_said_in_words(drained: Workplace, outcome: str | None, said: str) -> None:
    """And a move names both organizations."""
    with drained.engine() as engine, engine.db.write() as connection:
        target = sa.select(targets.c.id).where(targets.c.anchor == "cw:configuration:4007").scalar_subquery()
        moved = {
            "verb": "update",
            "before": '{"organization_id": "2400107"}',
            "after": '{"organization_id": "2400149"}',
        }
        statement = sa.update(journal).where(journal.c.target == target)
        connection.execute(statement.values(outcome=outcome, why="version 0; configurations 3b9088d6", **moved))

    shown = drained.run("explain", "cw:configuration:4007").out

    assert f"  updated 30112028: {said}\n" in shown
    assert ", for the record as it was read\n" in shown
    assert re.search(r"organization_id  \S.* \(2400107\) -> Meridian Brewing.* \(2400149\)\n", shown)


def test_an_excluded_record_names_the_rule_and_its_line(drained: Workplace) -> None:
    """`only` keeps it out; nothing is to be fixed."""
    said = drained.run("explain", "cw:configuration:4005").out

    assert said.startswith("HLL-TONER-006  excluded  by [configurations].only\n")
    assert f"rule bridge.toml:{drained.line_of('Consumable')}" in said
    assert "fix:" not in said


def test_where_the_cure_is_no_command_it_is_said_first(drained: Workplace) -> None:
    """A missing type is added in the PSA, or to the value map."""
    said = drained.run("explain", "cw:configuration:4002").out

    assert "  fix: Add a line to `types`, make the type in IT Glue, or correct the record in the PSA." in said


def test_an_organization_counts_what_belongs_to_it(drained: Workplace) -> None:
    """By block and state."""
    told = drained.shows("cw:organization:253")

    assert told["children"] == {"configurations": {"held": 4}}
    assert told["fix"][0] == "glue-bridge held pin cw:organization:253 ID"
    assert "configurations: 4 held" in drained.run("explain", "cw:organization:253").out


def test_a_record_under_a_held_one_names_no_command(drained: Workplace) -> None:
    """It follows its organization."""
    parent_held = drained.json("held", "--code", "parent_held", "--limit", "1")["targets"][0]

    told = drained.shows(parent_held["ref"])

    assert told["fix"] == []
    assert "is held" in told["reason"]


def test_a_name_is_explained_too(drained: Workplace) -> None:
    """A model by its manufacturer; case does not matter."""
    said = drained.run("explain", "names:models:synology:diskstation ds923+")

    assert said.code == 0
    assert said.out.startswith("DiskStation DS923+  settled\n")
    assert "link models" in said.out
    assert re.search(
        rf"\n    {WHEN}  made \d+: done\n      by test in run \d+, because a mapped record needs it\n", said.out
    )
    assert "      manufacturer_id  Synology (" in said.out
    assert "made by the bridge" in said.out


def test_before_anything_is_decided_it_names_the_command_that_shows(place: Workplace) -> None:
    """A record that was only read."""
    place.run("match")

    said = place.run("explain", "cw:organization:253").out

    assert said.startswith("Hollis Legal Ltd  pending\n")
    assert "look: glue-bridge plan --ref cw:organization:253" in said


def test_outside_the_rollout_apply_and_explain_say_the_same(place: Workplace) -> None:
    """Nothing is written there; what would let it be written is said while it is open, and after the service set it aside."""
    place.edit('organizations = ["*"]', "organizations = []")
    place.run("plan", "-o", "all.plan")
    plan = place.json("plan")
    writes = plan["summary"]["everyone"]["writes"]
    device = next(line for line in plan["lines"] if line["block"] == "configurations" and line["word"] == "adopt")

    applied = place.run("apply", "all.plan")
    left = place.run("explain", device["ref"]).out
    place.drain()
    aside = place.run("explain", device["ref"]).out

    next_try = (
        f'next try once [rollout] names "{device["organization"]}"; until then neither apply nor the service writes it'
    )
    assert applied.code == 0
    assert f"  outside [rollout]: {writes} changes not written, before it names the organization\n" in applied.out
    assert (left.splitlines()[0].split()[-1], aside.splitlines()[0].split()[-3:]) == (
        "pending",
        ["excluded", "by", "rollout"],
    )
    assert next_try in left
    assert next_try in aside


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("4711", "no reference"),
        ("cw:configuration:1", "has not been read"),
        ("zz:configuration:1", 'there is no "zz"; known: cw'),
    ],
)
def test_what_is_not_known_is_an_error(drained: Workplace, ref: str, said: str) -> None:
    """One message, exit code 1."""
    found = drained.run("explain", ref)

    assert (found.code, found.out) == (1, "")
    assert found.err.startswith("ERROR  B401")
    assert said in found.err

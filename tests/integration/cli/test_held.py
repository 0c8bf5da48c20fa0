"""`glue-bridge held`."""

from typing import Any

import pytest
import sqlalchemy as sa

from bridge.store.schema import decisions, links, meta, targets
from tests.integration.cli.workplace import Workplace

JRG = "cw:configuration:4054"  # two IT Glue records carry its serial number
FIRST, SECOND = "30112182", "1694479951900175"  # those two
LINKED, ITS = "cw:configuration:4007", "30112028"  # adopted


def row_of(place: Workplace, ref: str) -> Any:
    """Give the target of a record as it is stored."""
    with place.engine() as engine, engine.db.read() as connection:
        return connection.execute(sa.select(targets).where(targets.c.anchor == ref)).one()


def decisions_of(place: Workplace, ref: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Give the decisions about a record."""
    with place.engine() as engine, engine.db.read() as connection:
        rows = connection.execute(
            sa.select(decisions).join(targets, targets.c.id == decisions.c.target).where(targets.c.anchor == ref)
        )
        return [(row.verb, row.itglue_id, row.code, row.change_digest) for row in rows]


def test_what_is_held_is_counted_by_code_and_listed(drained: Workplace) -> None:
    """What is held only for its parent is counted and not listed."""
    said = drained.run("held")

    assert said.code == 2
    assert said.out.startswith("38 held\n")
    assert "B313  parent_held          22  what it belongs to is held" in said.out
    assert f"{JRG}  JRG-WS-001  " in said.out
    assert "2 serial matches: 30112182, 1694479951900175" in said.out
    assert sum(line.startswith("cw:") for line in said.out.splitlines()) == 16


def test_the_held_set_is_the_simulators_list_of_traps(drained: Workplace) -> None:
    """No more and no less, beside what the native sync keeps from being made."""
    seeded = {f"cw:{each['ref']}": each["code"] for each in drained.sides.psa.get("/traps")}

    told = drained.json("held")

    held = {each["ref"]: each["code"] for each in told["targets"] if each["code"] != "native_sync_on"}
    assert held == {ref: code for ref, code in seeded.items() if code != "excluded"}
    assert told["held"] == 38
    assert told["by_code"]["parent_held"] == 22


def test_json_has_the_shape_that_help_documents(drained: Workplace) -> None:
    """A number beside the code, and the organization by Ref and name."""
    [each] = drained.json("held", "--code", "B305", "--organization", "cw:organization:280")["targets"]

    assert each.pop("since").endswith("Z")
    assert each == {
        "ref": JRG, "block": "configurations", "name": "JRG-WS-001",
        "organization": {"ref": "cw:organization:280", "name": "Jørgensen Logistics Partners LLC"},
        "code": "ambiguous", "number": "B305", "reason": "2 serial matches: 30112182, 1694479951900175",
    }  # fmt: skip


def test_filters_narrow_the_list(drained: Workplace) -> None:
    """By code or number, by organization, by source; nothing held is exit code 0."""
    ambiguous = drained.run("held", "list", "--code", "ambiguous")
    parents = drained.json("held", "--code", "parent_held", "--organization", "Hollis Legal Ltd")
    none = drained.run("held", "--source", "cw", "--code", "flapping")

    assert ambiguous.out.startswith("3 held\n")
    assert parents["by_code"] == {"parent_held": 4}
    assert len(parents["targets"]) == 4
    assert (none.code, none.out) == (0, "Nothing is held.\n")


def test_a_long_list_says_how_many_are_left(drained: Workplace) -> None:
    """And how to see them."""
    said = drained.run("held", "--limit", "3")

    assert "… 13 more: --limit 0 lists all" in said.out


def test_a_limit_means_the_same_in_every_form(drained: Workplace) -> None:
    """0 gives all, for people and for scripts; without one a script gets all."""
    everything = len(drained.json("held")["targets"])

    assert [len(drained.json("held", "--limit", limit)["targets"]) for limit in ("0", "3", "50")] == [
        everything, 3, everything,
    ]  # fmt: skip
    assert sum(line.startswith("cw:") for line in drained.run("held", "--limit", "0").out.splitlines()) == 16


def test_before_anything_is_decided_the_list_says_so(place: Workplace) -> None:
    """Nothing held is no good news while nothing has been looked at."""
    place.run("match")

    said = place.run("held")

    assert said.code == 0
    assert "12 targets have not been decided yet: glue-bridge plan" in said.out


def test_retry_makes_it_due_and_lifts_nothing(drained: Workplace) -> None:
    """Attempts and starts begin at 0; decided again, it is held for the same reason."""
    with drained.engine() as engine, engine.db.write() as connection:
        connection.execute(sa.update(targets).where(targets.c.anchor == JRG).values(attempts=7, starts=4))

    said = drained.run("held", "retry", JRG)
    row = row_of(drained, JRG)
    drained.drain()

    assert (said.code, said.out) == (0, f"{JRG} is due now\n")
    assert (row.state, row.attempts, row.starts) == ("pending", 0, 0)
    assert row_of(drained, JRG).code == "ambiguous"


def test_retry_takes_many_by_code(drained: Workplace) -> None:
    """For when the cause of all of them has been put right."""
    assert drained.json("held", "retry", "--code", "native_sync_on") == {"retried": 5}
    assert drained.run("held", "retry").code == 1


def test_a_pin_is_followed(drained: Workplace) -> None:
    """The decision is stored with the id, and the next pass adopts that record."""
    said = drained.run("held", "pin", JRG, "30112182", "--why", "label on the case")
    drained.drain()

    told = drained.shows(JRG)
    assert (said.code, said.out) == (0, f"{JRG} JRG-WS-001: pin 30112182, due now\n")
    assert told["state"] == "settled"
    assert told["link"]["id"] == "30112182"
    assert told["decisions"][0]["why"] == "label on the case"


@pytest.mark.parametrize(
    ("ref", "record", "said"),
    [
        (JRG, "77", "IT Glue had no configuration 77 when it was read"),
        (JRG, "30112014", "is at Holloway Schools Incorporated in IT Glue"),
        (JRG, "laptop", "'laptop' is no id of IT Glue"),
        ("cw:organization:274", "2400149", "2400149 belongs to cw:organization:271 already"),
        ("cw:organization:274", "30112182", "IT Glue had no organization 30112182"),
    ],
)
def test_a_pin_that_cannot_be_is_refused(drained: Workplace, ref: str, record: str, said: str) -> None:
    """Another customer's record, another kind, none at all."""
    found = drained.run("held", "pin", ref, record)

    assert found.code == 1
    assert "B403" in found.err
    assert said in found.err
    assert decisions_of(drained, ref) == []


def test_bans_leave_the_other_candidate(drained: Workplace) -> None:
    """Two candidates, one banned: the other one it is."""
    drained.run("held", "ban", JRG, "30112182")
    drained.drain()

    assert drained.shows(JRG)["link"]["id"] == "1694479951900175"


def test_new_is_refused_where_it_would_change_nothing(drained: Workplace) -> None:
    """A linked record stays linked, and what may never be made is not: each with the way to what was meant."""
    linked = drained.run("held", "new", LINKED)
    drained.edit("[configurations]\n", '[configurations]\ncreate = "never"\n')
    never = drained.run("held", "new", JRG)

    assert (linked.code, never.code) == (1, 1)
    assert linked.err == (
        f"ERROR  B403     {LINKED} is linked to {ITS} already: `new` has no effect until that link ends. If it is not "
        f"that record, say so first: glue-bridge held ban {LINKED} {ITS}\n"
    )
    line = drained.line_of('create = "never"')
    assert f'`new` has no effect where create = "never" (bridge.toml:{line}): change that, or' in never.err
    assert decisions_of(drained, LINKED) == decisions_of(drained, JRG) == []


def test_new_is_refused_for_what_was_deleted_in_it_glue(drained: Workplace) -> None:
    """There a yes makes it again."""
    with drained.engine() as engine, engine.db.write() as connection:
        gone = {"state": "held", "code": "target_gone", "reason": "gone"}
        connection.execute(sa.update(targets).where(targets.c.anchor == LINKED).values(**gone))

    said = drained.run("held", "new", LINKED)

    assert said.code == 1
    assert f"is gone, and `new` does not make it again: glue-bridge held accept {LINKED}" in said.err


@pytest.mark.parametrize(
    ("ref", "before", "decision", "effects"),
    [
        (JRG, (), ("pin", FIRST), []),
        (JRG, ("pin", FIRST), ("pin", FIRST), ["that stood already"]),
        (JRG, ("pin", FIRST), ("pin", SECOND), [f"the pin of {FIRST} is taken back"]),
        (JRG, ("pin", FIRST), ("ban", FIRST), [f"the pin of {FIRST} is taken back"]),
        (JRG, ("pin", FIRST), ("ban", "5"), [f"it is pinned to {FIRST}: the ban counts once that pin is taken back"]),
        (JRG, ("pin", FIRST), ("new",), [f"the pin of {FIRST} is taken back"]),
        (JRG, ("ban", FIRST), ("pin", FIRST), [f"the ban of {FIRST} is taken back"]),
        (JRG, ("new",), ("pin", FIRST), ["`new` is taken back"]),
        (JRG, ("new",), ("ban", FIRST), ["`new` stands: the ban counts once that is taken back"]),
        (JRG, ("exclude", "--why", "leased"), ("new",), ["it is no longer excluded"]),
        (JRG, ("exclude", "--why", "leased"), ("ban", FIRST),
         ["it stays excluded: held new or held pin takes it in again"]),
        (LINKED, (), ("pin", ITS), [f"it is linked to {ITS} already, and stays so"]),
        (LINKED, (), ("ban", ITS),
         [f"it is linked to {ITS} until now: {ITS} stays as it is, and the record is looked for anew"]),
        (LINKED, (), ("ban", "5"), [f"it is linked to {ITS}: the ban counts once that link ends"]),
        (LINKED, (), ("exclude", "--why", "leased"), [f"IT Glue's {ITS} stays as it is"]),
        (LINKED, ("ban", ITS), ("new",), [f"{ITS} stays as it is, and a record is made beside it"]),
        (LINKED, ("exclude", "--why", "leased"), ("new",),
         ["it is no longer excluded", f"it stays linked to {ITS}: no record is made"]),
        ("cw:configuration:4005", (), ("ban", "5"),
         ["it is excluded by [configurations].only: the decision counts once it is not"]),
    ],
)  # fmt: skip
def test_a_decision_says_what_it_brings_about(
    drained: Workplace, ref: str, before: tuple[str, ...], decision: tuple[str, ...], effects: list[str]
) -> None:
    """Where that is more, or less, than its name: links, earlier decisions and rules that count too."""
    for verb, *rest in filter(None, [before]):
        assert drained.run("held", verb, ref, *rest).code == 0

    verb, *rest = decision
    told = drained.json("held", verb, ref, *rest)

    assert told["effects"] == effects


def test_a_banned_link_and_new_make_a_record_beside_it(drained: Workplace) -> None:
    """The way that the refusal of `new` names; a pin leads back to the first record, ban or not."""
    drained.run("held", "ban", LINKED, ITS)
    drained.run("held", "new", LINKED)
    drained.drain()
    beside = drained.shows(LINKED)
    said = drained.run("held", "pin", LINKED, ITS)
    drained.drain()
    drained.drain()
    back = drained.shows(LINKED)

    assert (beside["state"], beside["code"]) == ("held", "native_sync_on")
    assert said.out.splitlines()[1:] == ["  `new` is taken back", f"  the ban of {ITS} is taken back"]
    assert (back["state"], back["link"]["id"]) == ("settled", ITS)


def test_an_exclusion_names_its_reason(drained: Workplace) -> None:
    """Without a reason it is refused; with one `explain` shows it, and `new` takes the record in again."""
    refused = drained.run("held", "exclude", JRG)
    drained.run("held", "exclude", JRG, "--why", "the landlord's")
    drained.drain()
    excluded = drained.shows(JRG)
    drained.run("held", "new", JRG)
    drained.drain()

    assert "B400" in refused.err
    assert (excluded["state"], excluded["rule"]) == ("excluded", "decision: the landlord's")
    assert drained.shows(JRG)["code"] == "native_sync_on"


def test_a_yes_is_refused_where_it_lifts_nothing(drained: Workplace) -> None:
    """With what helps instead; nothing is stored."""
    ambiguous = drained.run("held", "accept", JRG)
    synced = drained.run("held", "accept", "--code", "native_sync_on", "--organization", "Meridian Brewing")
    settled = drained.run("held", "accept", "cw:configuration:4007")
    other = drained.run("held", "accept", JRG, "--code", "moved")
    nobody = drained.run("held", "accept", "--code", "moved")

    assert [each.code for each in (ambiguous, synced, settled, other, nobody)] == [1] * 5
    assert "is held ambiguous, and a yes does not lift that" in ambiguous.err
    assert "all 2 are held native_sync_on" in synced.err
    assert "not held: there is nothing to accept" in settled.err
    assert "is held ambiguous, not moved" in other.err
    assert "B400" in nobody.err
    assert decisions_of(drained, JRG) == []


def test_a_yes_is_to_exactly_what_was_shown(drained: Workplace) -> None:
    """The digest of the held change is copied into the decision."""
    row = row_of(drained, "cw:organization:274")

    said = drained.run("held", "accept", "cw:organization:274")

    assert said.out == "1 target accepted and due now\n"
    assert decisions_of(drained, row.anchor) == [("accept", None, "unmatched", row.change_digest)]
    assert row_of(drained, row.anchor).state == "pending"


def test_a_move_is_accepted_for_all_of_a_customer(drained: Workplace) -> None:
    """One line for a merge; the yes is spent by the write, and the record follows in IT Glue."""
    psa, itglue = drained.sides.psa, drained.sides.itglue
    moved, from_, to = "4041", {"id": 271}, {"id": 250}
    psa.person("PATCH", f"company/configurations/{moved}", {"company": to})
    drained.drain()
    held = drained.json("held", "--code", "moved")

    told = drained.json("held", "accept", "--code", "moved", "--organization", "cw:organization:250")
    drained.drain()

    after = drained.shows(f"cw:configuration:{moved}")
    records = {each["id"]: each["now"] for each in itglue.get("/records/configurations")}
    assert [each["ref"] for each in held["targets"]] == [f"cw:configuration:{moved}"]
    assert told == {"accepted": 1, "left": 0}
    assert after["state"] == "settled"
    assert after["decisions"][0]["used_at"] is not None
    assert records[after["link"]["id"]]["attributes"]["organization-id"] == 2400107
    psa.person("PATCH", f"company/configurations/{moved}", {"company": from_})


def test_a_shrunken_read_is_accepted_for_the_source(drained: Workplace) -> None:
    """One yes is believed for all that the read did not show: the next one that looks the same holds nothing."""
    drained.sides.psa.set(
        role={"hide_types": ["Managed Workstation"], "level": "all", "blank_references": False, "forbidden": []}
    )
    drained.snapshot("configuration")
    held = drained.json("held", "--code", "shape_changed")
    reason = held["targets"][0]["reason"]

    told = drained.json("held", "accept", "--code", "shape_changed", "--source", "cw")
    drained.snapshot("configuration")
    again = drained.json("held", "--code", "shape_changed")

    with drained.engine() as engine, engine.db.read() as connection:
        accepted = connection.execute(
            sa.select(meta.c.value).where(meta.c.name == "shape:cw:configuration:accepted")
        ).scalar()
        kept = connection.execute(sa.select(sa.func.count()).select_from(links)).scalar()
    assert held["held"] > 5
    assert told == {"accepted": held["held"], "left": 0}
    assert accepted == reason
    assert again["held"] == 0
    assert kept == 21  # nothing was unlinked, let alone archived


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("pin", "4711", "1"), "B401", "'4711' is no reference; write source:kind:id"),
        (("retry", "cw:configuration:99"), "B401", "cw:configuration:99 has not been read"),
        (("--source", "zz"), "B400", 'there is no source "zz"; known: cw'),
        (("retry", "--code", "ambiguous", "--source", "zz"), "B400", 'there is no source "zz"; known: cw'),
        (("accept", "--code", "moved", "--source", "zz"), "B400", 'there is no source "zz"; known: cw'),
        (("pin", "zz:configuration:7", "1"), "B401", 'zz:configuration:7 is of no source: there is no "zz"; known: cw'),
        (("--code", "ambigous"), "B400", 'nearest: "ambiguous"'),
        (("--organization", "Hollis Legl Ltd"), "B401", 'nearest: "Hollis Legal Ltd"'),
        (("--organization", "Bramble Recruitment Pty Ltd"), "B401", "is the name of 2 organizations; write one of"),
        (("new", "names:manufacturers"), "B401", "is no name; write names:KIND:NAME"),
        (("nonsense",), "B400", "No such command 'nonsense'"),
    ],
)
def test_what_is_not_understood_is_said(drained: Workplace, arguments: tuple[str, ...], code: str, said: str) -> None:
    """One message, with its number and what to write instead."""
    found = drained.run("held", *arguments)

    assert found.code == 1
    assert found.err.startswith(f"ERROR  {code}")
    assert said in found.err
    assert found.err.count("\n") == 1


def test_names_are_no_matter_for_decisions(drained: Workplace) -> None:
    """They can be tried again, not pinned."""
    assert "decisions are about records" in drained.run("held", "new", "names:manufacturers:Synology").err
    assert drained.run("held", "retry", "names:manufacturers:synology").code == 0

"""`glue-bridge plan`: what it says, and how it ends."""

from tests.integration.cli.workplace import Sides, Workplace


def test_a_match_by_name_is_shown_as_it_is_written(place: Workplace) -> None:
    """People look for the name that they see in IT Glue, not for its folded form."""
    said = place.run("plan", "--all")

    assert "adopt: name Meridian Brewing" in said.out
    assert "adopt: name meridian" not in said.out


def test_what_is_outside_the_rollout_is_shown_and_is_nothing_to_write(place: Workplace) -> None:
    """Exit code 2 promises that `apply` would write; what waits for the rollout is said in the summary."""
    assert place.run("plan").code == 2
    everyone = place.json("plan")["summary"]["everyone"]["writes"]
    place.edit('organizations = ["*"]', "organizations = []")

    said = place.run("plan")

    assert said.code == 0
    assert f"Outside the rollout wait {everyone} writes" in said.out
    changes = [line for line in said.out.splitlines() if line.startswith(("  ~ ", "  + "))]
    assert changes
    assert all(line.endswith("(outside the rollout)") for line in changes)
    ref = changes[0].split()[1]
    one = place.run("plan", "--ref", ref)
    assert (one.code, "In rollout" in one.out) == (0, False)
    assert all(ref in line for line in one.out.splitlines() if not line.startswith("      "))
    assert ref in one.out


def test_a_reference_that_no_plan_can_show_is_refused_at_once(place: Workplace) -> None:
    """Before either side is read."""
    asked = len(place.sides.psa.get("/requests"))

    zz, none = place.run("plan", "--ref", "zz:configuration:1"), place.run("plan", "--ref", "4711")

    assert (zz.code, none.code) == (1, 1)
    assert 'zz:configuration:1 is of no source: there is no "zz"; known: cw' in zz.err
    assert "is no reference" in none.err
    assert len(place.sides.psa.get("/requests")) == asked


def misspell(place: Workplace) -> str:
    """Let the value map of the configurations give every type a name that IT Glue lacks; give what is said of it."""
    place.edit(
        'types    = ["* -> !same"]\nstatuses = ["* -> !same"]\nonce',
        'types    = ["* -> Managed Servr"]\nstatuses = ["* -> !same"]\nonce',
    )
    line = place.line_of("Managed Servr")
    return f'ERROR  B113     bridge.toml:{line} IT Glue has no type "Managed Servr"; nearest: "Managed Server"\n'


def test_a_type_that_does_not_exist_is_said_at_once(place: Workplace) -> None:
    """Else a typo would show as records without a type, and would look like the fault of the records.

    Organizations are written all the same; where nothing is left to write, it is an error.
    """
    said = misspell(place)

    first = place.run("plan")
    place.edit('organizations = ["*"]', "organizations = []")
    again = place.run("plan")
    problems = place.json("plan")["problems"]

    assert (first.code, first.err) == (2, said)
    assert "no_type" in first.out
    assert (again.code, again.err) == (1, said)
    assert [(each["code"], each["file"]) for each in problems] == [("B113", "bridge.toml")]


def test_match_and_apply_say_it_too_and_ask_nothing_more(place: Workplace, both: Sides) -> None:
    """The names were read for the plan; to say which are missing costs no request."""
    place.run("plan")
    place.edit('organizations = ["*"]', "organizations = []")
    said = misspell(place)
    asked = len(both.itglue.get("/requests"))

    matched, applied = place.run("match"), place.run("apply", "--yes")

    assert matched.err == said
    assert (applied.code, applied.err) == (1, said)
    assert len(both.itglue.get("/requests")) == asked

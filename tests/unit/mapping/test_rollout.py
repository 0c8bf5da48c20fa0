"""The rollout: who is written, named exactly."""

from bridge.mapping import in_rollout, resolve
from bridge.mapping.rules import RolloutRules
from bridge.records import Ref

ACME, BOLT, TWIN = (Ref("cw", "organization", each) for each in ("1", "2", "3"))
ALL = [(ACME, "Acme Ltd"), (BOLT, "Bolt"), (TWIN, "Bolt")]


def rollout(*organizations: str) -> RolloutRules:
    """Give a rollout of these entries."""
    return RolloutRules(organizations=organizations)


def test_without_a_rollout_no_one_is_written() -> None:
    """A file that says nothing plans only."""
    assert not in_rollout(None, ACME, "Acme Ltd")
    assert not in_rollout(rollout(), ACME, "Acme Ltd")


def test_a_star_is_everyone() -> None:
    """As a list or as one word."""
    assert in_rollout(rollout("*"), ACME, None)
    assert in_rollout(RolloutRules.model_validate({"organizations": "*"}), BOLT, "Bolt")


def test_names_are_exact_and_refs_serve_as_well() -> None:
    """`Acme` is not `Acme Ltd`; a Ref names one organization for good."""
    assert in_rollout(rollout("Acme Ltd"), ACME, "Acme Ltd ")
    assert in_rollout(rollout("cw:organization:1"), ACME, "renamed since")
    assert not in_rollout(rollout("Acme"), ACME, "Acme Ltd")
    assert not in_rollout(rollout("acme ltd"), ACME, "Acme Ltd")
    assert not in_rollout(rollout(""), ACME, None)


def test_an_entry_has_to_name_exactly_one() -> None:
    """None: a typo would leave a customer out unnoticed. Several: the wrong one would be written."""
    problems = resolve(["Acme Ltd", "Acme", "Bolt", "cw:organization:2", "*"], ALL)

    assert [(each.at, each.entry, each.refs) for each in problems] == [(1, "Acme", ()), (2, "Bolt", (BOLT, TWIN))]
    assert "no organization of any source" in str(problems[0])
    assert "cw:organization:2, cw:organization:3" in str(problems[1])

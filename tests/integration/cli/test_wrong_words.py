"""References, names and ids that are none: each message says what to write instead."""

import pytest

from bridge.cli import reading
from tests.integration.cli.workplace import Workplace


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "nonsense"), "'nonsense' is no reference; write source:kind:id"),
        (("explain", "cw:device:1"), 'cw:device:1 is of no kind: there is no "device"'),
        (("plan", "--ref", "cw:configurations:1"), 'there is no "configurations"; nearest: "configuration"'),
        (("explain", "Hollis Legal Ltd"), 'write the reference of "Hollis Legal Ltd": cw:organization:'),
        (("held", "retry", "Hollis Legal Ltd"), 'write the reference of "Hollis Legal Ltd": cw:organization:'),
        (("explain", "xx:configuration:1"), 'there is no "xx"; known: cw'),
        (("explain", "cw:configuration:99"), "cw:configuration:99 has not been read"),
        (("explain", "names:manufacturers:Nope"), "no record that has been read needs this name"),
        (("explain", "names:Dell"), "'names:Dell' is no name; write names:KIND:NAME"),
    ],
)
def test_a_reference_that_is_none(drained: Workplace, words: tuple[str, ...], said: str) -> None:
    """One message with the number of its page."""
    found = drained.run(*words)

    assert (found.code, found.err[7:11]) == (1, "B401")
    assert said in found.err
    assert found.err.count("\n") == 1


@pytest.mark.parametrize("words", [("explain",), ("pause", "--why=x"), ("held", "retry")], ids=" ".join)
def test_a_record_that_is_read_for_a_summary_alone(drained: Workplace, words: tuple[str, ...]) -> None:
    """A ticket of which nothing is made is not taken for one that is unknown."""
    with drained.engine() as engine:
        reading.poll_sources(engine, ["ticket"])
    [ticket] = drained.json("query", "cw", "/service/tickets", "--limit", "1")["records"]

    found = drained.run(*words, f"cw:ticket:{ticket['id']}")

    assert (found.code, found.err[7:11]) == (1, "B401")
    assert "has been read, and no block makes anything in IT Glue of it alone" in found.err
    assert f"glue-bridge explain cw:organization:{ticket['company']['id']}" in found.err


def test_a_journal_without_entries_says_so(drained: Workplace) -> None:
    """Nothing at all would look like a command that failed."""
    assert drained.run("journal", "--since", "2039-01-01").out == "Nothing of this stands in the journal.\n"

"""A record that kills its workers."""

from tests.faults.scenarios.poison import poison


def test_a_record_that_kills_its_workers_is_held_and_its_batch_is_written() -> None:
    """At its fifth start it is held `kills_worker`; the 23 others of its organization are made, each once."""
    poison()


def test_a_record_that_kills_whoever_maps_it_is_held_and_nobody_else_is_blamed() -> None:
    """It is mapped for the names of the whole block, too, by workers that have not claimed it."""
    poison(mapping=True, place=11)

"""How customers' sizes are shared out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.provider.sizes import apportion, raise_first


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50), st.integers(0, 10_000))
def test_sizes_add_up_exactly_and_stay_within_one_of_their_share(weights: list[float], total: int) -> None:
    """Largest remainders lose and add nothing."""
    sizes = apportion(weights, total)

    assert sum(sizes) == total
    assert all(abs(size - weight * total / sum(weights)) < 1.001 for size, weight in zip(sizes, weights, strict=True))


def test_who_has_no_weight_gets_nothing() -> None:
    """A supplier has no devices, however many there are to give."""
    assert apportion([0, 1, 0, 2], 10_001) == [0, 3334, 0, 6667]


def test_nothing_can_be_given_to_nobody() -> None:
    """A total without a weight above zero is a mistake."""
    with pytest.raises(ValueError, match="nobody has a weight"):
        apportion([0, 0], 1)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(0, 12))
def test_raising_the_first_keeps_the_sum(sizes: list[int], least: int) -> None:
    """The first gets what it needs as long as the others have any."""
    raised = raise_first(sizes, least)

    assert sum(raised) == sum(sizes)
    assert raised[0] == max(sizes[0], min(least, sum(sizes)))

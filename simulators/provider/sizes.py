"""How many devices each customer has."""

from __future__ import annotations

from collections.abc import Sequence


def apportion(weights: Sequence[float], total: int) -> list[int]:
    """Split a total by weight into whole numbers that add up to it exactly (largest remainder).

    Raises ValueError if something is to be split and no weight is above zero.
    """
    if total and not any(weight > 0 for weight in weights):
        raise ValueError("nobody has a weight: there is no one to give the total to")
    whole = sum(weights) or 1.0
    exact = [weight * total / whole for weight in weights]
    sizes = [int(share) for share in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda place: (sizes[place] - exact[place], place))
    for place in by_remainder[: total - sum(sizes)]:
        sizes[place] += 1
    return sizes


def raise_first(sizes: list[int], least: int) -> list[int]:
    """Give the first one so many if the others can spare them, taking from the largest; the sum stays."""
    raised = list(sizes)
    while len(raised) > 1 and raised[0] < least:
        largest = max(range(1, len(raised)), key=raised.__getitem__)
        if not raised[largest]:
            break
        raised[largest] -= 1
        raised[0] += 1
    return raised

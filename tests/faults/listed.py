"""The list of scenarios, with what each may take."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.place import Place
from tests.faults.scenarios.history import all_points, history
from tests.faults.scenarios.poison import poison


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is played, in words, and the seconds after which it counts as failed; `alone` has a lane of its own."""

    play: Callable[[Place], str]
    about: str
    seconds: float = 240.0
    alone: bool = False


def _history(place: Place) -> str:
    return history(changes=300, kills=all_points(), seed=place.seed, shape=place.shape, say=place.say)


def _poison(place: Place) -> str:
    return poison(place.shape)


SCENARIOS = {
    "short history": Scenario(_history, "300 changes under short times, a kill at every crash point"),
    "poison": Scenario(_poison, "one device kills whoever works on it"),
}

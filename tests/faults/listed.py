"""The list of scenarios, with what each may take."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.kinds import DEVICE, TICKET
from tests.faults.place import Place
from tests.faults.scenarios.frozen import frozen
from tests.faults.scenarios.history import all_points, history
from tests.faults.scenarios.late_patch import late_patch
from tests.faults.scenarios.long_history import long_history
from tests.faults.scenarios.lost_answer import lost_answer
from tests.faults.scenarios.network import network
from tests.faults.scenarios.newer import newer
from tests.faults.scenarios.one_name import one_name
from tests.faults.scenarios.partial_bulk import partial_bulk
from tests.faults.scenarios.poison import poison
from tests.faults.scenarios.queue_outages import queue_outages
from tests.faults.scenarios.restored import restored
from tests.faults.scenarios.two_way import two_way


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is played, in words, and the seconds after which it counts as failed; `alone` has a lane of its own."""

    play: Callable[[Place], str]
    about: str
    seconds: float = 300.0
    alone: bool = False


def _history(place: Place) -> str:
    return history(changes=300, kills=all_points(), seed=place.seed, shape=place.shape, say=place.say)


def _poison(place: Place) -> str:
    return poison(place.shape, kind=DEVICE)


def _poisoned_ticket(place: Place) -> str:
    return poison(place.shape, kind=TICKET)


SCENARIOS = {
    "history": Scenario(long_history, "real times and quota, a kill at every crash point", 1700, alone=True),
    "short history": Scenario(_history, "300 changes under short times, a kill at every crash point", 400),
    "lost answer": Scenario(
        lost_answer, "504 after a POST of identical names of each kind, carried out late, lists lag"
    ),
    "partial bulk": Scenario(partial_bulk, "a bulk is refused while its good rows are stored"),
    "frozen worker": Scenario(frozen, "a worker stands still past its lease and wakes", 400),
    "restored database": Scenario(restored, "yesterday's database, and a change there and back in between"),
    "late patch": Scenario(late_patch, "a PATCH lands after a newer one"),
    "held network": Scenario(network, "both sides stand still for 90 s"),
    "two-way sync": Scenario(two_way, "ten rounds beside a native sync that pushes back", 400),
    "one name": Scenario(one_name, "two workers need one new manufacturer, asset type, location"),
    "newer version": Scenario(
        newer, "a newer version arrives between plan and settle, also of what a summary is about", 400
    ),
    "queue outages": Scenario(queue_outages, "the queue server stands still, dies with its data, forgets", 300),
    "poison": Scenario(_poison, "one device kills whoever works on it"),
    "poisoned ticket": Scenario(_poisoned_ticket, "one ticket kills whoever works on it"),
}

"""The queue server stands still for 20 s, dies with its data, and forgets everything, in the midst of a history."""

from collections.abc import Callable

from tests.faults.place import Place
from tests.faults.scenarios.history import Kills, history
from tests.faults.valkey import kill_with_data, stand_still, wipe, wipe_embedded
from tests.faults.world import World

_CHANGES = 240
_DOWN = 20.0


def queue_outages(place: Place) -> str:
    """Live through a history with all three; give what it came to."""
    down, killed, wiped = _troubles(place)

    def told(word: str, trouble: Callable[[World], None]) -> Callable[[World], None]:
        def befall(world: World) -> None:
            place.say(f"the queue server {word}")
            trouble(world)

        return befall

    troubles = {
        40: told(f"stands still for {_DOWN:g} s", down),
        100: told("is killed with its data", killed),
        170: told("forgets everything", wiped),
    }
    return history(
        changes=_CHANGES, kills=Kills(()), seed=place.seed, shape=place.shape, say=place.say, pace=0.05,
        troubles=troubles,
    )  # fmt: skip


def _troubles(place: Place) -> tuple[Callable[[World], None], Callable[[World], None], Callable[[World], None]]:
    valkey = place.valkey
    if valkey is None:
        return lambda world: stand_still(world, _DOWN), kill_with_data, wipe_embedded

    def killed(_world: World) -> None:
        valkey.die()

    return lambda _world: valkey.stand_still(_DOWN), killed, lambda _world: wipe(str(valkey.socket))

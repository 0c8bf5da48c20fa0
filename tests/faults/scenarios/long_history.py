"""A history under the real times and the real quota, with a kill at every crash point."""

from tests.faults.place import Place
from tests.faults.scenarios.history import SETTINGS, all_points, history
from tests.faults.times import LONG
from tests.faults.world import Bill

_CHANGES = 300
_SECONDS = 240.0
# IT Glue's own: 3,000 requests in any five minutes.
_LIMIT = (3000, 300.0)
_QUOTA = '{ requests = 3000, per = "5m", keep_for_others = "30%" }'


def long_history(place: Place) -> str:
    """Live through it; give what it came to."""
    bill = Bill(mapping=SETTINGS, times=LONG, quota=_QUOTA)
    return history(
        changes=_CHANGES, kills=all_points(), seed=place.seed, shape=place.shape, pace=_SECONDS / _CHANGES, bill=bill,
        limit=_LIMIT, reading=120.0, say=place.say,
    )  # fmt: skip

"""How old what the bridge knows of the source may be: when its lists were read, and what no change stamp tells."""

from bisect import bisect_right
from typing import Final
from urllib.parse import unquote

from .requests import at
from .story import Event, Life
from .world import World

_LISTS: Final = {
    "organization": ("/company/companies",),
    "configuration": ("/company/configurations",),
    "contact": ("/company/contacts",),
    "ticket": ("/service/tickets", "/project/tickets"),
}


class Readings:
    """The times at which polls of the source's lists began."""

    def __init__(self, world: World) -> None:
        self._has_log = bool(world.requests["connectwise"])
        self._began: dict[str, list[float]] = {}
        for request in world.requests["connectwise"]:
            query = unquote(request["query"])
            # A later page may lack what came before it.
            if request["status"] == 200 and "lastUpdated>=" in query and "pageId" not in query:
                # Below the codebase that a request names (connectwise.md 1).
                self._began.setdefault(request["path"].rpartition("/apis/3.0")[2], []).append(at(request))
        for times in self._began.values():
            times.sort()

    def known_since(self, kind: str, moment: float) -> float:
        """Give the moment whose state of a kind is the oldest that may still be acted on.

        That is when the last but one poll before it began: in the last, a process may have died. A kind that is not polled
        is never sure to be known; in a world without a log everything is at once.
        """
        if not self._has_log:
            return moment
        return min((self._last_but_one(path, moment) for path in _LISTS.get(kind, ("",))), default=moment)

    def _last_but_one(self, path: str, moment: float) -> float:
        began = self._began.get(path, [])
        place = bisect_right(began, moment)
        return began[place - 2] if place > 1 else float("-inf")


def told_before(life: Life, moment: float) -> float:
    """Give the moment before the changes that no change stamp told until then: they are only found by a whole read."""
    for event in reversed([event for event in life.events if event.at <= moment]):
        if not _is_silent(event):
            return moment
        moment = event.at - 1e-6
    return moment


def _is_silent(event: Event) -> bool:
    if event.before is None or event.after is None:
        return event.after is None  # a deletion moves no stamp
    # connectwise.md 6: a poll asks for what was updated since.
    before, after = (row.get("_info", {}).get("lastUpdated") for row in (event.before, event.after))
    return before is not None and before == after

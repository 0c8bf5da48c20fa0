"""IT Glue's countries and regions, found by name or ISO code."""

from typing import Any

from .text import SKIP, folded
from .world import World


class Geography:
    """Give the ids of countries and regions, as sets of one; SKIP where IT Glue lists none or several."""

    def __init__(self, world: World) -> None:
        self._countries: dict[str, str] = {}
        self._regions: dict[str, set[tuple[str, str]]] = {}
        for life in world.lists.get("countries", {}).values():
            for word in _words(life.now or {}):
                self._countries[word] = life.id
        for life in world.lists.get("regions", {}).values():
            for word in _words(life.now or {}):
                self._regions.setdefault(word, set()).add((str((life.now or {})["country-id"]), life.id))

    def country(self, name: str | None) -> Any:
        """Find a country."""
        if not folded(name):
            return None
        found = self._countries.get(folded(name))
        return SKIP if found is None else frozenset({found})

    def region(self, names: tuple[str | None, ...], country: Any) -> Any:
        """Find a region of a country by the first of its names that IT Glue lists; without a country, the only one there is."""
        given = [folded(name) for name in names if folded(name)]
        if not given:
            return None
        for name in given:
            found = {
                region
                for home, region in self._regions.get(name, ())
                if country is None or (isinstance(country, frozenset) and home in country)
            }
            if len(found) == 1:
                return frozenset(found)
        return SKIP


def _words(row: dict[str, Any]) -> set[str]:
    return {folded(row.get(word)) for word in ("name", "iso")} - {""}

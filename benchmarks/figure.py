"""Figures: what was measured beside what has to be reached, as a table and as build/bench.json."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

RESULTS = Path("build/bench.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `goal` reads `<= 0.03`; `reached` says whether the number, and whatever else the row asks, is good."""

    name: str
    value: float
    unit: str
    goal: str
    reached: bool

    @classmethod
    def of(
        cls, name: str, value: float, unit: str, sense: Literal["<=", ">=", "="], limit: float, *, also: bool = True
    ) -> "Figure":
        """Judge a number against its limit; `also` is what the row asks beside it."""
        good = {"<=": value <= limit, ">=": value >= limit, "=": value == limit}[sense]
        rounded = round(value, 4) if abs(value) < 100 else round(value)
        return cls(name, rounded, unit, f"{sense} {limit:,g}", good and also)


Row = Callable[[], Iterable[Figure]]


def show(figures: Sequence[Figure]) -> None:
    """Print a table."""
    width = max((len(figure.name) for figure in figures), default=0)
    for figure in figures:
        word = "reached" if figure.reached else "NOT REACHED"
        print(f"{figure.name:<{width}}  {figure.value:>12,}  {figure.unit:<22} {figure.goal:<12} {word}", flush=True)


def keep(figures: Iterable[Figure], path: Path = RESULTS) -> list[dict[str, Any]]:
    """Merge figures into the file, which keeps those of other rows; give all of it."""
    try:
        known = {figure["name"]: figure for figure in orjson.loads(path.read_bytes())}
    except (OSError, ValueError, KeyError, TypeError):
        known = {}
    known.update((figure.name, asdict(figure)) for figure in figures)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(list(known.values()), option=orjson.OPT_INDENT_2) + b"\n")
    return list(known.values())

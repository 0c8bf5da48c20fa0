"""Where a scenario plays: a shape with its servers, someone to tell how far it is, and the seed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Self

from tests.faults.shapes import ONE_BOX, several_machines
from tests.faults.valkey import External
from tests.faults.world import Shape
from tests.postgres import Postgres, postgres

SHAPES = ("one box", "several machines")


@dataclass(frozen=True, slots=True)
class Place:
    """A shape; `server` and `valkey` are None on one box, where the data folder holds both."""

    shape: Shape
    seed: int
    say: Callable[[str], None]
    server: Postgres | None = None
    valkey: External | None = None


class Ground:
    """Gives one place after the other, all of one shape; a context manager."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._server: Postgres | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        if self._name != ONE_BOX.name:
            self._server = self._stack.enter_context(postgres())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextmanager
    def place(self, seed: int, say: Callable[[str], None]) -> Iterator[Place]:
        """Give a place with stores of its own."""
        if self._server is None:
            yield Place(ONE_BOX, seed, say)
            return
        with several_machines(self._server) as (shape, valkey):
            yield Place(shape, seed, say, self._server, valkey)

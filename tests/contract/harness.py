"""What the suite of promises has to know of one vendor, and the ground that its tests stand on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, Protocol

import pytest

from bridge.connector import Connector
from bridge.mapping.words import WORDS
from bridge.records import Record, Ref
from tests.contract.mirror import Mirror
from tests.contract.simulator import Simulator, simulating

NOTHING_WANTED: frozenset[str] = frozenset()
EVERYTHING = {kind: frozenset(words) for kind, words in WORDS.items()}
"""What a mapping wants that uses every word of every kind."""
PASSWORD = "hunter2-in-a-password-field"


class Harness(Protocol):
    """What the suite has to know of one vendor."""

    @property
    def system(self) -> str:
        """The simulator's name."""

    @property
    def source(self) -> str:
        """The name under which `connect` makes the connector."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds with a list of their own; each has a name that a person can change."""

    @property
    def deletable(self) -> tuple[str, ...]:
        """The kinds whose records can go for good."""

    @property
    def resources(self) -> Mapping[str, str]:
        """The control API's resource by which records of each kind are changed and deleted."""

    @property
    def lists(self) -> Mapping[str, str]:
        """A regular expression of the paths by which records of each kind are listed."""

    @property
    def wrong_key(self) -> str:
        """A key that the simulator does not accept."""

    @property
    def singles(self) -> Mapping[str, str]:
        """A regular expression of the paths by which one record of each kind is fetched."""

    @property
    def belows(self) -> Mapping[str, str]:
        """For each kind that is read per organization, a regular expression of the paths by which it is."""

    @property
    def enrichments(self) -> Mapping[str, str]:
        """For each kind with words that cost a request per record, a regular expression of the paths of them."""

    def connect(self, simulator: Simulator, *, page_size: int = 5, deadline: float = 10.0) -> Connector:
        """Make a connector of the simulator."""

    def connect_wrongly(self, simulator: Simulator) -> Connector:
        """Make a connector with `wrong_key`, which is not accepted."""

    def secrets(self, simulator: Simulator) -> tuple[str, ...]:
        """Give every text among the accepted credentials that must never be seen."""

    def seed(self, simulator: Simulator, kind: str, name: str) -> str:
        """Make a record with this name, whatever else it needs; give its id."""

    def seed_below(self, simulator: Simulator, kind: str, organization: str, name: str) -> str:
        """Make a record of a kind that is read per organization; give its id."""

    def link(self, simulator: Simulator, kind: str, number: str) -> tuple[str, list[str]]:
        """Link something to a record; give the word that costs a request to read it, and the ids in it."""

    def living(self, simulator: Simulator, kind: str) -> dict[str, dict[str, Any]]:
        """Give what stands there of a kind, by id."""

    def renamed(self, kind: str, name: str) -> dict[str, Any]:
        """Give the change that a person makes to rename a record."""

    def name_of(self, kind: str, payload: Mapping[str, Any]) -> str:
        """Give the name in a payload."""

    def with_passwords(self, simulator: Simulator, kind: str, name: str) -> str | None:
        """Make a record whose password-kind fields hold PASSWORD; None where the kind has none."""

    def moment_of(self, watermark: str) -> datetime:
        """Read a watermark as a time of the source."""

    def stuck(self, kind: str, page: list[Record]) -> dict[str, Any]:
        """Give the answer of a server that repeats the page just read, with its cursor."""

    def cut_short(self, kind: str) -> dict[str, Any]:
        """Give the answer of a server that says, wrongly, that there is nothing more."""


class Grounded:
    """A simulator, connectors to it and records in it, for the tests of one connector."""

    harness: ClassVar[Harness]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        for name, kinds in (
            ("kind", self.harness.kinds),
            ("below", tuple(self.harness.belows)),
            ("dear", tuple(self.harness.enrichments)),
        ):
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, kinds)

    @pytest.fixture(scope="class")
    @classmethod
    def running(cls) -> Iterator[Simulator]:
        with simulating(cls.harness.system) as simulator:
            yield simulator
            assert simulator.violations() == []

    @pytest.fixture
    def simulator(self, running: Simulator) -> Iterator[Simulator]:
        yield running
        running.repair()
        running.reset_switches()

    @pytest.fixture
    def connector(self, simulator: Simulator) -> Iterator[Connector]:
        with self.connected(simulator) as connector:
            yield connector

    @contextmanager
    def connected(self, simulator: Simulator, **options: Any) -> Iterator[Connector]:
        """Open a connector for a while."""
        connector = self.harness.connect(simulator, **options)
        try:
            yield connector
        finally:
            connector.close()

    def seeded(self, simulator: Simulator, kind: str, count: int, prefix: str = "seed") -> list[str]:
        """Make records; give their ids."""
        return [self.harness.seed(simulator, kind, f"{prefix} {n}") for n in range(count)]

    def rename(self, simulator: Simulator, kind: str, number: str, name: str) -> None:
        """Rename a record as a person would."""
        simulator.change(self.harness.resources[kind], number, self.harness.renamed(kind, name))

    def mirror(self) -> Mirror:
        """Give an empty mirror."""
        return Mirror(self.harness.moment_of)

    def ref(self, kind: str, number: str) -> Ref:
        """Give the Ref of a record."""
        return Ref(self.harness.source, kind, number)

    def everything(self, connector: Connector, kind: str) -> Mirror:
        """Read all of a kind as a first poll does."""
        return self.mirror().take(connector.changes(kind, None, NOTHING_WANTED))

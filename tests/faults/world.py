"""A world of its own for one proof: both simulators, a folder with bridge.toml, and the processes that work on it."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.store.database import Database
from tests.faults.processes import Processes
from tests.faults.times import SHORT, Times
from tests.simulators.running import Running, running

EXAMPLES = Path(__file__).parents[2] / "examples"
MEMORY = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
# Proofs that are not about stops raise the counts (PROTOCOLS 9).
NO_STOPS = """
[stops]
creates = { hour = 1000000, day = 1000000 }
names = { hour = 1000000, day = 1000000 }
archives = { hour = 1000000, day = 1000000, share = "99%" }
emptied = { hour = 1000000 }
updates = { hour = 1000000 }
flaps = 1000000
shrunken = 0.5
"""
# The filters under which the provider's traps are what its simulators say.
TRAPPED = """
[organizations]
only = "status in ['Active', 'Credit Hold'] and 'Client' in types"
[configurations]
only = "type not in ['Consumable', 'Spare']"
"""
# Of two kinds alone: proofs that are about something else need not write sites and contacts too.
TWO_KINDS = """
[locations]
enabled = false
[contacts]
enabled = false
"""
MAPPING = TRAPPED + TWO_KINDS
# The two ready blocks for tickets: an asset for each, and a summary for each organization.
PER_TICKET, PER_ORGANIZATION = ((EXAMPLES / f"{name}.toml").read_text() for name in ("psa-ticket", "open-tickets"))
READY = PER_TICKET + PER_ORGANIZATION
ALL_KINDS = TRAPPED + READY


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the data lies; both None is the one box."""

    name: str = "one box"
    database: str | None = None
    redis: str | None = None


@dataclass(slots=True)
class Bill:
    """What stands in bridge.toml beside the addresses."""

    mode: str = "apply"
    mapping: str = MAPPING
    rollout: str = '["*"]'
    stops: str = NO_STOPS
    times: Times = SHORT
    extra: str = ""
    itglue: str = ""
    quota: str = '{ requests = 600, per = "10s", keep_for_others = "30%" }'


@dataclass(slots=True)
class World:
    """The simulators, the settings and the folder; `path` is bridge.toml."""

    folder: Path
    itglue: Running
    source: Running
    shape: Shape
    bill: Bill
    processes: Processes
    _databases: list[Database] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """Give the settings file."""
        return self.folder / "bridge.toml"

    @property
    def data(self) -> Path:
        """Give the data folder."""
        return self.folder / "data"

    @property
    def database(self) -> Database:
        """Give the store, for looking at; made by the first process that opens it."""
        if not self._databases:
            self._databases.append(Database(self.shape.database or f"sqlite:///{self.data / 'bridge.db'}"))
        return self._databases[0]

    def close_database(self) -> None:
        """Give every connection back."""
        while self._databases:
            self._databases.pop().close()

    def settle(self, **changes: Any) -> None:
        """Write bridge.toml, with changes to its bill."""
        for name, value in changes.items():
            setattr(self.bill, name, value)
        self.path.write_text(self._toml())

    def _toml(self) -> str:
        bill, source = self.bill, self.source
        store = "".join(
            f'{name} = "env:BRIDGE_{name.upper()}"\n'
            for name, value in (("database", self.shape.database), ("redis", self.shape.redis))
            if value is not None
        )
        return f"""
version = 1
defaults = "2026-11"
mode = "{bill.mode}"
{bill.extra}
[itglue]
url = "{self.itglue.url}"
key = "env:ITGLUE_KEY"
quota = {bill.quota}
{bill.itglue}
[sources.cw]
type = "connectwise"
url = "{source.url}"
company = "{source.credentials["company"]}"
public_key = "env:CW_PUBLIC_KEY"
private_key = "env:CW_PRIVATE_KEY"
client_id = "env:CW_CLIENT_ID"
native = true
[rollout]
organizations = {bill.rollout}
{bill.mapping}
{bill.stops}
{bill.times.toml()}
[store]
data = "data"
{store}
[service]
log_format = "json"
"""


def secrets(itglue: Running, source: Running, shape: Shape) -> Mapping[str, str]:
    """Give what the settings name by `env:`."""
    found = {
        "ITGLUE_KEY": itglue.credentials["api_key"],
        "CW_PUBLIC_KEY": source.credentials["public_key"],
        "CW_PRIVATE_KEY": source.credentials["private_key"],
        "CW_CLIENT_ID": source.credentials["client_id"],
    }
    if shape.database is not None:
        found["BRIDGE_DATABASE"] = shape.database
    if shape.redis is not None:
        found["BRIDGE_REDIS"] = shape.redis
    return found


@contextmanager
def world(
    *arguments: str, shape: Shape | None = None, bill: Bill | None = None, limit: tuple[int, float] | None = (600, 10)
) -> Iterator[World]:
    """Start both simulators with the same arguments, and end everything at the end; `limit` is IT Glue's quota."""
    chosen = shape or Shape()
    with ExitStack() as stack:
        itglue = stack.enter_context(running("itglue", *arguments))
        source = stack.enter_context(running("connectwise", *arguments, "--limits", "off"))
        if limit is not None:
            itglue.set(limit={"requests": limit[0], "seconds": limit[1], "window": "rolling"})
        # A killed process loses nothing that it wrote, so the disk need not be waited for.
        folder = Path(tempfile.mkdtemp(prefix="world-", dir=MEMORY if MEMORY.is_dir() else None))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")},
            **secrets(itglue, source, chosen),
        }
        processes = stack.enter_context(Processes(folder, environment))
        made = World(folder, itglue, source, chosen, bill or Bill(), processes)
        stack.callback(made.close_database)
        made.settle()
        yield made

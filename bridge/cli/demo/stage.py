"""Where the demo plays: a folder with bridge.toml, both simulators, and the environment of the commands."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import bridge
from bridge.cli.demo import suggestions
from bridge.cli.demo.pen import Pen
from bridge.cli.demo.processes import Commands, Simulators
from bridge.cli.demo.simulator import Simulator

# Longer than a loaded machine takes to answer, and no longer: what was killed is clear again after WRITE_WINDOW + LIST_LAG.
WRITE_WINDOW, LIST_LAG, POLL = 5, 2, 2
QUOTA = 3000  # requests in five minutes, as at IT Glue; the simulator refuses what is above

SETTINGS = """\
version  = 1
defaults = "2026-11"
mode     = "{mode}"

[itglue]
url   = "{itglue}"
key   = "env:ITGLUE_KEY"
quota = {{ requests = {quota}, per = "5m", keep_for_others = "30%" }}

[sources.cw]
type        = "connectwise"
url         = "{connectwise}"
company     = "{company}"
public_key  = "env:CW_PUBLIC_KEY"
private_key = "env:CW_PRIVATE_KEY"
client_id   = "env:CW_CLIENT_ID"
native      = true                # IT Glue's own sync is connected to it

[rollout]
organizations = "*"               # everyone; with an account of yours begin with one customer

[organizations]
only   = "status in ['Active', 'Credit Hold'] and 'Client' in types"
create = "ask"

[configurations]
only = "type not in ['Consumable', 'Spare']"
"""
# What a person's account never has: times for whoever watches.
SHORT = """
[protocol]                        # short, so that nobody has to wait; leave this table out in earnest
write_window = {write_window}
list_lag     = {list_lag}
deadline     = 3
intend_age   = 1.5
lease        = 6
backoff_min  = 0.5
backoff_max  = 5
sweep        = 1
polls        = {{ organization = {poll}, location = {poll}, contact = {poll}, configuration = {poll}, ticket = {poll} }}

[service]
log_format = "text"
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the provider is."""

    companies: int
    devices: int

    def __str__(self) -> str:
        return f"{self.companies}x{self.devices}"


LEAST = Size(12, 60)
BLOCKS = ("open-tickets.toml", "psa-ticket.toml")


@dataclass(frozen=True, slots=True)
class Stage:
    """All that the acts play with."""

    pen: Pen
    folder: Path
    itglue: Simulator
    connectwise: Simulator
    commands: Commands

    def settle(self, mode: str, *blocks: str) -> None:
        """Write bridge.toml, with files of `examples/` appended, and the rules of suggestions after the last of them."""
        parts = [self.settings(mode) + short(), *map(_example, blocks), *([suggestions.SETTINGS] if blocks else [])]
        (self.folder / "bridge.toml").write_text("\n".join(parts))

    def settings(self, mode: str) -> str:
        """Give the part of bridge.toml that an operator has too."""
        return SETTINGS.format(
            mode=mode, itglue=self.itglue.url, connectwise=self.connectwise.url, quota=QUOTA,
            company=self.connectwise.credentials["company"],
        )  # fmt: skip


def _example(name: str) -> str:
    """Read a file of `examples/`, which an installed bridge carries inside."""
    package = Path(bridge.__file__).parent
    found = next(each for each in (package / "examples", package.parent / "examples") if each.is_dir())
    return (found / name).read_text()


def short() -> str:
    """Give the part of bridge.toml with the demo's times."""
    return SHORT.format(write_window=WRITE_WINDOW, list_lag=LIST_LAG, poll=POLL)


@contextmanager
def staged(pen: Pen, size: Size, *, keep: bool) -> Iterator[Stage]:
    """Give the stage; at the end every process is ended and the folder is gone, unless it is to be kept."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="glue-bridge-demo-"))
        if keep:
            stack.callback(lambda: pen.line(f"\nKept: {folder}"))
        else:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        simulators = stack.enter_context(Simulators())
        processes = [
            simulators.start(system, "--provider", str(size), "--limits", "on") for system in ("itglue", "connectwise")
        ]
        itglue, connectwise = (stack.enter_context(Simulator(simulators.ready(each))) for each in processes)

        def told() -> str:
            work = itglue.work()
            return f"IT Glue has answered {work.requests:,} requests, {work.writes:,} of them writes"

        commands = Commands(pen, folder, environment(itglue, connectwise), told)
        stage = Stage(pen, folder, itglue, connectwise, commands)
        stage.settle("plan")
        yield stage


def environment(itglue: Simulator, connectwise: Simulator) -> dict[str, str]:
    """Give the environment of the commands: ours, with the secrets that bridge.toml names."""
    psa = connectwise.credentials
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")},
        "ITGLUE_KEY": itglue.credentials["api_key"],
        "CW_PUBLIC_KEY": psa["public_key"],
        "CW_PRIVATE_KEY": psa["private_key"],
        "CW_CLIENT_ID": psa["client_id"],
        "PYTHONUNBUFFERED": "1",
    }

"""The contract of a vendor."""

from typing import Any, Protocol, runtime_checkable

from simulators.exchange import Answer, Request
from simulators.kernel import Kernel
from simulators.switches import Switch


class Vendor(Protocol):
    """One vendor's API: its own logic, synchronous, without I/O."""

    system: str
    switches: tuple[Switch, ...]

    def __init__(self, kernel: Kernel) -> None:
        """Fill the built-in data; `kernel.switches` holds the defaults."""

    def credentials(self) -> dict[str, str]:
        """Return what a client signs in with, as the ready line prints it."""

    def key(self, request: Request) -> str | None:
        """Return the credential that the request came with, for the log; None if there is none."""

    def below_root(self, path: str) -> str:
        """Return the path below the API root, with its leading slash; faults are matched on it."""

    def answer(self, request: Request) -> Answer:
        """Carry out a request."""

    def refusal(self, status: int) -> Answer:
        """Return the vendor's own answer of this status, for injected faults."""

    def dump(self, path: str) -> list[Any] | None:
        """Return every record under a resource path with its history; None if there is no such resource."""

    def person(self, method: str, path: str, body: Any) -> Any:
        """Do what a person would do in the UI; return what the control call answers; ControlError to refuse."""

    def load(self, resource: str, record: dict[str, Any]) -> None:
        """Take a record that was there before; as a person's POST, but it may carry its id."""

    def control(self, method: str, path: str, body: Any) -> Any:
        """Carry out a control call of this vendor only; ControlError(404) if there is none."""

    def switched(self, name: str) -> None:
        """Take note that a switch was set."""


@runtime_checkable
class Watching(Protocol):
    """A vendor that looks at every request when it arrives, before a fault may keep it from the vendor."""

    def watch(self, request: Request) -> None:
        """Note what must never be called."""

"""The file by which `status` sees the service's processes."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bridge.supervise.lock import service_pid

NAME = "service.json"


@dataclass(frozen=True, slots=True)
class ChildStatus:
    """One process of the service; `pid` is None while it waits to be started again."""

    name: str
    pid: int | None
    started_at: datetime | None
    restarts: int


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """The service's own process, and its children."""

    pid: int
    started_at: datetime
    children: tuple[ChildStatus, ...]


def write_status(data_dir: Path, status: ServiceStatus) -> None:
    """Put the file in place as a whole."""
    beside = data_dir / f"{NAME}.new"
    beside.write_text(json.dumps(asdict(status), default=datetime.isoformat, indent=1))
    os.replace(beside, data_dir / NAME)  # noqa: PTH105 - one system call, and atomic


def remove_status(data_dir: Path) -> None:
    """Take the file away."""
    (data_dir / NAME).unlink(missing_ok=True)


def find_status(data_dir: Path) -> ServiceStatus | None:
    """Read what runs on the data folder; None where no service does."""
    pid = service_pid(data_dir)
    try:
        said = json.loads((data_dir / NAME).read_text())
    except (OSError, ValueError):
        return None
    if said["pid"] != pid:
        return None
    children = (
        ChildStatus(each["name"], each["pid"], _time(each["started_at"]), each["restarts"]) for each in said["children"]
    )
    return ServiceStatus(said["pid"], datetime.fromisoformat(said["started_at"]), tuple(children))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

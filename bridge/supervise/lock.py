"""One service per data folder."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from bridge.errors import SettingsError
from bridge.flock import open_lock, try_lock


class ServiceLock:
    """The data folder's right to a service, held as long as the object or the process lives; a context manager.

    Raises SettingsError B140, naming its pid, where another service holds it.
    """

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        path = data_dir / "service.lock"
        self._file = open_lock(path)
        if not try_lock(self._file):
            os.close(self._file)
            pid = path.read_text().strip() or "unknown"
            raise SettingsError(
                "B140", f"a service (pid {pid}) already runs on {data_dir}; stop it, or name another data folder"
            )
        os.ftruncate(self._file, 0)
        os.write(self._file, str(os.getpid()).encode())

    def close(self) -> None:
        """Give the right back."""
        file, self._file = self._file, -1
        if file >= 0:
            os.ftruncate(file, 0)
            os.close(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def service_pid(data_dir: Path) -> int | None:
    """Give the pid of the service that runs on the data folder; None where none does."""
    path = data_dir / "service.lock"
    if not path.exists():
        return None
    file = open_lock(path)
    try:
        return None if try_lock(file, shared=True) else int(path.read_text() or 0) or None
    finally:
        os.close(file)

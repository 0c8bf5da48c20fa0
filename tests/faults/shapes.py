"""The two supported shapes: one box, and several machines on PostgreSQL with an external Valkey."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.valkey import External
from tests.faults.world import Shape
from tests.postgres import Postgres, postgres

ONE_BOX = Shape()


@contextmanager
def several_machines(server: Postgres) -> Iterator[tuple[Shape, External]]:
    """Give the shape on a fresh database and a Valkey of its own."""
    url = server.database()
    with tempfile.TemporaryDirectory(prefix="valkey-data-") as folder, External(Path(folder)) as valkey:
        yield Shape("several machines", url, valkey.url), valkey
    server.drop(url)


__all__ = ["ONE_BOX", "postgres", "several_machines"]

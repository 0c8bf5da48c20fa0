"""Updates, adoptions, archives and restores in as few requests as IT Glue takes."""

from collections import defaultdict
from collections.abc import Sequence

from bridge.drain import send
from bridge.drain.items import Item
from bridge.engine import Engine
from bridge.quota import Lane


def update(engine: Engine, items: Sequence[Item], claim: send.Claim, *, lane: Lane) -> None:
    """Write changes, up to 50 in a request, of several organizations at once."""
    by_size: dict[tuple[str, int], list[Item]] = defaultdict(list)
    for item in items:
        by_size[item.kind, min(item.row.bulk or 50, 50)].append(item)
    for (_, size), members in by_size.items():
        for start in range(0, len(members), size):
            if engine.stopping():
                return
            send.update(engine, members[start : start + size], claim, lane=lane)
            engine.on_progress("written", len(members[start : start + size]))
            engine.beat()

"""Values as people review them: a name where IT Glue has an id."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.cli import output
from bridge.store.database import chunks
from bridge.store.schema import assets

Labels = Mapping[tuple[str, str], str]
"""Names by IT Glue's resource word and id."""


def of(connection: Connection, organizations: Iterable[Any] = ()) -> Labels:
    """Give every name that the index knows of what names are (types, models, …), and those of these organizations."""
    from bridge.drain.names import Names

    found = dict(Names(connection).labels())
    for part in chunks([str(one) for one in organizations if one is not None]):
        rows = connection.execute(
            sa.select(assets.c.itglue_id, assets.c.attributes).where(
                assets.c.kind == "organizations", assets.c.itglue_id.in_(part)
            )
        )
        found.update((("organizations", row.itglue_id), str(orjson.loads(row.attributes)["name"])) for row in rows)
    return found


def shown(word: str, one: Any, labels: Labels | None) -> str:
    """Write a value; a name in place of its id."""
    if labels is None or not word.endswith("_id") or one is None:
        return output.value(one)
    noun = word.removesuffix("_id")
    kind = noun + ("es" if noun.endswith("s") else "s")
    if isinstance(one, str) and one.startswith(f"new {kind} "):
        return f"{one.removeprefix(f'new {kind} ')} (new)"
    name = labels.get((kind, str(one)))
    return output.value(one) if name is None else f"{name} ({one})"

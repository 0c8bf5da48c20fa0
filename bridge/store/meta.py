"""Single values of the store."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import Database
from bridge.store.schema import meta


def get(connection: Connection, name: str) -> str | None:
    """Give a value, None where it was never put."""
    return connection.execute(sa.select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()


def put(db: Database, connection: Connection, name: str, value: str) -> None:
    """Store a value."""
    db.upsert(connection, meta, [{"name": name, "value": value}], "name")


def take(connection: Connection, name: str) -> str | None:
    """Take a value out, and give it."""
    return connection.execute(sa.delete(meta).where(meta.c.name == name).returning(meta.c.value)).scalar_one_or_none()

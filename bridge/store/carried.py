"""What a mirrored record carries that others are found by: unique values, and the records that it refers to."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.mapping.words import referred
from bridge.matching.keys import UNIQUE, record_keys
from bridge.records import Record
from bridge.store.database import chunks
from bridge.store.schema import mirror_keys, mirror_refs


def enter(connection: Connection, records: Mapping[int, Record]) -> None:
    """Enter what these records carry, by their number in the mirror, in place of what they carried before."""
    for part in chunks(list(records)):
        for table in (mirror_keys, mirror_refs):
            connection.execute(sa.delete(table).where(table.c.mirror_id.in_(part)))
    keys = [
        {"mirror_id": number, "key": key, "value": value}
        for number, record in records.items()
        for key, values in record_keys(record.ref, record.words).items()
        if key in UNIQUE
        for value in values
    ]
    refs = [
        {"mirror_id": number, "ref": str(ref)}
        for number, record in records.items()
        for ref in dict.fromkeys(referred(record.ref, record.words))
    ]
    if keys:
        connection.execute(sa.insert(mirror_keys), keys)
    if refs:
        connection.execute(sa.insert(mirror_refs), refs)

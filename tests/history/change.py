"""One change of a history, as data."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """What a person did, and what must follow from it.

    `system` is `connectwise` or `itglue`, `record` the path of the record below `records/`. `ref` is the target that it
    concerns, without the source (`configuration:4711`), empty where none does. `holds` are the holds that begin with it by
    Ref, `lifts` the Refs whose hold ends.
    """

    number: int
    kind: str
    system: str
    verb: str
    record: str
    ref: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    holds: dict[str, str] = field(default_factory=dict)
    lifts: frozenset[str] = frozenset()

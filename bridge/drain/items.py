"""Items: single writes that the planner asked for, ready to be intended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.drain.work import Row


@dataclass(slots=True)
class Item:
    """One write to one record. `body` is what is sent, `before` what it replaces; attribute words have underscores."""

    row: Row
    kind: str
    verb: str  # create | create_name | update | adopt | archive | restore
    body: dict[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    itglue_id: str | None = None
    why: str = ""
    emptied: bool = False
    mapping_made: bool = False
    accepted: bool = False
    change_digest: str | None = None
    marker: str | None = None
    owns: bool = True
    wish: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    rules: str | None = None
    digest: str | None = None

    @property
    def target(self) -> int:
        """Give the number of the target."""
        return int(self.row.id)

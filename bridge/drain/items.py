"""Items: single writes that the planner asked for, ready to be intended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.drain.work import Row
from bridge.planning.sameness import is_empty

TRAIT = "traits."


@dataclass(slots=True)
class Item:
    """One write to one record. `body` is what is changed, `before` what it replaces; attribute words have underscores.

    A trait is `traits.<key>` in both. `rest` are the other traits of a flexible asset, in their write shape: IT Glue
    deletes what a write leaves out (api/itglue.md 5.9).
    """

    row: Row
    kind: str
    verb: str  # create | create_name | update | adopt | archive | restore | undo
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
    undone: bool = False  # by a person's undo: what is written is not ours to clear, and the target is settled with it
    rest: Mapping[str, Any] | None = None

    @property
    def sent(self) -> dict[str, Any]:
        """Give what is sent: the change, with every other trait of a flexible asset."""
        plain = {word: value for word, value in self.body.items() if not word.startswith(TRAIT)}
        if self.rest is None and len(plain) == len(self.body):
            return self.body
        own = {word.removeprefix(TRAIT): value for word, value in self.body.items() if word.startswith(TRAIT)}
        traits = {key: value for key, value in {**(self.rest or {}), **own}.items() if not is_empty(value)}
        return {**plain, "traits": traits}

    @property
    def target(self) -> int:
        """Give the number of the target."""
        return int(self.row.id)

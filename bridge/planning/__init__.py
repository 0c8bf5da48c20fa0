"""Planning: from what shall be, what is and what people decided to one plan for each target (PROTOCOLS 10)."""

from bridge.planning.facts import NO_DECISIONS, AssetView, Decisions, LinkView, Rules, Wish
from bridge.planning.native import creates, is_locked
from bridge.planning.planner import plan
from bridge.planning.plans import (
    Adopt,
    Archive,
    Create,
    Field,
    Hold,
    Nothing,
    Plan,
    Restore,
    Update,
    applied_after,
    change_digest,
    dump,
    load,
    written,
)

__all__ = [
    "NO_DECISIONS",
    "Adopt",
    "Archive",
    "AssetView",
    "Create",
    "Decisions",
    "Field",
    "Hold",
    "LinkView",
    "Nothing",
    "Plan",
    "Restore",
    "Rules",
    "Update",
    "Wish",
    "applied_after",
    "change_digest",
    "creates",
    "dump",
    "is_locked",
    "load",
    "plan",
    "written",
]

"""What the planner is told: the wish, the block's rules, the link, what IT Glue holds and what people decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bridge.planning.native import OPEN_ATTRIBUTES, is_locked
from bridge.records import Ref

_STATUS = {"organizations": "organization_status_id", "configurations": "configuration_status_id"}


@dataclass(slots=True)
class Wish:
    """A mapped record with names and references as ids; None means that the source has no value.

    Attributes are IT Glue's words with underscores. The traits of a flexible asset stand in their write shape under
    `traits`, by name-key.
    """

    ref: Ref
    attributes: Mapping[str, Any]
    url: str | None = None


@dataclass(slots=True)
class Rules:
    """What a block of the mapping says, the same for all its records: who owns which attribute, creates, what gone does.

    `kind` is IT Glue's resource word. Owners name attributes, a trait as `traits.<key>`; of several `ignore` comes
    before `once` before `fill`. `marker` puts the Ref into the notes of what we create. `gone_status_id` is the id of
    `gone = "status NAME"`.
    """

    kind: str
    once: frozenset[str] = frozenset()
    fill: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()
    marker: bool = False
    create: Literal["yes", "ask", "never"] = "yes"
    gone: Literal["keep", "archive", "status"] = "keep"
    gone_status_id: str | None = None
    owner_of: dict[str, str] = field(init=False, repr=False, compare=False)
    open_when_locked: frozenset[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.owner_of = {
            attribute: owner
            for owner, attributes in (("fill", self.fill), ("once", self.once), ("ignore", self.ignore))
            for attribute in attributes
        }
        self.open_when_locked = OPEN_ATTRIBUTES.get(self.kind)

    @property
    def gone_field(self) -> tuple[str, Any] | None:
        """The attribute that gone writes and its value; None where it writes none."""
        if self.gone == "status" and self.kind in _STATUS:
            return _STATUS[self.kind], self.gone_status_id
        # Nothing else has an archive (api/itglue.md 7).
        if self.gone == "archive" and self.kind in ("configurations", "flexible_assets"):
            return "archived", True
        return None


@dataclass(slots=True)
class LinkView:
    """A link as the planner needs it: `applied` is what we last wrote, per attribute.

    `archived_by_us`: what gone does was done by us. Once the record is at its source again and its plan is settled,
    whatever that plan was, it is false again. `made_by_us`: created, not adopted.
    """

    itglue_id: str
    applied: Mapping[str, Any] = field(default_factory=dict)
    owns: bool = True
    archived_by_us: bool = False
    made_by_us: bool = False


@dataclass(slots=True)
class AssetView:
    """An IT Glue record as the index holds it, attributes with underscores; one that is left out there is not known.

    `refused`: a 422 said that it is synced, whatever the index holds.
    """

    id: str
    attributes: Mapping[str, Any]
    archived: bool = False
    psa_integration: str | None = None
    refused: bool = False

    @property
    def locked(self) -> bool:
        """Whether the native sync owns the record."""
        return self.refused or is_locked(self.psa_integration)


@dataclass(slots=True)
class Decisions:
    """What people decided about one target and is not yet spent; `accepts` are change digests."""

    pin: str | None = None
    bans: frozenset[str] = frozenset()
    new: bool = False
    exclude: bool = False
    accepts: frozenset[str] = frozenset()


NO_DECISIONS = Decisions()

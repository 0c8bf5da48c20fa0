"""`[stops]`: limits on what is written unreviewed (PROTOCOLS 9)."""

from pydantic import Field

from bridge.mapping.rules import Rules
from bridge.settings.share import Share


class Creates(Rules):
    """Records made in IT Glue."""

    hour: int = Field(default=200, ge=0)
    day: int = Field(default=1000, ge=0)


class Names(Rules):
    """Types, statuses, manufacturers and models made in IT Glue."""

    hour: int = Field(default=50, ge=0)
    day: int = Field(default=200, ge=0)


class Archives(Rules):
    """Records archived; `share` is of a kind's links in a day."""

    hour: int = Field(default=25, ge=0)
    day: int = Field(default=100, ge=0)
    share: Share = 0.05


class Emptied(Rules):
    """Records in which a value or a reference turned empty."""

    hour: int = Field(default=25, ge=0)
    day: int | None = Field(default=None, ge=0)


class Updates(Rules):
    """Updates that only a changed mapping asks for."""

    hour: int = Field(default=200, ge=0)
    day: int | None = Field(default=None, ge=0)


class Stops(Rules):
    """All stops; `shrunken` is the share of a kind that a read may lack, `flaps` the turns of a field in a day."""

    creates: Creates = Creates()
    names: Names = Names()
    archives: Archives = Archives()
    emptied: Emptied = Emptied()
    updates: Updates = Updates()
    shrunken: Share = 0.05
    flaps: int = Field(default=3, ge=1)

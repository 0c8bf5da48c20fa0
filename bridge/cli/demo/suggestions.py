"""The demo's rules of suggested documentation: as an operator writes them, and as the judge is told of them."""

from typing import Final

from simulators.oracle.blocks import Field, Suggestion

SETTINGS: Final = """
# Of the block above: what a ticket is about decides which documentation its asset is tagged with.
[[flexible_assets.fields]]
name    = "Suggested"
kind    = "Tag"
tags    = "Documents"
suggest = "first"

[[flexible_assets.fields]]
name    = "Suggested backups"
kind    = "Tag"
tags    = "FlexibleAssetType: Backup"
suggest = "first"

[[suggestions]]
name   = "printing"
when   = { ticket.title = ["printer", "scanner"] }
show   = "Documents"
titled = ["printer", "printers", "printing"]

[[suggestions]]
name   = "printers"
when   = { device.type = "printer" }
show   = "Documents"
titled = ["printer", "printers", "printing"]

[[suggestions]]
name   = "network"
when   = { ticket.title = ["VPN", "Wi-Fi"] }
show   = "Documents"
titled = ["VPN", "network"]

[[suggestions]]
name = "backups"
when = { ticket.title = "backup" }
show = "FlexibleAssetType: Backup"
"""
"""What is appended to the block "PSA Ticket"."""


_BACKUP: Final = "FlexibleAssetType: Backup"
_PRINTING: Final = ("printer", "printers", "printing")
FIELDS: Final = (
    Field("Suggested", "Tag", suggest="first", shows="Documents"),
    Field("Suggested backups", "Tag", suggest="first", shows=_BACKUP),
)
RULES: Final = (
    Suggestion({"ticket.title": ("printer", "scanner")}, titled=_PRINTING),
    Suggestion({"device.type": ("printer",)}, titled=_PRINTING),
    Suggestion({"ticket.title": ("VPN", "Wi-Fi")}, titled=("VPN", "network")),
    Suggestion({"ticket.title": ("backup",)}, _BACKUP),
)
KEYS = DOCUMENTS, BACKUPS = "suggested", "suggested-backups"
"""The keys of the two fields in IT Glue."""

"""What IT Glue's own PSA sync leaves to us on the records it owns (PROTOCOLS 8, api/itglue.md 6)."""

from collections.abc import Iterable
from typing import Literal

Creates = Literal["free", "accept", "no"]

# What a PATCH on a synced record may carry; everything else refuses the whole PATCH with a 422. Kinds that are not
# listed are never synced.
OPEN_ATTRIBUTES: dict[str, frozenset[str]] = {
    "organizations": frozenset({"alert", "description", "quick_notes"}),
    "configurations": frozenset(
        {
            "archived",
            "asset_tag",
            "mitp_device_expiration_date",
            "mitp_end_of_life_date",
            "notes",
            "purchased_at",
            "restricted",
            "serial_number",
            "warranty_expires_at",
        }
    ),
    "locations": frozenset(),
    "contacts": frozenset(),
}


def is_locked(psa_integration: str | None) -> bool:
    """Tell from a record's `psa-integration` whether the native sync owns it; orphans stay locked."""
    return psa_integration not in (None, "", "disabled")


def creates(psa_integrations: Iterable[str | None], *, disconnected: bool = False) -> Creates:
    """Tell from the `psa-integration` words of a kind whether records of it may be created.

    `no` while any is live, since the native sync would push our record into the PSA, from where it comes back as a new
    one. `accept` where the sync is only paused: a person may say yes, one by one. `disconnected` is the operator's word
    that it is gone for good (`[itglue] native_sync`), and is not believed against a record that still syncs.
    """
    live = {word for word in psa_integrations if word not in (None, "", "orphaned")}
    if not live or (disconnected and "enabled" not in live):
        return "free"
    return "accept" if live == {"disabled"} else "no"

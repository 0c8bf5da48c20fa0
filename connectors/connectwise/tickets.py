"""Tickets: two lists of one number space, and the configurations that are linked to each (api/connectwise.md 5.6)."""

from collections.abc import Mapping
from typing import Any

from connectors.connectwise.classify import NotFoundError
from connectors.connectwise.client import Client
from connectors.connectwise.payloads import Payload, id_of

SERVICE, PROJECT = "/service/tickets", "/project/tickets"
PATHS = (SERVICE, PROJECT)


def configurations(client: Client, ticket: Mapping[str, Any]) -> list[Payload] | None:
    """Read what is linked to a ticket; None where the ticket is not there any more.

    A ticket may have been converted since it was read, and then stands in the other list.
    """
    likely = SERVICE if ticket.get("recordType", "ServiceTicket") == "ServiceTicket" else PROJECT
    for path in (likely, *(path for path in PATHS if path != likely)):
        try:
            batches = client.read(f"{path}/{id_of(ticket)}/configurations", of_record=True)
            return [row for batch in batches for row in batch.rows]
        except NotFoundError:
            continue
    return None

"""Callback entries (reference 7.1)."""

from simulators.connectwise.catalog.paths import CALLBACK
from simulators.connectwise.schema import Field, Resource, flag, text, whole

CALLBACKS: tuple[Resource, ...] = (
    Resource(
        CALLBACK,
        "CallbackEntry",
        (
            whole("id"),
            text("description", 100),
            text("url", required=True),
            Field("objectId", "integer", required=True),
            text("type", required=True),
            text("level", required=True),
            whole("memberId"),
            Field("payloadVersion", "string", default="3.0.0"),
            flag("inactiveFlag"),
            flag("isSoapCallbackFlag"),
            flag("isSelfSuppressedFlag"),
            text("connectWiseID"),
        ),
        labels={"name": "description"},
        entered=False,
    ),
)

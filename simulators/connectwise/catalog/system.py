"""System tables: members, user-defined fields (reference 3.2, 5.1, 5.7)."""

from simulators.connectwise.catalog.paths import COMPANY, CONFIGURATION, CONTACT, MEMBER, TICKET, USER_DEFINED_FIELD
from simulators.connectwise.schema import Field, Resource, flag, ref, text, whole

# The screens that show custom fields; `podId` of a definition says which.
PODS = {1: COMPANY, 2: CONTACT, 3: CONFIGURATION, 4: TICKET}

FIELD_TYPES = (
    "TextArea",
    "Button",
    "Currency",
    "Date",
    "Hyperlink",
    "IPAddress",
    "Checkbox",
    "Number",
    "Percent",
    "Text",
    "Password",
)

SYSTEM: tuple[Resource, ...] = (
    Resource(
        MEMBER,
        "Member",
        (
            whole("id"),
            text("identifier", 15, required=True),
            text("firstName", 30, required=True),
            text("lastName", 30, required=True),
            text("title", 50),
            text("primaryEmail", 250),
            flag("inactiveFlag"),
            Field("licenseClass", "enum", options=("F", "A", "C", "X"), default="F"),
            ref("securityRole", "system/securityRoles"),
        ),
        labels={"identifier": "identifier", "name": "firstName lastName"},
        entered=False,
        setup=True,
        unique=("identifier",),
        views={"system/info/members": ("id", "identifier", "firstName", "lastName")},
    ),
    Resource(
        USER_DEFINED_FIELD,
        "UserDefinedField",
        (
            whole("id"),
            whole("podId"),
            text("caption", 50, required=True),
            whole("sequenceNumber"),
            text("helpText", 1000),
            Field("fieldTypeIdentifier", "enum", options=FIELD_TYPES, default="Text"),
            whole("numberDecimals"),
            Field(
                "entryTypeIdentifier", "enum", options=("Date", "EntryField", "List", "Option"), default="EntryField"
            ),
            flag("requiredFlag"),
            flag("displayOnScreenFlag", default=True),
            flag("readOnlyFlag"),
            flag("listViewFlag"),
        ),
        labels={"name": "caption"},
        entered=False,
        indexed=("podId",),
    ),
)

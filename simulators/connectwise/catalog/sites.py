"""Sites, which only stand below their company (reference 5.3)."""

from dataclasses import replace

from simulators.connectwise.catalog.paths import COMPANY, SITE, STATE
from simulators.connectwise.schema import Field, Resource, flag, ref, text, whole

# 5.3: in the schema, yet refused in `fields` by an installation of 2026.3
_LINE_2 = replace(text("addressLine2", 50), selectable=False)

SITES: tuple[Resource, ...] = (
    Resource(
        SITE,
        "Site",
        (
            whole("id"),
            text("name", 50, required=True),
            text("addressLine1", 50),
            _LINE_2,
            text("city", 50),
            Field("stateReference", "reference", target=STATE, labels=("identifier", "name")),
            text("zip", 12),
            ref("country", "company/countries"),
            ref("addressFormat", "company/addressFormats"),
            text("phoneNumber", 30),
            text("faxNumber", 30),
            ref("taxCode", "finance/taxCodes"),
            ref("entityType", "company/entityTypes"),
            text("expenseReimbursement"),
            flag("primaryAddressFlag"),
            flag("defaultShippingFlag"),
            flag("defaultBillingFlag"),
            flag("defaultMailingFlag"),
            flag("inactiveFlag"),
            flag("billSeparateFlag"),
            text("mobileGuid"),
            ref("calendar", "schedule/calendars"),
            ref("timeZone", "system/timeZoneSetups"),
            Field("company", "reference", target=COMPANY, labels=("identifier", "name")),
            text("coreEntitySiteIdentifier", 36),
        ),
        indexed=("company",),
        setup=True,
    ),
)

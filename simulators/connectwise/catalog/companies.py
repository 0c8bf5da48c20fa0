"""Companies with their statuses, types and type associations (reference 5.2)."""

from simulators.connectwise.schema import Child, Field, Resource, flag, moment, number, ref, text, whole

COMPANY = "company/companies"
STATUS = "company/companies/statuses"
TYPE = "company/companies/types"
ASSOCIATION = "company/companies/{company}/typeAssociations"

_NAMED = {"name": "name"}

COMPANIES: tuple[Resource, ...] = (
    Resource(
        STATUS,
        "CompanyStatus",
        (
            whole("id"),
            text("name", 50, required=True),
            flag("defaultFlag"),
            flag("inactiveFlag"),
            flag("notifyFlag"),
            flag("disallowSavingFlag"),
            text("notificationMessage"),
            flag("customNoteFlag"),
            flag("cancelOpenTracksFlag"),
            ref("track", "company/tracks"),
        ),
        entered=False,
        setup=True,
        unique=("name",),
    ),
    Resource(
        TYPE,
        "CompanyType",
        (
            whole("id"),
            text("name", 50, required=True),
            flag("defaultFlag"),
            flag("vendorFlag"),
            flag("serviceAlertFlag"),
            text("serviceAlertMessage", 150),
        ),
        entered=False,
        setup=True,
        unique=("name",),
        views={"company/companies/info/types": ("id", "name")},
    ),
    Resource(
        COMPANY,
        "Company",
        (
            whole("id"),
            text("identifier", 30, required=True),
            text("name", 50, required=True),
            ref("status", STATUS),
            Field("types", "children"),
            text("addressLine1", 50),
            text("addressLine2", 50),
            text("city", 50),
            text("state", 50),
            text("zip", 12),
            ref("country", "company/countries"),
            text("phoneNumber", 30),
            text("faxNumber", 30),
            text("website", 255),
            ref("territory", "system/locations"),
            ref("market", "company/marketDescriptions", hollow=True),
            text("accountNumber", 100),
            ref("defaultContact", "company/contacts"),
            moment("dateAcquired"),
            ref("sicCode", "finance/sicCodes"),
            Field("parentCompany", "reference", target=COMPANY, labels=("identifier", "name"), href="company"),
            number("annualRevenue"),
            whole("numberOfEmployees"),
            whole("yearEstablished"),
            ref("ownershipType", "company/ownershipTypes"),
            ref("timeZoneSetup", "system/timeZoneSetups"),
            flag("leadFlag"),
            flag("unsubscribeFlag"),
            flag("isVendorFlag"),
            text("vendorIdentifier", 50),
            text("taxIdentifier", 50),
            *(text(f"userDefinedField{number}", 50) for number in range(1, 11)),
            Field(
                "territoryManager", "reference", target="system/members", labels=("identifier", "name"), href="member"
            ),
            Field("billToCompany", "reference", target=COMPANY, labels=("identifier", "name"), href="company"),
            ref("site", "company/companies/{company}/sites"),
            ref("calendar", "schedule/calendars"),
            ref("currency", "finance/currencies"),
            flag("deletedFlag"),
            moment("dateDeleted"),
            text("deletedBy"),
            text("mobileGuid"),
            Field("integratorTags", "strings"),
            Field("customFields", "custom"),
        ),
        labels={"identifier": "identifier", "name": "name"},
        soft_delete=True,
        pod=1,
        children=(Child("types", {"id": "integer", "name": "string"}),),
        indexed=("deletedFlag", "status"),
        links={
            "contacts_href": "company/contacts?conditions=company/id={id}",
            "configurations_href": "company/configurations?conditions=company/id={id}",
            "sites_href": "company/companies/{id}/sites",
        },
        unique=("identifier",),
    ),
    Resource(
        ASSOCIATION,
        "CompanyTypeAssociation",
        (
            whole("id"),
            ref("type", TYPE, required=True),
            Field("company", "reference", target=COMPANY, labels=("identifier", "name")),
        ),
        labels={},
        entered=False,
        indexed=("company", "type"),
        views={"company/companyTypeAssociations": ("id", "type", "company")},
    ),
)

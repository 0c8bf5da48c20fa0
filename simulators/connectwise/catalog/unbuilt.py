"""Lists that the vendor has and that are not built: they are empty, and no record is found in them."""

_OF_TICKETS = {
    "activities": "Activity",
    "allNotes": "TicketNote",
    "documents": "Document",
    "products": "Product",
    "scheduleentries": "ScheduleEntry",
    "tasks": "TicketTask",
    "timeentries": "TimeEntry",
}

UNBUILT: dict[str, str] = {
    "company/companies/{company}/customStatusNotes": "CompanyCustomNote",
    "company/companies/{company}/groups": "CompanyGroup",
    "company/companies/{company}/notes": "CompanyNote",
    "company/companies/{company}/teams": "CompanyTeam",
    "company/companies/{company}/tracks": "CompanyTrack",
    "finance/agreements": "Agreement",
    "finance/agreements/{agreement}/configurations": "AgreementConfiguration",
    **{
        f"{kind}/tickets/{{ticket}}/{word}": noun
        for kind in ("service", "project")
        for word, noun in _OF_TICKETS.items()
    },
    "system/audittrail": "AuditTrailEntry",
}

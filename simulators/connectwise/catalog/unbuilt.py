"""Lists that the vendor has and that are not built: they are empty, and no record is found in them."""

UNBUILT: dict[str, str] = {
    "company/companies/{company}/customStatusNotes": "CompanyCustomNote",
    "company/companies/{company}/groups": "CompanyGroup",
    "company/companies/{company}/notes": "CompanyNote",
    "company/companies/{company}/teams": "CompanyTeam",
    "company/companies/{company}/tracks": "CompanyTrack",
    "finance/agreements": "Agreement",
    "finance/agreements/{agreement}/configurations": "AgreementConfiguration",
    "service/tickets/{ticket}/activities": "Activity",
    "service/tickets/{ticket}/allNotes": "TicketNote",
    "service/tickets/{ticket}/documents": "Document",
    "service/tickets/{ticket}/products": "Product",
    "service/tickets/{ticket}/scheduleentries": "ScheduleEntry",
    "service/tickets/{ticket}/tasks": "TicketTask",
    "service/tickets/{ticket}/timeentries": "TimeEntry",
    "system/audittrail": "AuditTrailEntry",
}

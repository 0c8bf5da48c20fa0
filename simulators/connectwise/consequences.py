"""What a saved record brings about in itself and in others: flags that exclude each other, copies, closing."""

from typing import Any

from simulators.connectwise.associations import BY_HOLDER, follow_types
from simulators.connectwise.catalog.paths import (
    BOARD_STATUS,
    CALLBACK,
    COMMUNICATION,
    COMMUNICATION_TYPE,
    COMPANY,
    CONTACT,
    NOTE,
    SITE,
    STATE,
    TICKET,
)
from simulators.connectwise.store import Row, Store
from simulators.connectwise.subscriptions import normalize, problems
from simulators.connectwise.tenant import Tenant
from simulators.refusal import ControlError

_ADDRESS = ("addressLine1", "addressLine2", "city", "zip", "country")  # the company shows its primary site's (5.2)


class Consequences:
    """Complete records before they are stored, and let others follow; the others' stamps stay (section 6)."""

    def __init__(self, tenant: Tenant, person: str) -> None:
        self._tenant = tenant
        self._person = person

    def complete(self, store: Store, row: Row, before: Row) -> None:
        """Fill in what the save itself determines; `before` is empty for a new record."""
        match store.resource.path:
            case path if path == SITE:
                others = self._tenant.stores[SITE].with_value("company", row.get("company"))
                only = not set(others) - {row["id"]}
                # Another site has to take its place first: there is always one.
                row["primaryAddressFlag"] = bool(row["primaryAddressFlag"] or only or before.get("primaryAddressFlag"))
            case path if path == COMMUNICATION:
                self._complete_communication(row)
            case path if path == CONTACT and "communicationItems" in row:
                for name, value in _default_phone(row["communicationItems"]).items():
                    row.pop(name, None)
                    row |= {} if value is None else {name: value}
            case path if path == TICKET:
                self._complete_ticket(row, before)
            case path if path == CALLBACK:
                self._complete_callback(row, before)
            case path if path == NOTE and not before:
                row.setdefault("dateCreated", int(self._tenant.clock.now()))
                row.setdefault("createdBy", self._person)

    def follow(self, store: Store, row: Row, before: Row) -> None:
        """Let other records follow a record that was stored."""
        path = store.resource.path
        if path in BY_HOLDER:
            follow_types(self._tenant, BY_HOLDER[path], row)
        if path == COMPANY:
            self._follow_company(row, before)
        elif path == SITE:
            self._follow_site(row, before)
        elif path == CONTACT:
            self._follow_contact(row, before)
        elif path == COMMUNICATION:
            self._follow_communication(row)
        elif path == TICKET and row.get("parentTicketId") is not None:
            self._change(store, store.get(row["parentTicketId"]), {"hasChildTicket": True})

    def settle(self) -> None:
        """Make seeded records agree with each other, as if persons had saved them."""
        for path, pairing in BY_HOLDER.items():
            for row in list(self._tenant.stores[path].table.rows.values()):
                follow_types(self._tenant, pairing, row)
        for contact in {row["contact"] for row in self._tenant.stores[COMMUNICATION].table.rows.values()}:
            self._gather_items(contact)
        for site in list(self._tenant.stores[SITE].table.rows.values()):
            company = self._tenant.stores[COMPANY].get(site.get("company", 0))
            if site["primaryAddressFlag"] and company is not None and "site" not in company:
                self._change(self._tenant.stores[COMPANY], company, {"site": site["id"]})

    def show_primary_site(self, store: Store, row: Row) -> None:
        """Let a seeded company show its primary site, if that was seeded before it."""
        if store.resource.path == COMPANY and "site" not in row:
            sites = self._tenant.stores[SITE]
            for record in sites.with_value("company", row["id"]):
                if sites.table.rows[record]["primaryAddressFlag"]:
                    row["site"] = record

    def list_items(self, store: Store, row: Row) -> None:
        """Store the communicationItems of a seeded contact at once, so that their ids are taken."""
        if store.resource.path == CONTACT:
            for item in row.get("communicationItems", ()):
                self._tenant.stores[COMMUNICATION].put(item, "person")

    def gather_items(self, contact: int) -> None:
        """Make a contact's communicationItems what its communications are."""
        self._gather_items(contact)

    def _change(self, store: Store, row: Row | None, changes: Row) -> None:
        """Store a change that does not move the stamp; None in it empties a field."""
        if row is None or all(row.get(name) == value for name, value in changes.items()):
            return
        changed = {name: value for name, value in {**row, **changes}.items() if value is not None}
        store.put(changed, "person")

    def _follow_company(self, row: Row, before: Row) -> None:
        sites, contacts = self._tenant.stores[SITE], self._tenant.stores[CONTACT]
        moved = {name: row.get(name) for name in _ADDRESS if row.get(name) != before.get(name)}
        site = sites.get(row.get("site", 0))
        if row.get("state") != before.get("state"):
            moved["stateReference"] = self._state_of(row.get("state"))
        if before and moved and site is not None:
            stamps: Row = {name: row[name] for name in ("lastUpdated", "updatedBy") if name in row}
            self._change(sites, site, {**moved, **stamps})
        if row.get("site") != before.get("site") and site is not None:
            self._change(sites, site, {"primaryAddressFlag": True})
            self._only(sites, "company", sites.table.rows[site["id"]], "primaryAddressFlag")
        contact = contacts.get(row.get("defaultContact", 0))
        if "defaultContact" in before and "defaultContact" not in row:
            self._change(contacts, contacts.get(before["defaultContact"]), {"defaultFlag": False})
        if row.get("defaultContact") != before.get("defaultContact") and contact is not None:
            self._change(contacts, contact, {"defaultFlag": True})
            self._only(contacts, "company", contacts.table.rows[contact["id"]], "defaultFlag")

    def _follow_site(self, row: Row, before: Row) -> None:
        if not row["primaryAddressFlag"]:
            return
        self._only(self._tenant.stores[SITE], "company", row, "primaryAddressFlag")
        companies = self._tenant.stores[COMPANY]
        company = companies.get(row["company"])
        shown: Row = {name: row.get(name) for name in _ADDRESS}
        if row.get("stateReference") != before.get("stateReference") or not before.get("primaryAddressFlag"):
            shown["state"] = self._state(row)
        self._change(companies, company, {"site": row["id"], **shown})

    def _state(self, site: Row) -> str | None:
        """Return a site's state as its company shows it: text (5.2)."""
        state = site.get("stateReference", 0)
        label = self._tenant.label(STATE, state, "identifier") or self._tenant.label(STATE, state, "name")
        return None if label is None else str(label)

    def _state_of(self, text: str | None) -> int | None:
        """Return the state that a company's text means; None if no site has named it yet."""
        if text is None:
            return None
        found = self._tenant.find(STATE, "identifier", text)
        return self._tenant.find(STATE, "name", text) if found is None else found

    def _follow_contact(self, row: Row, before: Row) -> None:
        self._follow_items(row)
        left = self._tenant.stores[COMPANY].get(before.get("company", 0))
        stays = row["defaultFlag"] and row.get("company") == before.get("company")
        if left is not None and left.get("defaultContact") == row["id"] and not stays:
            self._change(self._tenant.stores[COMPANY], left, {"defaultContact": None})
        if row["defaultFlag"] and row.get("company") is not None:
            self._only(self._tenant.stores[CONTACT], "company", row, "defaultFlag")
            companies = self._tenant.stores[COMPANY]
            self._change(companies, companies.get(row["company"]), {"defaultContact": row["id"]})

    def _follow_items(self, contact: Row) -> None:
        """Make the communications of a contact what its communicationItems say."""
        communications = self._tenant.stores[COMMUNICATION]
        items = {item["id"]: item for item in contact.get("communicationItems", ())}
        for record in list(communications.with_value("contact", contact["id"])):
            if record not in items and "communicationItems" in contact:
                communications.remove(record, "person")
        for record, item in items.items():
            if communications.get(record) != item:
                communications.put(item, "person")

    def _follow_communication(self, row: Row) -> None:
        communications = self._tenant.stores[COMMUNICATION]
        if row["defaultFlag"]:
            # 5.4: one default per communicationType; a new one clears the old one
            for record in sorted(communications.with_value("contact", row["contact"])):
                other = communications.table.rows[record]
                if record != row["id"] and other.get("communicationType") == row.get("communicationType"):
                    self._change(communications, other, {"defaultFlag": False})
        self._gather_items(row["contact"])

    def _gather_items(self, contact: int) -> None:
        contacts, communications = self._tenant.stores[CONTACT], self._tenant.stores[COMMUNICATION]
        items = tuple(
            communications.table.rows[record] for record in sorted(communications.with_value("contact", contact))
        )
        self._change(contacts, contacts.get(contact), {"communicationItems": items, **_default_phone(items)})

    def _only(self, store: Store, field: str, row: Row, flag: str) -> None:
        """Clear a flag in the other records below the same parent."""
        for record in sorted(store.with_value(field, row.get(field))):
            if record != row["id"]:
                self._change(store, store.table.rows[record], {flag: False})

    def _complete_communication(self, row: Row) -> None:
        complete_communication(self._tenant, row)

    def _complete_ticket(self, row: Row, before: Row) -> None:
        statuses = self._tenant.stores[BOARD_STATUS]
        if "status" not in row:
            of_board = sorted(statuses.with_value("board", row.get("board")))
            presets = [record for record in of_board if statuses.table.rows[record]["defaultFlag"]]
            if of_board:
                row["status"] = (presets or of_board)[0]
        status = statuses.get(row.get("status", 0))
        if status is not None and (row.get("status") != before.get("status")):
            row["closedFlag"] = status["closedStatus"]
        if row["closedFlag"] and not before.get("closedFlag"):
            row |= {"closedDate": int(self._tenant.clock.now()), "closedBy": self._person}
        elif not row["closedFlag"]:
            row.pop("closedDate", None)
            row.pop("closedBy", None)
        self._copy(row, before)

    def _complete_callback(self, row: Row, before: Row) -> None:
        """Fill in whose a callback entry is, and refuse one that the vendor does not take (7.1)."""
        normalize(row)
        if not before:
            row.setdefault("memberId", self._tenant.member_id(self._person))
        for problem in problems(row, self._tenant.stores[CALLBACK].table.rows.values()):
            raise ControlError(409 if problem.code == "ObjectExists" else 400, f"{CALLBACK}: {problem.message}")

    def _copy(self, row: Row, before: Row) -> None:
        """Copy what a ticket shows of its site and its contact (5.6)."""
        copies: dict[str, Any] = {}
        site = self._tenant.stores[SITE].get(row.get("site", 0))
        if site is not None and row.get("site") != before.get("site"):
            copies["siteName"] = site["name"]
            copies |= {name: site.get(name) for name in ("addressLine1", "addressLine2", "city", "zip")}
        contact = self._tenant.stores[CONTACT].get(row.get("contact", 0))
        if contact is not None and row.get("contact") != before.get("contact"):
            copies["contactName"] = self._tenant.label(CONTACT, contact["id"], "name")
            for item in contact.get("communicationItems", ()):
                if item.get("defaultFlag"):
                    name = {"Email": "contactEmailAddress", "Phone": "contactPhoneNumber"}.get(
                        item.get("communicationType", "")
                    )
                    copies |= {name: item["value"]} if name else {}
        row |= {name: value for name, value in copies.items() if value is not None}


def _default_phone(items: tuple[Row, ...]) -> Row:
    """Return what a contact shows of its default phone, None where it has none."""
    for item in items:
        if item["defaultFlag"] and item.get("communicationType") == "Phone":
            return {"defaultPhoneNbr": item["value"], "defaultPhoneExtension": item.get("extension")}
    return {"defaultPhoneNbr": None, "defaultPhoneExtension": None}


def complete_communication(tenant: Tenant, row: Row) -> None:
    """Fill in the kind of a communication from its type, and the domain of an e-mail address (5.4)."""
    kind = tenant.stores[COMMUNICATION_TYPE].get(row.get("type", 0))
    if kind is not None:
        flags = (("emailFlag", "Email"), ("faxFlag", "Fax"), ("phoneFlag", "Phone"))
        row["communicationType"] = next((word for flag, word in flags if kind[flag]), row.get("communicationType"))
    if row.get("communicationType") is None:
        row["communicationType"] = "Email" if "@" in row.get("value", "") else "Phone"
    row.pop("domain", None)
    if row["communicationType"] == "Email" and "@" in row["value"]:
        row["domain"] = row["value"][row["value"].rindex("@") :]

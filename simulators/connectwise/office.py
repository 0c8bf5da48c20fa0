"""What a person does in the UI: records come, change, go (reference 5.10, 6)."""

from typing import Any

from simulators.connectwise.associations import BY_PAIRS, associate, disassociate
from simulators.connectwise.catalog.paths import (
    BOARD_STATUS,
    COMMUNICATION,
    COMPANY,
    CONFIGURATION,
    CONTACT,
    NOTE,
    TICKET,
)
from simulators.connectwise.consequences import Consequences
from simulators.connectwise.entries import Entries
from simulators.connectwise.merging import merge
from simulators.connectwise.removal import refuse_in_use, remove
from simulators.connectwise.schema import Link
from simulators.connectwise.store import Row, Store
from simulators.connectwise.tenant import Tenant
from simulators.connectwise.ticketing import convert, hand_over, merge_tickets
from simulators.connectwise.values import Intake
from simulators.kernel import Kernel
from simulators.refusal import ControlError

PERSON = "jdoe"

# Collections whose change may leave the record's stamp alone, with their word in the switch `child_touches`.
_COLLECTIONS = {
    "customFields": "customFields",
    "questions": "questions",
    "types": "typeAssociations",
    "communicationItems": "communicationItems",
}
_TEXTS = {
    "initialDescription": "detailDescriptionFlag",
    "initialInternalAnalysis": "internalAnalysisFlag",
    "initialResolution": "resolutionFlag",
}
# Records below another, with the field that names it and their word in the switch `child_touches`.
_BELOW = {COMMUNICATION: (CONTACT, "contact", "communicationItems"), NOTE: (TICKET, "ticket", "notes")}
_RECYCLING = {"deletedFlag", "dateDeleted", "deletedBy"}


class Office:
    """Carry out a person's work on the records of a tenant."""

    def __init__(self, kernel: Kernel, tenant: Tenant) -> None:
        self._kernel = kernel
        self._tenant = tenant
        self._entries = Entries(tenant)
        self._consequences = Consequences(tenant, PERSON)
        self._intakes = {path: Intake(tenant, store.resource) for path, store in tenant.stores.items()}
        self._unsettled = False

    def seed(self, store: Store, parents: dict[str, int], record: dict[str, Any]) -> None:
        """Take a record that was there before; it may refer to one that comes later, and lack what is required."""
        intake = self._intakes[store.resource.path]
        intake.strict = False
        row = self._new_row(store, intake, parents, record) | {"lastUpdated": int(self._kernel.clock.now())}
        self._add(store, row | intake.stamps(record), record, seeding=True)
        self._unsettled = True

    def settle(self) -> None:
        """Make seeded records agree with each other."""
        if self._unsettled:
            self._unsettled = False
            self._consequences.settle()
            for store in self._tenant.stores.values():
                store.by_stamp()  # sorted before the first request needs it

    def create(self, store: Store, parents: dict[str, int], record: dict[str, Any]) -> Row:
        """Add a record, checked as the UI's form does."""
        intake = self._intakes[store.resource.path]
        intake.strict = True
        row = self._new_row(store, intake, parents, record) | self._stamps()
        if store.resource.entered:
            row |= {"dateEntered": row["lastUpdated"], "enteredBy": PERSON}
        row |= intake.stamps(record)
        self._complete(store, row)
        self._check(store, row)
        self._add(store, row, record, seeding=False)
        if store.resource.path == TICKET:
            self._describe(row, record)
        self._touch_above(store, row)
        return store.table.rows[row["id"]]

    def update(self, store: Store, before: Row, record: dict[str, Any]) -> Row:
        """Change a record; the stamp moves unless only collections changed that do not touch it (section 6)."""
        resource = store.resource
        intake = self._intakes[resource.path]
        intake.strict = True
        if resource.path in BY_PAIRS:
            raise ControlError(400, f"{resource.path}: an association is added or removed, not changed")
        given = {**intake.values(record), "id": before["id"]}
        row = {name: value for name, value in {**before, **given}.items() if value is not None}
        row = {**intake.defaults, **row}
        self._entries.take(resource, row, record, before)
        self._check(store, row)
        if resource.soft_delete and row["deletedFlag"] != before["deletedFlag"]:
            for name in _RECYCLING - {"deletedFlag"}:
                row.pop(name, None)
            row |= self._recycled() if row["deletedFlag"] else {}
        if self._touches(record, before, row):
            row |= self._stamps()
        row |= intake.stamps(record)
        self._consequences.complete(store, row, before)
        store.put(row, "person")
        self._consequences.follow(store, row, before)
        self._touch_above(store, row)
        return store.table.rows[row["id"]]

    def delete(self, store: Store, row: Row, body: Any = None) -> None:
        """Delete a record: companies go to the recycle bin first, a record in use is refused, others vanish.

        `transferContactId` in the body names the contact that takes over a contact's tickets and configurations (5.4).
        """
        heir = body.get("transferContactId") if isinstance(body, dict) and store.resource.path == CONTACT else None
        if heir is not None:
            if heir not in store or heir == row["id"]:
                raise ControlError(400, f"{CONTACT}: transferContactId {heir!r} is no other contact")
            hand_over(self._tenant, CONTACT, row["id"], heir, (TICKET, CONFIGURATION))
        if store.resource.path in BY_PAIRS:
            disassociate(
                self._tenant, BY_PAIRS[store.resource.path], row, self._stamps_if("child_touches", "typeAssociations")
            )
            return
        if store.resource.soft_delete and not row["deletedFlag"]:
            touched = self._stamps_if("delete_touches") or {}
            store.put({**row, "deletedFlag": True, **self._recycled(), **touched}, "person")
            return
        if store.resource.setup or store.resource.soft_delete:
            refuse_in_use(self._tenant, store, row["id"])
        self._leave(store, row["id"])

    def merge(self, store: Store, loser: Row, body: Any) -> Row:
        """Merge a company or a ticket into the one that the body names."""
        into = body.get("into") if isinstance(body, dict) else None
        winner = store.get(into) if isinstance(into, int) and not isinstance(into, bool) else None
        if store.resource.path == TICKET:
            if winner is None or winner["id"] == loser["id"]:
                raise ControlError(400, 'merge: {"into": the id of another ticket} is wanted')
            merge_tickets(self._tenant, loser, winner, PERSON, self._stamps())
            return store.table.rows[loser["id"]]
        if store.resource.path != COMPANY or winner is None or winner["id"] == loser["id"]:
            raise ControlError(400, 'merge: {"into": the id of another company} is wanted')
        if loser["deletedFlag"] or winner["deletedFlag"]:
            raise ControlError(400, "merge: a company in the recycle bin cannot be merged")
        merge(self._tenant, loser, winner, self._recycled(), self._stamps_if("merge_touches"))
        return store.table.rows[loser["id"]]

    def convert(self, store: Store, row: Row) -> Row:
        """Move a ticket between service and project."""
        if store.resource.path != TICKET:
            raise ControlError(400, f"{store.resource.path}: only tickets are converted")
        return convert(self._tenant, row, self._stamps())

    def _touch_above(self, store: Store, row: Row) -> None:
        """Move the stamp of the record above, where the switch says so."""
        if store.resource.path in _BELOW:
            path, field, word = _BELOW[store.resource.path]
            self._touch(self._tenant.stores[path], row[field], word)

    def _touch(self, store: Store, record: int, word: str) -> None:
        row = store.get(record)
        if row is not None and self._kernel.switches["child_touches"].get(word):
            store.put({**row, **self._stamps()}, "person")

    def _new_row(self, store: Store, intake: Intake, parents: dict[str, int], record: dict[str, Any]) -> Row:
        given = {name: value for name, value in intake.values(record).items() if value is not None}
        row = {**intake.defaults, **given, **parents}
        row.setdefault("id", store.new_id())
        for name, number in parents.items():
            if f"{name}Id" in store.resource.names:
                row[f"{name}Id"] = number
        if row["id"] in store or row["id"] < 1:
            raise ControlError(409, f"{store.resource.path}: the id {row['id']} is taken")
        return row

    def _add(self, store: Store, row: Row, record: dict[str, Any], *, seeding: bool) -> None:
        self._entries.take(store.resource, row, record, {})
        pairing = BY_PAIRS.get(store.resource.path)
        if pairing is not None:
            touched = None if seeding else self._stamps_if("child_touches", "typeAssociations")
            associate(self._tenant, pairing, row, touched)
            return
        if seeding:
            self._consequences.show_primary_site(store, row)
            store.put(row, "person")
            self._consequences.list_items(store, row)
            return
        self._consequences.complete(store, row, {})
        store.put(row, "person")
        self._consequences.follow(store, row, {})

    def _describe(self, ticket: Row, record: dict[str, Any]) -> None:
        """Make notes of the texts that a new ticket brings (5.6)."""
        for word, flag in _TEXTS.items():
            if record.get(word):
                note = {"text": record[word], flag: True}
                self.create(self._tenant.stores[NOTE], {"ticket": ticket["id"]}, note)

    def _stamps(self) -> Row:
        return {"lastUpdated": int(self._kernel.clock.now()), "updatedBy": PERSON}

    def _stamps_if(self, switch: str, key: str | None = None) -> Row | None:
        value = self._kernel.switches[switch]
        return self._stamps() if (value if key is None else value[key]) else None

    def _recycled(self) -> Row:
        return {"dateDeleted": int(self._kernel.clock.now()), "deletedBy": PERSON}

    def _complete(self, store: Store, row: Row) -> None:
        """Fill in what the UI's form fills in: the default status, a company's short id from its name."""
        status = next((field for field in store.resource.fields if field.name == "status"), None)
        if status is not None and status.target != BOARD_STATUS and "status" not in row:
            preset = next(iter(self._tenant.stores[status.target].with_value("defaultFlag", True)), None)
            if preset is not None:
                row["status"] = preset
        if store.resource.path == COMPANY and "identifier" not in row and "name" in row:
            stem = "".join(letter for letter in row["name"] if letter.isalnum())[:24] or "Company"
            taken = {other.get("identifier", "").lower() for other in store.table.rows.values()}
            names = [stem, *(f"{stem}{number}" for number in range(2, len(taken) + 3))]
            row["identifier"] = next(name for name in names if name.lower() not in taken)

    def _check(self, store: Store, row: Row) -> None:
        for field in store.resource.fields:
            if field.required and row.get(field.name) in {None, ""}:
                raise ControlError(400, f"{store.resource.path}: {field.name} is required")
        for name in store.resource.unique:
            value = str(row.get(name, "")).lower()
            for other in store.table.rows.values():
                if other["id"] != row["id"] and str(other.get(name, "")).lower() == value:
                    raise ControlError(409, f"{store.resource.path}: {name} {row.get(name)!r} exists already")

    def _touches(self, record: dict[str, Any], before: Row, row: Row) -> bool:
        changed = {name for name in {*before, *row} if before.get(name) != row.get(name)}
        if changed and changed <= _RECYCLING:
            return bool(self._kernel.switches["delete_touches"])
        touches = self._kernel.switches["child_touches"]
        if changed and changed <= set(_COLLECTIONS):
            return any(touches.get(_COLLECTIONS[name], False) for name in changed)
        # A save without a change moves the stamp, unless only a collection was saved.
        return bool(changed) or not set(record) & set(_COLLECTIONS)

    def _leave(self, store: Store, record: int) -> None:
        """Remove a record for good, once the delete lag has passed (point 13)."""
        lag = self._kernel.switches["delete_lag_seconds"]
        if not lag:
            self._remove(store, record)
            return
        store.leaving.add(record)
        self._kernel.clock.at(self._kernel.clock.now() + lag, lambda: self._remove(store, record))

    def _remove(self, store: Store, record: int) -> None:
        row = store.get(record)
        if row is None:
            return  # it went with the record above it while its own delete lag ran
        remove(self._tenant, store, record)
        if "contactId" in row:
            self._consequences.gather_items(row["contact"])
        self._touch_above(store, row)

    def link(self, link: Link, holder: int, record: int, *, linked: bool) -> None:
        """Link a record to another, or unlink it; stamps stay, but for the switch (section 6)."""
        store = self._tenant.stores[link.holder]
        row = store.table.rows[holder]
        held = tuple(each for each in row.get(link.field, ()) if each != record)
        store.put({**row, link.field: (*held, record) if linked else held}, "person")
        self._touch(store, holder, link.field)

"""Where persons work: calls to both control APIs, noted as changes."""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any, TypeVar

import httpx
import orjson

from .change import Change
from .known import Below, Company, Device, Known, Row
from .values import Fresh

COMPANIES = "company/companies"
DEVICES = "company/configurations"

T = TypeVar("T")


class Desk:
    """Carry out what a kind of change does; every call is one change, and `changes` collects them."""

    def __init__(self, random: Random, fresh: Fresh, known: Known, cw: httpx.Client, ig: httpx.Client) -> None:
        self.random = random
        self.fresh = fresh
        self.known = known
        self.changes: list[Change] = []
        self.kind = ""
        self.deleted = 0
        self.edited: set[tuple[str, str]] = set()
        self.owned: frozenset[str] = frozenset()
        self._cw = cw
        self._ig = ig

    def patch_device(self, device: Device, **values: Any) -> None:
        """Change a device in the PSA; None empties."""
        row = self._call(self._cw, "PATCH", f"{DEVICES}/{device.id}", values)
        self.known.put_device(row)
        self._note(
            "connectwise", "PATCH", f"{DEVICES}/{device.id}", f"configuration:{device.id}", values, devices=(device.id,)
        )

    def create_device(self, **values: Any) -> Device:
        """Enter a device into the PSA."""
        row = self._call(self._cw, "POST", DEVICES, values)
        device = self.known.put_device(row)
        self._note(
            "connectwise", "POST", f"{DEVICES}/{device.id}", f"configuration:{device.id}", values, devices=(device.id,)
        )
        return device

    def delete_device(self, device: Device) -> None:
        """Delete a device in the PSA for good."""
        self._call(self._cw, "DELETE", f"{DEVICES}/{device.id}")
        self.known.drop_device(device.id)
        self.deleted += 1
        self._note(
            "connectwise", "DELETE", f"{DEVICES}/{device.id}", f"configuration:{device.id}", {}, devices=(device.id,)
        )

    def patch_company(self, company: Company, **values: Any) -> None:
        """Change a company in the PSA."""
        company.row = self._call(self._cw, "PATCH", f"{COMPANIES}/{company.id}", values)
        self._note_company("PATCH", company, values)

    def create_company(self, **values: Any) -> Company:
        """Enter a company into the PSA."""
        row = self._call(self._cw, "POST", COMPANIES, values)
        company = self.known.companies[row["id"]] = Company(row["id"], row, is_new=True)
        self._note_company("POST", company, values)
        return company

    def recycle_company(self, company: Company) -> None:
        """Put a company into the recycle bin."""
        company.row = self._call(self._cw, "DELETE", f"{COMPANIES}/{company.id}")
        self._note_company("DELETE", company, {})

    def merge(self, loser: Company, winner: Company) -> None:
        """Merge a company into another; its devices go along."""
        moved = sorted(self.known.by_company[loser.id])
        loser.row = self._call(self._cw, "POST", f"{COMPANIES}/{loser.id}/merge", {"into": winner.id})
        reference = {"id": winner.id, "name": winner.row["name"]}
        followers = [
            (kind, each)
            for kind in ("contact", "ticket")
            for each in self.known.below[kind].values()
            if each.company == loser.id
        ]
        for _, each in followers:
            each.row = {**each.row, "company": reference}
        for device in moved:
            self.known.put_device({**self.known.devices[device].row, "company": reference})
        values = {"into": winner.id}
        below = [(kind, each.id) for kind, each in followers]
        began, ended = self.known.follow((loser.id, winner.id), moved, below)
        self._add(
            "connectwise", "POST", f"{COMPANIES}/{loser.id}/merge", f"organization:{loser.id}", values, began, ended
        )

    def create_below(self, kind: str, path: str, **values: Any) -> Below:
        """Enter a site, a contact or a ticket into the PSA."""
        row = self._call(self._cw, "POST", path, values)
        found = self.known.below[kind][row["id"]] = Below(id=row["id"], path=path, row=row)
        self._note_below("POST", kind, found, values)
        return found

    def patch_below(self, kind: str, found: Below, **values: Any) -> None:
        """Change a site, a contact or a ticket in the PSA; None empties."""
        found.row = self._call(self._cw, "PATCH", f"{found.path}/{found.id}", values)
        self._note_below("PATCH", kind, found, values)

    def delete_below(self, kind: str, found: Below) -> None:
        """Delete a site, a contact or a ticket in the PSA for good."""
        self._call(self._cw, "DELETE", f"{found.path}/{found.id}")
        del self.known.below[kind][found.id]
        self.deleted += 1
        self._note_below("DELETE", kind, found, {})

    def link(self, ticket: Below, device: int) -> None:
        """Link a ticket to a device."""
        self._call(self._cw, "POST", f"{ticket.path}/{ticket.id}/configurations", {"id": device}, shows=False)
        self.known.links[ticket.id].add(device)
        self._note_below("POST", "ticket", ticket, {"configuration": device}, "/configurations")

    def unlink(self, ticket: Below, device: int) -> None:
        """Take a device off a ticket."""
        self._call(self._cw, "DELETE", f"{ticket.path}/{ticket.id}/configurations/{device}", shows=False)
        self.known.links[ticket.id].discard(device)
        self._note_below("DELETE", "ticket", ticket, {"configuration": device}, "/configurations")

    def patch_document(self, resource: str, record: str, ref: str = "", **attributes: Any) -> None:
        """Change a location, a contact or an asset in IT Glue, attributes in IT Glue's words with underscores."""
        values = {name.replace("_", "-"): value for name, value in attributes.items()}
        shown = self._call(self._ig, "PATCH", f"{resource}/{record}", {"attributes": values})
        self.known.documents[resource][record] = shown["attributes"]
        self._note("itglue", "PATCH", f"{resource}/{record}", ref, values)

    def delete_document(self, resource: str, kind: str, found: Below) -> None:
        """Delete the record of a site, a contact or a ticket in IT Glue; one that is being synced is orphaned before."""
        path = f"{resource}/{found.record}"
        attributes = self.known.documents[resource].pop(str(found.record))
        if attributes.get("psa-integration") == "enabled":
            self._call(self._ig, "PATCH", path, {"attributes": {"psa-integration": "orphaned"}})
        self._call(self._ig, "DELETE", path)
        found.record_is_gone = True
        began, ended = self.known.follow((), (), [(kind, found.id)])
        self._add("itglue", "DELETE", path, self.known.refs_below(kind, found.id)[0], {}, began, ended)

    def create_setup(self, path: str, **values: Any) -> Row:
        """Enter a row into a setup table of the PSA: a type, a status, a manufacturer."""
        row = self._call(self._cw, "POST", path, values)
        self.known.setup[path].append(row)
        self._note("connectwise", "POST", f"{path}/{row['id']}", "", values)
        return row

    def patch_record(self, record: str, ref: str = "", **values: Any) -> None:
        """Change a configuration in IT Glue, attributes in IT Glue's words with underscores."""
        attributes = {name.replace("_", "-"): value for name, value in values.items()}
        shown = self._call(self._ig, "PATCH", f"configurations/{record}", {"attributes": attributes})
        self.known.records[record] = shown["attributes"]
        self.edited |= {(record, name) for name in attributes}
        self._note("itglue", "PATCH", f"configurations/{record}", ref, attributes)

    def delete_record(self, device: Device) -> None:
        """Delete a device's configuration in IT Glue; one that is still being synced has to be orphaned before."""
        assert device.record is not None
        path = f"configurations/{device.record}"
        if (self.known.records[device.record].get("psa-integration")) == "enabled":
            self._call(self._ig, "PATCH", path, {"attributes": {"psa-integration": "orphaned"}})
        self._call(self._ig, "DELETE", path)
        del self.known.records[device.record]
        device.record_is_gone = True
        self._note("itglue", "DELETE", path, f"configuration:{device.id}", {}, devices=(device.id,))

    def pick_device(self, fits: Callable[[Device], bool] = lambda _: True) -> Device | None:
        """Pick a device that is no trap and fits."""
        return self._pick(self.known.devices, lambda device: not device.is_trap and fits(device))

    def pick_below(self, kind: str, fits: Callable[[Below], bool] = lambda _: True) -> Below | None:
        """Pick a site, a contact or a ticket that is no trap, whose company is written, and that fits."""
        is_open = self.known.is_open
        return self._pick(
            self.known.below[kind], lambda found: not found.is_trap and is_open(found.company) and fits(found)
        )

    def pick_company(self, fits: Callable[[Company], bool] = lambda _: True) -> Company | None:
        """Pick a company whose devices are written, and that fits."""
        return self._pick(self.known.companies, lambda company: self.known.is_open(company.id) and fits(company))

    def _pick(self, among: dict[int, T], fits: Callable[[T], bool]) -> T | None:
        """Try some at random, then look through all."""
        if not among:
            return None
        # Dicts keep the order in which ids came, which is the same for the same seed.
        ids = list(among)
        for _ in range(20):
            found = among[ids[self.random.randrange(len(ids))]]
            if fits(found):
                return found
        fitting = [found for each in ids if fits(found := among[each])]
        return self.random.choice(fitting) if fitting else None

    def _note_company(self, verb: str, company: Company, values: Row) -> None:
        began, ended = self.known.follow((company.id,))
        path = f"{COMPANIES}/{company.id}"
        self._add("connectwise", verb, path, f"organization:{company.id}", values, began, ended)

    def _note_below(self, verb: str, kind: str, found: Below, values: Row, more: str = "") -> None:
        began, ended = self.known.follow((), (), [(kind, found.id)])
        path = f"{found.path}/{found.id}{more}"
        self._add("connectwise", verb, path, f"{kind}:{found.id}", values, began, ended)

    def _note(self, system: str, verb: str, path: str, ref: str, values: Row, devices: Iterable[int] = ()) -> None:
        self._add(system, verb, path, ref, values, *self.known.follow((), devices))

    def _add(
        self, system: str, verb: str, path: str, ref: str, values: Row, began: dict[str, str], ended: frozenset[str]
    ) -> None:
        number = len(self.changes) + 1
        self.changes.append(Change(number, self.kind, system, verb, path, ref, values, began, ended))

    def _call(self, control: httpx.Client, method: str, path: str, body: Any = None, *, shows: bool = True) -> Row:
        answer = control.request(method, f"records/{path}", content=orjson.dumps(body) if body is not None else b"")
        if answer.status_code >= 300:
            raise RuntimeError(
                f"{self.kind}: {method} {path} {body!r} was answered {answer.status_code}: {answer.text}"
            )
        shown: Row | None = orjson.loads(answer.content)["now"] if shows else None
        return shown or {}

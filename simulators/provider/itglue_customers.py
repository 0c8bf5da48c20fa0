"""The provider's locations and contacts in IT Glue with their earlier life: the shapes of `api/itglue.md` 5.6 and 6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from simulators.provider.account import Account, times
from simulators.provider.contacts import Contact, ContactFate
from simulators.provider.sites import Site, SiteFate
from simulators.provider.words import DOCUMENTATION

Record = dict[str, Any]

# Of IT Glue's own lists, which no client can write; ids as the simulator's account has them from the beginning.
COUNTRY: Final = 234
REGIONS: Final = {"Scotland": 75, "Wales": 76}
_KEPT: Final = 0.7  # how often somebody who typed a record in filled in a field


def location_records(site: Site, account: Account) -> Iterator[Record]:
    """Write what IT Glue holds of a site: nothing, one location, or two; the first is noted as the site's."""
    organization = account.organizations.get(site.company.id)
    if organization is None or site.fate is SiteFate.NEW:
        return
    if site.fate is SiteFate.ONE_FOR_TWO and (organization, site.name) in account.locations_for_two:
        return
    rng = Random(site.luck)
    whole = site.fate in (SiteFate.NATIVE, SiteFate.TWICE)
    record = _location(site, organization, account, rng, share=1 if whole else _KEPT)
    if site.fate is SiteFate.NATIVE:
        record["attributes"]["psa-integration"] = "enabled"
        record["adapter"] = {"adapter-type-name": "ConnectWise", "remote-id": str(site.id)}
    if site.fate is SiteFate.ONE_FOR_TWO:
        account.locations_for_two.add((organization, site.name))
    elif site.fate is not SiteFate.TWICE:
        account.locations[site.id] = record["id"]
    yield record
    if site.fate is SiteFate.TWICE:
        yield _location(site, organization, account, rng, share=1)


def contact_records(contact: Contact, account: Account) -> Iterator[Record]:
    """Write what IT Glue holds of a contact: nothing, one record, or two."""
    organization = account.organizations.get(contact.company.id)
    if organization is None or contact.fate in (ContactFate.NEW, ContactFate.NO_COMPANY):
        return
    name = (contact.first_name, contact.last_name)
    if contact.fate is ContactFate.ONE_FOR_TWO and (organization, *name) in account.contacts_for_two:
        return
    rng = Random(contact.luck)
    whole = contact.fate in (ContactFate.NATIVE, ContactFate.TWICE)
    record = _contact(contact, organization, account, rng, share=1 if whole else _KEPT)
    if contact.fate is ContactFate.NATIVE:
        record["attributes"]["psa-integration"] = "enabled"
        record["adapter"] = {"adapter-type-name": "ConnectWise", "remote-id": str(contact.id)}
    if contact.fate is ContactFate.ONE_FOR_TWO:
        account.contacts_for_two.add((organization, *name))
        record["attributes"]["contact-emails"] = []
    elif contact.fate is not ContactFate.TWICE:
        account.contacts[contact.id] = record["id"]
    yield record
    if contact.fate is ContactFate.TWICE:
        yield _contact(contact, organization, account, rng, share=1)


def _location(site: Site, organization: int, account: Account, rng: Random, *, share: float) -> Record:
    def kept(value: Any) -> Any:
        return value if rng.random() < share else None

    return {
        "id": account.next_id("locations"),
        "attributes": {
            "organization-id": organization,
            "name": site.name,
            "primary": site.is_primary,
            "address-1": kept(site.street),
            "address-2": kept(site.second_line),
            "city": kept(site.city),
            "postal-code": kept(site.zip),
            "region-id": kept(REGIONS.get(site.state)),
            "country-id": kept(COUNTRY),
            "phone": kept(site.phone),
            "notes": rng.choice(DOCUMENTATION) if rng.random() < 0.2 else None,
            "psa-integration": None,
            **times(site.id),
        },
    }


def _contact(contact: Contact, organization: int, account: Account, rng: Random, *, share: float) -> Record:
    def kept(value: Any) -> Any:
        return value if value and rng.random() < share else None

    email, phone, mobile = kept(contact.email), kept(contact.phone), kept(contact.mobile)
    phones = [
        _phone(phone, "Direct", contact.extension, primary=True) if phone else None,
        _phone(mobile, "Cell", None, primary=not phone) if mobile else None,
    ]
    return {
        "id": account.next_id("contacts"),
        "attributes": {
            "organization-id": organization,
            "first-name": contact.first_name,
            "last-name": contact.last_name,
            "title": kept(contact.title),
            "contact-type-id": account.contact_types.get(kept(contact.kind) or ""),
            "location-id": account.locations.get(contact.site.id) if contact.site else None,
            "important": kept(contact.is_important),
            "notes": rng.choice(DOCUMENTATION) if rng.random() < 0.1 else None,
            "contact-emails": [{"primary": True, "value": email, "label-name": "Email"}] if email else [],
            "contact-phones": [each for each in phones if each is not None],
            "psa-integration": None,
            **times(contact.id),
        },
    }


def _phone(value: str, label: str, extension: str | None, *, primary: bool) -> Record:
    digits = re.sub(r"[^\d+]", "", value)
    return {
        "primary": primary,
        "value": digits,
        "formatted-value": digits,
        "extension": extension,
        "label-name": label,
        "label-type": "phone",
    }

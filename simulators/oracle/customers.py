"""What the mapping makes of one version of a site or a contact (MAPPING, default mapping)."""

import re
from typing import Any, Final

from . import text
from .agreement import phone
from .blocks import Block
from .desired import Mapped, Reading, rule_of
from .geography import Geography
from .judged import Judged
from .references import Reference
from .text import ANY, SKIP
from .words import Words

_LINES: Final = ("name", "address_1", "address_2", "city", "postal_code", "phone", "fax")
_EXTENSION: Final = re.compile(r"\s*(?:x|ext\.?)\s*(\d+)\s*$", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")


def location(site: Words, company: Words | None, judged: Judged, geography: Geography) -> Mapped:
    """Map a site of a company."""
    block = judged.block("location", company)
    rule = rule_of(site, block, judged, f"location:{site['id']}", company)
    if rule:
        return Mapped(rule=rule)
    reading = Reading(block, site)
    if site["organization"] is None:
        reading.codes.append("no_organization")
    for word in _LINES:
        reading.value(word, text.short_line)
    reading.value("primary", bool)
    for word, value_map in (("country", block.countries), ("region", block.regions)):
        if not reading.names(word, value_map, [text.line(_set(block, word, site))], "", "no_value"):
            return Mapped(rule="countries" if word == "country" else "regions")
    country = geography.country(reading.wanted.get("country"))
    code = None if "region" in block.values or reading.wanted.get("region") != site["region"] else site["region_code"]
    region = geography.region((reading.wanted.get("region"), code), country)
    reading.wanted |= {"country": country, "region": region}
    if "notes" in block.values:
        reading.value("notes", text.notes)
    if reading.wanted["name"] in (None, SKIP):
        reading.codes.append("bad_value")
    return reading.mapped()


def contact(person: Words, company: Words | None, judged: Judged) -> Mapped:
    """Map a contact of a company; an address that IT Glue would refuse may hold it."""
    block = judged.block("contact", company)
    rule = rule_of(person, block, judged, f"contact:{person['id']}", company)
    if rule:
        return Mapped(rule=rule)
    reading = Reading(block, person)
    if person["organization"] is None:
        reading.codes.append("no_organization")
    if not reading.names("type", block.types, [person["type"]], "", "no_value"):
        return Mapped(rule="types")
    for word in ("first_name", "last_name", "title"):
        reading.value(word, text.short_line)
    reading.value("notes", text.notes)
    if "important" in block.values:
        reading.value("important", bool)
    else:
        reading.wanted["important"] = ANY  # which of ConnectWise's flags it is, nothing says
    if "location" in judged.enabled:
        site = person["site"]
        reading.wanted["location"] = None if site is None else Reference("location", site["id"])
    emails = [email["value"] for email in person["emails"] if email["value"]]
    good = tuple(email for email in emails if _EMAIL.fullmatch(email))
    reading.wanted |= {"emails": good or None, "phones": _phones(person["phones"])}
    if len(good) < len(emails):
        reading.doubts |= {"bad_value", "rejected"}  # by the bridge, or once IT Glue has judged
    names = (reading.wanted["first_name"], reading.wanted["last_name"])
    if SKIP in names:
        reading.codes.append("bad_value")
    elif names == (None, None):
        reading.doubts.add("bad_value")
    return reading.mapped()


def _phones(given: list[Any]) -> Any:
    """Take numbers apart from their extensions; a list in which nothing is a number is skipped."""
    listed = [each for each in given if each["value"] and "fax" not in text.folded(each["label"])]
    found = []
    for each in listed:
        inside = _EXTENSION.search(each["value"])
        number = phone(each["value"][: inside.start()] if inside else each["value"])
        if number:
            found.append((number, each["extension"] or (inside[1] if inside else None)))
    return tuple(found) or (SKIP if listed else None)


def _set(block: Block, word: str, words: Words) -> Any:
    set_by = block.values.get(word)
    return words[word] if set_by is None else set_by(words)

"""What the mapping makes of one version of a record: excluded, held, or the attributes that IT Glue must show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import text
from .attributes import Wanted
from .judged import Block, Judged
from .text import SKIP
from .valuemaps import Action, ValueMap
from .words import Words


@dataclass(frozen=True, slots=True)
class Mapped:
    """The rule that excludes, or the hold's code, or what is wanted by word of the attribute."""

    rule: str = ""
    code: str = ""
    wanted: dict[str, Wanted] = field(default_factory=dict)


class _Excluded(Exception):  # noqa: N818  # no error: it carries the rule out
    pass


@dataclass
class _Reading:
    """The values of one record as they are mapped, with the holds that came up, in the order that the reference says."""

    block: Block
    words: Words
    codes: list[str] = field(default_factory=list)
    wanted: dict[str, Wanted] = field(default_factory=dict)

    def name(self, word: str, value_map: ValueMap, given: Sequence[str | None], blank: str, held: str) -> str | None:
        """Map a name; `blank` is the code of a hold for nothing, empty where nothing is left out."""
        found = value_map(given)
        if found is Action.SKIP:
            raise _Excluded(word)
        if found is Action.HOLD:
            self.codes.append(held)
            return None
        if found is None and blank:
            self.codes.append(blank)
        self.wanted[word] = found
        return None if isinstance(found, Action) else found

    def value(self, word: str, form: Callable[[Any], Any]) -> None:
        """Map a value, from `set` where it stands there."""
        set_by = self.block.values.get(word)
        self.wanted[word] = form(self.words.get(word) if set_by is None else set_by(self.words))


def organization(company: Words, judged: Judged) -> Mapped:
    """Map a company."""
    block = judged.organization_block(company)
    rule = _rule(company, block, judged, f"organization:{company['id']}", company)
    if rule:
        return Mapped(rule=rule)
    reading = _Reading(block, company)
    try:
        reading.name("type", block.types, [kind["name"] for kind in company["types"]], "no_type", "no_type")
        reading.name("status", block.statuses, [company["status"]], "no_status", "no_status")
    except _Excluded as excluded:
        return Mapped(rule=f"{excluded}s")
    reading.value("name", text.short_line)
    short = block.values.get("short_name")
    reading.wanted["short_name"] = text.short_line(company["identifier"] if short is None else short(company))
    for word in ("alert", "description", "quick_notes"):
        if word in block.values:
            reading.value(word, text.notes if word == "quick_notes" else text.cleaned)
    if reading.wanted["name"] in (None, SKIP):
        reading.codes.append("bad_value")
    return Mapped(code=reading.codes[0] if reading.codes else "", wanted=reading.wanted)


def configuration(device: Words, company: Words | None, judged: Judged, systems: dict[str, str]) -> Mapped:
    """Map a configuration of a company; `systems` are IT Glue's operating systems by folded name."""
    block = judged.configuration_block(company)
    ref = f"configuration:{device['id']}"
    rule = _rule(device, block, judged, ref, company)
    if rule:
        return Mapped(rule=rule)
    reading = _Reading(block, device)
    if device["organization"] is None:
        reading.codes.append("no_organization")
    try:
        reading.name("type", block.types, [device["type"]], "no_type", "no_type")
        reading.name("status", block.statuses, [device["status"]], "no_status", "no_status")
        maker = reading.name("manufacturer", block.manufacturers, [device["manufacturer"]], "", "no_value")
        model = reading.name("model", block.models, [device["model"]], "", "no_value")
        system = reading.name("operating_system", block.operating_systems, [device["os"]], "", "no_value")
    except _Excluded as excluded:
        return Mapped(rule=f"{excluded}s")
    if "manufacturer" in block.ignore or "manufacturer_id" in block.ignore:
        reading.wanted["model"] = SKIP
    elif maker is None and model is not None:
        reading.wanted["model"] = None
    listed = systems.get(text.folded(system))
    reading.wanted |= {"operating_system": listed, "operating_system_notes": None if listed else system}
    for word in ("name", "serial_number", "asset_tag", "installed_by"):
        reading.value(word, text.short_line)
    for word in ("hostname", "position", "purchased_by"):
        if word in block.values:
            reading.value(word, text.short_line)
    reading.value("mac_address", text.mac)
    for word in ("primary_ip", "default_gateway"):
        reading.value(word, text.ip)
    for word in ("installed_at", "purchased_at", "warranty_expires_at"):
        reading.value(word, lambda given: text.day(given, judged.zone))
    reading.value("notes", text.notes)
    if reading.wanted["name"] in (None, SKIP) or reading.wanted["serial_number"] is SKIP:
        reading.codes.append("bad_value")
    return Mapped(code=reading.codes[0] if reading.codes else "", wanted=reading.wanted)


def _rule(words: Words, block: Block, judged: Judged, ref: str, company: Words | None) -> str:
    if ref in judged.decisions.excludes:
        return "decision"
    if not block.only(words):
        return "only"
    return "" if judged.rolled_out(company) else "rollout"

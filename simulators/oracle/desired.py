"""What the mapping makes of one version of a record: excluded, held, or the attributes that IT Glue must show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import text
from .attributes import Wanted
from .blocks import Block
from .judged import Judged
from .references import Reference
from .text import SKIP
from .valuemaps import Action, ValueMap
from .words import Words


@dataclass(frozen=True, slots=True)
class Mapped:
    """The rule that excludes, or the hold's code, or what is wanted by word of the attribute.

    `doubts` are codes with which it may be held just as well. What is `gone` counts as gone though the source has it; what
    has `nothing` to show has no contributor.
    """

    rule: str = ""
    code: str = ""
    wanted: dict[str, Wanted] = field(default_factory=dict)
    doubts: frozenset[str] = frozenset()
    gone: bool = False
    nothing: bool = False


@dataclass
class Reading:
    """The values of one record as they are mapped, with the holds that came up, in the order that the reference says."""

    block: Block
    words: Words
    codes: list[str] = field(default_factory=list)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    doubts: set[str] = field(default_factory=set)

    def names(self, word: str, value_map: ValueMap, given: Sequence[str | None], blank: str, held: str) -> bool:
        """Map a name, False if it excludes; `blank` is the code of a hold for nothing, empty where nothing is left out."""
        found = value_map(given)
        if found is Action.SKIP:
            return False
        if found is Action.HOLD:
            self.codes.append(held)
            return True
        if found is None and blank:
            self.codes.append(blank)
        self.wanted[word] = found
        return True

    def mapped(self) -> Mapped:
        """Say what came of it: of several holds the first."""
        return Mapped(code=self.codes[0] if self.codes else "", wanted=self.wanted, doubts=frozenset(self.doubts))

    def value(self, word: str, form: Callable[[Any], Any]) -> None:
        """Map a value, from `set` where it stands there."""
        set_by = self.block.values.get(word)
        self.wanted[word] = form(self.words.get(word) if set_by is None else set_by(self.words))


def organization(company: Words, judged: Judged) -> Mapped:
    """Map a company."""
    block = judged.organization_block(company)
    rule = rule_of(company, block, judged, f"organization:{company['id']}", company)
    if rule:
        return Mapped(rule=rule)
    reading = Reading(block, company)
    if not reading.names("type", block.types, [kind["name"] for kind in company["types"]], "no_type", "no_type"):
        return Mapped(rule="types")
    if not reading.names("status", block.statuses, [company["status"]], "no_status", "no_status"):
        return Mapped(rule="statuses")
    reading.value("name", text.short_line)
    short = block.values.get("short_name")
    reading.wanted["short_name"] = text.short_line(company["identifier"] if short is None else short(company))
    for word in ("alert", "description", "quick_notes"):
        if word in block.values:
            reading.value(word, text.notes if word == "quick_notes" else text.cleaned)
    if reading.wanted["name"] in (None, SKIP):
        reading.codes.append("bad_value")
    return reading.mapped()


def configuration(device: Words, company: Words | None, judged: Judged, systems: dict[str, str]) -> Mapped:
    """Map a configuration of a company; `systems` are IT Glue's operating systems by folded name."""
    block = judged.configuration_block(company)
    ref = f"configuration:{device['id']}"
    rule = rule_of(device, block, judged, ref, company)
    if rule:
        return Mapped(rule=rule)
    reading = Reading(block, device)
    if device["organization"] is None:
        reading.codes.append("no_organization")
    for word, value_map, given, blank, held in (
        ("type", block.types, device["type"], "no_type", "no_type"),
        ("status", block.statuses, device["status"], "no_status", "no_status"),
        ("manufacturer", block.manufacturers, device["manufacturer"], "", "no_value"),
        ("model", block.models, device["model"], "", "no_value"),
        ("operating_system", block.operating_systems, device["os"], "", "no_value"),
    ):
        if not reading.names(word, value_map, [given], blank, held):
            return Mapped(rule="statuses" if word == "status" else f"{word}s")
    maker, model, system = (reading.wanted.get(word) for word in ("manufacturer", "model", "operating_system"))
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
    for kind, word in (("location", "site"), ("contact", "contact")):
        if kind in judged.enabled:
            there = device[word]
            reading.wanted[kind] = None if there is None else Reference(kind, there["id"])
    if reading.wanted["name"] in (None, SKIP) or reading.wanted["serial_number"] is SKIP:
        reading.codes.append("bad_value")
    return reading.mapped()


def rule_of(words: Words, block: Block, judged: Judged, ref: str, company: Words | None) -> str:
    """Name the rule that excludes a record, empty where none does."""
    if ref in judged.decisions.excludes:
        return "decision"
    if not block.only(words):
        return "only"
    return "" if judged.rolled_out(company) else "rollout"

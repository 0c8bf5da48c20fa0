"""What the mapping makes of one version of what a flexible asset stands for."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from . import text
from .blocks import MARKER, AssetBlock, Field
from .desired import Mapped, Reading, rule_of
from .judged import Judged
from .references import Reference
from .text import SKIP
from .words import Words

_BAD: Final = object()
_BYTES: Final = 64 * 1024
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def asset(words: Words, company: Words | None, block: AssetBlock, judged: Judged) -> Mapped:
    """Map what an asset stands for; the words of a summary list what feeds it."""
    ref = f"{block.anchor}:{words['id']}"
    records = None if block.per == "record" else words[block.feeds]
    only = block if records is None else AssetBlock()  # what feeds a summary was chosen before
    rule = rule_of(words, only, judged, f"{block.target}:{words['id']}", company)
    if rule:
        return Mapped(rule=rule)
    reading = Reading(block, words)
    if block.anchor != "organization" and words["organization"] is None:
        reading.codes.append("no_organization")
    for each in block.fields:
        if each.value is None:
            continue
        value = _value(each, each.value(words), judged.zone)
        if value is _BAD or (value in (None, ()) and each.required):
            reading.codes.append("bad_value")
        reading.wanted[each.name] = None if value is _BAD or value == () else value
    reading.wanted[MARKER] = f"{judged.source}:{ref}"
    mapped = reading.mapped()
    gone = block.archive_when is not None and block.archive_when(words)
    return Mapped(mapped.rule, mapped.code, mapped.wanted, mapped.doubts, gone, nothing=records == [])


def title(block: AssetBlock, wanted: Mapping[str, Any]) -> str:
    """Give the name of an asset: its title fields, joined by a blank (api/itglue.md 5.9)."""
    values = [wanted.get(each.name) for each in block.fields if each.title]
    return " ".join(str(value) for value in values if value not in (None, SKIP))


def _value(each: Field, given: Any, zone: str) -> Any:
    """Bring a value into the form of its kind; None for nothing, _BAD for what IT Glue would refuse."""
    match each.kind:
        case "Tag":
            return _tags(each, given)
        case "Checkbox":
            return None if text.line(given) is None else _FLAGS.get(text.folded(str(given)), _BAD)
        case "Number" | "Percent":
            return _number(given, each.decimals)
        case "Date":
            day = text.day(given, zone)
            return _BAD if day is SKIP else day
        case "Textbox":
            written = text.cleaned(given)
            return _BAD if written is not None and len(written.encode()) > _BYTES else written
    line = text.short_line(given)
    if line is not None and each.kind == "Select" and each.options:
        fitting = [option for option in each.options if text.folded(option) == text.folded(str(line))]
        return line if line in each.options else fitting[0] if fitting else _BAD
    return _BAD if line is SKIP else line


def _number(given: Any, decimals: int) -> Any:
    if text.line(given) is None:
        return None
    try:
        return float(Decimal(str(given)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
    except InvalidOperation:
        return _BAD


def _tags(each: Field, given: Any) -> tuple[Reference, ...] | frozenset[str]:
    listed = given if isinstance(given, list | tuple) else () if given is None else (given,)
    if not each.tags:
        return frozenset(str(number) for number in listed)
    return tuple(Reference(each.tags, str(record["id"])) for record in listed)

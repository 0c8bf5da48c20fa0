"""Attribute by attribute: what of a wish is to be written on a record, and what stays as IT Glue has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.marker import find_marker, marker_line, with_marker, without_marker
from bridge.planning.facts import AssetView, LinkView, Rules, Wish
from bridge.planning.plans import Field
from bridge.planning.sameness import is_empty, same

_NOTHING_APPLIED: Mapping[str, Any] = {}
_UNKNOWN = object()
# IT Glue takes no null for these (api/itglue.md 5.1, 5.4, 5.6, 5.9).
NEVER_EMPTY = frozenset(
    {
        "name",
        "organization_id",
        "organization_type_id",
        "organization_status_id",
        "configuration_type_id",
        "flexible_asset_type_id",
    }
)


@dataclass(slots=True)
class Differences:
    """What is to be written, what stays and why, and whether something turns empty or changes its organization."""

    fields: dict[str, Field] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    empties: bool = False
    moved: bool = False


def first_fields(wish: Wish, rules: Rules) -> dict[str, Field]:
    """Give what a new record is made with: all that the source knows, save what is ignored."""
    owner_of = rules.owner_of
    fields = {
        word: Field(None, new, owner_of.get(word, "source"))
        for word, new in flat(wish.attributes).items()
        if not is_empty(new) and owner_of.get(word) != "ignore"
    }
    if rules.marker and owner_of.get("notes") != "ignore":
        notes = fields["notes"].new if "notes" in fields else None
        fields["notes"] = Field(None, with_marker(notes, wish.ref, wish.url), owner_of.get("notes", "source"))
    return fields


def differences(wish: Wish, rules: Rules, held: AssetView, link: LinkView | None) -> Differences | None:
    """Compare a wish with what IT Glue holds; None if all is equal. Without a link the record is being adopted.

    - `ignore` and `once` are never written here: a record that is there has been created.
    - `fill` is written while IT Glue has no value.
    - All else is the source's. Where the source has no value, IT Glue's stays, unless it is still exactly what we last
      wrote, or `clear` names the attribute: the operator's own word, which counts at adoption too, so that what is
      planned after adopting is nothing.
    - On a record that the native sync owns only what that leaves open is written.
    """
    wished, attributes = wish.attributes, held.attributes
    applied = _NOTHING_APPLIED if link is None else link.applied
    if rules.kind == "flexible_assets":
        wished, attributes, applied = flat(wished), flat(attributes), flat(applied)
    found: Differences | None = None
    for word, new in wished.items():
        old = attributes.get(word, _UNKNOWN)
        if old == new:
            continue
        owner = rules.owner_of.get(word)
        known = old is not _UNKNOWN
        if not known:  # the index does not keep it: what we last wrote is all there is to compare with
            old = applied.get(word)
        if word == "notes" and rules.marker:
            if _is_ours_but_for_the_marker(old, new, wish):
                continue
            if (
                owner not in ("ignore", "once")
                and not (is_empty(new) and is_empty(old))
                and _is_marked(old, wish, link)
            ):
                found = found or Differences()
                _compare_marked_notes(found, old, new, applied.get(word), wish, rules, link)
                continue
        if same(word, old, new):
            continue
        found = found or Differences()
        if owner is not None and (owner != "fill" or is_empty(new) or not known or not is_empty(old)):
            found.kept[word] = owner
        elif word == "organization_id":
            _compare_organizations(found, old, new)
        elif is_empty(new) and not (known and _may_clear(word, old, applied.get(word), rules, link)):
            found.kept[word] = "empty"
        elif rules.open_when_locked is not None and word not in rules.open_when_locked and held.locked:
            found.kept[word] = "owned_by_native_sync"
        elif is_empty(new):
            found.fields[word] = Field(old, None, "clear" if word in rules.clear else "source")
            found.empties = True
        else:
            found.fields[word] = Field(old, new, owner or "source")
    if found is not None and found.moved:
        _leave_behind(found, attributes, wished, rules.owner_of, ("location_id", "contact_id"))
    if found is not None and "country_id" in found.fields and rules.owner_of.get("region_id") != "ignore":
        _leave_behind(found, attributes, wished, rules.owner_of, ("region_id",))
    if found is not None and "manufacturer_id" in found.fields and rules.owner_of.get("model_id") != "ignore":
        _leave_behind(found, attributes, wished, rules.owner_of, ("model_id",))
    return found


def flat(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Give attributes with each trait as one of its own, `traits.<key>`."""
    traits = {f"traits.{key}": value for key, value in (attributes.get("traits") or {}).items()}
    return traits | {word: value for word, value in attributes.items() if word != "traits"}


def _compare_organizations(found: Differences, old: Any, new: Any) -> None:
    if is_empty(new):
        found.kept["organization_id"] = "empty"
    else:
        found.fields["organization_id"] = Field(old, new, "moved")
        found.moved = True


def _leave_behind(
    found: Differences,
    attributes: Mapping[str, Any],
    wished: Mapping[str, Any],
    owner_of: Mapping[str, str],
    words: Sequence[str],
) -> None:
    """Clear what belongs to what a record leaves: IT Glue refuses another organization's location, a wrong model."""
    for word in words:
        old, new = attributes.get(word), wished.get(word)
        if word in found.fields or is_empty(old) or same(word, old, new):
            continue
        found.kept.pop(word, None)
        found.fields[word] = Field(old, new if owner_of.get(word) == "fill" and not is_empty(new) else None, "moved")
        found.empties = found.empties or found.fields[word].new is None


def _may_clear(word: str, old: Any, applied: Any, rules: Rules, link: LinkView | None) -> bool:
    if word in NEVER_EMPTY:
        return False
    return word in rules.clear or (link is not None and not is_empty(applied) and same(word, old, applied))


def _is_ours_but_for_the_marker(old: Any, new: Any, wish: Wish) -> bool:
    """Tell cheaply that notes are the wished ones and our marker line, the common case."""
    if not isinstance(old, str):
        return False
    text = new.rstrip() if isinstance(new, str) else ""
    line = marker_line(wish.ref, wish.url)
    return old == (f"{text}\n{line}" if text else line)


def _is_marked(old: Any, wish: Wish, link: LinkView | None) -> bool:
    return (link is not None and link.made_by_us) or (isinstance(old, str) and find_marker(old) == wish.ref)


def _compare_marked_notes(
    found: Differences, old: Any, new: Any, applied: Any, wish: Wish, rules: Rules, link: LinkView | None
) -> None:
    """Compare notes of ours that the source owns: with the text, never without the marker."""
    text, wished = without_marker(old), without_marker(new)
    if rules.owner_of.get("notes") == "fill" and (is_empty(wished) or not is_empty(text)):
        found.kept["notes"] = "fill"
    elif (
        is_empty(wished) and not is_empty(text) and not _may_clear("notes", text, without_marker(applied), rules, link)
    ):
        found.kept["notes"] = "empty"
    elif not same("notes", text, wished):
        why = "clear" if is_empty(wished) and "notes" in rules.clear else rules.owner_of.get("notes", "source")
        found.fields["notes"] = Field(old, with_marker(wished, wish.ref, wish.url), why)
        found.empties = found.empties or (is_empty(wished) and not is_empty(text))

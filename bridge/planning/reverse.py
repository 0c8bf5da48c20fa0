"""The reverse of what a run wrote to one record: old values back, what it made archived, what it archived restored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.planning.differences import NEVER_EMPTY, flat
from bridge.planning.facts import AssetView
from bridge.planning.native import OPEN_ATTRIBUTES
from bridge.planning.plans import Archive, Field, Nothing, Restore, Update
from bridge.planning.sameness import is_empty, same

WHY = "undo"
_ARCHIVABLE = ("configurations", "flexible_assets")  # nothing else has an archive (api/itglue.md 7)


@dataclass(frozen=True, slots=True)
class Written:
    """One write as the journal has it; `before` and `after` hold its attributes."""

    verb: str
    itglue_id: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not undone, and why."""

    reason: str


Reverse = Update | Archive | Restore | Nothing | Refused


def reverse(kind: str, written: Sequence[Written], held: AssetView) -> Reverse:
    """Plan the reverse of a run's writes to a record, oldest first, given as IT Glue holds it now.

    All of it or nothing: where a value is neither what the run wrote nor what it replaced, somebody has changed the
    record since, and it is refused. Nothing says that it is so already.
    """
    if any(one.itglue_id != held.id for one in written):
        return Refused(f"it is another record by now, {held.id}")
    made = any(one.verb == "create" for one in written)
    if made and kind not in _ARCHIVABLE:
        return Refused(f"it was made, and IT Glue archives no {kind}: change or delete {held.id} by hand")
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for one in written:
        before = flat(one.before)
        for word, value in flat(one.after).items():
            old.setdefault(word, before.get(word))
            new[word] = value
    # A trait without a value is not shown, and is known all the same.
    blank = {word: None for word in new if word.startswith("traits.")}
    shown = blank | flat(held.attributes) | {"archived": held.archived}
    changed = sorted(word for word in new if not _is_ours(word, shown, old[word], new[word], made=made))
    if changed:
        return Refused(f"{', '.join(changed)} changed since")
    if made:
        return Nothing() if held.archived else _unless_locked(kind, held, {"archived": Field(False, True, WHY)}, set())
    kept = {word: "never empty" for word in new if word in NEVER_EMPTY and is_empty(old[word])}
    fields = {
        word: Field(shown[word], old[word], WHY)
        for word in new
        if word not in kept and not same(word, shown[word], old[word])
    }
    if not fields:
        return Nothing(kept)
    return _unless_locked(kind, held, fields, {one.verb for one in written}, kept)


def _is_ours(word: str, shown: Mapping[str, Any], old: Any, new: Any, *, made: bool) -> bool:
    """Tell whether an attribute still is as the run left it, or as it was before."""
    if word not in shown:  # lists do not show it: of what the run made it is the run's all the same
        return made
    return same(word, shown[word], new) or same(word, shown[word], old)


def _unless_locked(
    kind: str, held: AssetView, fields: dict[str, Field], verbs: set[str], kept: dict[str, str] | None = None
) -> Reverse:
    open_ = OPEN_ATTRIBUTES.get(kind)
    locked = sorted(word for word in fields if held.locked and open_ is not None and word not in open_)
    if locked:
        return Refused(f"IT Glue's own sync owns {', '.join(locked)}")
    if "archived" in fields:
        change = Archive if fields["archived"].new else Restore
        return change(held.id, fields, kept or {})
    empties = any(is_empty(one.new) and not is_empty(one.old) for one in fields.values())
    if "archive" in verbs:  # what gone did was another status
        return Restore(held.id, fields, kept or {}, empties)
    return Update(held.id, fields, kept or {}, empties)

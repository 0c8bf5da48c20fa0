"""What the planner decides: plans are data, to be shown, saved, compared and refused before anything is written."""

from dataclasses import dataclass, field, fields
from typing import Any

from bridge.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute to be written: from what IT Glue holds to what it shall hold.

    `why` is source, once (a first writing), fill, clear, moved, gone or back. A trait's attribute is `traits.<key>`.
    """

    old: Any
    new: Any
    why: str = "source"


@dataclass(slots=True)
class Create:
    """Nothing is there: make it."""

    fields: dict[str, Field]
    kept: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Update:
    """Write what differs on a linked record.

    `kept` names attributes that differ and stay as they are, and why: `once`, `fill`, `ignore`, `empty` (the source has
    no value, and what stands there is not ours), `owned_by_native_sync`, `archived` (by a person). `empties`: a value
    or a reference turns empty.
    """

    itglue_id: str
    fields: dict[str, Field]
    kept: dict[str, str] = field(default_factory=dict)
    empties: bool = False


@dataclass(slots=True)
class Adopt:
    """Link to a record that is there already, found by the key `by`, and write what differs, if anything.

    `value` is what that key found, as IT Glue writes it. `owns` is False where a record of another source owns it: then nothing is ever written.
    """

    itglue_id: str
    by: str
    value: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    empties: bool = False
    owns: bool = True


@dataclass(slots=True)
class Archive:
    """Do what the block's `gone` says: archive, or set a status."""

    itglue_id: str
    fields: dict[str, Field]
    kept: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Restore:
    """Take out of the archive what we put there, and write what differs, in one."""

    itglue_id: str
    fields: dict[str, Field]
    kept: dict[str, str] = field(default_factory=dict)
    empties: bool = False


@dataclass(slots=True)
class Hold:
    """A person has to decide; `then` is what an `accept` of exactly this would do, None if none can lift it."""

    code: str
    reason: str
    candidates: tuple[str, ...] = ()
    then: "Plan | None" = None


@dataclass(slots=True)
class Nothing:
    """Nothing is to be written; `why` where that is not because all is equal."""

    kept: dict[str, str] = field(default_factory=dict)
    why: str | None = None


Plan = Create | Update | Adopt | Archive | Restore | Hold | Nothing

_VERBS: dict[str, Any] = {cls.__name__.lower(): cls for cls in (Create, Update, Adopt, Archive, Restore, Hold, Nothing)}
_PARTS = {verb: tuple(part.name for part in fields(cls)) for verb, cls in _VERBS.items()}
_NOTHING_CHANGES = fingerprint(["nothing"])


def dump(plan: Plan) -> dict[str, Any]:
    """Give a plan as JSON values, the form in which plans are saved and printed with `--json`."""
    verb = type(plan).__name__.lower()
    body: dict[str, Any] = {"verb": verb}
    for name in _PARTS[verb]:
        value = getattr(plan, name)
        if name == "fields":
            value = {word: {"old": one.old, "new": one.new, "why": one.why} for word, one in value.items()}
        elif name == "candidates":
            value = list(value)
        elif name == "then":
            value = None if value is None else dump(value)
        body[name] = value
    return body


def load(body: dict[str, Any]) -> Plan:
    """Read what `dump` gave; raise KeyError or TypeError for anything else."""
    values = dict(body)
    cls = _VERBS[values.pop("verb")]
    if "fields" in values:
        values["fields"] = {word: Field(**one) for word, one in values["fields"].items()}
    if "candidates" in values:
        values["candidates"] = tuple(values["candidates"])
    if values.get("then") is not None:
        values["then"] = load(values["then"])
    plan: Plan = cls(**values)
    return plan


def change_digest(plan: Plan) -> str:
    """Digest what a plan would change, so that an `accept` is a yes to exactly what was shown, and to nothing else.

    Old values count: if IT Glue has changed since, it is another change. That of a hold names its code too.
    """
    if isinstance(plan, Hold):
        then = None if plan.then is None else change_digest(plan.then)
        return fingerprint(["hold", plan.code, list(plan.candidates), then])
    if isinstance(plan, Nothing):
        return _NOTHING_CHANGES
    changes = {word: [one.old, one.new] for word, one in plan.fields.items()}
    itglue_id = None if isinstance(plan, Create) else plan.itglue_id
    return fingerprint([type(plan).__name__.lower(), itglue_id, changes])


def written(plan: Plan) -> dict[str, Any]:
    """Give the attributes that a plan writes, traits under `traits`.

    IT Glue deletes every trait that a PATCH leaves out, so whoever sends them merges them into those that are there.
    """
    body: dict[str, Any] = {}
    if isinstance(plan, (Hold, Nothing)):
        return body
    for word, one in plan.fields.items():
        if word.startswith("traits."):
            body.setdefault("traits", {})[word.removeprefix("traits.")] = one.new
        else:
            body[word] = one.new
    return body


def applied_after(plan: Plan, applied: dict[str, Any]) -> dict[str, Any]:
    """Give a link's `applied` once a plan is done: what we last wrote, per attribute; a new link begins empty."""
    if isinstance(plan, (Hold, Nothing)):
        return applied
    before = {} if isinstance(plan, (Create, Adopt)) else applied
    return before | {word: one.new for word, one in plan.fields.items()}

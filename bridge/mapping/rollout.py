"""Which organizations are written: names and Refs that an operator chose, checked against those that exist."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridge.mapping.rules import RolloutRules
from bridge.records import Ref

EVERYONE = "*"


def ref_of(entry: str) -> Ref | None:
    """Read an entry that is a Ref, `cw:organization:881`; None for a name."""
    try:
        ref = Ref.parse(entry)
    except ValueError:
        return None
    return ref if ref.kind == "organization" else None


def selects(entries: Iterable[str], ref: Ref, name: str | None) -> bool:
    """Say whether entries name this organization, by its Ref or its exact name."""
    written = str(ref)
    trimmed = (name or "").strip()
    return any(each.strip() == written or (trimmed and each.strip() == trimmed) for each in entries)


def in_rollout(rollout: RolloutRules | None, ref: Ref, name: str | None) -> bool:
    """Say whether an organization, and so its records, are written; without a rollout no one is."""
    if rollout is None:
        return False
    return EVERYONE in rollout.organizations or selects(rollout.organizations, ref, name)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An entry that names no organization, or several: `at` is its place in the list, `refs` who it fits."""

    at: int
    entry: str
    refs: tuple[Ref, ...]

    def __str__(self) -> str:
        if not self.refs:
            return f'"{self.entry}" is no organization of any source; write its exact name or its Ref'
        return f'"{self.entry}" is the name of {len(self.refs)} organizations; write one of {", ".join(map(str, self.refs))}'


def resolve(entries: Sequence[str], organizations: Iterable[tuple[Ref, str | None]]) -> list[Unresolved]:
    """Give the entries that do not name exactly one of the organizations; `*` always does."""
    named: dict[str, list[Ref]] = {}
    for ref, name in organizations:
        named.setdefault(str(ref), []).append(ref)
        if name and name.strip():
            named.setdefault(name.strip(), []).append(ref)
    found = [(at, entry, tuple(named.get(entry.strip(), ()))) for at, entry in enumerate(entries) if entry != EVERYONE]
    return [Unresolved(at, entry, refs) for at, entry, refs in found if len(refs) != 1]

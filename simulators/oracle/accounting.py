"""I5, accounting: what a run counts adds up, and what it holds and excludes is what had to be."""

from collections.abc import Iterable, Mapping

from .fold import Fold
from .world import World

_PARTS = ("written", "equal", "held", "excluded", "gone", "open")


def does_not_add_up(counts: Mapping[str, int], *, finished: bool = True) -> list[str]:
    """Say where `seen = written + equal + held + excluded + gone + open` fails, or a finished run left something open."""
    found = []
    parts = {name: counts.get(name, 0) for name in _PARTS}
    if counts["seen"] != sum(parts.values()):
        found.append(f"seen {counts['seen']} is not {' + '.join(f'{n} {v}' for n, v in parts.items())}")
    if finished and parts["open"]:
        found.append(f"a finished run left {parts['open']} open")
    return found


def held_against_traps(
    held: Iterable[tuple[str, str]],
    excluded: Iterable[tuple[str, str]],
    traps: Iterable[tuple[str, str]],
    parents: Mapping[str, str] | None = None,
) -> list[str]:
    """Compare held (ref, code) and excluded (ref, rule) with the seeded traps (ref, code); `parent_held` is no cause.

    `parents` gives the organization of each record: what is excluded below a trapped one is not listed again.
    """
    listed = {(plain(ref), code) for ref, code in traps}
    trapped = {ref for ref, _ in listed}
    above = parents or {}
    codes = {plain(ref): code for ref, code in held}
    given = {(ref, code) for ref, code in codes.items() if code != "parent_held"}
    # A trap that refers to another one may be held for that: either is right, and comes first.
    listed -= {(ref, code) for ref, code in listed if codes.get(ref) == "parent_held"}
    given |= {
        (plain(ref), "excluded")
        for ref, rule in excluded
        if rule != "parent_gone" and above.get(plain(ref)) not in trapped
    }
    return [
        *(f"{ref} is a trap for {code}, and was not caught" for ref, code in sorted(listed - given)),
        *(f"{ref} is {code}, and is no such trap" for ref, code in sorted(given - listed)),
    ]


def held_against_fold(held: Iterable[tuple[str, str]], excluded: Iterable[tuple[str, str]], fold: Fold) -> list[str]:
    """Compare held (ref, code) and excluded (ref, rule) with what the fold of the history says.

    A list of held ones without any `parent_held` is taken as one from which these were left out.
    """
    codes = {plain(ref): code for ref, code in held}
    is_whole = "parent_held" in codes.values()
    out = {plain(ref) for ref, _ in excluded}
    found = []
    for ref, outcome in fold.outcomes.items():
        said = "held" if ref in codes else "excluded" if ref in out else ""
        if said == outcome.state == "held":
            if codes[ref] not in outcome.codes:
                found.append(f"{ref} is held {codes[ref]}, and has to be held {' or '.join(sorted(outcome.codes))}")
        elif said:
            if outcome.state != said and said not in outcome.either:
                found.append(f"{ref} is {said} {codes.get(ref, '')}".rstrip() + f", and has to be {outcome.state}")
        elif outcome.unread:
            continue
        elif outcome.state in {"held", "excluded"} and not outcome.either and (is_whole or not outcome.is_parent_held):
            codes_wanted = " or ".join(sorted(outcome.codes))
            found.append(f"{ref} is neither held nor excluded, and has to be {outcome.state} {codes_wanted}".rstrip())
    found += [f"{ref} is held, and is no target" for ref in sorted(set(codes) - set(fold.outcomes))]
    return found


def parents_of(world: World) -> dict[str, str]:
    """Give the organization of each record below one, by Refs without the source."""
    return {
        f"{kind}:{life.id}": f"organization:{life.now['company']['id']}"
        for kind in ("configuration", "location", "contact", "ticket")
        for life in world.source(kind).values()
        if life.now is not None and (life.now.get("company") or {}).get("id") is not None
    }


def plain(ref: str) -> str:
    """Give a Ref without the source's name; that of a block's target keeps the block: `psa-ticket/ticket:9`."""
    block, found, record = ref.rpartition("/")
    return f"{block}{found}{':'.join(record.split(':')[-2:])}"

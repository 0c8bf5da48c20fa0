"""From targets to verdicts: parents, mapping, names, matching and the planner, for many targets at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from bridge import planning
from bridge.desired import Desired, Excluded, Held, Name
from bridge.drain import references, suggest, traits, undoing, waiting
from bridge.drain.candidates import find
from bridge.drain.contributors import summed
from bridge.drain.verdicts import ORGANIZATIONS, Gone, Moment, Ready, Verdict, Waiting
from bridge.drain.work import Parent, Work, load_parents
from bridge.engine import Engine
from bridge.mapping.blocks import Block
from bridge.mapping.communications import no_address
from bridge.mapping.days import RELATIVE, as_of
from bridge.matching.match import Ambiguous, Matched
from bridge.planning import NO_DECISIONS, AssetView, Create, Decisions, Hold, Nothing, Plan, Rules, Wish
from bridge.records import Ref
from bridge.store.decisions import NOTHING

EMAILS = "contact_emails"
ORGANIZATION = "organization_id"  # of a record: its parent, no reference


def evaluate(engine: Engine, connection: Connection, works: Sequence[Work], moment: Moment) -> list[Verdict]:
    """Give the verdict for each work, all of one block; `wish` and `notes` of each are filled in."""
    verdicts: list[Verdict | None] = []
    wishes: list[tuple[int, Wish, Rules, tuple[Name, ...]]] = []
    unlinked: list[Work] = []
    firsts = first_of(engine, connection, works, moment)
    _suggest(engine, connection, works, firsts, moment)
    wanted = {references.of_record(ref) for ref in _referred(firsts)}
    tagged = {
        work.id: list(traits.referred(engine.mapping, work.block, verdict))
        for work, verdict in zip(works, firsts, strict=True)
        if isinstance(verdict, Desired) and work.block is not None and work.block.asset_type is not None
    }
    wanted.update(each for named in tagged.values() for each in named)
    referred = references.look_up(connection, wanted, moment.planned) if wanted else {}
    if tagged:
        for work in works:
            work.tagged = {each: referred[each] for each in tagged[work.id]} if work.id in tagged else None
        _break_rings(connection, works)
    for place, (work, verdict) in enumerate(zip(works, firsts, strict=True)):
        if not isinstance(verdict, Desired):
            verdicts.append(_finished(work, verdict, work.asset, moment))
            continue
        resolved = _resolved(engine, work, verdict, referred, moment)
        if not isinstance(resolved, tuple):
            verdicts.append(resolved)
            continue
        block = work.block
        if block is None:
            raise RuntimeError("a work was mapped without a block")
        verdicts.append(None)
        wishes.append((place, Wish(work.ref, work.wish, work.words.get("url")), rules_of(block, moment), resolved))
        if _needs_match(work):
            unlinked.append(work)
    matches, seen = find(engine, connection, unlinked) if unlinked else ({}, {})
    for place, wish, rules, missing in wishes:
        work = works[place]
        verdicts[place] = _plan(work, wish, rules, missing, matches.get(work.ref), seen, moment)
    return [verdict for verdict in verdicts if verdict is not None]


def _break_rings(connection: Connection, works: Sequence[Work]) -> None:
    """Note which of those that its tags name wait for an asset themselves."""
    found = {
        work.id: [there.target for there in (work.tagged or {}).values() if isinstance(there, references.Waits)]
        for work in works
    }
    asking = {target: on for target, on in found.items() if on}
    rings = waiting.rings(connection, asking) if asking else {}
    for work in works:
        work.ring = rings.get(work.id, frozenset())


def _suggest(
    engine: Engine, connection: Connection, works: Sequence[Work], firsts: Sequence[Desired | Verdict], moment: Moment
) -> None:
    """Put what is suggested into the wishes of blocks that show it."""
    showing = [
        (work, verdict)
        for work, verdict in zip(works, firsts, strict=True)
        if isinstance(verdict, Desired) and work.block is not None and work.block.suggestions is not None
    ]
    if showing:
        suggest.fill(connection, showing, suggest.Shelf(engine.index, connection, moment.names))


def first_of(engine: Engine, connection: Connection, works: Sequence[Work], moment: Moment) -> list[Desired | Verdict]:
    """Give what parents, rules, the rollout and the mapping say of each work: all that needs no names and no IT Glue."""
    for work in works:
        if RELATIVE[work.ref.kind]:
            work.words = dict(as_of(work.ref.kind, work.words, moment.now))
    parents = _parents(connection, works, moment)
    undos = undoing.load(connection, works)
    return [_first(engine, connection, work, parents, undos, moment) for work in works]


def _resolved(
    engine: Engine,
    work: Work,
    desired: Desired,
    referred: Mapping[references.Wanted, references.Found],
    moment: Moment,
) -> tuple[Name, ...] | Verdict:
    block = work.block
    if block is None or block.asset_type is None:
        return _resolve(work, desired, referred, moment)
    found = traits.resolve(engine.mapping, work, desired, moment.view(block), referred)
    return Waiting(tuple(found), tuple(moment.view(block).missing)) if isinstance(found, list) else found


def _finished(work: Work, verdict: Verdict, asset: Mapping[str, Any] | None, moment: Moment) -> Verdict:
    """Give a verdict once it is sure that a flexible asset can be written as it was planned."""
    block = work.block
    if block is None or block.asset_type is None or not isinstance(verdict, Ready):
        return verdict
    view = moment.view(block)
    work.assets_kind = view.kind
    if moment.stale and not isinstance(verdict.plan, Create):
        return verdict
    return traits.finish(work, view, verdict.plan, asset) or verdict


def _referred(firsts: Iterable[Desired | Verdict]) -> Iterator[Ref]:
    """Give what the wishes refer to; a record's own organization is its parent."""
    for verdict in firsts:
        if isinstance(verdict, Desired):
            yield from (ref for attribute, ref in verdict.refs.items() if attribute != ORGANIZATION)


def _parents(connection: Connection, works: Sequence[Work], moment: Moment) -> Mapping[int, Parent]:
    ids = {work.target.org_target for work in works if work.target.org_target is not None}
    return moment.parents(ids) if moment.parents is not None else load_parents(connection, sorted(ids))


def _first(
    engine: Engine,
    connection: Connection,
    work: Work,
    parents: Mapping[int, Parent],
    undos: Mapping[int, undoing.Undo],
    moment: Moment,
) -> Desired | Verdict:
    """Decide what needs neither names nor IT Glue: undos, parents, rules, the rollout, what is gone."""
    is_organization = work.target.block == ORGANIZATIONS
    organization: tuple[Ref, str | None] | None = (work.ref, work.words.get("name")) if is_organization else None
    above: Verdict | None = None
    if not is_organization and work.target.org_target is not None:
        parent = work.parent = parents.get(work.target.org_target)
        if parent is not None:
            above = _under(parent, moment)
            organization = (parent.ref or work.ref, parent.name)
    work.in_rollout = engine.in_rollout(organization)  # whatever is said of it below
    if work.decided.undo is not None:
        block = work.block = engine.mapping.block(work.target.block, organization)
        reverse = undoing.plan(work, block, _asset(work), undos)
        if reverse is not None:
            return Ready(reverse)
    if above is not None:
        return above
    if work.decided.exclude is not None:
        return Excluded(f"decision: {work.decided.exclude}" if work.decided.exclude else "decision")
    block = work.block = engine.mapping.block(work.target.block, organization)
    if work.gone_at is not None:
        return _gone(work, block, moment)
    if work.words.get("recycled"):
        return Held("recycle_bin", "it lies in the PSA's recycle bin: restore it there, or purge it")
    if block.per != "record":
        summed(connection, work, block, now=moment.now)
    mapped = block.map(work.words, work.ref)
    if not isinstance(mapped, Excluded) and not work.in_rollout and not moment.everyone:
        return Excluded("rollout")
    if isinstance(mapped, Desired):
        shape = moment.shapes.get(work.ref.source)
        if work.absent_since is not None and shape and "shape_changed" not in work.decided.accepts:
            return Held("shape_changed", shape)
        if not is_organization and work.parent is None:
            reason = "its organization has not been read: the API member may not see it"
            return Held("no_organization", reason)
        leaves = block.leaves(work.words, work.ref)
        if isinstance(leaves, Held):
            return leaves
        if leaves:
            return _gone(work, block, moment)
    return mapped


def _under(parent: Parent, moment: Moment) -> Verdict | None:
    if parent.state == "held":
        return Held("parent_held", f"its organization {parent.ref} is held")
    if parent.state == "excluded":
        if not (moment.everyone and parent.rule == "rollout"):
            return Excluded(parent.rule or "parent")
    elif parent.state == "gone":
        return Excluded("parent_gone")
    if parent.itglue_id is None:
        return Waiting((parent.target,))
    return None


def _gone(work: Work, block: Block, moment: Moment) -> Verdict:
    if not work.in_rollout and not moment.everyone:
        return Excluded("rollout")
    if work.link is None or block.gone.verb == "keep" or not work.link.owns:
        return Gone()
    due_at = (work.gone_at or moment.now) + (block.gone.after if work.gone_at is not None else 0.0)
    if due_at > moment.now:
        return Gone(due_at)
    shape = moment.shapes.get(work.ref.source)
    if shape:
        return Held("shape_changed", f"nothing of {work.ref.source} is archived: {shape}")
    held = _asset(work)
    if held is None:
        return Gone()
    plan = planning.plan(
        Wish(work.ref, {}), rules_of(block, moment), work.link, held, None, _decisions(work), gone=True
    )
    if isinstance(plan, Excluded):
        return plan
    if isinstance(plan, Nothing):
        _note_kept(work, plan.kept)
        return Gone()
    return Ready(plan)


def _resolve(
    work: Work, desired: Desired, referred: Mapping[references.Wanted, references.Found], moment: Moment
) -> tuple[Name, ...] | Held | Waiting:
    """Turn names and references into ids; give the names that have to be made first."""
    wish = dict(desired.attributes)
    missing: list[Name] = []
    left_out: dict[str, str] = {}
    for attribute, name in desired.names.items():
        found, work.symbols[attribute] = moment.names.look_up(name)
        if isinstance(found, str):
            wish[attribute] = found
        elif name.otherwise is not None:
            other, value = name.otherwise
            wish |= {attribute: None, other: value}
        elif not name.make and not name.hold:
            left_out[attribute] = f'left out: IT Glue lists no {singular(name.kind)} "{name.name}"'
        elif not name.make:
            return Held(name.hold, f'IT Glue has no {singular(name.kind)} "{name.name}": make it there, or map it')
        elif found.state == "held" and not (moment.everyone and moment.names.is_stopped(found)):
            work.held_by = (found.target,) if found.target is not None else ()
            return Held("parent_held", f'its {singular(name.kind)} "{name.name}" is held: {found.reason}')
        else:
            missing.append(name)
            wish[attribute] = f"new {name.kind} {name.name}"
    if ORGANIZATION in desired.refs and work.parent is not None:
        wish[ORGANIZATION] = work.parent.itglue_id
        work.symbols[ORGANIZATION] = str(work.parent.ref)
    work.notes = {**desired.notes, **left_out}
    waits: list[int] = []
    for attribute, ref in desired.refs.items():
        if attribute == ORGANIZATION:
            continue
        there = referred[references.of_record(ref)]
        linked = references.follow(work, attribute, there, waits)
        if isinstance(linked, Held):
            return linked
        if linked is None:
            continue
        if linked.org_id is not None and linked.org_id != wish.get(ORGANIZATION):
            # IT Glue takes one of the same organization only (api/itglue.md 5.4).
            work.notes[attribute] = f"left out: {ref} stands in another organization of IT Glue"
        else:
            wish[attribute] = linked.itglue_id
            work.symbols[attribute] = str(ref)
    if waits:
        return Waiting(tuple(waits), tuple(missing))
    work.leave_untaken(wish)
    work.wish = wish
    return tuple(missing)


def _note_kept(work: Work, kept: Mapping[str, str]) -> None:
    """Note the differences that stay because the record is not ours to change."""
    work.notes |= {name: why for name, why in kept.items() if why in {"owned_by_native_sync", "archived"}}


def singular(kind: str) -> str:
    """Give the singular of a kind of names, for people."""
    for ending, one in (("statuses", "status"), ("ies", "y"), ("s", "")):
        if kind.endswith(ending):
            return (kind.removesuffix(ending) + one).replace("_", " ")
    return kind


_RULES: dict[tuple[str, str | None], Rules] = {}


def rules_of(block: Block, moment: Moment) -> Rules:
    """Give the planner's view of a block."""
    if block.asset_type is not None:
        return moment.view(block).rules
    status_id = None
    if block.gone.status is not None:
        kind = f"{block.itglue_type.removesuffix('s')}_statuses"
        found = moment.names.find(Name(kind, block.gone.status, make=False, hold="no_status"))
        status_id = found if isinstance(found, str) else None
    key = (f"{block.id} {block.digest}", status_id)
    rules = _RULES.get(key)
    if rules is None:
        owners = block.owners
        rules = _RULES[key] = Rules(
            kind=block.itglue_type,
            once=owners.once,
            fill=owners.fill,
            ignore=owners.ignore,
            clear=owners.clear,
            marker=block.marker,
            create=block.create,  # type: ignore[arg-type]  # validated by the settings
            gone=block.gone.verb,  # type: ignore[arg-type]  # parsed from the settings
            gone_status_id=status_id,
        )
    return rules


def _needs_match(work: Work) -> bool:
    link, decided = work.link, work.decided
    return link is None or link.itglue_id in decided.bans or decided.pin not in {None, link.itglue_id}


def _view(itglue_id: str, attributes: dict[str, Any]) -> AssetView:
    return AssetView(itglue_id, attributes, bool(attributes.get("archived")), attributes.get("psa_integration"))


def _asset(work: Work) -> AssetView | None:
    return None if work.asset is None or work.link is None else _view(work.link.itglue_id, work.asset)


def _decisions(work: Work) -> Decisions:
    decided = work.decided
    if decided is NOTHING:
        return NO_DECISIONS
    return Decisions(
        pin=decided.pin,
        bans=decided.bans,
        new=decided.new,
        accepts=frozenset(digest for digest in decided.accepts.values() if digest),
    )


def _plan(
    work: Work,
    wish: Wish,
    rules: Rules,
    missing: tuple[Name, ...],
    found: Matched | Ambiguous | None,
    seen: Mapping[str, dict[str, Any]],
    moment: Moment,
) -> Verdict:
    held = _asset(work)
    if _needs_match(work):
        wanted = found.itglue_id if isinstance(found, Matched) else work.decided.pin
        held = _view(wanted, seen[wanted]) if wanted is not None and wanted in seen else None
    plan = planning.plan(
        wish, rules, work.link, held, found, _decisions(work), creates=moment.native.get(rules.kind, "free")
    )
    if isinstance(plan, Excluded):
        return plan
    if not isinstance(plan, Hold) and plan.kept:
        _note_kept(work, plan.kept)
    refused = _refused(plan)
    if refused is not None:
        return refused
    if missing and work.block is not None and work.block.asset_type is not None:
        return _finished(work, Ready(plan, () if isinstance(plan, Hold) else missing), _attributes(held), moment)
    if missing and not isinstance(plan, Hold | Nothing):
        used = {field_.new for field_ in plan.fields.values() if isinstance(field_.new, str)}
        needed = tuple(name for name in missing if f"new {name.kind} {name.name}" in used)
        return Ready(plan, needed)
    return _finished(work, Ready(plan), _attributes(held), moment)


def _refused(plan: Plan) -> Held | None:
    """Say what IT Glue would refuse of what is to be written: it refuses the whole request, with all that stands beside."""
    if isinstance(plan, Hold | Nothing) or EMAILS not in plan.fields:
        return None
    wrong = no_address(plan.fields[EMAILS].new)
    if wrong is None:
        return None
    shown = wrong if len(wrong) <= 60 else f"{wrong[:57]}…"
    return Held("bad_value", f'e-mail "{shown}" is no address: correct it in the PSA, one address in each')


def _attributes(held: AssetView | None) -> Mapping[str, Any] | None:
    return None if held is None else held.attributes


__all__ = ["evaluate", "rules_of", "singular"]

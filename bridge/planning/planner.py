"""From facts to a plan, for one target: nothing is read and nothing is written here."""

from bridge.desired import Excluded
from bridge.matching.match import Ambiguous, Matched
from bridge.planning.differences import Differences, differences, first_fields
from bridge.planning.facts import NO_DECISIONS, AssetView, Decisions, LinkView, Rules, Wish
from bridge.planning.native import Creates
from bridge.planning.plans import Adopt, Archive, Create, Field, Hold, Nothing, Plan, Restore, Update, change_digest
from bridge.planning.sameness import is_empty, same


def plan(
    wish: Wish,
    rules: Rules,
    link: LinkView | None,
    held: AssetView | None,
    match: Matched | Ambiguous | None = None,
    decisions: Decisions = NO_DECISIONS,
    *,
    creates: Creates = "free",
    gone: bool = False,
) -> Plan | Excluded:
    """Decide what has to be done so that IT Glue is what the wish says.

    `held` is the IT Glue record in question: the pinned one, else the link's, else the matched one; None if the index,
    read completely, has none. `match` is what matching found, None if nothing: it counts only for a target without a
    link, as one is whose record a person banned. `creates` is `native.creates` of the
    kind (always free for flexible assets). `gone` says that the source does not have the record any more, or that
    `archive when` holds; the wish then counts for nothing but its Ref.

    The order of what decides: exclude; a pin; the link; the match; new; the block's `create`; the native sync.
    """
    if decisions.exclude:
        return Excluded("decision exclude")
    if link is not None and (link.itglue_id in decisions.bans or decisions.pin not in (None, link.itglue_id)):
        link = None  # a person said that it is not this record
    if link is None:
        if gone:
            return Nothing(why="gone, and never made")
        return _begin(wish, rules, held, match, decisions, creates)
    if not link.owns:
        return Nothing(why="a record of another source owns it")
    if held is None:
        return Nothing(why="gone, here and there") if gone else _recreate(wish, rules, link, decisions, creates)
    if gone:
        return _let_go(rules, link, held)
    return _keep_up(wish, rules, link, held, decisions)


def _begin(
    wish: Wish,
    rules: Rules,
    held: AssetView | None,
    match: Matched | Ambiguous | None,
    decisions: Decisions,
    creates: Creates,
) -> Plan:
    """Plan a target without a link."""
    if decisions.new and decisions.pin is None:
        return _create(wish, rules, decisions, creates)
    if isinstance(match, Ambiguous):
        return Hold(match.code, match.reason, match.candidates)
    wanted = match.itglue_id if match is not None else decisions.pin
    if wanted is None:
        return _create(wish, rules, decisions, creates)
    if held is None or held.id != wanted:
        return Hold("target_gone", f"{wanted}, to which it belongs, is not among the IT Glue records: pin another")
    if match is not None and not match.owns:
        return Adopt(wanted, match.by, _as_written(match, held), owns=False)
    change = differences(wish, rules, held, None) or Differences()
    if held.archived:
        change.kept["archived"] = "archived"
    by, value = (match.by, _as_written(match, held)) if match is not None else ("pin", "")
    adopt = Adopt(wanted, by, value, change.fields, change.kept, change.empties)
    return _unless_moved(adopt, change, held, decisions)


def _as_written(match: Matched, held: AssetView) -> str:
    """Give the value of a match as IT Glue writes it, where it is an attribute: keys are compared in a folded form."""
    return str(held.attributes.get(match.by) or match.value)


def _create(wish: Wish, rules: Rules, decisions: Decisions, creates: Creates) -> Plan:
    if rules.create == "never":
        return Hold("unmatched", f'no IT Glue record matches, and create = "never" for {rules.kind}: pin one')
    create = Create(first_fields(wish, rules))
    if rules.create == "ask" and not decisions.new:
        hold = Hold("unmatched", "no IT Glue record matches: pin one, or say new (glue-bridge match)", then=create)
        if change_digest(hold) not in decisions.accepts:
            return hold
    return _unless_synced(create, rules, decisions, creates)


def _recreate(wish: Wish, rules: Rules, link: LinkView, decisions: Decisions, creates: Creates) -> Plan:
    """Plan a target whose IT Glue record a technician deleted or merged away."""
    create = Create(first_fields(wish, rules))
    reason = f"IT Glue record {link.itglue_id} is gone: pin another, or accept that it is made again"
    hold = Hold("target_gone", reason, then=create)
    if change_digest(hold) not in decisions.accepts:
        return hold
    return _unless_synced(create, rules, decisions, creates)


def _unless_synced(create: Create, rules: Rules, decisions: Decisions, creates: Creates) -> Plan:
    if creates == "free":
        return create
    if creates == "no":
        return Hold("native_sync_on", f"IT Glue's own sync still owns {rules.kind}: disconnect it, see docs/cutover.md")
    reason = f"IT Glue's own sync of {rules.kind} is only paused: disconnect it, or accept"
    hold = Hold("native_sync_on", reason, then=create)
    return create if change_digest(hold) in decisions.accepts else hold


def _keep_up(wish: Wish, rules: Rules, link: LinkView, held: AssetView, decisions: Decisions) -> Plan:
    """Plan a linked record that is on both sides."""
    change = differences(wish, rules, held, link)
    if change is None and not held.archived:
        return Nothing()
    change = change or Differences()
    if held.archived and not link.archived_by_us:
        change.kept["archived"] = "archived"
    if held.archived and link.archived_by_us:
        change.fields["archived"] = Field(True, False, "back")
        restore = Restore(held.id, change.fields, change.kept, change.empties)
        return _unless_moved(restore, change, held, decisions)
    if not change.fields:
        return Nothing(change.kept)
    return _unless_moved(Update(held.id, change.fields, change.kept, change.empties), change, held, decisions)


def _unless_moved(change: Update | Adopt | Restore, found: Differences, held: AssetView, decisions: Decisions) -> Plan:
    """Hold a change of organization; one on a record that the native sync owns would be refused with all the rest."""
    if not found.moved:
        return change
    move = change.fields["organization_id"]
    reason = f"it is now at organization {move.new}, its IT Glue record at {move.old}"
    if held.locked:
        return Hold("moved", f"{reason}, where IT Glue's own sync keeps it until it follows")
    hold = Hold("moved", f"{reason}: accept, or move it back", then=change)
    return change if change_digest(hold) in decisions.accepts else hold


def _let_go(rules: Rules, link: LinkView, held: AssetView) -> Plan:
    """Plan a record that its source does not have any more."""
    what = rules.gone_field
    if what is None:
        return Nothing(why="gone, and kept")
    word, new = what
    old = held.archived if word == "archived" else held.attributes.get(word)
    if is_empty(new):
        return Hold(
            "no_status", f"IT Glue has no such status as {rules.kind}.gone names: make it there, or name another"
        )
    if same(word, old, new):
        return Nothing(why="gone, and so there already")
    if link.archived_by_us:
        return Nothing(why="gone, and a person took it back")
    if rules.open_when_locked is not None and word not in rules.open_when_locked and held.locked:
        return Nothing({word: "owned_by_native_sync"}, why="gone, and kept")
    return Archive(held.id, {word: Field(old, new, "gone")})

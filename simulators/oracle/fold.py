"""The fold of the source's history under the mapping: what each target must be now, and which record it stands in."""

from dataclasses import dataclass, field, replace

from .attributes import Wanted, is_native
from .desired import Mapped
from .identity import Links, links
from .judged import Judged
from .mapper import Mapper
from .references import Reference, references
from .story import Lives
from .text import ANY
from .versions import Versions
from .words import Words
from .world import World

_BELOW = {"held": ("held",), "missing": ("held",), "excluded": ("excluded",), "gone": ("excluded",)}
"""What a record may be by the state of its organization alone."""
_DAY = 86_400.0


@dataclass(frozen=True)
class Outcome:
    """What a target must be; `ref` has no source (`configuration:4711`, `psa-ticket/ticket:9`).

    `state` is `settled`, `held`, `excluded`, `gone`, or `missing`: to be created, and there is no record. `codes` are the
    codes of the hold that are right, any of them. `either` are further states that are right too. `organization` is the
    IT Glue organization that the record has to be in. `unread` says that a bridge need not know of it: a company's sites cost
    a request, asked for only where `only` lets the company in (DESIGN 4).
    """

    ref: str
    state: str
    codes: frozenset[str] = frozenset()
    rule: str = ""
    record: str | None = None
    organization: str | None = None
    wanted: dict[str, Wanted] = field(default_factory=dict)
    either: frozenset[str] = frozenset()
    unread: bool = False

    @property
    def kind(self) -> str:
        """The kind of the target."""
        return self.ref.partition(":")[0]

    @property
    def is_parent_held(self) -> bool:
        """Whether it is held for nothing but its organization, or what it refers to."""
        return self.codes == {"parent_held"}


@dataclass(frozen=True)
class Fold:
    """Every target's outcome by Ref, the links they rest on, and what the mapping makes of each version."""

    outcomes: dict[str, Outcome]
    links: Links
    versions: Versions

    def held(self) -> dict[str, frozenset[str]]:
        """Give the targets that must be held, with their codes; those held by their parent are left out."""
        return {
            ref: outcome.codes
            for ref, outcome in self.outcomes.items()
            if outcome.state == "held" and not outcome.is_parent_held
        }

    def excluded(self) -> set[str]:
        """Give the targets that must be excluded."""
        return {ref for ref, outcome in self.outcomes.items() if outcome.state == "excluded"}

    def settled(self) -> list[Outcome]:
        """Give the targets that must equal their record."""
        return [outcome for outcome in self.outcomes.values() if outcome.state == "settled"]

    def by_record(self, kind: str) -> dict[str, str]:
        """Give the source id that each IT Glue record of a kind stands for."""
        return {record: source_id for source_id, record in self.links.of(kind).items()}


def fold(world: World, judged: Judged) -> Fold:
    """Work out what every target must be at the end of the history."""
    return _Folding(world, judged).fold()


class _Folding:
    def __init__(self, world: World, judged: Judged) -> None:
        self._world = world
        self._judged = judged
        self._links = links(world, judged)
        self._mapper = Mapper(world, judged)
        self._versions = Versions(world, judged, self._links)
        self._outcomes: dict[str, Outcome] = {}
        self._native = {
            kind: [life.now for life in world.records(kind).values() if life.now is not None and is_native(life.now)]
            for kind in self._versions.kinds
            if kind not in self._links.types
        }

    def fold(self) -> Fold:
        """Fold organizations first: they are the parents."""
        for kind in self._versions.kinds:
            for source_id in self._versions.anchors(kind):
                ref = f"{kind}:{source_id}"
                found = self._organization(source_id) if kind == "organization" else self._below(kind, source_id)
                self._outcomes[ref] = replace(found, unread=kind == "location" and self._is_unread(source_id))
        return Fold(self._outcomes, self._links, self._versions)

    def _is_unread(self, site: str) -> bool:
        company = self._mapper.company("location", site, float("inf"))
        above = self._outcomes.get(f"organization:{company}")
        if above is None:
            return False
        return "recycle_bin" in above.codes or (above.state == "excluded" and above.rule != "rollout")

    def _organization(self, company: str) -> Outcome:
        ref = f"organization:{company}"
        record = self._links.organizations.get(company)
        words = self._company(company)
        mapped = None if words is None else self._mapper.mapped("organization", company, float("inf"), words)
        if words is None or mapped is None:
            return self._gone(ref, record)
        if mapped.rule:
            return Outcome(ref, "excluded", rule=mapped.rule, record=record)
        codes = {code for code in (mapped.code, "recycle_bin" if words["recycled"] else "") if code}
        if known := self._judged.known_holds.get(ref):
            codes = {known}
        if codes:
            return Outcome(ref, "held", frozenset(codes), record=record)
        if record is None:
            return self._unlinked_organization(ref, mapped.wanted)
        return self._linked(ref, record, mapped.wanted, None)

    def _unlinked_organization(self, ref: str, wanted: dict[str, Wanted]) -> Outcome:
        said = self._links.verdict(ref)
        block = self._judged.organizations
        if said == "unmatched" and (block.create == "yes" or ref in self._judged.decisions.new):
            return self._to_be_made(ref, "organization", wanted, None)
        return Outcome(ref, "held", self._with_earlier(ref, said or "unmatched"))

    def _below(self, kind: str, source_id: str) -> Outcome:
        ref = f"{kind}:{source_id}"
        record = self._links.of(kind).get(source_id)
        company_id = self._mapper.company(kind, source_id, float("inf"))
        company = None if company_id is None else self._company(company_id)
        parent = None if company is None else self._outcomes.get(f"organization:{company['id']}")
        # Under a held organization it is held, under an excluded one excluded, whatever else is true of it.
        either = frozenset(() if parent is None else _BELOW.get(parent.state, ()))
        mapped = self._mapper.mapped(kind, source_id, float("inf"), company)
        if mapped is None:
            gone = self._gone(ref, record)
            return replace(gone, either=gone.either | either)
        if mapped.rule:
            # Without a company it is in nobody's rollout, and held as well: both are said of it.
            unsure = mapped.rule == "rollout" and mapped.code == "" and company is None
            either |= frozenset({"held"} if unsure else ())
            if self._versions.is_relative(kind):
                yesterday = self._mapper.mapped(kind, source_id, self._world.now - _DAY, company)
                fresh = yesterday is not None and not yesterday.rule
                either |= frozenset({"settled", "gone", "held", "missing"} if fresh else ())
            return Outcome(ref, "excluded", rule=mapped.rule, record=record, either=either)
        if parent is not None and parent.state in {"excluded", "gone"}:
            rule = parent.rule if parent.state == "excluded" else "parent_gone"
            return Outcome(ref, "excluded", rule=rule, record=record)
        if mapped.nothing and record is None:
            # A summary of nothing: whether there is a target at all, nothing says.
            return Outcome(ref, "excluded", either=frozenset({"held", "settled", "gone", "missing"}))
        if parent is not None and parent.state in {"held", "missing"}:
            return Outcome(ref, "held", frozenset({"parent_held"}), record=record)
        return self._open(ref, kind, company, mapped, parent)

    def _open(self, ref: str, kind: str, company: Words | None, mapped: Mapped, parent: Outcome | None) -> Outcome:
        """Say what a target is whose organization is written."""
        source_id = ref.partition(":")[2]
        record = self._links.of(kind).get(source_id)
        asset_type = self._links.types.get(kind)
        code = self._judged.known_holds.get(ref) or mapped.code
        if asset_type is not None and asset_type.broken:
            return Outcome(ref, "held", frozenset({"parent_held", *((code,) if code else ())}), record=record)
        if gone := self._counts_as_gone(kind, source_id, company):
            found = self._gone(ref, record)
            unsure = frozenset(() if gone == "always" else ("settled", "missing", "held"))
            return replace(found, either=found.either | unsure, wanted=mapped.wanted)
        waits, doubts, wanted = self._referred(mapped, parent)
        doubted = doubts or bool(mapped.doubts)
        if code:
            codes = frozenset({code, *(("parent_held",) if waits else ())})
            return Outcome(ref, "held", codes, record=record)
        if record is None:
            found = self._unlinked(ref, kind, company, wanted, parent)
        else:
            found = self._linked(ref, record, wanted, parent)
        if waits:
            if found.state == "held":
                return replace(found, codes=found.codes | {"parent_held"})
            return Outcome(ref, "held", frozenset({"parent_held"}), record=record)
        return replace(found, either=found.either | {"held"}) if doubted and found.state != "held" else found

    def _counts_as_gone(self, kind: str, source_id: str, company: Words | None) -> str:
        """Say whether a target is `archive when` gone: `always`, or only as of today or yesterday (`today`), or not."""
        if kind not in self._links.types:
            return ""
        moments = (self._world.now, self._world.now - _DAY) if self._versions.is_relative(kind) else (float("inf"),)
        there = [self._mapper.mapped(kind, source_id, moment, company) for moment in moments]
        gone = [mapped.gone for mapped in there if mapped is not None]
        return "always" if all(gone) and gone else "today" if any(gone) else ""

    def _referred(self, mapped: Mapped, parent: Outcome | None) -> tuple[bool, bool, dict[str, Wanted]]:
        """Resolve references: whether a target waits for one or is held by it, whether it may be, and what is wanted."""
        waits, doubts = False, False
        wanted: dict[str, Wanted] = {}
        for word, value in mapped.wanted.items():
            named = references(value)
            if not named:
                wanted[word] = value
                continue
            found: set[str] = set()
            unsure = open_ = False
            for each in named:
                record = self._links.of(each.kind).get(each.id)
                outcome = self._outcomes.get(f"{each.kind}:{each.id}")
                if record is not None:
                    found.add(record)
                    unsure |= self._is_out_of_reach(each, record, value, parent)
                elif outcome is not None and outcome.state in {"held", "missing"} and not outcome.either:
                    waits = True
                else:
                    unsure |= outcome is not None and bool(outcome.either & {"held", "missing", "settled"})
                    open_ |= isinstance(value, Reference)  # left out: whether an earlier one stays is open
            doubts |= unsure
            wanted[word] = ANY if unsure or open_ else frozenset(found) or None
        return waits, doubts, wanted

    def _is_out_of_reach(self, reference: Reference, record: str, value: Wanted, parent: Outcome | None) -> bool:
        """Say whether IT Glue may refuse a reference: its record is gone, or stands in another organization."""
        row = self._world.records(reference.kind)[record].now
        if row is None:
            return True
        home = None if parent is None else parent.record
        return isinstance(value, Reference) and home is not None and str(row.get("organization-id")) != home

    def _unlinked(
        self, ref: str, kind: str, company: Words | None, wanted: dict[str, Wanted], parent: Outcome | None
    ) -> Outcome:
        said = self._links.verdict(ref)
        if said == "ambiguous":
            return Outcome(ref, "held", self._with_earlier(ref, said))
        if self._judged.block(kind, company).create != "yes":
            return Outcome(ref, "held", frozenset({"unmatched"}), either=frozenset({"excluded"}))
        made = self._to_be_made(ref, kind, wanted, None if parent is None else parent.record)
        if self._stayed_ambiguous(ref):
            return Outcome(ref, "held", frozenset({"ambiguous", *made.codes}), either=frozenset({made.state}))
        return made

    def _linked(self, ref: str, record: str, wanted: dict[str, Wanted], parent: Outcome | None) -> Outcome:
        lives = self._world.records(ref.partition(":")[0])
        row = lives[record].now if record in lives else None
        home = None if parent is None else parent.record
        if row is None:
            if ref in self._judged.decisions.recreations:
                return Outcome(ref, "missing", wanted=wanted, organization=home)
            codes = frozenset(
                {"target_gone", "moved"} if self._has_moved(ref, home, lives, record) else {"target_gone"}
            )
            unseen = frozenset() if self._judged.refreshed else frozenset({"settled"})
            return Outcome(ref, "held", codes, record=record, either=unseen)
        if self._has_moved(ref, home, lives, record):
            return Outcome(ref, "held", frozenset({"moved"}), record=record)
        if self._stayed_ambiguous(ref) and record not in self._links.made.records(*_split(ref)):
            # What made it ambiguous went away without a change of its own: nothing made it due.
            codes = frozenset({"ambiguous"})
            return Outcome(ref, "settled", codes, "", record, home, wanted, either=frozenset({"held"}))
        return Outcome(ref, "settled", record=record, organization=home, wanted=wanted)

    def _has_moved(self, ref: str, home: str | None, lives: Lives, record: str) -> bool:
        if home is None:
            return False
        last = lives[record].now or lives[record].events[-1].before or {}
        if str(last.get("organization-id")) == home:
            return False
        accepted = self._judged.decisions.moves.get(ref)
        return accepted is None or self._links.organizations.get(accepted) != home

    def _to_be_made(self, ref: str, kind: str, wanted: dict[str, Wanted], home: str | None) -> Outcome:
        if self._waits_for_native(ref, kind):
            return Outcome(ref, "held", frozenset({"native_sync_on"}))
        return Outcome(ref, "missing", organization=home, wanted=wanted)

    def _waits_for_native(self, ref: str, kind: str) -> bool:
        live = self._native.get(kind, [])
        if self._judged.native_sync == "disconnected" or ref in self._judged.decisions.creations:
            live = [row for row in live if row["psa-integration"] != "disabled"]
        return bool(live)

    def _gone(self, ref: str, record: str | None) -> Outcome:
        unsure = {"missing"} if record is None else set()
        if not self._judged.deletions_confirmed:
            unsure |= {"settled", "held", "excluded"}
        return Outcome(ref, "gone", record=record, either=frozenset(unsure))

    def _with_earlier(self, ref: str, said: str) -> frozenset[str]:
        return frozenset({said} | ({"ambiguous"} if self._stayed_ambiguous(ref) else set()))

    def _stayed_ambiguous(self, ref: str) -> bool:
        """Say whether it was ambiguous at a moment and has not changed since, so that nothing made it due."""
        last = self._mapper.moments(*_split(ref))[-1]
        said = self._links.verdicts.get(ref, ())
        return any(code == "ambiguous" and last <= moment < float("inf") for moment, code in said)

    def _company(self, company: str) -> Words | None:
        return self._mapper.words("organization", company, float("inf")) if company in self._world.companies else None


def _split(ref: str) -> tuple[str, str]:
    kind, _, source_id = ref.partition(":")
    return kind, source_id

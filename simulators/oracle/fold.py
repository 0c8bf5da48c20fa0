"""The fold of the source's history under the mapping: what each target must be now, and which record it stands in."""

from dataclasses import dataclass, field, replace

from . import desired, evidence
from .attributes import Wanted, is_native
from .identity import Links, links
from .judged import Judged
from .story import Life, Lives
from .versions import Versions
from .words import Words, configuration_words, organization_words
from .world import World

_BELOW = {"held": ("held",), "missing": ("held",), "excluded": ("excluded",), "gone": ("excluded",)}
"""What a record may be by the state of its organization alone."""


@dataclass(frozen=True)
class Outcome:
    """What a target must be; `ref` has no source (`configuration:4711`).

    `state` is `settled`, `held`, `excluded`, `gone`, or `missing`: to be created, and there is no record. `codes` are the
    codes of the hold that are right, any of them. `either` are further states that are right too. `organization` is the
    IT Glue organization that the record has to be in.
    """

    ref: str
    state: str
    codes: frozenset[str] = frozenset()
    rule: str = ""
    record: str | None = None
    organization: str | None = None
    wanted: dict[str, Wanted] = field(default_factory=dict)
    either: frozenset[str] = frozenset()

    @property
    def is_parent_held(self) -> bool:
        """Whether it is held for nothing but its organization."""
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
        linked = self.links.organizations if kind == "organization" else self.links.configurations
        return {record: source_id for source_id, record in linked.items()}


def fold(world: World, judged: Judged) -> Fold:
    """Work out what every target must be at the end of the history."""
    return _Folding(world, judged).fold()


class _Folding:
    def __init__(self, world: World, judged: Judged) -> None:
        self._world = world
        self._judged = judged
        self._links = links(world, judged)
        self._systems = evidence.systems(world)
        self._outcomes: dict[str, Outcome] = {}
        self._native = {
            kind: [life.now for life in lives.values() if life.now is not None and is_native(life.now)]
            for kind, lives in (("organization", world.organizations), ("configuration", world.configurations))
        }

    def fold(self) -> Fold:
        """Fold organizations first: they are the parents."""
        for life in self._world.companies.values():
            outcome = self._organization(life)
            self._outcomes[outcome.ref] = outcome
        for life in self._world.devices.values():
            outcome = self._configuration(life)
            self._outcomes[outcome.ref] = outcome
        return Fold(self._outcomes, self._links, Versions(self._world, self._judged, self._links))

    def _organization(self, life: Life) -> Outcome:
        ref = f"organization:{life.id}"
        record = self._links.organizations.get(life.id)
        if life.now is None:
            return self._gone(ref, record)
        words = organization_words(life.now, self._judged.source)
        mapped = desired.organization(words, self._judged)
        if mapped.rule:
            return Outcome(ref, "excluded", rule=mapped.rule, record=record)
        codes = {code for code in (mapped.code, "recycle_bin" if words["recycled"] else "") if code}
        if known := self._judged.known_holds.get(ref):
            codes = {known}
        if codes:
            return Outcome(ref, "held", frozenset(codes), record=record)
        if record is None:
            return self._unlinked_organization(ref, mapped.wanted)
        return self._linked(ref, record, self._world.organizations, mapped.wanted, None)

    def _unlinked_organization(self, ref: str, wanted: dict[str, Wanted]) -> Outcome:
        said = self._links.verdict(ref)
        block = self._judged.organizations
        if said == "unmatched" and (block.create == "yes" or ref in self._judged.decisions.new):
            return self._to_be_made(ref, "organization", wanted, None)
        return Outcome(ref, "held", self._with_earlier(ref, said or "unmatched"))

    def _configuration(self, life: Life) -> Outcome:
        ref = f"configuration:{life.id}"
        record = self._links.configurations.get(life.id)
        words = configuration_words(life.now or life.events[-1].before or {}, self._judged.source)
        company = self._company(words)
        parent = None if company is None else self._outcomes.get(f"organization:{company['id']}")
        # Under a held organization it is held, under an excluded one excluded, whatever else is true of it.
        either = frozenset(() if parent is None else _BELOW.get(parent.state, ()))
        if life.now is None:
            gone = self._gone(ref, record)
            return replace(gone, either=gone.either | either)
        mapped = desired.configuration(words, company, self._judged, self._systems)
        if mapped.rule:
            # Without a company it is in nobody's rollout, and held as well: both are said of it.
            unsure = mapped.rule == "rollout" and mapped.code == "" and company is None
            either |= frozenset({"held"} if unsure else ())
            return Outcome(ref, "excluded", rule=mapped.rule, record=record, either=either)
        if parent is not None and parent.state in {"excluded", "gone"}:
            rule = parent.rule if parent.state == "excluded" else "parent_gone"
            return Outcome(ref, "excluded", rule=rule, record=record)
        if parent is not None and parent.state in {"held", "missing"}:
            return Outcome(ref, "held", frozenset({"parent_held"}), record=record)
        code = self._judged.known_holds.get(ref) or mapped.code
        if code:
            return Outcome(ref, "held", frozenset({code}), record=record)
        if record is None:
            return self._unlinked_configuration(ref, company, mapped.wanted, parent)
        return self._linked(ref, record, self._world.configurations, mapped.wanted, parent)

    def _unlinked_configuration(
        self, ref: str, company: Words | None, wanted: dict[str, Wanted], parent: Outcome | None
    ) -> Outcome:
        said = self._links.verdict(ref)
        if said == "ambiguous":
            return Outcome(ref, "held", self._with_earlier(ref, said))
        if self._judged.configuration_block(company).create != "yes":
            return Outcome(ref, "held", frozenset({"unmatched"}), either=frozenset({"excluded"}))
        made = self._to_be_made(ref, "configuration", wanted, None if parent is None else parent.record)
        if self._stayed_ambiguous(ref):
            return Outcome(ref, "held", frozenset({"ambiguous", *made.codes}), either=frozenset({made.state}))
        return made

    def _linked(
        self, ref: str, record: str, lives: Lives, wanted: dict[str, Wanted], parent: Outcome | None
    ) -> Outcome:
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
        if self._stayed_ambiguous(ref) and record not in self._links.made.records(*ref.split(":")):
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
        live = self._native[kind]
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
        kind, _, source_id = ref.partition(":")
        lives = self._world.companies if kind == "organization" else self._world.devices
        last = lives[source_id].events[-1].at
        said = self._links.verdicts.get(ref, ())
        return any(code == "ambiguous" and last <= moment < float("inf") for moment, code in said)

    def _company(self, words: Words) -> Words | None:
        if words["organization"] is None:
            return None
        life = self._world.companies.get(words["organization"]["id"])
        return None if life is None or life.now is None else organization_words(life.now, self._judged.source)

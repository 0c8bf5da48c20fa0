"""What must hold for every wish, every owner and every IT Glue record, judged by a small model of IT Glue."""

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.desired import Excluded
from bridge.marker import find_marker, without_marker
from bridge.matching.match import Matched
from bridge.planning import (
    Adopt,
    Archive,
    AssetView,
    Create,
    Decisions,
    Hold,
    LinkView,
    Nothing,
    Plan,
    Restore,
    Rules,
    Update,
    Wish,
    applied_after,
    change_digest,
    is_locked,
    plan,
    written,
)
from bridge.planning.native import OPEN_ATTRIBUTES
from bridge.planning.sameness import is_empty, same
from bridge.records import Ref

REF = Ref("cw", "configuration", "4711")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["PC1", "PC2 ", "pc1"]),
    "serial_number": st.sampled_from([None, "", "S1", "S2"]),
    "asset_tag": st.sampled_from([None, " ", "A1", "A2"]),
    "mac_address": st.sampled_from([None, "D8-9D-67-01-02-03", "d8:9d:67:01:02:03", "D8-9D-67-01-02-04"]),
    "primary_ip": st.sampled_from([None, "10.0.0.1", "2001:db8::1", "2001:DB8:0::1"]),
    "warranty_expires_at": st.sampled_from([None, "2027-01-31", "2028-01-31"]),
    "location_id": st.sampled_from([None, 77, "77", 78]),
    "restricted": st.sampled_from([None, True, False]),
    "notes": st.sampled_from([None, "", "one", "two\nlines", "<p>three</p>"]),
}
attributes = st.fixed_dictionaries({}, optional=VALUES)
some = st.frozensets(st.sampled_from(sorted(VALUES)), max_size=3)
owners = st.builds(
    Rules,
    st.just("configurations"),
    once=some,
    fill=some,
    ignore=some,
    clear=some,
    marker=st.booleans(),
    gone=st.sampled_from(["keep", "archive"]),
)
words = st.sampled_from([None, None, None, "disabled", "enabled", "orphaned"])


@dataclass
class Glue:
    """One IT Glue record, and our link to it, as the store and IT Glue itself would keep them."""

    attributes: dict[str, Any] | None
    archived: bool = False
    psa: str | None = None
    link: LinkView | None = None
    writes: int = 0

    @property
    def view(self) -> AssetView | None:
        """What the index holds: every attribute that IT Glue knows, null where there is nothing."""
        if self.attributes is None:
            return None
        return AssetView("9", dict.fromkeys(VALUES) | self.attributes, self.archived, self.psa)

    def shown(
        self, wish: Wish, rules: Rules, *, gone: bool = False, decisions: Decisions | None = None
    ) -> Plan | Excluded:
        """Plan; without a link the record is the only match."""
        match = Matched("9", "name") if self.link is None and self.attributes is not None else None
        return plan(wish, rules, self.link, self.view, match, decisions or Decisions(), gone=gone)

    def apply(self, shown: Plan | Excluded, *, gone: bool = False) -> None:
        """Do what a plan says; IT Glue refuses what the native sync owns, and null names."""
        assert not isinstance(shown, (Hold, Excluded))
        body = written(shown)
        if is_locked(self.psa) and self.attributes is not None:
            assert body.keys() <= OPEN_ATTRIBUTES["configurations"]
        assert not ("name" in body and is_empty(body["name"]))
        if not isinstance(shown, Nothing):
            self.writes += bool(body) or isinstance(shown, Create)
            self.archived = body.pop("archived", self.archived)
            self.attributes = (self.attributes or {}) | body
            applied = applied_after(shown, dict(self.link.applied) if self.link else {})
            made = isinstance(shown, Create) or (self.link is not None and self.link.made_by_us)
            self.link = LinkView(
                "9", applied, archived_by_us=bool(self.link and self.link.archived_by_us), made_by_us=made
            )
        if self.link is not None:
            self.link = replace(
                self.link, archived_by_us=gone and (isinstance(shown, Archive) or self.link.archived_by_us)
            )


@st.composite
def glues(draw: st.DrawFn) -> Glue:
    """Draw a state: nothing there, something there, or a link with a past."""
    state = draw(st.sampled_from(["absent", "there", "linked", "linked"]))
    if state == "absent":
        return Glue(None)
    held = draw(attributes) | {"name": draw(VALUES["name"])}
    if draw(st.booleans()):
        held["notes"] = f"{held.get('notes') or ''}\n{REF}".strip()
    archived, psa = draw(st.booleans()), draw(words)
    if state == "there":
        return Glue(held, archived, psa)
    link = LinkView(
        "9", draw(attributes), archived_by_us=archived and draw(st.booleans()), made_by_us=draw(st.booleans())
    )
    return Glue(held, archived, psa, link)


wishes = st.builds(
    lambda given, name, url: Wish(REF, given | {"name": name}, url),
    attributes,
    VALUES["name"],
    st.sampled_from([None, "https://psa.example/4711"]),
)


@settings(max_examples=200, deadline=None)
@given(wishes, owners, glues())
def test_planning_again_after_applying_is_nothing(wish: Wish, rules: Rules, glue: Glue) -> None:
    """No write happens without a change at the source, in the settings or in IT Glue."""
    glue.apply(glue.shown(wish, rules))

    assert isinstance(glue.shown(wish, rules), Nothing)


@settings(max_examples=150, deadline=None)
@given(wishes, owners, glues())
def test_gone_is_done_once(wish: Wish, rules: Rules, glue: Glue) -> None:
    """And what comes back is as the source says, restored if we archived it, left archived if a person did."""
    by_person = glue.archived and not (glue.link and glue.link.archived_by_us)
    glue.apply(glue.shown(wish, rules, gone=True), gone=True)
    assert isinstance(glue.shown(wish, rules, gone=True), Nothing)

    glue.apply(glue.shown(wish, rules))

    assert isinstance(glue.shown(wish, rules), Nothing)
    assert glue.archived == by_person


@settings(max_examples=200, deadline=None)
@given(wishes, owners, glues())
def test_an_empty_source_never_overwrites_what_only_it_glue_knows(wish: Wish, rules: Rules, glue: Glue) -> None:
    """What turns empty was ours to the letter, or the operator named the attribute; and the plan says that it does."""
    before = dict(glue.attributes or {})
    applied = dict(glue.link.applied) if glue.link else {}

    shown = glue.shown(wish, rules)

    assert not isinstance(shown, (Hold, Excluded))
    emptied = {word for word, value in written(shown).items() if is_empty(value)}
    for word in emptied:
        assert is_empty(wish.attributes[word])
        assert word in rules.clear or same(word, applied[word], before[word])
    if emptied:
        assert isinstance(shown, (Update, Adopt, Restore))
        assert shown.empties


@settings(max_examples=200, deadline=None)
@given(wishes, owners, glues())
def test_owners_and_locks_are_kept(wish: Wish, rules: Rules, glue: Glue) -> None:
    """`ignore` is never written, `once` only when the record is made, `fill` only where nothing stands."""
    before = dict(glue.attributes or {})
    shown = glue.shown(wish, rules)
    assert not isinstance(shown, (Hold, Excluded))
    body = written(shown)

    assert not body.keys() & rules.ignore
    if not isinstance(shown, Create):
        assert not body.keys() & rules.once
        for word in body.keys() & rules.fill:
            assert is_empty(before.get(word)) or (word == "notes" and find_marker(before[word]) == REF)
        assert not body.keys() & shown.kept.keys()


@settings(max_examples=200, deadline=None)
@given(wishes, owners, glues())
def test_the_source_has_its_way_with_the_rest(wish: Wish, rules: Rules, glue: Glue) -> None:
    """Every value that the source knows, owns and may write stands in IT Glue afterwards."""
    locked = is_locked(glue.psa)
    glue.apply(glue.shown(wish, rules))
    held = glue.view
    assert held is not None

    for word, value in wish.attributes.items():
        if word in rules.owner_of or word == "notes" or is_empty(value):
            continue
        if not locked or word in OPEN_ATTRIBUTES["configurations"]:
            assert same(word, held.attributes[word], value)


@settings(deadline=None)
@given(wishes, wishes, st.sampled_from([frozenset(), frozenset({"notes"})]))
def test_what_we_made_keeps_its_marker_through_every_change(first: Wish, then: Wish, clear: frozenset[str]) -> None:
    """The source's notes stand in front of it, old ones gone with what the source says."""
    rules = Rules("configurations", marker=True, clear=clear)
    glue = Glue(None)
    for wish in (first, then):
        glue.apply(glue.shown(wish, rules))
        assert glue.attributes is not None
        assert find_marker(glue.attributes["notes"]) == REF
        if "notes" in wish.attributes:
            text = without_marker(glue.attributes["notes"])
            assert same("notes", text, wish.attributes["notes"])


@settings(deadline=None)
@given(wishes, owners, glues(), st.sampled_from([3, 4]), st.sampled_from([3, 4]))
def test_a_change_of_customer_is_held_until_accepted(
    wish: Wish, rules: Rules, glue: Glue, here: int, there: int
) -> None:
    """And then it is done once, and nothing is left to plan."""
    wish.attributes = dict(wish.attributes) | {"organization_id": here}
    if glue.attributes is not None:
        glue.attributes["organization_id"] = there

    shown = glue.shown(wish, rules)
    if glue.attributes is None or here == there:
        assert not isinstance(shown, Hold)
        return
    assert isinstance(shown, Hold)
    assert shown.code == "moved"
    if is_locked(glue.psa):
        assert shown.then is None
        return
    glue.apply(glue.shown(wish, rules, decisions=Decisions(accepts=frozenset({change_digest(shown)}))))

    assert isinstance(glue.shown(wish, rules), Nothing)

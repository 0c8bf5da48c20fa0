from typing import Any

import orjson
import pytest

from bridge.desired import Excluded
from bridge.matching.match import Ambiguous, Matched
from bridge.planning import (
    Adopt,
    Archive,
    AssetView,
    Create,
    Decisions,
    Field,
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
    dump,
    load,
    plan,
    written,
)
from bridge.records import Ref

REF = Ref("cw", "configuration", "4711")
URL = "https://psa.example/4711"
BY_SERIAL = Matched("9", "serial_number", "S1")


def wish(**attributes: Any) -> Wish:
    """Wish for these attributes of one device."""
    return Wish(REF, attributes, URL)


def rules(**parts: Any) -> Rules:
    """Give the rules of the configurations block; owners as lists."""
    values: dict[str, Any] = {
        word: frozenset(value) if isinstance(value, list) else value for word, value in parts.items()
    }
    return Rules("configurations", **values)


def held(*, archived: bool = False, psa: str | None = None, **attributes: Any) -> AssetView:
    """Give IT Glue's record 9."""
    return AssetView("9", attributes, archived, psa)


def link(applied: dict[str, Any] | None = None, **parts: bool) -> LinkView:
    """Give a link to record 9."""
    return LinkView("9", applied or {}, **parts)


def accepted(hold: Plan | Excluded) -> Decisions:
    """Give a person's yes to exactly what a hold shows."""
    assert isinstance(hold, Hold)
    return Decisions(accepts=frozenset({change_digest(hold)}))


class TestCreating:
    def test_a_new_device_is_made_with_all_that_the_source_knows(self) -> None:
        """Empty values are left out, ignored ones too, and once and fill are written this first time."""
        shown = plan(
            wish(name="PC1", serial_number="S1", asset_tag="", location_id=None, position="x", mac_address="m"),
            rules(once=["serial_number"], fill=["mac_address"], ignore=["position"]),
            None,
            None,
        )

        assert shown == Create(
            {
                "name": Field(None, "PC1"),
                "serial_number": Field(None, "S1", "once"),
                "mac_address": Field(None, "m", "fill"),
            }
        )
        assert written(shown) == {"name": "PC1", "serial_number": "S1", "mac_address": "m"}

    @pytest.mark.parametrize(
        ("notes", "expected"),
        [
            ("Under the desk", f"Under the desk\n{REF} {URL}"),
            (None, f"{REF} {URL}"),
        ],
    )
    def test_what_we_make_carries_the_marker(self, notes: str | None, expected: str) -> None:
        """It is exact for us, and rebuilds the links if the database is lost."""
        shown = plan(wish(name="PC1", notes=notes), rules(once=["notes"], marker=True), None, None)

        assert written(shown)["notes"] == expected  # type: ignore[arg-type]  # a Create

    def test_ignored_notes_get_no_marker(self) -> None:
        """`ignore` means that we never write there."""
        shown = plan(wish(name="PC1", notes="x"), rules(ignore=["notes"], marker=True), None, None)

        assert shown == Create({"name": Field(None, "PC1")})

    def test_nothing_of_a_kind_is_made_while_the_native_sync_owns_some(self) -> None:
        """No accept lifts that."""
        hold = plan(wish(name="PC1"), rules(), None, None, creates="no")

        assert isinstance(hold, Hold)
        assert (hold.code, hold.then) == ("native_sync_on", None)
        assert plan(wish(name="PC1"), rules(), None, None, None, accepted(hold), creates="no") == hold

    def test_beside_a_paused_sync_a_person_may_accept(self) -> None:
        """The sync may be resumed; whoever accepts knows."""
        hold = plan(wish(name="PC1"), rules(), None, None, creates="accept")

        assert isinstance(hold, Hold)
        assert hold.code == "native_sync_on"
        assert plan(wish(name="PC1"), rules(), None, None, None, accepted(hold), creates="accept") == hold.then
        assert plan(wish(name="PC2"), rules(), None, None, None, accepted(hold), creates="accept") != hold.then

    def test_an_unmatched_customer_waits_for_a_person(self) -> None:
        """`create = "ask"`: nothing is written for a customer that nobody placed."""
        ask = Rules("organizations", create="ask")
        hold = plan(wish(name="Acme"), ask, None, None)

        assert isinstance(hold, Hold)
        assert hold.code == "unmatched"
        assert plan(wish(name="Acme"), ask, None, None, None, Decisions(new=True)) == Create(
            {"name": Field(None, "Acme")}
        )

    def test_never_means_never(self) -> None:
        """Where the settings forbid creates, a decision does not lift it."""
        hold = plan(wish(name="Acme"), Rules("organizations", create="never"), None, None, None, Decisions(new=True))

        assert isinstance(hold, Hold)
        assert hold.code == "unmatched"

    def test_new_overrules_the_candidates(self) -> None:
        """A person saw them and said that it is none of them."""
        both = Ambiguous("name", ("8", "9"), "2 name matches: 8, 9")

        assert isinstance(plan(wish(name="PC1"), rules(), None, None, both, Decisions(new=True)), Create)
        assert isinstance(
            plan(wish(name="PC1"), rules(), None, held(name="PC1"), BY_SERIAL, Decisions(new=True)), Create
        )


class TestAdopting:
    def test_only_what_differs_is_written(self) -> None:
        """Once is not written: adoption counts as the creation."""
        shown = plan(
            wish(
                name="PC1", serial_number="s1 ", notes="from the PSA", warranty_expires_at="2027-01-31", asset_tag="A1"
            ),
            rules(once=["notes"], fill=["asset_tag"]),
            None,
            held(name="PC1", serial_number="s1", notes="", warranty_expires_at="2025-01-31", asset_tag=None),
            BY_SERIAL,
        )

        assert shown == Adopt(
            "9",
            "serial_number",
            "s1",
            {"warranty_expires_at": Field("2025-01-31", "2027-01-31"), "asset_tag": Field(None, "A1", "fill")},
            {"notes": "once"},
        )

    def test_adopting_clears_nothing(self) -> None:
        """What only IT Glue knows stays."""
        shown = plan(
            wish(name="PC1", serial_number=None), rules(), None, held(name="PC1", serial_number="S1"), BY_SERIAL
        )

        assert shown == Adopt("9", "serial_number", "S1", {}, {"serial_number": "empty"})

    def test_the_operators_clear_counts_at_adoption_too(self) -> None:
        """Else the next plan would clear what this one left; it is flagged, so that the stop on emptied values sees it."""
        shown = plan(wish(asset_tag=None), rules(clear=["asset_tag"]), None, held(asset_tag="A1"), BY_SERIAL)

        assert isinstance(shown, Adopt)
        assert shown.fields == {"asset_tag": Field("A1", None, "clear")}
        assert shown.empties

    def test_a_locked_record_is_adopted_too(self) -> None:
        """What the native sync leaves open is written, the rest is noted."""
        shown = plan(
            wish(name="PC1", serial_number="S1"),
            rules(),
            None,
            held(name="PC0", serial_number=None, psa="enabled"),
            BY_SERIAL,
        )

        assert shown == Adopt(
            "9", "serial_number", "S1", {"serial_number": Field(None, "S1")}, {"name": "owned_by_native_sync"}
        )

    def test_candidates_are_for_a_person(self) -> None:
        """The hold names them and the key."""
        both = Ambiguous("name", ("8", "9"), "2 name matches: 8, 9")

        assert plan(wish(name="PC1"), rules(), None, None, both) == Hold(
            "ambiguous", "2 name matches: 8, 9", ("8", "9")
        )

    def test_two_customers_on_one_organization_are_held_by_that_code(self) -> None:
        """Matching knows which it is."""
        shared = Ambiguous("name", ("9",), "1 name match: 9", "shared_organization")

        assert plan(wish(name="Acme"), Rules("organizations"), None, None, shared) == Hold(
            "shared_organization", "1 name match: 9", ("9",)
        )

    def test_what_another_source_owns_is_pointed_to_and_never_written(self) -> None:
        """The second source finds its parent there; the match names it as IT Glue writes it, not as it is compared."""
        theirs = Matched("9", "name", "acme", owns=False)

        shown = plan(wish(name="Acme"), rules(), None, held(name="ACME"), theirs)

        assert shown == Adopt("9", "name", "ACME", owns=False)
        assert plan(wish(name="Acme"), rules(), link(owns=False), held(name="ACME")) == Nothing(
            why="a record of another source owns it"
        )

    def test_an_archived_record_is_adopted_and_stays_archived(self) -> None:
        """A second record beside it would be the duplicate; whoever archived it had a reason."""
        shown = plan(wish(name="PC1"), rules(), None, held(name="PC1", archived=True), BY_SERIAL)

        assert shown == Adopt("9", "serial_number", "S1", {}, {"archived": "archived"})


class TestKeepingUp:
    def test_equal_is_nothing(self) -> None:
        """Forms of one value are no difference."""
        shown = plan(
            wish(name="PC1", location_id="77", mac_address="D8-9D-67-01-02-03", asset_tag=None),
            rules(),
            link(),
            held(name="PC1", location_id=77, mac_address="d8:9d:67:01:02:03", asset_tag=""),
        )

        assert shown == Nothing()

    def test_the_source_wins(self) -> None:
        """Also over what a person changed at IT Glue."""
        shown = plan(wish(name="PC1"), rules(), link({"name": "PC1"}), held(name="by hand"))

        assert shown == Update("9", {"name": Field("by hand", "PC1")})

    def test_once_and_ignore_are_it_glues_own(self) -> None:
        """The plan shows them as kept."""
        shown = plan(
            wish(notes="a", position="b"),
            rules(once=["notes"], ignore=["position"]),
            link(),
            held(notes="x", position="y"),
        )

        assert shown == Nothing({"notes": "once", "position": "ignore"})

    def test_fill_writes_while_there_is_nothing(self) -> None:
        """And never again, nor empties."""
        fill = rules(fill=["asset_tag"])

        assert plan(wish(asset_tag="A1"), fill, link(), held(asset_tag=None)) == Update(
            "9", {"asset_tag": Field(None, "A1", "fill")}
        )
        assert plan(wish(asset_tag="A2"), fill, link({"asset_tag": "A1"}), held(asset_tag="A1")) == Nothing(
            {"asset_tag": "fill"}
        )
        assert plan(wish(asset_tag=None), fill, link({"asset_tag": "A1"}), held(asset_tag="A1")) == Nothing(
            {"asset_tag": "fill"}
        )

    def test_an_empty_value_clears_what_we_wrote(self) -> None:
        """The link says so, and IT Glue still holds exactly that, in whatever form."""
        shown = plan(wish(location_id=None), rules(), link({"location_id": 77}), held(location_id="77"))

        assert shown == Update("9", {"location_id": Field("77", None)}, empties=True)

    def test_an_empty_value_leaves_what_we_did_not_write(self) -> None:
        """ConnectWise leaves nulls out: else every serial number that only IT Glue holds would go."""
        assert plan(wish(serial_number=None), rules(), link(), held(serial_number="S1")) == Nothing(
            {"serial_number": "empty"}
        )
        assert plan(
            wish(serial_number=None), rules(), link({"serial_number": "S0"}), held(serial_number="S1")
        ) == Nothing({"serial_number": "empty"})

    def test_clear_empties_whatever_stands_there(self) -> None:
        """The operator opted in for this attribute."""
        shown = plan(wish(asset_tag=""), rules(clear=["asset_tag"]), link(), held(asset_tag="by hand"))

        assert shown == Update("9", {"asset_tag": Field("by hand", None, "clear")}, empties=True)

    def test_a_name_is_never_emptied(self) -> None:
        """IT Glue takes no null there."""
        shown = plan(wish(name=None), rules(clear=["name"]), link({"name": "PC1"}), held(name="PC1"))

        assert shown == Nothing({"name": "empty"})

    def test_only_locked_differences_are_nothing_with_notes(self) -> None:
        """No hold: they are written once the native sync is disconnected."""
        shown = plan(wish(name="PC1", position="x"), rules(), link(), held(name="PC0", position=None, psa="orphaned"))

        assert shown == Nothing({"name": "owned_by_native_sync", "position": "owned_by_native_sync"})

    def test_a_paused_sync_locks_nothing(self) -> None:
        """`disabled` takes every attribute."""
        assert isinstance(plan(wish(name="PC1"), rules(), link(), held(name="PC0", psa="disabled")), Update)

    def test_a_422_locks_whatever_the_index_holds(self) -> None:
        """The index may be older than the link that a person made this minute."""
        asset = AssetView("9", {"name": "PC0"}, refused=True)

        assert plan(wish(name="PC1"), rules(), link(), asset) == Nothing({"name": "owned_by_native_sync"})

    def test_on_a_synced_organization_three_attributes_are_open(self) -> None:
        """Alert, description and quick notes."""
        shown = plan(
            wish(name="Acme", quick_notes="q"),
            Rules("organizations"),
            link(),
            held(name="ACME", quick_notes=None, psa="enabled"),
        )

        assert shown == Update("9", {"quick_notes": Field(None, "q")}, {"name": "owned_by_native_sync"})

    def test_what_the_index_does_not_keep_is_compared_with_what_we_wrote(self) -> None:
        """Else it would be written at each plan."""
        assert plan(wish(quick_notes="q"), rules(), link({"quick_notes": "q"}), held(name="x")) == Nothing()
        assert isinstance(plan(wish(quick_notes="r"), rules(), link({"quick_notes": "q"}), held(name="x")), Update)
        assert plan(wish(quick_notes=None), rules(), link({"quick_notes": "q"}), held()) == Nothing(
            {"quick_notes": "empty"}
        )
        assert plan(wish(asset_tag="A"), rules(fill=["asset_tag"]), link(), held()) == Nothing({"asset_tag": "fill"})

    def test_traits_are_attributes_of_their_own(self) -> None:
        """A tag compares by its ids, the update names the traits that change and only these."""
        flexible = Rules("flexible_assets", once=frozenset({"traits.comment"}))
        wanted = wish(organization_id=3, traits={"title": "#9", "devices": ["55", 56], "comment": "c", "old": None})
        asset = held(
            organization_id=3,
            traits={
                "title": "#8",
                "devices": {"type": "Configurations", "values": [{"id": 56}, {"id": 55}]},
                "comment": "x",
                "mine": "y",
            },
        )

        shown = plan(wanted, flexible, link(), asset)

        assert shown == Update("9", {"traits.title": Field("#8", "#9")}, {"traits.comment": "once"})
        assert written(shown) == {"traits": {"title": "#9"}}

    def test_an_emptied_trait_goes_if_it_was_ours(self) -> None:
        """Whether the link remembers traits flat or nested."""
        asset = held(traits={"due": "2026-10-31"})
        for applied in ({"traits.due": "2026-10-31"}, {"traits": {"due": "2026-10-31"}}):
            shown = plan(wish(traits={"due": None}), Rules("flexible_assets"), link(applied), asset)

            assert shown == Update("9", {"traits.due": Field("2026-10-31", None)}, empties=True)


class TestNotes:
    def test_notes_of_ours_keep_the_marker_when_they_change(self) -> None:
        """The source owns the text, the last line stays."""
        shown = plan(wish(notes="new"), rules(marker=True), link(made_by_us=True), held(notes=f"old\n{REF} {URL}"))

        assert shown == Update("9", {"notes": Field(f"old\n{REF} {URL}", f"new\n{REF} {URL}")})

    @pytest.mark.parametrize("url", [URL, "https://moved.example/4711"])
    def test_notes_that_differ_by_the_marker_alone_are_equal(self, url: str) -> None:
        """A PSA that moved to another address rewrites nothing."""
        assert (
            plan(wish(notes="same "), rules(marker=True), link(made_by_us=True), held(notes=f"same\n{REF} {url}"))
            == Nothing()
        )

    def test_notes_that_are_once_and_ours_are_not_shown_as_kept(self) -> None:
        """The marker is no difference that a person wants to see."""
        asset = held(notes=f"same\n{REF} {URL}")

        assert plan(wish(notes="same"), rules(marker=True, once=["notes"]), link(made_by_us=True), asset) == Nothing()

    def test_an_adopted_record_gets_no_marker(self) -> None:
        """It is not ours; one that carries our marker from an earlier life keeps it."""
        shown = plan(wish(notes="new"), rules(marker=True), None, held(notes="old"), BY_SERIAL)
        again = plan(wish(notes="new"), rules(marker=True), None, held(notes=f"old\n{REF}"), Matched("9", "marker"))

        assert written(shown)["notes"] == "new"  # type: ignore[arg-type]  # an Adopt
        assert written(again)["notes"] == f"new\n{REF} {URL}"  # type: ignore[arg-type]  # an Adopt

    def test_emptied_notes_of_ours_leave_the_marker(self) -> None:
        """Only what we wrote goes, and it counts as emptied."""
        ours = f"old\n{REF} {URL}"

        shown = plan(wish(notes=None), rules(marker=True), link({"notes": ours}, made_by_us=True), held(notes=ours))
        by_hand = plan(
            wish(notes=None), rules(marker=True), link({"notes": ours}, made_by_us=True), held(notes=f"x\n{ours}")
        )

        assert shown == Update("9", {"notes": Field(ours, f"{REF} {URL}")}, empties=True)
        assert by_hand == Nothing({"notes": "empty"})

    def test_fill_writes_beside_the_marker(self) -> None:
        """Notes with nothing but our marker are empty to a person."""
        fill = rules(marker=True, fill=["notes"])

        shown = plan(wish(notes="new"), fill, link(made_by_us=True), held(notes=f"{REF} {URL}"))

        assert shown == Update("9", {"notes": Field(f"{REF} {URL}", f"new\n{REF} {URL}", "fill")})
        assert plan(wish(notes="new"), fill, link(made_by_us=True), held(notes=f"x\n{REF}")) == Nothing(
            {"notes": "fill"}
        )


class TestMoving:
    def test_a_device_that_changes_its_customer_is_held(self) -> None:
        """A merge in the PSA moves hundreds; a person accepts exactly this move, with what comes with it."""
        wanted = wish(name="PC2", organization_id=4, location_id=None)
        asset = held(name="PC1", organization_id=3, location_id=77)

        hold = plan(wanted, rules(), link(), asset)

        assert isinstance(hold, Hold)
        assert hold.code == "moved"
        assert hold.then == Update(
            "9",
            {
                "name": Field("PC1", "PC2"),
                "organization_id": Field(3, 4, "moved"),
                "location_id": Field(77, None, "moved"),
            },
            empties=True,
        )
        assert plan(wanted, rules(), link(), asset, None, accepted(hold)) == hold.then

    def test_an_accept_is_good_for_exactly_what_was_shown(self) -> None:
        """The device moved on since, or IT Glue changed: another question."""
        hold = plan(wish(organization_id=4), rules(), link(), held(organization_id=3))
        yes = accepted(hold)

        assert isinstance(plan(wish(organization_id=5), rules(), link(), held(organization_id=3), None, yes), Hold)
        assert isinstance(plan(wish(organization_id=4), rules(), link(), held(organization_id=2), None, yes), Hold)

    def test_the_native_sync_moves_its_own(self) -> None:
        """We could not; once it has, the index shows it and the hold goes."""
        hold = plan(wish(organization_id=4), rules(), link(), held(organization_id=3, psa="enabled"))

        assert isinstance(hold, Hold)
        assert (hold.code, hold.then) == ("moved", None)

    def test_a_pin_across_customers_is_a_move_too(self) -> None:
        """Adopting would take the record from another customer."""
        hold = plan(wish(organization_id=4), rules(), None, held(organization_id=3), None, Decisions(pin="9"))

        assert isinstance(hold, Hold)
        assert hold.code == "moved"
        assert isinstance(hold.then, Adopt)


class TestGone:
    def test_by_default_gone_does_nothing(self) -> None:
        """It is listed as an orphan."""
        assert plan(wish(), rules(), link(), held(), gone=True) == Nothing(why="gone, and kept")

    def test_gone_archives_where_the_block_says_so(self) -> None:
        """Also on a record that the native sync owns, which leaves that open."""
        shown = plan(wish(), rules(gone="archive"), link(), held(psa="enabled"), gone=True)

        assert shown == Archive("9", {"archived": Field(False, True, "gone")})

    def test_gone_sets_a_status_where_nothing_can_be_archived(self) -> None:
        """An organization has no archive."""
        status = Rules("organizations", gone="status", gone_status_id="7")

        assert plan(wish(), status, link(), held(organization_status_id=5), gone=True) == Archive(
            "9", {"organization_status_id": Field(5, "7", "gone")}
        )
        assert isinstance(plan(wish(), status, link(), held(organization_status_id=7), gone=True), Nothing)
        assert plan(wish(), status, link(), held(organization_status_id=5, psa="enabled"), gone=True) == Nothing(
            {"organization_status_id": "owned_by_native_sync"}, "gone, and kept"
        )

    def test_a_status_that_is_not_there_is_held(self) -> None:
        """Else what gone asks for would be dropped in silence."""
        hold = plan(wish(), Rules("organizations", gone="status"), link(), held(organization_status_id=5), gone=True)

        assert isinstance(hold, Hold)
        assert hold.code == "no_status"

    @pytest.mark.parametrize("kind", ["contacts", "locations", "organizations"])
    def test_what_has_no_archive_is_kept(self, kind: str) -> None:
        """IT Glue knows the attribute on configurations and flexible assets only."""
        assert isinstance(plan(wish(), Rules(kind, gone="archive"), link(), held(), gone=True), Nothing)

    def test_gone_and_never_made_is_nothing(self) -> None:
        """A closed ticket is not made to be archived."""
        assert isinstance(plan(wish(name="x"), rules(gone="archive"), None, None, gone=True), Nothing)
        assert isinstance(plan(wish(name="x"), rules(gone="archive"), link(), None, gone=True), Nothing)

    def test_what_a_person_took_back_is_left_alone(self) -> None:
        """We archived it, a person took it out again: no fight."""
        assert isinstance(plan(wish(), rules(gone="archive"), link(archived_by_us=True), held(), gone=True), Nothing)

    def test_what_comes_back_is_restored_if_we_archived_it(self) -> None:
        """With all that changed meanwhile, in one write."""
        shown = plan(wish(name="PC2"), rules(), link(archived_by_us=True), held(name="PC1", archived=True))

        assert shown == Restore("9", {"name": Field("PC1", "PC2"), "archived": Field(True, False, "back")})

    def test_what_a_person_archived_stays_archived(self) -> None:
        """Its attributes follow the source all the same: no update is lost."""
        assert plan(wish(name="PC1"), rules(), link(), held(name="PC1", archived=True)) == Nothing(
            {"archived": "archived"}
        )
        assert plan(wish(name="PC2"), rules(), link(), held(name="PC1", archived=True)) == Update(
            "9", {"name": Field("PC1", "PC2")}, {"archived": "archived"}
        )


class TestDecisions:
    def test_a_record_that_a_technician_deleted_is_held(self) -> None:
        """Made again only if a person accepts, and under the native sync's rule like any create."""
        hold = plan(wish(name="PC1"), rules(), link(), None)

        assert isinstance(hold, Hold)
        assert (hold.code, hold.then) == ("target_gone", Create({"name": Field(None, "PC1")}))
        assert plan(wish(name="PC1"), rules(), link(), None, None, accepted(hold)) == hold.then
        assert plan(wish(name="PC1"), rules(), link(), None, None, Decisions(new=True)) == hold
        stopped = plan(wish(name="PC1"), rules(), link(), None, None, accepted(hold), creates="no")
        assert isinstance(stopped, Hold)
        assert stopped.code == "native_sync_on"

    def test_a_pin_moves_the_link(self) -> None:
        """Also away from a record that is gone, or was matched wrongly."""
        shown = plan(wish(name="PC1"), rules(), LinkView("5"), held(name="PC0"), None, Decisions(pin="9"))

        assert shown == Adopt("9", "pin", "", {"name": Field("PC0", "PC1")})
        assert isinstance(plan(wish(name="PC1"), rules(), link(), held(name="PC1"), None, Decisions(pin="9")), Nothing)

    def test_a_pin_to_what_is_not_there_is_held(self) -> None:
        """Never a create in its place."""
        hold = plan(wish(name="PC1"), rules(), None, None, None, Decisions(pin="9"))

        assert isinstance(hold, Hold)
        assert hold.code == "target_gone"

    def test_a_ban_cuts_the_link(self) -> None:
        """What matching finds without the banned record counts."""
        banned = Decisions(bans=frozenset({"5"}))

        assert isinstance(plan(wish(name="PC1"), rules(), LinkView("5"), held(name="PC1"), BY_SERIAL, banned), Adopt)
        assert isinstance(plan(wish(name="PC1"), rules(), LinkView("5"), None, None, banned), Create)

    def test_an_excluded_record_is_left_as_it_is(self) -> None:
        """Whatever else is known of it."""
        assert plan(wish(name="PC1"), rules(), link(), held(), None, Decisions(exclude=True)) == Excluded(
            "decision exclude"
        )


PLANS: list[Plan] = [
    Create({"name": Field(None, "PC1")}, {"notes": "once"}),
    Update("9", {"name": Field("a", "b"), "restricted": Field(None, True)}, {"notes": "once"}, empties=True),
    Adopt("9", "name", "pc1", {"name": Field("a", "b")}, owns=False),
    Archive("9", {"archived": Field(False, True, "gone")}),
    Restore("9", {"archived": Field(True, False, "back")}),
    Hold("ambiguous", "2 name matches: 8, 9", ("8", "9")),
    Hold("moved", "why", then=Update("9", {"organization_id": Field(3, 4, "moved")})),
    Nothing({"name": "owned_by_native_sync"}, "gone, and kept"),
]


@pytest.mark.parametrize("shown", PLANS, ids=lambda one: type(one).__name__)
def test_a_plan_is_saved_and_read_again(shown: Plan) -> None:
    """A plan is data: what a person reviewed is what is applied."""
    assert load(orjson.loads(orjson.dumps(dump(shown)))) == shown


def test_digests_tell_changes_apart_and_nothing_else() -> None:
    """A remark is no change; another value, record, verb or code is."""
    assert len({change_digest(shown) for shown in PLANS}) == len(PLANS)
    assert change_digest(Update("9", {"name": Field("a", "b", "fill")}, {"x": "once"})) == change_digest(
        Update("9", {"name": Field("a", "b")})
    )


def test_a_link_remembers_what_we_last_wrote() -> None:
    """Equal values that were there already are not ours, and a new link begins empty."""
    assert applied_after(Update("9", {"name": Field("a", "b")}), {"name": "a", "position": "x"}) == {
        "name": "b",
        "position": "x",
    }
    assert applied_after(Adopt("9", "name", fields={"name": Field("a", "b")}), {"position": "x"}) == {"name": "b"}
    assert applied_after(Nothing(), {"name": "a"}) == {"name": "a"}

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.matching.match import Ambiguous, Asset, Matched, Unlinked, match
from bridge.records import Ref

Found = Mapping[Ref, Matched | Ambiguous | None]


def ref(number: int | str, source: str = "cw", kind: str = "configuration") -> Ref:
    """Name a record of a source."""
    return Ref(source, kind, str(number))


def record(number: int | str, source: str = "cw", kind: str = "configuration", **keys: str) -> Unlinked:
    """Make a record without a link; each key has one value."""
    options: dict[str, Any] = {word: keys.pop(word) for word in ("pin",) if word in keys}
    one = ref(number, source, kind)
    return Unlinked(one, {"marker": (str(one),)} | {key: (value,) for key, value in keys.items()}, **options)


def asset(itglue_id: int | str, owner: Ref | None = None, **keys: str) -> Asset:
    """Make an IT Glue record."""
    return Asset(str(itglue_id), list(keys.items()), owner)


def ids(found: Found) -> dict[str, str | None]:
    """Give the ids of the matched by the ids of their records."""
    return {one.id: hit.itglue_id if isinstance(hit, Matched) else None for one, hit in found.items()}


def test_a_device_that_is_not_there_may_be_created() -> None:
    """None is the answer that lets the planner create."""
    assert match([record(1, name="pc1", serial_number="S1")], [asset(9, name="pc9")]) == {ref(1): None}


@pytest.mark.parametrize("key", ["marker", "psa_id", "serial_number", "mac_address", "name"])
def test_one_hit_on_both_sides_is_the_record(key: str) -> None:
    """Each key alone is enough."""
    value = str(ref(1)) if key == "marker" else "V1"

    found = match([Unlinked(ref(1), {key: (value,)})], [Asset("9", [(key, value)])])

    assert found == {ref(1): Matched("9", key, value)}


def test_the_stronger_key_wins() -> None:
    """Synced, and typed in once more with the same serial number: the synced one is it."""
    found = match(
        [record(1, psa_id="connectwise:1", serial_number="S1", name="pc1")],
        [asset(8, serial_number="S1", name="pc1"), asset(9, psa_id="connectwise:1", name="old")],
    )

    assert found[ref(1)] == Matched("9", "psa_id", "connectwise:1")


def test_what_a_stronger_key_settled_does_not_stand_in_the_way() -> None:
    """Two devices and two assets of one name: the serial number places one, so the name places the other."""
    found = match(
        [record(1, name="pc"), record(2, name="pc", serial_number="S2")],
        [asset(8, name="pc"), asset(9, name="pc", serial_number="S2")],
    )

    assert ids(found) == {"1": "8", "2": "9"}


def test_an_asset_with_the_psa_id_of_one_and_the_serial_of_another_goes_to_the_first() -> None:
    """The second goes on with its weaker keys, and is created where they find nothing."""
    assets = [asset(9, psa_id="connectwise:1", serial_number="S2", name="pc1")]
    records = [
        record(1, psa_id="connectwise:1", name="pc1"),
        record(2, psa_id="connectwise:2", serial_number="S2", name="pc2"),
    ]

    assert ids(match(records, assets)) == {"1": "9", "2": None}
    assert match(records, assets)[ref(2)] is None
    assert ids(match(records, [*assets, asset(8, name="pc2")])) == {"1": "9", "2": "8"}


def test_two_assets_with_the_serial_number_are_for_a_person() -> None:
    """The hold names both and the key; the name does not decide between them."""
    found = match(
        [record(1, serial_number="S1", name="pc1")],
        [asset(30977, serial_number="S1", name="pc1"), asset(9, serial_number="S1")],
    )

    assert found[ref(1)] == Ambiguous("serial_number", ("9", "30977"), "2 serial matches: 9, 30977")


def test_one_asset_for_two_devices_of_one_name_is_for_a_person() -> None:
    """Neither is adopted: a guess would overwrite one device with the other."""
    found = match([record(1, name="pc"), record(2, name="pc")], [asset(9, name="pc")])

    assert found[ref(1)] == Ambiguous("name", ("9",), "1 name match: 9, claimed by cw:configuration:2 too")
    assert isinstance(found[ref(2)], Ambiguous)


def test_two_devices_of_one_name_that_are_not_there_are_both_created() -> None:
    """Names are not unique, in the PSA neither."""
    assert set(match([record(1, name="pc"), record(2, name="pc")], []).values()) == {None}


def test_a_number_on_several_devices_says_nothing() -> None:
    """A chassis' serial number stands on each of its blades, also at IT Glue: the names tell them apart."""
    found = match(
        [
            record(1, serial_number="CHS1", name="a"),
            record(2, serial_number="CHS1", name="b"),
            record(3, serial_number="CHS1"),
        ],
        [asset(8, serial_number="CHS1", name="a"), asset(9, serial_number="CHS1", name="b")],
    )

    assert ids(found) == {"1": "8", "2": "9", "3": None}


def test_a_linked_device_with_the_number_counts_too() -> None:
    """The other blade may be linked long since."""
    records = [record(1, serial_number="CHS1")]
    assets = [asset(9, serial_number="CHS1")]

    assert ids(match(records, assets)) == {"1": "9"}
    assert match(records, assets, carried={("cw", "serial_number", "CHS1"): 2}) == {ref(1): None}


def test_why_a_number_was_skipped_stands_in_the_reason() -> None:
    """The person who reads the hold sees what the match went by."""
    one = Unlinked(
        ref(1), {"mac_address": ("M1",), "name": ("pc",)}, remarks=('serial "Default string" is a junk value',)
    )
    found = match([one], [asset(8, name="pc"), asset(9, name="pc")], carried={("cw", "mac_address", "M1"): 3})

    hit = found[ref(1)]
    assert isinstance(hit, Ambiguous)
    assert hit.reason == (
        'serial "Default string" is a junk value, MAC "M1" stands on 3 devices of the source, 2 name matches: 8, 9'
    )


def test_a_candidate_of_a_stronger_key_is_not_given_away_by_a_weaker_one() -> None:
    """Asset 9 may be device 1 by its serial number; that device 2 has its name makes two claims, so both are held."""
    found = match(
        [record(1, serial_number="S1"), record(2, name="pc")],
        [asset(8, serial_number="S1"), asset(9, serial_number="S1", name="pc")],
    )

    assert isinstance(found[ref(1)], Ambiguous)
    assert found[ref(2)] == Ambiguous("name", ("9",), "1 name match: 9, a candidate of a record with a stronger key")


def test_a_pin_comes_before_every_key() -> None:
    """A person's word takes the asset from whoever has its PSA id."""
    found = match(
        [record(1, psa_id="connectwise:1"), record(2, name="pc", pin="9")], [asset(9, psa_id="connectwise:1")]
    )

    assert found == {ref(1): None, ref(2): Matched("9", "pin")}


def test_a_pin_to_what_is_not_there_is_held() -> None:
    """The record may be deleted, or of another organization."""
    hit = match([record(1, pin="77", name="pc")], [asset(9, name="pc")])[ref(1)]

    assert isinstance(hit, Ambiguous)
    assert hit.code == "target_gone"
    assert "77" in hit.reason


def test_two_pins_on_one_asset_are_held() -> None:
    """One of the two persons is wrong."""
    found = match([record(1, pin="9"), record(2, pin="9")], [asset(9)])

    assert all(isinstance(hit, Ambiguous) for hit in found.values())


def test_a_banned_asset_is_never_taken() -> None:
    """The ban leaves the other of two candidates, which then is the only one."""
    one = Unlinked(ref(1), {"name": ("pc",)}, banned=frozenset({"8"}))

    assert ids(match([one], [asset(8, name="pc"), asset(9, name="pc")])) == {"1": "9"}
    assert match([one], [asset(8, name="pc")]) == {ref(1): None}


def test_the_list_of_keys_can_be_edited() -> None:
    """`match = ["name"]` in a block leaves serial numbers out; marker and PSA id stay in front."""
    records = [record(1, serial_number="S1", name="pc")]
    assets = [asset(8, serial_number="S1"), asset(9, name="pc")]

    assert ids(match(records, assets)) == {"1": "8"}
    assert ids(match(records, assets, ["name"])) == {"1": "9"}
    assert ids(match(records, assets, [])) == {"1": None}


def test_an_asset_that_another_link_owns_is_not_there() -> None:
    """A second device of the name is a new one."""
    assert match([record(2, name="pc")], [asset(9, ref(1), name="pc")]) == {ref(2): None}


class TestOrganizations:
    def test_two_customers_of_one_name_share_an_organization(self) -> None:
        """Both are held, under the code that says so."""
        records = [record(1, kind="organization", name="acme"), record(2, kind="organization", name="acme")]

        found = match(records, [asset(9, name="acme")])

        assert [hit.code for hit in found.values() if isinstance(hit, Ambiguous)] == ["shared_organization"] * 2

    def test_a_customer_that_comes_later_shares_it_too(self) -> None:
        """The first is linked to it; the second is held and not created."""
        owner = ref(1, kind="organization")

        hit = match([record(2, kind="organization", name="acme")], [asset(9, owner, name="acme")])

        assert hit[ref(2, kind="organization")] == Ambiguous(
            "name", ("9",), "1 name match: 9, claimed by cw:organization:1 too", "shared_organization"
        )

    def test_a_free_organization_of_the_name_is_taken(self) -> None:
        """The other one is settled by a stronger key."""
        records = [
            record(1, kind="organization", name="acme", psa_id="connectwise:1"),
            record(2, kind="organization", name="acme"),
        ]

        assert ids(match(records, [asset(8, name="acme"), asset(9, name="acme", psa_id="connectwise:1")])) == {
            "1": "9",
            "2": "8",
        }

    def test_two_organizations_of_the_name_are_candidates(self) -> None:
        """A person pins one."""
        hit = match([record(1, kind="organization", name="acme")], [asset(8, name="acme"), asset(9, name="acme")])

        assert hit[ref(1, kind="organization")] == Ambiguous("name", ("8", "9"), "2 name matches: 8, 9")


class TestSeveralSources:
    def test_a_second_source_points_to_what_the_first_owns(self) -> None:
        """One IT Glue record, two PSAs: the second finds its parent there and never writes it."""
        found = match([record(7, "xu", name="pc")], [asset(9, ref(1), name="pc")])

        assert found == {ref(7, "xu"): Matched("9", "name", "pc", owns=False)}

    def test_the_native_source_owns_what_both_find_at_once(self) -> None:
        """A number that each source carries once is no number on several devices."""
        found = match(
            [record(7, "at", serial_number="S1"), record(1, "cw", serial_number="S1", psa_id="connectwise:1")],
            [asset(9, serial_number="S1")],
        )

        assert found == {
            ref(7, "at"): Matched("9", "serial_number", "S1", owns=False),
            ref(1, "cw"): Matched("9", "serial_number", "S1", owns=True),
        }

    def test_what_is_unclear_in_one_source_is_unclear_for_all(self) -> None:
        """The second source would come to own what the first could not decide."""
        found = match([record(1, name="pc"), record(2, name="pc"), record(7, "xu", name="pc")], [asset(9, name="pc")])

        assert all(isinstance(hit, Ambiguous) for hit in found.values())


KEYS = ("marker", "psa_id", "serial_number", "mac_address", "name")
values = st.dictionaries(st.sampled_from(KEYS[1:]), st.sampled_from("abcd"), max_size=4)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Unlinked], list[Asset]]:
    """Draw records and assets that share few values, so that they collide in every way."""
    kind = draw(st.sampled_from(["configuration", "organization"]))
    asset_ids = [str(number) for number in range(draw(st.integers(0, 6)))]
    records = []
    for number in range(draw(st.integers(0, 6))):
        one = ref(number, draw(st.sampled_from(["cw", "cw", "cw", "xu"])), kind)
        keys = {"marker": (str(one),)} | {key: (value,) for key, value in draw(values).items()}
        pin = draw(st.sampled_from([None, None, None, None, None, *asset_ids, "99"]))
        banned = frozenset(draw(st.sets(st.sampled_from(asset_ids), max_size=2))) if asset_ids else frozenset()
        records.append(Unlinked(one, keys, pin, banned - {pin}))
    refs = [record.ref for record in records]
    assets = []
    for itglue_id in asset_ids:
        keys = draw(values)
        marker = draw(st.sampled_from([None, None, None, *refs]))
        owner = draw(st.sampled_from([None, None, None, ref(77, "cw", kind)]))
        pairs = list(keys.items()) + ([("marker", str(marker))] if marker else [])
        assets.append(Asset(itglue_id, pairs, owner))
    return records, assets


@settings(deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_no_order_matters(history: tuple[list[Unlinked], list[Asset]], random: Any) -> None:
    """Workers read in any order; the match is the same, to the letter."""
    records, assets = history
    expected = match(records, assets)
    random.shuffle(records)
    random.shuffle(assets)

    assert match(records, assets) == expected


@settings(deadline=None)
@given(histories())
def test_an_asset_has_one_record_of_a_source_and_one_owner(history: tuple[list[Unlinked], list[Asset]]) -> None:
    """Two links on one asset would overwrite each other for ever."""
    records, assets = history
    owned = {one.id: one.owner for one in assets if one.owner is not None}
    found = match(records, assets)
    taken = [(one, hit) for one, hit in found.items() if isinstance(hit, Matched)]

    owners = [hit.itglue_id for _, hit in taken if hit.owns]
    assert len(owners) == len(set(owners))
    assert not set(owners) & owned.keys()
    per_source = [(one.source, hit.itglue_id) for one, hit in taken]
    assert len(per_source) == len(set(per_source))
    assert all(
        owned[hit.itglue_id].source != one.source for one, hit in taken if not hit.owns and hit.itglue_id in owned
    )


@settings(deadline=None)
@given(histories())
def test_bans_hold_and_hits_are_real(history: tuple[list[Unlinked], list[Asset]]) -> None:
    """What is taken shares the key it was taken by, and is not banned; candidates neither."""
    records, assets = history
    by_id = {one.id: one for one in assets}
    by_ref = {one.ref: one for one in records}

    found = match(records, assets)

    assert found.keys() == by_ref.keys()
    for one, hit in found.items():
        if isinstance(hit, Matched):
            assert hit.itglue_id not in by_ref[one].banned
            assert hit.by == "pin" or (hit.by, hit.value) in by_id[hit.itglue_id].keys
        elif isinstance(hit, Ambiguous):
            assert not by_ref[one].banned & set(hit.candidates)


@settings(deadline=None)
@given(histories())
def test_what_is_created_has_no_free_asset_of_its_keys(history: tuple[list[Unlinked], list[Asset]]) -> None:
    """Creating beside an asset with a key of ours would make the duplicate that everyone fears."""
    records, assets = history
    found = match(records, assets)
    gone = {hit.itglue_id for hit in found.values() if isinstance(hit, Matched)}
    shared = [pair for one in records for pair in pairs_of(one)]
    for one in records:
        if found[one.ref] is not None:
            continue
        for other in assets:
            if other.owner is None and other.id not in gone | one.banned:
                assert all(
                    shared.count(pair) > 1 and pair[1] != "name" for pair in pairs_of(one) if pair[1:] in other.keys
                )


def pairs_of(one: Unlinked) -> list[tuple[str, str, str]]:
    """Give a record's keys with its source."""
    return [(one.ref.source, key, value) for key, found in one.keys.items() for value in found]


@settings(deadline=None)
@given(histories())
def test_an_unrelated_record_or_asset_changes_nothing(history: tuple[list[Unlinked], list[Asset]]) -> None:
    """A new device somewhere never unsettles what was clear."""
    records, assets = history
    kind = records[0].ref.kind if records else "configuration"
    stranger = record("stranger", kind=kind, name="zzz", serial_number="ZZZ", psa_id="connectwise:zzz")

    found = match([*records, stranger], [*assets, asset("zz", name="yyy", serial_number="YYY")])

    assert found.pop(stranger.ref) is None
    assert found == match(records, assets)


@settings(deadline=None)
@given(histories())
def test_matching_again_after_linking_gives_no_new_owner(history: tuple[list[Unlinked], list[Asset]]) -> None:
    """Once the matched are linked, those that were held or new never take one of their assets."""
    records, assets = history
    found = match(records, assets)
    owners = {hit.itglue_id: one for one, hit in found.items() if isinstance(hit, Matched) and hit.owns}
    linked = [Asset(one.id, one.keys, one.owner or owners.get(one.id)) for one in assets]
    rest = [one for one in records if not isinstance(found[one.ref], Matched)]

    again = match(rest, linked)

    assert not {hit.itglue_id for hit in again.values() if isinstance(hit, Matched) and hit.owns} & owners.keys()


def test_a_large_customer_is_matched_in_a_moment() -> None:
    """Ten thousand devices, a thousand of them of one name."""
    records = [record(n, serial_number=f"S{n}", name=f"pc{n if n > 1000 else 0}") for n in range(10_000)]
    assets = [asset(n, serial_number=f"S{n}", name=f"pc{n if n > 1000 else 0}") for n in range(500, 10_000)]

    found = match(records, assets)

    assert sum(isinstance(hit, Matched) for hit in found.values()) == 9_500
    assert sum(hit is None for hit in found.values()) == 500

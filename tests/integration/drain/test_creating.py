"""Creates: what is made once, and only once, whatever the answers."""

from threading import Thread

import pytest

from bridge.refresh import refresh
from tests.integration.drain.conftest import Make
from tests.integration.drain.world import World


def test_an_organization_and_its_devices_are_made_with_their_names(world: World) -> None:
    """Names come first, then the organization, then its devices in one request; all of it is written."""
    run = world.put(
        world.organization(), world.device("1", manufacturer="Dell", model="R740"), world.device("2", type="Laptop")
    )

    world.drain()

    organization = world.record("organizations", "Acme Ltd")
    devices = world.records("configurations")
    assert {(one["name"], str(one["organization_id"])) for one in devices} == {
        ("device 1", organization["id"]), ("device 2", organization["id"]),
    }  # fmt: skip
    assert [one["name"] for one in world.records("manufacturers")] == ["Dell"]
    assert {one["name"] for one in world.records("configuration_types")} == {"Server", "Laptop"}
    counts = world.counts(run)
    assert (counts["seen"], counts["written"], counts["open"]) == (3, 3, 0)
    assert [one["rows"] for one in world.sent("POST", path="relationships/configurations")] == [2]


def test_what_is_done_is_not_done_again(world: World) -> None:
    """Planning again after applying writes nothing and reads nothing."""
    world.settle(world.organization(), world.device("1"))
    before = len(world.sent("GET", "POST", "PATCH"))

    world.touch("cw:organization:1")
    world.touch("cw:configuration:1")
    world.drain()

    assert len(world.sent("GET", "POST", "PATCH")) == before
    assert world.state("cw:configuration:1") == ("settled", None)


def test_a_create_whose_answer_is_lost_is_found_and_not_made_again(world: World) -> None:
    """IT Glue stores both devices and answers 504: after the quiet time they are found, linked, and counted as written."""
    world.settle(world.organization())
    world.fault({"status": 504, "after_write": True}, method="POST", path="configurations", nth=[1])

    run = world.put(world.device("1"), world.device("2"))
    world.once()
    states = {world.state("cw:configuration:1"), world.state("cw:configuration:2")}
    world.drain()

    assert states == {("creating", None)}
    assert sorted(one["name"] for one in world.records("configurations", dead=True)) == ["device 1", "device 2"]
    assert len(world.sent("POST", path="configurations")) == 1
    assert world.journal("cw:configuration:1") == [("create", "resolved")]
    assert world.counts(run)["written"] == 2


def test_a_lost_create_is_not_made_again_while_lists_lag(make: Make) -> None:
    """The record is missing from lists for a while: it is looked for only once it cannot be missing any more."""
    world = make()
    world.settle(world.organization())
    world.itglue.set(list_lag_seconds=1.5)
    world.fault({"close": True, "after_write": True}, method="POST", path="configurations", nth=[2])

    world.put(world.device("1"))
    world.drain()

    assert len(world.records("configurations", dead=True)) == 1
    assert world.state("cw:configuration:1") == ("settled", None)


def test_what_was_just_made_may_be_missing_from_a_list(make: Make) -> None:
    """A read that began right after a create does not show it: nobody takes it for deleted."""
    world = make()
    world.settle(world.organization())
    world.itglue.set(list_lag_seconds=1.5)
    world.settle(world.device("1"))

    refresh(world.engine, "configurations", lane="backfill")
    world.drain()

    assert world.state("cw:configuration:1") == ("settled", None)


def test_a_create_that_was_not_carried_out_is_sent_again(world: World) -> None:
    """The connection broke before IT Glue wrote anything: found absent, it is made, once."""
    world.settle(world.organization())
    world.fault({"close": True}, method="POST", path="configurations$", nth=[1])

    world.put(world.device("1"))
    world.drain()

    assert len(world.records("configurations", dead=True)) == 1
    assert world.journal("cw:configuration:1") == [("create", "refused"), ("create", "written")]


def test_an_organization_whose_create_was_lost_gets_its_devices(world: World) -> None:
    """Devices wait for an organization that is being created, and are made in the one that was found."""
    world.fault({"status": 502, "after_write": True}, method="POST", path="organizations$", nth=[1])

    world.put(world.organization(), world.device("1"))
    world.drain()

    organization = world.record("organizations", "Acme Ltd")
    assert str(world.record("configurations", "device 1")["organization_id"]) == organization["id"]


def test_a_single_row_that_is_refused_is_held(world: World) -> None:
    """A 422 that judges one record holds it as rejected, with IT Glue's words, until something changes."""
    world.settle(world.organization(), world.device("0"))
    world.fault({"status": 422}, method="POST", path="configurations$", nth=[1])

    run = world.put(world.device("1"))
    world.drain()

    assert world.state("cw:configuration:1") == ("held", "rejected")
    assert "422" in world.target("cw:configuration:1").reason
    assert world.counts(run)["held"] == 1
    assert world.journal("cw:configuration:1") == [("create", "refused")]


@pytest.mark.parametrize("bulk", ["atomic", "partial"])
def test_one_bad_row_does_not_keep_the_good_ones_back(world: World, bulk: str) -> None:
    """A refused bulk goes again in smaller ones; in the end every good row is there once, and the bad one is held."""
    world.settle(world.organization(), world.device("0", type="Doomed"))
    world.delete("configurations", world.record("configurations", "device 0")["id"])
    world.delete("configuration_types", world.record("configuration_types", "Doomed")["id"])
    world.itglue.set(bulk=bulk)

    world.put(*(world.device(str(number)) for number in range(1, 12)), world.device("99", type="Doomed"))
    world.drain()

    assert sorted(one["name"] for one in world.records("configurations")) == sorted(
        f"device {number}" for number in range(1, 12)
    )
    assert world.state("cw:configuration:99") == ("held", "rejected")


def test_a_rate_limit_spends_no_attempt(world: World) -> None:
    """After a 429 the same rows are sent again when the pause is over, and nothing is held against them."""
    world.settle(world.organization(), world.device("0"))
    world.fault({"status": 429}, method="POST", path="configurations$", nth=[1, 2])

    world.put(world.device("1"))
    world.drain()

    assert len(world.records("configurations")) == 2
    assert world.target("cw:configuration:1").attempts == 0
    assert [outcome for _, outcome in world.journal("cw:configuration:1")] == ["refused", "refused", "written"]


def test_an_attribute_that_is_dropped_is_noted_and_not_sent_again(world: World) -> None:
    """IT Glue answers 200 and drops the asset tag: it is a note, not a difference, until the source says another."""
    world.itglue.set(drop_attributes=["configurations.asset-tag"])
    world.settle(world.organization(), world.device("1", asset_tag="T1"))
    writes = world.writes()

    world.touch("cw:configuration:1")
    world.drain()

    assert world.writes() == writes
    assert "asset_tag" in world.target("cw:configuration:1").notes

    world.itglue.set(drop_attributes=[])
    world.settle(world.device("1", asset_tag="T2"))

    assert world.record("configurations", "device 1")["asset_tag"] == "T2"


def test_a_name_that_came_after_our_look_is_adopted(world: World) -> None:
    """A person makes the organization after our look: IT Glue says that the name is taken, and it is listed again."""
    world.settle(world.organization("9", name="Other"))
    world.person("organizations", name="Acme Ltd")

    world.put(world.organization())
    world.drain()

    assert len(world.records("organizations")) == 2
    assert not world.link("cw:organization:1").made


def test_a_manufacturer_that_came_after_our_look_is_used(world: World) -> None:
    """The 422 on a taken name leads to another look, not to a hold."""
    world.settle(world.organization(), world.device("0"))
    maker = world.person("manufacturers", name="Dell")

    world.settle(world.device("1", manufacturer="Dell"))

    assert len(world.records("manufacturers")) == 1
    assert str(world.record("configurations", "device 1")["manufacturer_id"]) == maker


def test_two_workers_that_need_one_name_make_it_once(world: World) -> None:
    """Two organizations' devices, drained by two workers at once, need the same manufacturer and model."""
    other = world.another()
    world.put(
        world.organization("1", name="One"), world.organization("2", name="Two"),
        world.device("1", "1", manufacturer="Dell", model="R740"),
        world.device("2", "2", manufacturer="DELL", model="r740"),
    )  # fmt: skip

    threads = [Thread(target=world.drain, args=(engine,)) for engine in (world.engine, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(world.records("manufacturers", dead=True)) == 1
    assert len(world.records("models", dead=True)) == 1
    assert len(world.records("configurations", dead=True)) == 2
    assert len(world.records("organizations", dead=True)) == 2


def test_rows_of_a_post_grow_while_answers_are_clean(world: World) -> None:
    """The first requests take fifty rows; after three clean, quick answers they take a hundred."""
    world.configure(stops="[stops]\ncreates = { hour = 5000, day = 5000 }\nnames = { hour = 100, day = 100 }\n")
    world.settle(world.organization(), *(world.device(str(number)) for number in range(1, 260)))

    assert [one["rows"] for one in world.sent("POST", path="relationships/configurations")] == [50, 50, 50, 100, 9]
    assert len(world.records("configurations")) == 259

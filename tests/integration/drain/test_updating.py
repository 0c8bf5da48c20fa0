"""Updates: what is written on records that are there, and whose each attribute is."""

import sqlalchemy as sa

from bridge.drain import verify
from bridge.refresh import refresh
from bridge.store.schema import links
from tests.integration.drain.world import World

DEVICE = "cw:configuration:7"


def test_only_what_differs_is_written(world: World) -> None:
    """A change of one word is a PATCH of one attribute; records of several organizations go in one request."""
    world.settle(
        world.organization("1", name="One"), world.organization("2", name="Two"),
        world.device("7", "1", asset_tag="T"), world.device("8", "2"),
    )  # fmt: skip
    before = len(world.sent("PATCH"))

    world.settle(world.device("7", "1", asset_tag="T", name="renamed 7"), world.device("8", "2", name="renamed 8"))

    assert len(world.sent("PATCH")) == before + 1
    assert {one["name"] for one in world.records("configurations")} == {"renamed 7", "renamed 8"}


def test_an_update_whose_answer_is_lost_is_verified(world: World) -> None:
    """The PATCH was carried out, the answer lost: the record is read again when it is quiet, and is found equal."""
    world.settle(world.organization(), world.device("7"))
    world.fault({"status": 504, "after_write": True}, method="PATCH", path="configurations", nth=[1])

    world.put(world.device("7", asset_tag="T7"))
    world.once()
    unsure = world.link(DEVICE).state
    world.drain()

    assert unsure == "unknown"
    assert world.link(DEVICE).state == "known"
    assert world.record("configurations", "device 7")["asset_tag"] == "T7"
    assert len(world.sent("PATCH", path="configurations")) == 1
    assert world.journal(DEVICE)[-1] == ("update", "resolved")


def test_what_an_unanswered_update_has_written_may_be_cleared(world: World) -> None:
    """It was our value all the same: when the source empties it, IT Glue is emptied too."""
    world.settle(world.organization(), world.device("7"))
    world.fault({"status": 504, "after_write": True}, method="PATCH", path="configurations", nth=[1])
    world.settle(world.device("7", asset_tag="T7"))

    world.settle(world.device("7", asset_tag=None))

    assert world.record("configurations", "device 7")["asset_tag"] is None


def test_an_update_that_was_not_carried_out_is_sent_again(world: World) -> None:
    """Verified to be missing, the change is written."""
    world.settle(world.organization(), world.device("7"))
    world.fault({"status": 502}, method="PATCH", path="configurations", nth=[1])

    world.settle(world.device("7", asset_tag="T7"))

    assert world.record("configurations", "device 7")["asset_tag"] == "T7"


def test_one_bad_row_does_not_keep_other_updates_back(world: World) -> None:
    """A refused bulk of updates goes again at once, smaller, until the bad row stands alone and is held."""
    world.settle(world.organization(), *(world.device(str(number)) for number in range(1, 13)), world.device("0"))
    world.settle(world.device("0", type="Doomed"))
    world.settle(world.device("0"))
    world.delete("configuration_types", world.record("configuration_types", "Doomed")["id"])

    world.put(
        *(world.device(str(number), asset_tag=f"T{number}") for number in range(1, 13)),
        world.device("0", type="Doomed"),
    )
    world.drain()

    assert world.state("cw:configuration:0") == ("held", "rejected")
    tags = {one["name"]: one["asset_tag"] for one in world.records("configurations")}
    assert tags == {f"device {number}": f"T{number}" for number in range(1, 13)} | {"device 0": None}


def test_once_fill_and_clear_say_whose_an_attribute_is(world: World) -> None:
    """`once` is written at creation only, `fill` while IT Glue has nothing, `clear` empties even what is not ours."""
    world.configure(configurations='once = ["installed_by"]\nfill = ["asset_tag"]\nclear = ["default_gateway"]\n')
    world.settle(world.organization(), world.device("7", installed_by="Ann", default_gateway="10.0.0.1"))
    number = world.record("configurations", "device 7")["id"]
    world.edit("configurations", number, default_gateway="10.0.0.9")

    world.settle(world.device("7", installed_by="Bob", asset_tag="T1", default_gateway="10.0.0.1"))
    world.settle(world.device("7", installed_by="Bob", asset_tag="T2", default_gateway=None))

    there = world.record("configurations", "device 7")
    assert there["installed_by"] == "Ann"
    assert there["asset_tag"] == "T1"
    assert there["default_gateway"] is None


def test_an_empty_source_clears_only_what_we_wrote(world: World) -> None:
    """What a person wrote in IT Glue stays when the source has nothing; what we wrote goes."""
    world.settle(world.organization(), world.device("7", asset_tag="ours", installed_by=None))
    number = world.record("configurations", "device 7")["id"]
    world.edit("configurations", number, installed_by="a person")
    refresh(world.engine, "configurations", lane="backfill")

    world.settle(world.device("7", asset_tag=None, installed_by=None))

    there = world.record("configurations", "device 7")
    assert (there["asset_tag"], there["installed_by"]) == (None, "a person")


def test_an_edit_in_it_glue_is_put_right(world: World) -> None:
    """A read of the index finds that somebody changed what is the source's: it is written back."""
    world.settle(world.organization(), world.device("7"))
    world.edit("configurations", world.record("configurations", "device 7")["id"], serial_number="wrong")

    refresh(world.engine, "configurations", lane="backfill")
    world.drain()

    assert world.record("configurations", "device 7")["serial_number"] == "SN-7-X"


def test_a_device_that_changes_its_customer_is_held_until_accepted(world: World) -> None:
    """A move is a person's to allow; accepted, the same record moves."""
    world.settle(world.organization("1", name="One"), world.organization("2", name="Two"), world.device("7", "1"))
    number = world.record("configurations", "device 7")["id"]

    world.settle(world.device("7", "2"))
    held = world.state(DEVICE)
    world.accept(DEVICE)
    world.drain()

    there = world.record("configurations", "device 7")
    assert held == ("held", "moved")
    assert there["id"] == number
    assert str(there["organization_id"]) == world.record("organizations", "Two")["id"]


def test_an_accept_is_spent_by_the_write(world: World) -> None:
    """What was accepted once is not accepted again: moved back and forth, the second move is held."""
    world.settle(world.organization("1", name="One"), world.organization("2", name="Two"), world.device("7", "1"))
    world.settle(world.device("7", "2"))
    world.accept(DEVICE)
    world.drain()
    world.settle(world.device("7", "1"))
    world.accept(DEVICE)
    world.drain()

    world.settle(world.device("7", "2"))

    assert world.state(DEVICE) == ("held", "moved")


def test_a_field_that_somebody_else_writes_back_is_held(world: World) -> None:
    """The same value written three times a day over somebody else's is held as flapping, until accepted."""
    world.settle(world.organization(), world.device("7"))
    number = world.record("configurations", "device 7")["id"]

    for turn in range(4):
        world.edit("configurations", number, serial_number=f"wrong {turn}")
        refresh(world.engine, "configurations", lane="backfill")
        world.drain()

    held = world.state(DEVICE)
    world.accept(DEVICE)
    world.drain()

    assert held == ("held", "flapping")
    assert world.record("configurations", "device 7")["serial_number"] == "SN-7-X"


def test_a_source_that_goes_back_and_forth_by_itself_is_followed(world: World) -> None:
    """Each of its changes is a write, however often a day: nobody else writes the field."""
    world.settle(world.organization(), world.device("7", asset_tag="A"))

    for turn in range(10):
        world.settle(world.device("7", asset_tag="BA"[turn % 2]))

    assert world.state(DEVICE) == ("settled", None)
    assert world.journal(DEVICE) == [("create", "written"), *[("update", "written")] * 10]


def test_answers_that_are_lost_again_and_again_are_no_second_writer(world: World) -> None:
    """Four lost PATCHes of one value lead to the value, not to a hold."""
    world.settle(world.organization(), world.device("7"))
    world.fault({"status": 502}, method="PATCH", path="configurations", nth=[1, 2, 3, 4])

    world.put(world.device("7", asset_tag="T7"))
    world.drain()

    assert world.record("configurations", "device 7")["asset_tag"] == "T7"
    assert world.state(DEVICE) == ("settled", None)


def test_links_of_unknown_state_are_verified_without_a_write(world: World) -> None:
    """A restored store knows of no link what IT Glue holds: each is read again, and what is equal is left alone."""
    world.settle(world.organization(), *(world.device(str(number)) for number in range(1, 6)))
    writes = world.writes()
    with world.engine.db.write() as connection:
        connection.execute(sa.update(links).values(state="unknown", verify_at=0.0))

    raised = verify.raise_due(world.engine)
    world.drain()

    assert raised >= 6
    assert world.writes() == writes


def test_any_order_of_versions_ends_in_the_last(world: World) -> None:
    """A page that is read late and shows an older version changes nothing."""
    versions = [world.device("7", name=f"version {number}") for number in range(3)]
    world.settle(world.organization(), versions[1])
    world.settle(versions[2])

    world.settle(versions[0])
    world.settle(versions[1])

    [there] = world.records("configurations")
    assert there["name"] == "version 2"

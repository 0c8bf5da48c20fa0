"""Creates: what is made once, and only once, whatever the answers."""

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

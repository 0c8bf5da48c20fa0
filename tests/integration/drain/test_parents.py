"""Parents: what a record cannot be without, its organization and its names, and what their state means for it."""

from threading import Event, Timer

import sqlalchemy as sa

from bridge.desired import Name
from bridge.drain import names, records
from bridge.drain.drain import Drain
from bridge.drain.settle import settle
from bridge.refresh import ensure_known, refresh
from bridge.store import targets as target_rows
from bridge.store.schema import targets, waits
from tests.integration.drain.world import World

DEVICE = "cw:configuration:7"
ORGANIZATION = "cw:organization:1"


def test_devices_that_come_before_their_organization_are_held_until_it_comes(world: World) -> None:
    """A device whose organization nobody has read is held; once it is read, both are made."""
    world.settle(world.device("7"))
    held = world.state(DEVICE)

    world.settle(world.organization())

    assert held == ("held", "no_organization")
    assert world.record("configurations", "device 7")["organization_name"] == "Acme Ltd"


def test_devices_follow_an_organization_that_is_held_and_back(world: World) -> None:
    """Under a held organization linked and new devices are held; when it is decided, all of them go on."""
    world.configure(organizations='create = "ask"\n')
    world.settle(world.organization(), world.device("7"), world.device("8"))
    before = world.state(ORGANIZATION), world.state(DEVICE), world.records("configurations")

    world.decide(ORGANIZATION, "new")
    world.drain()

    assert before == (("held", "unmatched"), ("held", "parent_held"), [])
    assert world.state(DEVICE) == ("settled", None)
    assert len(world.records("configurations")) == 2


def test_linked_devices_are_held_with_their_organization(world: World) -> None:
    """An organization in the PSA's recycle bin holds its linked devices; restored, they go on, and nothing was written."""
    world.settle(world.organization(), world.device("7"))
    writes = world.writes()

    world.settle(world.organization(recycled=True))
    held = world.state(ORGANIZATION), world.state(DEVICE)
    world.put(world.device("7", name="renamed"))
    world.drain()
    still = world.state(DEVICE), world.writes()
    world.settle(world.organization(recycled=False))

    assert held == (("held", "recycle_bin"), ("held", "parent_held"))
    assert still == (("held", "parent_held"), writes)
    assert world.state(DEVICE) == ("settled", None)
    assert [one["name"] for one in world.records("configurations")] == ["renamed"]


def test_devices_are_excluded_by_the_rule_of_their_organization(world: World) -> None:
    """An organization that leaves `only` takes its devices along, by its own rule; they come back with it."""
    world.configure(organizations='create = "yes"\nonly = "status == \'Active\'"\n')
    world.settle(world.organization(), world.device("7"))

    world.settle(world.organization(status="Inactive"))
    out = world.state(ORGANIZATION), world.state(DEVICE)
    world.settle(world.organization(status="Active"), world.device("7", asset_tag="T"))

    assert out[0][0] == out[1][0] == "excluded"
    assert out[0][1] == out[1][1]
    assert world.record("configurations", "device 7")["asset_tag"] == "T"


def test_devices_of_a_gone_organization_are_kept_as_they_are(world: World) -> None:
    """Gone at the source, an organization excludes its devices; it comes back with them."""
    world.settle(world.organization(), world.device("7"))
    writes = world.writes()

    world.lose(ORGANIZATION)
    world.drain()
    out = world.state(ORGANIZATION), world.state(DEVICE)
    world.settle(world.organization(), world.device("7"))

    assert out == (("gone", None), ("excluded", "parent_gone"))
    assert (world.state(ORGANIZATION), world.state(DEVICE)) == (("settled", None), ("settled", None))
    assert world.writes() == writes


def test_a_device_waits_for_an_organization_that_is_refused_no_longer_than_that(world: World) -> None:
    """The organization's create is refused: its devices are told, and nothing stays open."""
    world.fault({"status": 422}, method="POST", path="organizations$")

    run = world.put(world.organization(), world.device("7"))
    world.drain()

    assert world.state(ORGANIZATION) == ("held", "rejected")
    assert world.state(DEVICE) == ("held", "parent_held")
    assert world.counts(run)["open"] == 0

    world.calm()
    world.touch(ORGANIZATION)
    world.drain()

    assert len(world.records("configurations")) == 1


def test_a_device_waits_for_a_model_that_the_other_lane_makes(world: World) -> None:
    """Its manufacturer is there; the worker does not come back to the device again and again until the model is."""
    world.settle(world.organization(), world.device("8", manufacturer="Dell", model="R740"))
    world.put(world.device("7", manufacturer="Dell", model="R750"))
    model = Name("models", "R750", make=True, parent=Name("manufacturers", "Dell", make=True))
    with world.engine.db.write() as connection:
        now = world.engine.db.now(connection)
        names.ask(world.engine.db, connection, [model], now=now, lane="live", run=None)
    stop = Event()
    enough = Timer(5.0, stop.set)
    enough.start()

    claims = Drain(world.engine, stop=stop)("backfill")
    enough.cancel()

    assert world.state(DEVICE) == ("waiting", None)
    assert claims <= 2
    world.drain()
    assert world.record("configurations", "device 7")["model_name"] == "R750"


def test_a_device_is_held_by_a_name_that_is_refused_and_goes_on_after_it(world: World) -> None:
    """A manufacturer that IT Glue refuses holds its model and devices; once it is made, they follow."""
    world.settle(world.organization())
    world.fault({"status": 400, "body": {"errors": [{"title": "no"}]}}, method="POST", path="manufacturers$")

    run = world.put(world.device("7", manufacturer="Dell", model="R740"))
    world.drain()
    held = world.state("manufacturers||dell"), world.state("models|dell|r740"), world.state(DEVICE)
    open_then = world.counts(run)["open"]
    world.calm()
    world.touch("manufacturers||dell")
    world.drain()

    assert held == (("held", "rejected"), ("held", "parent_held"), ("held", "parent_held"))
    assert open_then == 0
    assert world.state(DEVICE) == ("settled", None)
    assert world.record("configurations", "device 7")["model_name"] == "R740"


def test_a_device_that_waits_for_a_name_that_was_given_up_is_told(world: World) -> None:
    """A name held after ten attempts lets go what waited for it."""
    world.settle(world.organization())
    world.fault({"status": 503}, method="POST", path="manufacturers$")
    world.put(world.device("7", manufacturer="Dell"))
    world.once()
    name = world.target("manufacturers||dell")

    with world.engine.db.write() as connection:
        now = world.engine.db.now(connection)
        target_rows.hold(connection, name.id, "gives_up", "10 attempts", now=now)
    world.drain()

    assert world.state(DEVICE) == ("held", "parent_held")


def test_no_wake_up_is_lost_between_look_and_wait(world: World) -> None:
    """The organization is linked after a device was found to wait for it, and before that is written: it goes on."""
    world.put(world.organization(), world.device("7"))
    engine, other = world.engine, world.another()
    ensure_known(engine, lane="backfill")  # takes longer than a lease
    mine = target_rows.claim(
        engine.db, lane="backfill", owner=engine.owner, now=engine.db.now(), lease=2, limit=200,
        states=("pending",), run=None,
    )  # fmt: skip
    assert [row.anchor for row in mine] == [ORGANIZATION]
    devices = _claim_only(world, DEVICE)
    decided = records.decide(engine, devices)
    with engine.db.write() as connection:
        target_rows.give_back(connection, {row.id: row.fence for row in mine}, due_at=0.0)
    world.drain(other, until=lambda: world.state(ORGANIZATION) == ("settled", None))

    settle(engine, decided, run=None)
    waiting = world.state(DEVICE)
    world.drain()

    assert waiting == ("pending", None)
    assert len(world.records("configurations")) == 1


def _claim_only(world: World, ref: str) -> list[target_rows.Row]:
    """Claim one target as a worker of the first engine does."""
    db = world.engine.db
    with db.write() as connection:
        return list(
            connection.execute(
                sa.update(targets)
                .where(targets.c.anchor == ref)
                .values(owner=world.engine.owner, lease_until=db.now(connection) + 2, fence=targets.c.fence + 1)
                .returning(*targets.c)
            )
        )


def test_nothing_is_left_waiting_behind(world: World) -> None:
    """When all is done no row says that anything waits."""
    world.settle(world.organization(), world.device("7", manufacturer="Dell", model="R740"))

    with world.engine.db.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(waits)).scalar() == 0


def test_an_organization_that_is_pinned_elsewhere_takes_its_devices_along(world: World) -> None:
    """The link's id changes: its devices are planned again, and their move is a person's to allow."""
    world.settle(world.organization(), world.device("7"))
    world.edit("organizations", world.record("organizations", "Acme Ltd")["id"], name="Acme, closed")
    other = world.person("organizations", name="Acme Ltd")
    refresh(world.engine, "organizations", lane="backfill")

    world.decide(ORGANIZATION, "pin", itglue_id=other)
    world.drain()

    assert world.link(ORGANIZATION).itglue_id == other
    assert world.state(DEVICE) == ("held", "moved")

"""Sites, which ConnectWise lists company by company only: what is read, when, and at what price."""

import pytest
import sqlalchemy as sa

from bridge import poll
from bridge.connector import Connector
from bridge.engine import Engine
from bridge.records import Ref
from bridge.schedule import wanted
from bridge.store import inspect
from bridge.store.schema import fetches, mirror
from tests.integration.drain.conftest import Make
from tests.integration.drain.test_source import COMPANY, Office
from tests.integration.drain.world import QUICK, World
from tests.simulators.running import Running


@pytest.fixture
def office(psa: Running) -> Office:
    """Give somebody who works in it."""
    return Office(psa)


@pytest.fixture
def world(make: Make, psa: Running) -> World:
    """Give a world whose source is this ConnectWise."""
    return make(QUICK, connectwise=psa)


def _site(office: Office, company: str, name: str) -> str:
    return str(office.psa.person("POST", f"{COMPANY}/{company}/sites", {"name": name})["id"])


def _asked(psa: Running) -> list[str]:
    """Give the companies whose sites were asked for so far."""
    paths = [one["path"] for one in psa.get("/requests")]
    return [path.split("/")[-2] for path in paths if path.endswith("/sites")]


def _held(world: World) -> set[str]:
    """Give the sites that the mirror holds and that are not gone."""
    with world.engine.db.read() as connection:
        mine = (mirror.c.kind == "location") & mirror.c.gone_at.is_(None)
        return set(connection.execute(sa.select(mirror.c.ext_id).where(mine)).scalars())


def test_sites_are_read_for_companies_that_pass_only_and_again_when_these_change(
    world: World, office: Office, psa: Running
) -> None:
    """A request for each company, none for those that a rule keeps out, and none while nothing changes."""
    world.organizations = 'create = "yes"\nonly = "\'Acme\' in name"'
    acme, other = office.company("Acme Ltd"), office.company("Borealis")
    made = {_site(office, acme, "Main"), _site(office, acme, "Depot")}
    _site(office, other, "Elsewhere")
    world.cycle("organization")

    world.cycle("location")
    first = _asked(psa)
    world.cycle("location")
    unchanged = _asked(psa)
    office.change(COMPANY, acme, phoneNumber="1")
    added = _site(office, acme, "New")
    world.cycle("organization")
    world.cycle("location")

    assert first == [acme]
    assert unchanged == first
    assert _asked(psa) == [acme, acme]
    assert _held(world) == {*made, added}


def test_a_wider_rule_has_sites_read_that_no_change_tells_of(world: World, office: Office, psa: Running) -> None:
    """What is due is worked out from what was read, not from what changed."""
    world.organizations = 'create = "yes"\nonly = "\'Acme\' in name"'
    acme, other = office.company("Acme Ltd"), office.company("Borealis")
    world.cycle("organization")
    world.cycle("location")
    world.configure(organizations='create = "yes"')

    world.cycle("location")

    assert _asked(psa) == [acme, other]


def test_an_edited_site_is_seen_by_the_nightly_read(world: World, office: Office) -> None:
    """A site tells no change of its own."""
    acme = office.company("Acme Ltd")
    site = _site(office, acme, "Main")
    world.cycle("organization")
    world.cycle("location")
    office.change(f"{COMPANY}/{acme}/sites", site, name="Head Office")

    world.cycle("location")
    polled = _name(world, site)
    world.cycle("location", "ids")

    assert (polled, _name(world, site)) == ("Main", "Head Office")


def _name(world: World, site: str) -> str:
    engine = world.engine
    with engine.db.read() as connection:
        found = {ref.id: words["name"] for ref, words in inspect.mirrored(connection, "cw", "location")}
    return str(found[site])


def test_a_site_that_is_deleted_is_gone_after_two_nights_and_a_look(world: World, office: Office) -> None:
    """The other sites of the company stay."""
    acme = office.company("Acme Ltd")
    sites = [_site(office, acme, f"Site {number}") for number in range(4)]
    world.cycle("organization")
    world.cycle("location")
    office.delete(f"{COMPANY}/{acme}/sites", sites[1])

    world.cycle("location", "ids")
    with world.engine.db.read() as connection:
        once = list(connection.execute(sa.select(fetches.c.ref)).scalars())
    world.cycle("location", "ids")
    poll.fetch_due(world.engine)

    assert once == []
    assert _held(world) == {sites[0], sites[2], sites[3]}


def test_sites_of_a_company_that_left_the_rule_go_on_being_read(world: World, office: Office, psa: Running) -> None:
    """Not read, they would look gone, and a typo in a filter must never make anything gone."""
    acme = office.company("Acme Ltd")
    sites = {_site(office, acme, f"Site {number}") for number in range(3)}
    world.cycle("organization")
    world.cycle("location")
    world.configure(organizations='create = "yes"\nonly = "name == \'Nobody\'"')

    for _ in range(2):
        world.cycle("location", "ids")
        poll.fetch_due(world.engine)

    assert _held(world) == sites
    assert _asked(psa) == [acme] * 3


def test_a_read_that_fails_midway_goes_on_where_it_was(world: World, office: Office, psa: Running) -> None:
    """What was read stays read; the failed company and those after it are read the next time."""
    companies = [office.company(f"Company {number}") for number in range(3)]
    for company in companies:
        _site(office, company, "Main")
    world.cycle("organization")
    psa.control.post(
        "/faults",
        json={
            "when": {"path": f"companies/{companies[1]}/sites"},
            "do": {"status": 429, "headers": {"Retry-After": "90"}},
        },
    ).raise_for_status()

    failed = world.cycle("location")
    psa.control.delete("/faults").raise_for_status()
    world.cycle("location")

    assert failed is None
    assert _asked(psa) == [companies[0], companies[1], companies[1], companies[2]]
    assert len(_held(world)) == 3


def test_a_company_that_went_for_good_takes_its_sites_with_it_only_by_two_nights(
    world: World, office: Office, psa: Running
) -> None:
    """Its list is not there any more; that it is not is said by the source about each site."""
    acme, other = office.company("Acme Ltd"), office.company("Borealis")
    site, kept = _site(office, acme, "Main"), {_site(office, other, f"Site {number}") for number in range(30)}
    world.cycle("organization")
    world.cycle("location")
    for _ in range(2):  # into the recycle bin, then out of it for good
        office.delete(COMPANY, acme)

    world.cycle("location", "ids")
    after_one = _held(world)
    world.cycle("location", "ids")
    poll.fetch_due(world.engine)

    assert after_one == {site, *kept}
    assert _held(world) == kept


def test_no_stream_is_made_for_a_kind_that_no_block_reads(world: World) -> None:
    """Tickets and contacts cost nothing where nobody asks for them."""
    engine: Engine = world.engine
    read = {block.kind for block in engine.mapping.blocks if engine.mapping.reads(block.id)}

    made = {kind for source, kind, _ in wanted(engine) if source == "cw"}

    assert made == read
    assert "ticket" in engine.connectors["cw"].kinds
    assert "ticket" not in made


def test_a_hint_at_a_site_nobody_knows_asks_for_nothing(world: World, psa: Running) -> None:
    """A site alone does not say whose it is."""
    connector: Connector = world.engine.connectors["cw"]
    with world.engine.db.write() as connection:
        now = world.engine.db.now(connection)
        ref = Ref("cw", "location", "501")
        world.engine.mirror.hint(connection, [ref], due_at=now, lane="live", why="gone")

    poll.fetch_due(world.engine)

    assert _asked(psa) == []
    assert "location" in connector.per_organization

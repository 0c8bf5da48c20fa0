"""Stops: limits on what nobody has reviewed; what is past a count stays held until a person accepts it."""

from threading import Thread

import pytest
import sqlalchemy as sa

from bridge import apply_run, plan_pass
from bridge.store.schema import journal, targets
from tests.integration.drain.world import World

_NAMES = "names = { hour = 100, day = 100 }\n"


def _held(world: World) -> list[str]:
    with world.engine.db.read() as connection:
        mine = sa.select(targets.c.anchor).where(targets.c.code.like("stop_%"), targets.c.state == "held")
        return sorted(connection.execute(mine.order_by(targets.c.id)).scalars())


def _devices(world: World, count: int) -> list[str]:
    world.put(world.organization(), *(world.device(str(number)) for number in range(1, count + 1)))
    world.drain()
    return sorted(one["name"] for one in world.records("configurations"))


def test_creates_past_the_count_are_held_and_accepted_one_by_one(world: World) -> None:
    """Four creates an hour: the organization and three devices are made, two held; an accepted one passes, uncounted."""
    world.configure(stops=f"[stops]\ncreates = {{ hour = 4, day = 100 }}\n{_NAMES}")
    made = _devices(world, 5)
    held = _held(world)

    world.accept(held[0])
    world.drain()

    assert (len(made), len(held)) == (3, 2)
    assert len(world.records("configurations")) == 4
    assert _held(world) == held[1:]
    with world.engine.db.read() as connection:
        accepted = connection.execute(sa.select(journal.c.accepted).order_by(journal.c.id.desc()).limit(1)).scalar()
    assert accepted


def test_what_was_stopped_does_not_trickle_through(world: World) -> None:
    """When the hour is over a stopped create stays held, whatever makes it due, while new ones are made."""
    world.configure(stops=f"[stops]\ncreates = {{ hour = 4, day = 100 }}\n{_NAMES}")
    _devices(world, 5)
    held = _held(world)
    with world.engine.db.write() as connection:
        connection.execute(sa.update(journal).values(at=journal.c.at - 3700))

    for ref in held:
        world.touch(ref)
    world.settle(world.device("99"))

    assert _held(world) == held
    assert len(world.records("configurations")) == 4


def test_a_day_counts_apart_from_an_hour(world: World) -> None:
    """What was made hours ago counts for the day."""
    world.configure(stops=f"[stops]\ncreates = {{ hour = 4, day = 5 }}\n{_NAMES}")
    _devices(world, 3)
    with world.engine.db.write() as connection:
        connection.execute(sa.update(journal).values(at=journal.c.at - 3700))

    world.settle(*(world.device(str(number)) for number in range(10, 13)))

    assert len(world.records("configurations")) == 4
    assert len(_held(world)) == 2


def test_names_past_the_count_hold_their_records_until_accepted(world: World) -> None:
    """Two names an hour: the third holds its devices; accepted, it is made, and they follow."""
    world.configure(stops="[stops]\nnames = { hour = 4, day = 100 }\n")
    world.settle(world.organization(), world.device("1"))

    world.settle(world.device("2", manufacturer="Dell"))
    held = world.state("manufacturers||dell"), world.state("cw:configuration:2")
    world.accept("manufacturers||dell")
    world.drain()

    assert held == (("held", "stop_creates"), ("held", "parent_held"))
    assert world.state("cw:configuration:2") == ("settled", None)
    assert [one["name"] for one in world.records("manufacturers")] == ["Dell"]


def test_refused_creates_are_not_counted(world: World) -> None:
    """A create that was not carried out takes nobody's place."""
    world.configure(stops=f"[stops]\ncreates = {{ hour = 3, day = 100 }}\n{_NAMES}")
    world.settle(world.organization())
    world.fault({"status": 429}, method="POST", path="configurations$", nth=[1, 2, 3])

    world.put(world.device("1"))
    world.drain()
    world.settle(world.device("2"))

    assert len(world.records("configurations")) == 2


def test_archives_are_a_share_of_the_kind(world: World) -> None:
    """At most a twentieth of a kind's links a day, and at least one."""
    world.configure(configurations='gone = "archive"\n')
    _devices(world, 6)

    for number in (1, 2, 3):
        world.lose(f"cw:configuration:{number}")
    world.drain()

    assert sum(bool(one["archived"]) for one in world.records("configurations")) == 1
    assert len(_held(world)) == 2


def test_archives_of_one_kind_leave_another_its_share(world: World) -> None:
    """And who is held is told the count that was passed, also when it is looked at again."""
    fields = '{ name = "Title", kind = "Text", value = "#{{ number }}", title = true }'
    sheet = f'[[flexible_assets]]\ntype = "Sheet"\nfrom = "cw.tickets"\ngone = "archive"\nfields = [{fields}]\n'
    world.configure(configurations='gone = "archive"\n', assets=sheet)
    _devices(world, 6)
    world.settle(*(world.ticket(str(number)) for number in range(1, 7)))
    for number in (1, 2):
        world.lose(f"cw:configuration:{number}")
    world.drain()

    for number in (1, 2, 3):
        world.lose(f"cw:ticket:{number}")
    world.drain()
    for anchor in _held(world):
        world.touch(anchor)
    world.drain()

    assert sum(bool(one["archived"]) for one in world.records("configurations")) == 1
    assert sum(bool(one["archived"]) for one in world.records("flexible_assets")) == 1
    reasons = sorted(world.target(anchor).reason.partition(";")[0] for anchor in _held(world))
    assert reasons == ["more than 1 archives of these configurations a day"] + 2 * [
        "more than 1 archives of these flexible assets a day"
    ]


def test_a_person_may_let_an_archive_pass(world: World) -> None:
    """Held by the stop, an archive is done when it is accepted."""
    world.configure(configurations='gone = "archive"\n')
    _devices(world, 3)
    for number in (1, 2):
        world.lose(f"cw:configuration:{number}")
    world.drain()

    world.accept(_held(world)[0])
    world.drain()

    assert sum(bool(one["archived"]) for one in world.records("configurations")) == 2


def test_values_turned_empty_are_counted(world: World) -> None:
    """Two records an hour may lose a value; the third is held, with its value."""
    world.configure(stops=f"[stops]\nemptied = {{ hour = 2 }}\n{_NAMES}")
    world.settle(world.organization(), *(world.device(str(number), asset_tag=f"T{number}") for number in range(1, 4)))

    world.settle(*(world.device(str(number), asset_tag=None) for number in range(1, 4)))

    assert [one["asset_tag"] for one in world.records("configurations")].count(None) == 2
    assert len(_held(world)) == 1


def test_updates_that_only_the_mapping_asks_for_are_counted(world: World) -> None:
    """An edit of the file rewrites no more than the count; a change at the source is no such update."""
    world.configure(stops=f"[stops]\nupdates = {{ hour = 2 }}\n{_NAMES}")
    _devices(world, 4)

    world.configure(configurations='set = { asset_tag = "{{ name }}" }\n')
    for number in range(1, 4):
        world.touch(f"cw:configuration:{number}")
    world.drain()
    held = _held(world)
    world.settle(world.device("4", name="renamed"))

    assert len(held) == 1
    assert world.record("configurations", "renamed")["asset_tag"] == "renamed"


@pytest.mark.parametrize("workers", [4])
def test_workers_at_once_never_pass_the_count_together(world: World, workers: int) -> None:
    """Four workers, each with an organization of its own, make no more than the count between them."""
    world.configure(stops=f"[stops]\ncreates = {{ hour = 12, day = 100 }}\n{_NAMES}")
    world.settle(*(world.organization(str(number), name=f"Customer {number}") for number in range(1, 5)))
    world.settle(world.device("0"))
    engines = [world.another() for _ in range(workers)]
    for number in range(1, 5):
        world.put(*(world.device(f"{number}{place}", str(number)) for place in range(5)))

    threads = [Thread(target=world.drain, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(world.records("configurations")) == 8
    assert len(_held(world)) == 13


def test_a_reviewed_plan_passes_the_count_of_assets_whose_type_it_makes_too(world: World) -> None:
    """What was reviewed is the same change, though the type has an id only since."""
    world.stops = "[stops]\ncreates = { hour = 1, day = 1000 }\n"
    fields = '{ name = "Title", kind = "Text", value = "{{ name }}", title = true }'
    world.assets = f'[[flexible_assets]]\ntype = "Sheet"\nfrom = "cw.organizations"\nfields = [{fields}]\n'
    world.put(world.organization("1", "Acme"), world.organization("2", "Bolt"), world.organization("3", "Core"))

    lines = list(plan_pass.plan_all(world.engine))
    apply_run.begin(world.engine, lines, reviewed=True, why="test")
    world.drain()

    assert len(world.records("flexible_assets")) == 3

"""The mirror: which version wins, what a change makes due, and where records belong."""

from collections.abc import Callable
from threading import Thread

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.records import Ref
from bridge.store import runs
from bridge.store.database import Database
from bridge.store.schema import mirror, mirror_keys, run_targets, targets
from tests.unit.store.records import Reader, customer, device

DEVICE = "cw:configuration:7"


@pytest.fixture
def reader(db: Database) -> Reader:
    """Give a source to read."""
    return Reader(db)


def test_the_higher_version_wins_whenever_it_was_read(reader: Reader) -> None:
    """A page that was asked for earlier may bring the newer version."""
    reader.read(device("7", 2, "two"), at=200)
    reader.read(device("7", 3, "three"), at=100)
    reader.read(device("7", 2, "two"), at=300)

    assert '"three"' in reader.words()["7"]
    assert reader.rows()["7"].version == 3


def test_at_an_equal_version_the_later_read_wins(reader: Reader) -> None:
    """Custom fields may change without the stamp: what was read later is believed."""
    reader.read(device("7", 2, "later"), at=200)
    reader.read(device("7", 2, "earlier"), at=100)

    assert '"later"' in reader.words()["7"]


def test_a_read_of_the_same_counts_as_the_latest_look(reader: Reader) -> None:
    """Seen the same at 300, a record is not put back by a page that was asked for at 200."""
    reader.read(device("7", 2, "same"), at=100)
    reader.read(device("7", 2, "same"), at=300)
    reader.read(device("7", 2, "other"), at=200)

    assert '"same"' in reader.words()["7"]


def test_an_equal_record_only_counts_as_seen(reader: Reader) -> None:
    """Nothing is due because a record was read again."""
    reader.read(device("7", 2), at=100)
    reader.settle_all()
    run = reader.run()

    written = reader.read(device("7", 2), at=200, run=run)

    assert written.changed == []
    assert reader.targets()[DEVICE].state == "settled"
    assert reader.rows()["7"].seen_run == run


def test_a_lower_version_needs_two_fetches_that_agree(reader: Reader) -> None:
    """A PSA put back from a backup shows lower versions: one fetch asks for another, the second is believed."""
    reader.read(device("7", 9, "new"), at=100)

    reader.read(device("7", 5, "old"), at=200, fetched=True)
    reader.read(device("7", 5, "old"), at=230, fetched=True)
    doubted, hints = reader.words()["7"], reader.hints()
    reader.read(device("7", 5, "old"), at=261, fetched=True)

    assert '"new"' in doubted
    assert DEVICE in hints
    assert '"old"' in reader.words()["7"]
    assert reader.rows()["7"].version == 5


def test_lists_never_prove_a_lower_version(reader: Reader) -> None:
    """A list may come from a lagging copy: it only asks for a fetch."""
    reader.read(device("7", 9, "new"), at=100)

    for at in (200, 300, 400):
        reader.read(device("7", 5, "old"), at=at)

    assert '"new"' in reader.words()["7"]
    assert DEVICE in reader.hints()


def test_a_lower_version_is_forgotten_when_the_higher_is_seen_again(reader: Reader) -> None:
    """Two fetches agree on a lower version only if nothing between them says otherwise."""
    reader.read(device("7", 9, "new"), at=100)
    reader.read(device("7", 5, "old"), at=200, fetched=True)
    reader.read(device("7", 9, "new"), at=250)

    reader.read(device("7", 5, "old"), at=300, fetched=True)

    assert '"new"' in reader.words()["7"]


def test_of_one_page_the_higher_version_counts(reader: Reader) -> None:
    """A list that shifts while it is read may show a record twice on one page."""
    reader.read(device("7", 3, "three"), device("7", 2, "two"), at=100)

    assert '"three"' in reader.words()["7"]


_EVENTS = st.lists(
    st.tuples(st.sampled_from("78"), st.integers(1, 3), st.sampled_from("xyz")), min_size=1, max_size=6
)  # fmt: skip


@given(events=_EVENTS, data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_with_repeats_ends_in_the_same_mirror(
    reader: Reader, events: list[tuple[str, int, str]], data: st.DataObject
) -> None:
    """Pages come in any order, and some twice: the mirror ends as if they had come in the order in which they were asked for."""
    reads = [(100.0 + place, device(number, version, name)) for place, (number, version, name) in enumerate(events)]
    shuffled = data.draw(st.permutations([*reads, *data.draw(st.lists(st.sampled_from(reads), max_size=3))]))

    ends = []
    for order in (reads, shuffled):
        with reader.db.write() as connection:
            for table in ("run_targets", "fetches", "payloads", "mirror_keys", "targets", "mirror"):
                connection.execute(sa.text(f"DELETE FROM {table}"))
        for at, record in order:
            reader.read(record, at=at)
        ends.append((reader.words(), {key: (row.version, row.digest) for key, row in reader.rows().items()}))

    assert ends[0] == ends[1]


def test_a_change_makes_the_target_due_and_raises_its_seq(reader: Reader) -> None:
    """A target that is being worked on is not settled over the change."""
    reader.read(device("7", 1, "one"), at=100)
    before = reader.targets()[DEVICE]
    reader.settle_all()

    reader.read(device("7", 2, "two"), at=200)

    after = reader.targets()[DEVICE]
    assert (after.state, after.lane) == ("pending", "live")
    assert after.seq > before.seq
    assert after.due_at is not None


def test_what_is_being_created_stays_so_when_it_changes(reader: Reader) -> None:
    """Its intent has to be resolved first; the seq says that it has changed since."""
    reader.read(device("7", 1), at=100)
    with reader.db.write() as connection:
        connection.execute(sa.update(targets).values(state="creating", due_at=12345.0))
    before = reader.targets()[DEVICE]

    reader.read(device("7", 2, "changed"), at=200)

    after = reader.targets()[DEVICE]
    assert (after.state, after.due_at) == ("creating", 12345.0)
    assert after.seq == before.seq + 1


def test_devices_find_their_organization_whichever_comes_first(reader: Reader) -> None:
    """Mirrored before or after it, a device's target hangs under its organization's."""
    reader.read(device("7", 1), at=100)
    alone = reader.targets()[DEVICE].org_target
    reader.read(customer("1"), at=200)
    reader.read(device("8", 1), at=300)

    found = reader.targets()
    assert alone is None
    assert found[DEVICE].org_target == found["cw:configuration:8"].org_target == found["cw:organization:1"].id


def test_a_device_that_moves_hangs_under_its_new_organization(reader: Reader) -> None:
    """Also where the new one is not known yet."""
    reader.read(customer("1"), customer("2"), at=100)
    reader.read(device("7", 1, organization="1"), at=100)

    reader.read(device("7", 2, organization="2"), at=200)
    second = reader.targets()[DEVICE].org_target
    reader.read(device("7", 3, organization="3"), at=300)
    nowhere = reader.targets()[DEVICE].org_target
    reader.read(customer("3"), at=400)

    found = reader.targets()
    assert second == found["cw:organization:2"].id
    assert nowhere is None
    assert found[DEVICE].org_target == found["cw:organization:3"].id


def test_unique_values_are_kept_as_keys(reader: Reader) -> None:
    """A serial number that changes leaves no old key behind; junk is none."""
    reader.read(device("7", 1, serial_number="abc-123", mac_address="00:1A:2B:3C:4D:5E"), at=100)
    reader.read(device("7", 2, serial_number="To be filled by O.E.M.", mac_address="00:1A:2B:3C:4D:5F"), at=200)

    with reader.db.read() as connection:
        keys = {(row.key, row.value) for row in connection.execute(sa.select(mirror_keys))}
    assert keys == {("mac_address", "001A2B3C4D5F")}


def test_a_gone_record_comes_back_only_by_a_later_read(reader: Reader) -> None:
    """A page that was asked for before the record was found gone may still show it: it is fetched, not believed."""
    reader.read(device("7", 1, "seven"), at=100)
    with reader.db.write() as connection:
        connection.execute(sa.update(mirror).values(gone_at=250.0))

    reader.read(device("7", 2, "late page"), at=200)
    still, hints = reader.rows()["7"].gone_at, reader.hints()
    reader.read(device("7", 1, "seven"), at=300)

    assert still == 250.0
    assert DEVICE in hints
    assert reader.rows()["7"].gone_at is None


def test_a_run_counts_each_target_once(reader: Reader) -> None:
    """Seen on two pages of one run, a target is one; changed ones are open, settled ones equal, held ones held."""
    reader.read(customer("1"), at=100)
    reader.read(*(device(str(number), 1) for number in range(4)), at=100)
    reader.settle_all()
    with reader.db.write() as connection:
        mine = targets.c.anchor == "cw:configuration:3"
        connection.execute(sa.update(targets).where(mine).values(state="held", code="no_type"))
        gone = targets.c.anchor == "cw:configuration:2"
        connection.execute(sa.update(targets).where(gone).values(state="gone", due_at=1e12))
    run = reader.run()

    reader.read(device("0", 2, "changed"), device("1", 1), at=200, run=run)
    reader.read(device("1", 1), device("2", 1), device("3", 1), at=201, run=run)

    with reader.db.read() as connection:
        counts = runs.count(connection, run)
    assert counts["seen"] == 4
    assert {word: counts[word] for word in ("open", "equal", "gone", "held")} == {
        "open": 1, "equal": 1, "gone": 1, "held": 1,
    }  # fmt: skip


def test_what_a_run_has_written_stays_written_when_it_is_seen_again(reader: Reader) -> None:
    """A read that shows a record twice does not turn its outcome into equal."""
    run = reader.run()
    reader.read(device("7", 1), at=100, run=run)
    reader.settle_all()
    with reader.db.write() as connection:
        connection.execute(sa.update(run_targets).values(outcome="written"))

    reader.read(device("7", 1), at=101, run=run)

    with reader.db.read() as connection:
        assert runs.count(connection, run)["written"] == 1


def test_ids_that_are_not_known_are_asked_for(reader: Reader) -> None:
    """An id snapshot names what the mirror does not hold, or holds as gone."""
    reader.read(device("7", 1), device("8", 1), at=100)
    with reader.db.write() as connection:
        connection.execute(sa.update(mirror).where(mirror.c.ext_id == "8").values(gone_at=1.0))

    unknown = reader.mirror.seen([Ref("cw", "configuration", each) for each in "789"], run=reader.run())

    assert sorted(ref.id for ref in unknown) == ["8", "9"]


def test_an_earlier_run_does_not_take_back_what_a_later_one_has_seen(reader: Reader) -> None:
    """A snapshot and a poll at once: whatever the order of their pages, the later run's mark stays."""
    first, second = reader.run("poll"), reader.run("snapshot")
    reader.read(device("7", 1), device("8", 1), at=100, run=second)

    reader.read(device("7", 1), at=101, run=first)
    reader.mirror.seen([Ref("cw", "configuration", "8")], run=first)
    reader.read(device("7", 2, "changed"), at=102, run=first)

    assert {row.seen_run for row in reader.rows().values()} == {second}


def test_many_wishes_for_one_record_are_one_fetch(reader: Reader) -> None:
    """Asking again raises its seq and keeps the earliest time."""
    ref = Ref("cw", "configuration", "7")
    with reader.db.write() as connection:
        for due_at in (300.0, 100.0, 200.0):
            reader.mirror.hint(connection, [ref], due_at=due_at, lane="live", why="test")

    assert (reader.hints()[DEVICE].due_at, reader.hints()[DEVICE].seq) == (100.0, 3)


@pytest.mark.parametrize("rounds", [6])
def test_two_writers_at_once_end_in_the_highest_version(open_database: Callable[[], Database], rounds: int) -> None:
    """Polls, fetches and snapshots write the same records at once, in other orders: nothing deadlocks, the highest wins."""
    reader = Reader(open_database())
    reader.read(customer("1"), at=1)
    numbers = [str(number) for number in range(100, 140)]

    def write(place: int) -> None:
        own = Reader(open_database())
        for turn in range(rounds):
            order = numbers if (place + turn) % 2 else numbers[::-1]
            version = turn * 4 + place
            own.read(*(device(each, version, f"v{version}") for each in order), at=100.0 + version)

    threads = [Thread(target=write, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    last = rounds * 4 - 1
    assert {reader.rows()[number].version for number in numbers} == {last}
    assert all(f'"v{last}"' in reader.words()[number] for number in numbers)


def test_organizations_and_devices_written_at_once_find_each_other(open_database: Callable[[], Database]) -> None:
    """Pages of both kinds come in at the same moment: no device is left without its organization."""
    readers = [Reader(open_database()) for _ in range(2)]
    numbers = [str(number) for number in range(30)]

    def customers() -> None:
        for number in numbers:
            readers[0].read(customer(number), at=100)

    def devices() -> None:
        for number in numbers:
            readers[1].read(device(number, 1, organization=number), at=100)

    threads = [Thread(target=customers), Thread(target=devices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = readers[0].targets()
    assert [found[f"cw:configuration:{each}"].org_target for each in numbers] == [
        found[f"cw:organization:{each}"].id for each in numbers
    ]

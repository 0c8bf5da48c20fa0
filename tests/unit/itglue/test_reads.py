"""Complete reads, against a list that changes between its pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import IncompleteReadError, SideDownError
from bridge.itglue.classify import SlowListError
from bridge.itglue.client import Listing, Parent
from bridge.itglue.kinds import KINDS, Kind
from bridge.itglue.reads import Chunk, by_ids, read
from bridge.jsonapi import Row
from bridge.quota import Lane

START = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


class Account:
    """A stand-in for IT Glue's lists, with a clock; `happen` runs before each page."""

    def __init__(self, ids: Sequence[int] = (), happen: Callable[["Account", int], None] | None = None) -> None:
        self.now = START
        self.records = {id_: START - timedelta(days=1) for id_ in ids}
        self.moved: dict[int, datetime] = {}
        self.organizations: dict[int, str] = {}
        self.happen = happen
        self.slow_over = 1000
        self.ignores_filters = False
        self.dated = True
        self.asked: list[tuple[int, int]] = []
        self.single: list[str] = []

    def add(self, id_: int) -> None:
        self.records[id_] = self.now

    def page(
        self,
        resource: Kind | str,
        *,
        lane: Lane,
        number: int = 1,
        size: int = 1000,
        filters: Mapping[str, str | Sequence[str]] | None = None,
        sort: str | None = None,
        include: Sequence[str] = (),
        nested: Parent | None = None,
        max_wait: float = 5.0,
    ) -> Listing:
        self.asked.append((number, size))
        self.now += timedelta(seconds=2)
        if self.happen:
            self.happen(self, len(self.asked))
        if size > self.slow_over:
            raise SlowListError("504")
        ids = sorted(self.records)
        for word, values in ({} if self.ignores_filters else filters or {}).items():
            wanted = [values] if isinstance(values, str) else list(values)
            ids = [i for i in ids if (str(i) if word == "id" else self.organizations.get(i, "5")) in wanted]
        part = ids[(number - 1) * size : number * size]
        rows = tuple(
            Row(
                str(i),
                {
                    "created_at": self.records[i].isoformat(),
                    "updated_at": self.moved.get(i, self.records[i]).isoformat(),
                    "organization_id": self.organizations.get(i, "5"),
                },
            )
            for i in part
        )
        more = number + 1 if number * size < len(ids) else None
        return Listing(rows, (), len(ids), more, self.now if self.dated else None, 0.1)

    def get(
        self, resource: Kind | str, id_: str, *, lane: Lane, include: Sequence[str] = (), max_wait: float = 5.0
    ) -> Row | None:
        self.single.append(id_)
        return Row(id_, {}) if int(id_) in self.records else None


def collect(chunks: Sequence[Chunk]) -> tuple[list[str], bool]:
    """Do as an index writer does: forget all at a restart."""
    ids: list[str] = []
    complete = False
    for chunk in chunks:
        if chunk.restarted:
            ids = []
        ids += [row.id for row in chunk.rows]
        complete = chunk.complete
    return ids, complete


def test_a_quiet_list_is_read_once_and_proven() -> None:
    """Each page once; complete comes with the last."""
    account = Account(range(1, 11))

    chunks = list(read(account, "configurations", lane="backfill", sizes=(4, 2, 1)))

    assert [chunk.complete for chunk in chunks] == [False, False, True]
    assert collect(chunks) == ([str(i) for i in range(1, 11)], True)
    assert account.asked == [(1, 4), (2, 4), (3, 4)]
    assert chunks[0].total == 10
    assert chunks[0].began_at == START + timedelta(seconds=1.9)


def test_an_empty_list_is_complete() -> None:
    """One chunk without rows says so."""
    [chunk] = read(Account(), "configurations", lane="live")

    assert (chunk.rows, chunk.complete, chunk.total) == ((), True, 0)


def test_a_record_that_goes_makes_another_slip_and_the_list_is_read_again() -> None:
    """The slipped one is not missed."""

    def happen(account: Account, asked: int) -> None:
        if asked == 2:
            del account.records[1]

    chunks = list(read(Account(range(1, 11), happen), "configurations", lane="live", sizes=(4, 2, 1)))

    assert [chunk.restarted for chunk in chunks].count(True) == 1
    assert collect(chunks) == ([str(i) for i in range(2, 11)], True)


def test_one_that_goes_and_one_that_comes_are_no_proof_together() -> None:
    """The count is right by chance: what came after the beginning does not count."""

    def happen(account: Account, asked: int) -> None:
        if asked == 2:
            del account.records[1]
            account.add(99)

    chunks = list(read(Account(range(1, 11), happen), "configurations", lane="live", sizes=(4, 2, 1)))

    assert collect(chunks) == ([*(str(i) for i in range(2, 11)), "99"], True)


def test_a_record_that_comes_is_no_flaw() -> None:
    """It stands behind the others, and is read too."""

    def happen(account: Account, asked: int) -> None:
        if asked == 2:
            account.add(99)

    chunks = list(read(Account(range(1, 11), happen), "configurations", lane="live", sizes=(4, 2, 1)))

    assert not any(chunk.restarted for chunk in chunks)
    assert collect(chunks) == ([*(str(i) for i in range(1, 11)), "99"], True)


def test_a_list_that_never_stands_still_is_given_up_after_three_more_readings() -> None:
    """Nothing may be concluded from it."""

    def happen(account: Account, asked: int) -> None:
        del account.records[min(account.records)]

    account = Account(range(1, 101), happen)

    with pytest.raises(IncompleteReadError, match=r"configurations: could not be read .*total-count says"):
        list(read(account, "configurations", lane="live", sizes=(50, 25)))
    assert sum(number == 1 for number, _ in account.asked) == 4


def test_a_504_halves_the_page_and_goes_on_without_loss() -> None:
    """The position is kept: no row comes twice, none is left out."""

    def happen(account: Account, asked: int) -> None:
        account.slow_over = 8 if asked < 3 else 4 if asked < 6 else 2

    account = Account(range(1, 31), happen)

    chunks = list(read(account, "configurations", lane="live", sizes=(8, 4, 2, 1)))

    assert collect(chunks) == ([str(i) for i in range(1, 31)], True)
    assert not any(chunk.restarted for chunk in chunks)
    assert account.asked[:9] == [(1, 8), (2, 8), (3, 8), (5, 4), (6, 4), (7, 4), (13, 2), (14, 2), (15, 2)]


def test_a_list_that_is_slow_at_the_smallest_size_is_an_error() -> None:
    """The side is down."""
    account = Account(range(1, 31))
    account.slow_over = 0

    with pytest.raises(SideDownError):
        list(read(account, "configurations", lane="live"))
    assert account.asked == [(1, 1000), (1, 500), (1, 250), (1, 125)]


def test_one_organization_is_read_by_filter_and_each_row_must_carry_it() -> None:
    """A filter that is ignored returns everything."""
    account = Account(range(1, 7))
    account.organizations = {i: "5" if i % 2 else "6" for i in account.records}

    chunks = list(read(account, "configurations", lane="live", parent=("organizations", "5")))
    account.ignores_filters = True

    assert collect(chunks) == (["1", "3", "5"], True)
    with pytest.raises(IncompleteReadError, match=r"filter\[organization_id\] was ignored, 2 came back"):
        list(read(account, "configurations", lane="live", parent=("organizations", "5")))


def test_what_was_made_as_the_read_began_proves_nothing_until_it_is_older() -> None:
    """`Date` has whole seconds; the next reading is later."""

    def happen(account: Account, asked: int) -> None:
        if asked == 1:
            account.add(99)

    chunks = list(read(Account(range(1, 11), happen), "configurations", lane="live", sizes=(4,)))

    assert [chunk.restarted for chunk in chunks].count(True) == 1
    assert collect(chunks)[1]


def test_a_server_without_a_clock_is_taken_by_its_count() -> None:
    """The whole number must be right then."""
    account = Account(range(1, 11))
    account.dated = False

    chunks = list(read(account, "configurations", lane="live", sizes=(4,)))

    assert collect(chunks)[1]
    assert chunks[0].began_at is None


def test_ids_are_asked_for_by_the_hundred_and_only_they_may_come() -> None:
    """What is not there is not in the answer."""
    account = Account(range(1, 251, 2))

    found = by_ids(account, "configurations", [str(i) for i in range(1, 251)] + ["1"], lane="live")
    asked = list(account.asked)
    account.ignores_filters = True

    assert set(found) == {str(i) for i in range(1, 251, 2)}
    assert asked == [(1, 100)] * 3
    with pytest.raises(IncompleteReadError, match=r"filter\[id\] was ignored"):
        by_ids(account, "configurations", ["1"], lane="live")


def test_where_lists_cannot_be_filtered_by_id_each_record_is_read_alone() -> None:
    """The small lists know a filter by name only (api 5.2)."""
    account = Account([5])

    found = by_ids(account, "manufacturers", ["5", "6", "5"], lane="live")

    assert list(found) == ["5"]
    assert (account.single, account.asked) == (["5", "6"], [])


def test_assets_without_a_sort_by_id_may_not_repeat() -> None:
    """Their order is that of creation."""
    kind = KINDS["flexible_assets"]

    def happen(account: Account, asked: int) -> None:
        if asked == 2:
            account.records[0] = START - timedelta(days=2)

    chunks = list(read(Account(range(1, 11), happen), kind, lane="live", sizes=(4,)))

    assert [chunk.restarted for chunk in chunks].count(True) == 1
    assert collect(chunks) == ([str(i) for i in range(11)], True)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_read_that_calls_itself_complete_has_all_that_stayed(data: st.DataObject) -> None:
    """Whatever comes, goes, is moved in or is slow between the pages, at any page size."""
    size = data.draw(st.sampled_from([2, 4, 8]), "size")
    kind = data.draw(st.sampled_from(["configurations", "flexible_assets"]), "kind")
    parent = data.draw(st.sampled_from([None, ("organizations", "5")]), "parent")
    events = ["come", "go", "slow", "move in"] if parent else ["come", "go", "slow"]
    began: list[set[int]] = []
    gone: set[int] = set()

    def happen(account: Account, asked: int) -> None:
        for what in data.draw(st.lists(st.sampled_from(events), max_size=2)):
            free = [i for i in range(90, 150) if i not in account.records and i not in gone]
            if what == "come":
                account.add(max({150, *account.records, *gone}) + 1)
            elif what == "move in":
                moved = data.draw(st.sampled_from(free))
                account.records[moved] = START - timedelta(days=3)
                account.moved[moved] = account.now
            elif what == "slow":
                account.slow_over = data.draw(st.sampled_from([1, 2, 4, 8]))
            elif account.records:
                goes = data.draw(st.sampled_from(sorted(account.records)))
                gone.add(goes)
                del account.records[goes]
        if account.asked[-1][0] == 1:
            began.append(set(account.records))

    account = Account(range(101, 101 + data.draw(st.integers(0, 12))), happen)
    sizes = [each for each in (8, 4, 2, 1) if each <= size]

    try:
        ids, complete = collect(list(read(account, kind, lane="live", parent=parent, sizes=sizes)))
    except IncompleteReadError:
        return

    assert complete
    assert {str(i) for i in began[-1] & set(account.records)} <= set(ids)
    assert len(set(ids)) == len(ids)

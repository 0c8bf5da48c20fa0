"""Which record is which, after a 201 and after a lost answer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bridge.itglue.pairing import Resolution, Sent, not_before, pair, resolve
from bridge.jsonapi import Row
from bridge.marker import find_marker, with_marker
from bridge.records import Ref

POSTED = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
IDENTITY = ("name", "serial_number", "asset_tag", "hostname")


def marker(row: Row) -> Ref | None:
    """Find the marker where a configuration carries it."""
    return find_marker(row.attributes.get("notes"))


def ref(number: int) -> Ref:
    """Name a device at the source."""
    return Ref("cw", "configuration", str(number))


def plain(name: str, **more: Any) -> Sent:
    """Give a record sent without a marker."""
    return Sent(None, {"name": name, **more}, IDENTITY)


def marked(number: int, name: str, **more: Any) -> Sent:
    """Give a record sent with a marker."""
    return Sent(ref(number), {"name": name, "notes": with_marker(None, ref(number)), **more}, IDENTITY)


def row(id_: int, sent: Sent | None = None, *, created_at: datetime = POSTED, **changed: Any) -> Row:
    """Give the record that IT Glue made of what was sent."""
    attributes = dict(sent.attributes) if sent else {}
    return Row(str(id_), {**attributes, "created_at": created_at.isoformat(), **changed})


def resolved(sent: Sequence[Sent], rows: Sequence[Row], linked: Sequence[str] = ()) -> Resolution:
    """Resolve what was posted at POSTED."""
    return resolve(sent, rows, marker, linked=set(linked), not_before=POSTED - timedelta(minutes=2))


def ids(rows: Any) -> dict[int, str]:
    """Give the ids of paired records."""
    return {i: each.id for i, each in rows.items()}


def test_a_201_pairs_by_marker_whatever_the_order_and_the_names() -> None:
    """Equal names, answered backwards."""
    sent = [marked(i, "PC") for i in range(3)]

    pairing = pair(sent, [row(30 - i, each) for i, each in enumerate(sent)], marker)

    assert ids(pairing.rows) == {0: "30", 1: "29", 2: "28"}
    assert (pairing.missing, pairing.left_over) == ((), ())


def test_a_201_pairs_by_what_was_sent_where_there_is_no_marker() -> None:
    """Records that are equal in all are interchangeable, and pair in id order."""
    sent = [plain("A"), plain("B", serial_number="1"), plain("B", serial_number="2"), plain("C"), plain("C")]
    rows = [row(9, sent[4]), row(8, sent[3]), row(7, sent[2]), row(6, sent[1]), row(5, sent[0])]

    assert ids(pair(sent, rows, marker).rows) == {0: "5", 1: "6", 2: "7", 3: "8", 4: "9"}


def test_a_201_with_dropped_attributes_still_pairs_where_nothing_else_is_like_it() -> None:
    """The serial was dropped from both; A is told by its name, the two B cannot be told apart."""
    sent = [plain("A", serial_number="1"), plain("B", serial_number="2"), plain("B", serial_number="3")]
    rows = [
        row(7, sent[0], serial_number=None),
        row(8, sent[1], serial_number=None),
        row(9, sent[2], serial_number=None),
    ]

    pairing = pair(sent, rows, marker)

    assert ids(pairing.rows) == {0: "7"}
    assert pairing.missing == (1, 2)
    assert [each.id for each in pairing.left_over] == ["8", "9"]


def test_a_201_with_rows_missing_or_foreign_says_so() -> None:
    """Nothing is paired by position."""
    sent = [plain("A"), plain("B")]

    pairing = pair(sent, [row(5, plain("Z"))], marker)

    assert pairing.rows == {}
    assert pairing.missing == (0, 1)
    assert [each.id for each in pairing.left_over] == ["5"]


def test_a_lost_create_is_found_by_its_marker() -> None:
    """However a person changed it since, and whenever it was made."""
    sent = [marked(1, "PC"), marked(2, "PC")]
    rows = [row(5, sent[1], name="Renamed", created_at=POSTED - timedelta(days=1)), row(6, marked(3, "PC"))]

    found = resolved(sent, rows)

    assert ids(found.rows) == {1: "5"}
    assert found.absent == (0,)
    assert found.unclear == {}


def test_two_records_with_one_marker_need_a_person() -> None:
    """They are the duplicate that must not be hidden."""
    sent = [marked(1, "PC")]

    found = resolved(sent, [row(5, sent[0]), row(6, sent[0])])

    assert {i: [each.id for each in rows] for i, rows in found.unclear.items()} == {0: ["5", "6"]}


def test_without_a_marker_ours_is_new_unlinked_and_equal() -> None:
    """An older twin, a linked twin and another's record are not ours."""
    sent = [plain("PC", serial_number="1")]
    others = [
        row(5, sent[0], created_at=POSTED - timedelta(minutes=3)),
        row(6, sent[0]),
        row(7, sent[0], serial_number="2"),
        row(8, marked(9, "PC"), serial_number="1"),
    ]

    assert resolved(sent, others, linked=["6"]).absent == (0,)
    assert ids(resolved(sent, [*others, row(9, sent[0])], linked=["6"]).rows) == {0: "9"}


def test_of_k_equal_rows_m_are_paired_in_id_order_and_the_rest_was_not_made() -> None:
    """Equal bodies are interchangeable."""
    sent = [plain("PC"), plain("PC"), plain("PC")]

    found = resolved(sent, [row(8, sent[0]), row(7, sent[0])])

    assert ids(found.rows) == {0: "7", 1: "8"}
    assert found.absent == (2,)


def test_more_records_than_rows_are_unclear() -> None:
    """A person may have typed one in the same minutes."""
    sent = [plain("PC"), plain("Other")]

    found = resolved(sent, [row(7, sent[0]), row(8, sent[0]), row(9, sent[1])])

    assert set(found.unclear) == {0}
    assert ids(found.rows) == {1: "9"}


def test_a_record_that_dropped_or_changed_a_value_is_not_made_again() -> None:
    """A second POST would be a duplicate for good."""
    sent = [plain("A", asset_tag="7"), plain("B", position="left"), plain("C", asset_tag="8")]

    found = resolved(sent, [row(7, sent[0], asset_tag=None), row(8, sent[1], position="LEFT"), row(9, plain("D"))])

    assert ids(found.rows) == {0: "7", 1: "8"}
    assert found.absent == (2,)


def test_a_record_that_two_different_creates_may_have_made_needs_a_person() -> None:
    """It dropped what would tell them apart."""
    sent = [plain("PC", position="left"), plain("PC", position="right")]

    assert set(resolved(sent, [row(7, sent[0], position=None)]).unclear) == {0, 1}
    assert ids(resolved(sent, [row(7, sent[0])]).rows) == {0: "7"}


def test_the_earliest_time_is_put_by_the_servers_clock() -> None:
    """Two minutes are allowed for, five where the server names no time."""
    read_at = POSTED + timedelta(minutes=6)

    slow = not_before(POSTED, read_at=read_at, server_date=read_at - timedelta(hours=1))

    assert slow == POSTED - timedelta(hours=1, minutes=2)
    assert not_before(POSTED, read_at=read_at, server_date=None) == POSTED - timedelta(minutes=5)


BODIES = st.fixed_dictionaries(
    {
        "name": st.sampled_from("AB"),
        "serial_number": st.sampled_from([None, "1", "2"]),
        "position": st.sampled_from([None, "l"]),
    }
)


@given(st.lists(BODIES, max_size=8), st.data())
def test_no_record_is_claimed_twice_and_none_is_made_again(bodies: list[dict[str, Any]], data: st.DataObject) -> None:
    """Whatever part was made: each record belongs to one row at most; a row called absent has no record left for it."""
    sent = [Sent(None, body, IDENTITY) for body in bodies]
    made = data.draw(st.lists(st.sampled_from(range(len(sent))), unique=True) if sent else st.just([]))
    rows = data.draw(st.permutations([row(100 + i, sent[i]) for i in made]))

    found = resolved(sent, rows)
    answered = pair(sent, rows, marker)

    taken = [each.id for each in found.rows.values()]
    assert len(set(taken)) == len(taken)
    assert sorted([*found.rows, *found.absent, *found.unclear]) == list(range(len(sent)))
    assert found.unclear == {}
    assert len(found.rows) == len(made)
    for i, each in [*found.rows.items(), *answered.rows.items()]:
        assert dict(sent[i].attributes) == {name: each.attributes[name] for name in sent[i].attributes}
    assert len(answered.rows) == len(made)
    assert answered.left_over == ()

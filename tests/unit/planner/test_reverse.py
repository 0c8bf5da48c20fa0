"""The reverse of a run's writes: exactly what was before, or refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.planning import Archive, Field, Nothing, Restore, Update
from bridge.planning.facts import AssetView
from bridge.planning.reverse import Refused, Written, reverse

WORDS = ("serial_number", "asset_tag", "notes", "primary_ip", "hostname")
VALUES = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "d"]))


def update(before: dict[str, Any], after: dict[str, Any]) -> Written:
    """Give an update of record 5."""
    return Written("update", "5", before, after)


def held(*, archived: bool = False, **attributes: Any) -> AssetView:
    """Give record 5 as IT Glue holds it."""
    return AssetView("5", attributes, archived)


@given(
    start=st.fixed_dictionaries(dict.fromkeys(WORDS, VALUES)),
    changes=st.lists(st.dictionaries(st.sampled_from(WORDS), VALUES, min_size=1), min_size=1, max_size=4),
)
def test_whatever_a_run_wrote_is_put_back(start: dict[str, Any], changes: list[dict[str, Any]]) -> None:
    """Several writes of one run fold into one; put back, there is nothing more to undo."""
    now = dict(start)
    written = []
    for change in changes:
        written.append(update({word: now[word] for word in change}, change))
        now |= change

    found = reverse("configurations", written, held(**now))
    back = now | ({word: one.new for word, one in found.fields.items()} if isinstance(found, Update) else {})

    assert isinstance(found, Update | Nothing)
    assert back == start
    assert reverse("configurations", written, held(**back)) == Nothing()


@given(start=st.fixed_dictionaries(dict.fromkeys(WORDS, VALUES)), word=st.sampled_from(WORDS))
def test_what_somebody_has_changed_since_is_refused_as_a_whole(start: dict[str, Any], word: str) -> None:
    """Another value in one attribute: none is put back, and the attribute is named."""
    after = dict.fromkeys(WORDS, "new")

    found = reverse("configurations", [update(start, after)], AssetView("5", {**after, word: "a person's"}))

    assert found == Refused(f"{word} changed since")


def test_what_was_made_is_archived_where_that_can_be() -> None:
    """An organization cannot; what is archived already is left."""
    made = [Written("create", "5", {"name": None}, {"name": "PC"})]

    assert reverse("configurations", made, held(name="PC")) == Archive("5", {"archived": Field(False, True, "undo")})
    assert reverse("configurations", made, held(name="PC", archived=True)) == Nothing()
    assert reverse("organizations", made, held(name="PC")) == Refused(
        "it was made, and IT Glue archives no organizations: change or delete 5 by hand"
    )
    assert reverse("configurations", made, held(name="PC of Anna")) == Refused("name changed since")


def test_what_was_archived_is_restored() -> None:
    """By the flag, or by the status that gone had set."""
    flag = [Written("archive", "5", {"archived": False}, {"archived": True})]
    status = [Written("archive", "5", {"organization_status_id": "1"}, {"organization_status_id": "2"})]

    assert reverse("configurations", flag, held(archived=True)) == Restore(
        "5", {"archived": Field(True, False, "undo")}
    )
    assert reverse("organizations", status, held(organization_status_id=2)) == Restore(
        "5", {"organization_status_id": Field(2, "1", "undo")}
    )


def test_what_was_restored_is_archived_again() -> None:
    """With the values that were written in the same request."""
    back = [Written("restore", "5", {"archived": True, "notes": "x"}, {"archived": False, "notes": "y"})]

    found = reverse("configurations", back, held(notes="y"))

    assert found == Archive("5", {"archived": Field(False, True, "undo"), "notes": Field("y", "x", "undo")})


@pytest.mark.parametrize(
    ("written", "asset", "reason"),
    [
        (update({"notes": "a"}, {"notes": "b"}), AssetView("5", {"notes": "b"}, False, "enabled"), None),
        (update({"name": "a"}, {"name": "b"}), AssetView("5", {"name": "b"}, False, "enabled"), "owns name"),
        (Written("update", "6", {"name": "a"}, {"name": "b"}), held(name="b"), "it is another record by now, 5"),
        (update({"quick_notes": "a"}, {"quick_notes": "b"}), held(), "quick_notes changed since"),
    ],
)
def test_what_cannot_be_undone_says_why(written: Written, asset: AssetView, reason: str | None) -> None:
    """The native sync owns it, the target is another record, lists do not show the attribute."""
    found = reverse("configurations", [written], asset)

    if reason is None:
        assert isinstance(found, Update)
    else:
        assert isinstance(found, Refused)
        assert reason in found.reason


def test_what_cannot_be_empty_stays() -> None:
    """A type that the run was the first to set; the rest is put back."""
    found = reverse(
        "configurations",
        [update({"configuration_type_id": None, "notes": None}, {"configuration_type_id": "7", "notes": "x"})],
        held(configuration_type_id=7, notes="x"),
    )

    assert found == Update("5", {"notes": Field("x", None, "undo")}, {"configuration_type_id": "never empty"}, True)

"""E-mail addresses and telephone numbers in the form that IT Glue takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.mapping.clean import Bad
from bridge.mapping.communications import emails, phones
from bridge.planning.sameness import same

_TEXT = st.text(max_size=12)
_ROWS = st.lists(
    st.one_of(
        _TEXT,
        st.none(),
        st.fixed_dictionaries(
            {"value": st.one_of(st.none(), _TEXT, st.from_regex(r"\+?[0-9 ()x-]{1,12}", fullmatch=True)),
             "label": st.one_of(st.none(), _TEXT), "primary": st.booleans()},
            optional={"extension": st.one_of(st.none(), _TEXT)},
        ),
    ),
    max_size=5,
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "value", "extension"),
    [
        ("(555) 010-7788", "5550107788", None),
        ("+44 (0)20 7946 0000", "+4402079460000", None),
        ("555-0100 x12", "5550100", "12"),
        ("555-0100 Ext. 7", "5550100", "7"),
        ("555\u200b0100", "5550100", None),
    ],
)
def test_a_number_is_what_is_dialled(written: str, value: str, extension: str | None) -> None:
    """IT Glue strips separators: with them the number would never come back as it was sent."""
    rows = phones([{"value": written, "label": "Direct"}])

    assert isinstance(rows, list)
    [row] = rows
    assert (row["value"], row.get("extension")) == (value, extension)


def test_one_of_several_is_primary() -> None:
    """The source's own default, else the first; the source may have one for calls and another for faxes."""
    given = [{"value": "1", "label": "Fax", "primary": True}, {"value": "2", "label": "Direct", "primary": True}]

    rows = phones(given)

    assert isinstance(rows, list)
    assert [(row["value"], row["label-type"], row.get("primary")) for row in rows] == [
        ("1", "fax", True), ("2", "phone", None),
    ]  # fmt: skip
    assert emails(["a@x.test", {"value": "b@x.test", "primary": True}]) == [
        {"value": "a@x.test", "label-name": "Work"},
        {"value": "b@x.test", "label-name": "Work", "primary": True},
    ]


def test_an_address_that_stands_twice_is_sent_once() -> None:
    """Case does not tell two addresses apart."""
    assert emails(["Jo@x.test", "jo@X.test", " "]) == [{"value": "Jo@x.test", "label-name": "Work", "primary": True}]


def test_none_is_none_and_no_number_is_said() -> None:
    """An empty list clears nothing that we did not write; text that is no number is skipped and noted."""
    assert emails([]) is None
    assert phones(None) is None
    assert isinstance(phones(["ask Jo"]), Bad)


@given(_ROWS)
def test_whatever_the_source_says_is_a_list_that_it_glue_takes(given_rows: list[Any]) -> None:
    """Each row has a value and a label, exactly one is primary, and the list equals itself as IT Glue shows it."""
    for form, attribute in ((emails, "contact_emails"), (phones, "contact_phones")):
        rows = form(given_rows)
        if not isinstance(rows, list):
            continue
        assert all(row["value"] and row["label-name"] for row in rows)
        assert sum(row.get("primary") is True for row in rows) == 1
        shown = [
            {"primary": False, "extension": None, "formatted-value": row["value"], **row} for row in reversed(rows)
        ]
        assert same(attribute, shown, rows)

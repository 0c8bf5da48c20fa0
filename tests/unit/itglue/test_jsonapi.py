"""Documents as IT Glue sends and takes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import TransientError
from bridge.jsonapi import MOST_BYTES, Adapter, TooLargeError, encode, encode_many, parse

SAMPLES = Path(__file__).parents[2] / "samples" / "itglue"


def sample(name: str) -> Any:
    """Read a recorded answer."""
    return json.loads((SAMPLES / f"{name}.json").read_text())


def test_a_list_is_read_with_its_count_and_next_page() -> None:
    """Words get underscores; ids are text, also inside attributes."""
    document = parse(sample("configurations.200"))

    assert (document.total, document.next_page) == (3, 2)
    [row] = document.rows
    assert row.id == "778120"
    assert row.attributes["organization_id"] == "90021"
    assert row.attributes["configuration_type_id"] == "703"
    assert row.attributes["serial_number"] == "X7-0042"


def test_adapters_come_from_what_is_included() -> None:
    """Ids are numbers or text on either side; a pointer to nothing is skipped."""
    [row] = parse(sample("configurations.200")).rows

    assert row.adapters == (
        Adapter("ConnectWise", "311", sync=True, orphaned=False),
        Adapter("Microsoft", "ab-7", sync=False, orphaned=False),
    )


def test_the_keys_of_traits_stay_as_they_are() -> None:
    """A name-key has dashes; the ids in a tag stay what they are."""
    [row] = parse(sample("flexible_asset.200")).rows

    assert set(row.attributes["traits"]) == {"title", "webmail-url", "devices"}
    assert row.attributes["flexible_asset_type_id"] == "905"


def test_words_inside_a_list_get_underscores_too() -> None:
    """E-mails and phones read as they are written."""
    [row] = parse(sample("contact.201")).rows

    assert row.attributes["contact_emails"] == [{"value": "ada@lumen.test", "label_name": "Work", "primary": True}]
    assert row.attributes["location_id"] is None


def test_an_empty_list_counts_nothing() -> None:
    """The total is 0, not unknown."""
    assert parse(sample("empty.200")) == parse({"data": [], "meta": {"total-count": 0}})


@pytest.mark.parametrize(
    "payload",
    [None, [], "text", {}, {"data": 5}, {"data": [{}]}, {"data": {"id": 1}}, {"data": [], "included": [5]}],
)
def test_what_is_no_document_says_so(payload: object) -> None:
    """It is an error of the moment, not a bug."""
    with pytest.raises(TransientError, match="no JSON:API document"):
        parse(payload)


def test_a_body_has_one_record_or_many() -> None:
    """Ids travel as numbers, null clears, a trait's ids are left alone."""
    one = encode("configurations", {"name": "A", "organization_id": "1694461951918297", "notes": None})
    many = encode_many("flexible_assets", [{"id": "72", "traits": {"related_id": "5"}}])

    assert json.loads(one) == {
        "data": {
            "type": "configurations",
            "attributes": {"name": "A", "organization_id": 1694461951918297, "notes": None},
        }
    }
    assert json.loads(many) == {
        "data": [{"type": "flexible_assets", "attributes": {"id": 72, "traits": {"related_id": "5"}}}]
    }


def test_a_body_over_10_mb_is_not_sent() -> None:
    """The gateway would answer 413."""
    encode("configurations", {"notes": "x" * (MOST_BYTES - 100)})

    with pytest.raises(TooLargeError, match=r"10,000,0\d\d bytes, IT Glue takes 10,000,000") as caught:
        encode("configurations", {"notes": "x" * MOST_BYTES})
    assert caught.value.status == 413


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}(_[a-z]{1,5})?(_id)?", fullmatch=True), st.integers(1, 2**60)))
def test_what_is_written_reads_back(attributes: dict[str, int]) -> None:
    """Dashes and underscores, numbers and text: the same record."""
    ids = {name: str(value) if name.endswith("_id") else value for name, value in attributes.items()}

    body = json.loads(encode("contacts", ids))["data"]["attributes"]
    [row] = parse({"data": {"id": 5, "attributes": {k.replace("_", "-"): v for k, v in body.items()}}}).rows

    assert row.attributes == ids

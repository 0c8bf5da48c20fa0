"""Every error body of the reference, for a read, for a write of one record and for a write of several."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import (
    AuthError,
    BridgeError,
    RateLimitError,
    RejectedError,
    SideDownError,
    TransientError,
    UnknownOutcomeError,
)
from bridge.itglue.classify import BulkRefusedError, SlowListError, SyncedError, classify
from bridge.jsonapi import TooLargeError

SAMPLES = Path(__file__).parents[2] / "samples" / "itglue"
HTML = b"<!DOCTYPE html><html><h1>The page you were looking for doesn't exist (404)</h1></html>"


def judge(sample: str, rows: int | None) -> BridgeError | None:
    """Classify a recorded answer; the status stands in the sample's name."""
    body = (SAMPLES / f"{sample}.json").read_bytes()
    return classify(int(sample[-3:]), "application/vnd.api+json; charset=utf-8", body, what="POST x", rows=rows)


@pytest.mark.parametrize(
    ("sample", "read", "write", "bulk"),
    [
        ("bad_json.400", RejectedError, RejectedError, BulkRefusedError),
        ("wrong_key.401", AuthError, AuthError, AuthError),
        ("id_not_reachable.401", RejectedError, RejectedError, BulkRefusedError),
        ("wrong_key.403", AuthError, AuthError, AuthError),
        ("record.404", RejectedError, RejectedError, BulkRefusedError),
        ("body_too_long.413", TooLargeError, TooLargeError, TooLargeError),
        ("content_type.415", TransientError, UnknownOutcomeError, UnknownOutcomeError),
        ("invalid_trait_keys.422", RejectedError, RejectedError, BulkRefusedError),
        ("required_trait.422", RejectedError, RejectedError, BulkRefusedError),
        ("required_reference.422", RejectedError, RejectedError, BulkRefusedError),
        ("organization_missing.422", RejectedError, RejectedError, BulkRefusedError),
        ("bulk_on_flat_route.422", RejectedError, RejectedError, BulkRefusedError),
        ("parameter_twice.422", RejectedError, RejectedError, BulkRefusedError),
        ("list_without_type.422", RejectedError, RejectedError, BulkRefusedError),
        ("synced.422", SyncedError, SyncedError, BulkRefusedError),
        ("name_taken.422", RejectedError, RejectedError, BulkRefusedError),
        ("text_too_long.422", RejectedError, RejectedError, BulkRefusedError),
        ("too_many_requests.429", RateLimitError, RateLimitError, RateLimitError),
        ("too_many_requests_jsonapi.429", RateLimitError, RateLimitError, RateLimitError),
        ("internal.500", SideDownError, UnknownOutcomeError, UnknownOutcomeError),
        ("gateway.502", SideDownError, UnknownOutcomeError, UnknownOutcomeError),
        ("gateway.504", SlowListError, UnknownOutcomeError, UnknownOutcomeError),
    ],
)
def test_each_recorded_error_has_one_meaning(
    sample: str, read: type[BridgeError], write: type[BridgeError], bulk: type[BridgeError]
) -> None:
    """The kind of request decides whether the outcome is known."""
    assert [type(judge(sample, rows)) for rows in (None, 1, 2)] == [read, write, bulk]


@pytest.mark.parametrize("sample", ["configurations.200", "contact.201", "empty.200"])
def test_a_document_with_data_is_a_success(sample: str) -> None:
    """An empty list too."""
    assert judge(sample, None) is None
    assert judge(sample, 1) is None


@pytest.mark.parametrize(
    ("status", "read"),
    [(200, SideDownError), (302, SideDownError), (403, SideDownError), (404, TransientError), (503, SideDownError)],
)
def test_a_page_of_html_is_never_an_answer(status: int, read: type[BridgeError]) -> None:
    """Not with a 200 either; a write that got one may be done."""
    error = classify(status, "text/html", HTML, what="GET configurations", rows=None)

    assert type(error) is read
    assert "GET configurations: " in str(error)
    assert "The page you were looking for" in str(error)
    assert "a web page instead of data" in str(error)
    assert "<" not in str(error)
    assert type(classify(status, "text/html", HTML, what="POST x", rows=1)) is UnknownOutcomeError


def test_a_success_that_is_no_document_leaves_a_write_unknown() -> None:
    """Cut JSON, no data, an empty body."""
    for body in (b'{"data": [{"id"', b'{"message": "hello"}', b"", b"[]"):
        assert type(classify(201, "application/json", body, what="POST x", rows=1)) is UnknownOutcomeError
        assert type(classify(200, "application/json", body, what="GET x", rows=None)) is SideDownError


@pytest.mark.parametrize(
    ("sample", "pointers"),
    [
        ("required_trait.422", (("flexible_asset_traits.webmail-url", "can't be blank"),)),
        ("required_reference.422", (("configuration_type", "must exist"),)),
        ("organization_missing.422", (("organization_id", "Valid organization_id is required"),)),
        ("invalid_trait_keys.422", (("traits", "Request contains invalid trait keys"),)),
        ("parameter_twice.422", ((None, "Duplicate Parameters Specified"),)),
        ("id_not_reachable.401", (("id", "Unauthorized resource access"),)),
        ("synced.422", (("contact_emails.base", "Cannot update a synced resource"),)),
        ("second_row.422", (("name", "can't be blank"),)),
    ],
)
def test_what_was_said_is_told_per_attribute(sample: str, pointers: tuple[tuple[str | None, str], ...]) -> None:
    """With and without slash, dashed, dotted, detail as text or list, or only a title."""
    error = judge(sample, 1)

    assert isinstance(error, RejectedError)
    assert error.pointers == pointers
    assert error.status == int(sample[-3:])
    assert pointers[0][1] in str(error)


def test_a_bulk_refusal_keeps_what_was_said() -> None:
    """Some of the rows may be stored, so the outcome is unknown; the reason is not."""
    error = judge("synced.422", 50)

    assert isinstance(error, BulkRefusedError)
    assert isinstance(error.refusal, SyncedError)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("17", 17),
        ("0", 0),
        ("Tue, 03 Mar 2026 10:12:12 GMT", 60),
        ("Tue, 03 Mar 2026 10:00:00 GMT", 0),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    """A date is measured against the server's own clock."""
    date = datetime(2026, 3, 3, 10, 11, 12, tzinfo=UTC)

    error = classify(429, "", b"", what="x", rows=1, retry_after=header, date=date)

    assert isinstance(error, RateLimitError)
    assert error.retry_after == seconds


@given(
    status=st.integers(100, 599),
    content_type=st.sampled_from(["application/json", "application/vnd.api+json", "text/html", ""]),
    said=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.sampled_from(["data", "errors", "detail", "source"]), each),
    ),
    rows=st.none() | st.integers(1, 200),
)
def test_any_answer_has_a_meaning(status: int, content_type: str, said: object, rows: int | None) -> None:
    """Nothing makes it fail; no success but 200 and 201; a write is refused, known undone, or unknown."""
    error = classify(status, content_type, json.dumps(said).encode(), what="x", rows=rows)

    assert status in {200, 201} or error is not None
    if rows is not None and error is not None:
        assert isinstance(error, AuthError | RateLimitError | RejectedError | UnknownOutcomeError)
    if status >= 500 and rows is not None:
        assert isinstance(error, UnknownOutcomeError)

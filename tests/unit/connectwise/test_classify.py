"""What each answer means: status, media type and body together (api/connectwise.md 8)."""

import pytest

from bridge.errors import AuthError, RateLimitError, RejectedError, SideDownError, TransientError
from connectors.connectwise.classify import NotFoundError, RefusedError, SlowQueryError, UnroutedError, error_of
from tests.unit.connectwise.samples import NAMES, answer

MEANINGS: dict[str, tuple[type[Exception], str | None]] = {
    "bad_condition.400": (RejectedError, None),
    "bad_enum.400": (RejectedError, None),
    "invalid_object.400": (RejectedError, None),
    "cannot_route.400": (UnroutedError, "B208"),
    "missing_client_id.400": (RefusedError, "B203"),
    "missing_client_id.401": (RefusedError, "B203"),
    "missing_client_id.403": (RefusedError, "B203"),
    "wrong_keys.401": (RefusedError, "B202"),
    "wrong_keys_older.401": (RefusedError, "B202"),
    "ssl_required.401": (UnroutedError, "B209"),
    "ssl_required.403": (UnroutedError, "B209"),
    "no_permission.403": (RefusedError, "B204"),
    "blocked.403": (RefusedError, "B202"),
    "not_found.404": (NotFoundError, None),
    "no_endpoint.404": (UnroutedError, "B208"),
    "html.404": (UnroutedError, "B208"),
    "in_use.409": (RejectedError, None),
    "too_many.429": (RateLimitError, None),
    "timeout.500": (SlowQueryError, None),
    "broken.500": (TransientError, None),
    "gateway.502": (SideDownError, None),
    "maintenance.503": (SideDownError, None),
    "slow_gateway.504": (SideDownError, None),
    "moved.302": (UnroutedError, "B208"),
}


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(".200")])
def test_each_recorded_refusal_has_one_meaning(name: str) -> None:
    """The type says how one recovers, the code which page of the error list helps."""
    kind, code = MEANINGS[name]

    error = error_of(answer(name), "cw: GET api-na.cw.test/company/companies")

    assert type(error) is kind
    assert getattr(error, "code", None) == code
    assert str(error).startswith("cw: GET api-na.cw.test/company/companies: ")


def test_an_html_404_is_a_matter_of_address_or_keys_never_of_the_record() -> None:
    """Wrong credentials on cloud look like a missing page; read as "deleted" this would archive a customer."""
    error = error_of(answer("html.404"), "cw")

    assert isinstance(error, AuthError)
    assert not isinstance(error, NotFoundError)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"Retry-After": "Fri, 01 May 2026 09:31:00 GMT", "Date": "Fri, 01 May 2026 09:30:00 GMT"}, 60.0),
        ({"Retry-After": "Fri, 01 May 2026 09:29:00 GMT", "Date": "Fri, 01 May 2026 09:30:00 GMT"}, 0.0),
        ({"Retry-After": "Fri, 01 May 2026 09:31:00 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
    ],
)
def test_a_pause_is_read_in_seconds_or_from_the_servers_own_clock(
    headers: dict[str, str], seconds: float | None
) -> None:
    """A date is counted from the Date header: our own clock may be hours off."""
    error = error_of(answer("too_many.429", **headers), "cw")

    assert isinstance(error, RateLimitError)
    assert error.retry_after == seconds


def test_a_message_names_what_support_asks_for() -> None:
    """ConnectWise's support finds a request by its id and server."""
    text = str(error_of(answer("broken.500"), "cw"))

    assert "x-cw-request-id a1b2c3" in text
    assert "x-server-name NA-APP-7" in text

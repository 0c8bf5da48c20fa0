"""What stands in a log, and what never does."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from bridge import logs


@pytest.fixture(autouse=True)
def _default() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def logged(form: logs.Format = "json", **words: object) -> str:
    """Give what one event leaves in the log."""
    stream = io.StringIO()
    logs.configure("info", form, stream)
    structlog.get_logger().info("page.mirrored", **words)
    return stream.getvalue()


def test_in_production_a_line_is_json() -> None:
    """With level, time in UTC and the event's name."""
    line = json.loads(logged(source="cw", rows=1000))

    assert (line["event"], line["level"], line["source"], line["rows"]) == ("page.mirrored", "info", "cw", 1000)
    assert line["timestamp"].endswith("Z")


def test_away_from_a_terminal_auto_is_json_and_text_is_text() -> None:
    """A container's log is read by a machine."""
    assert logged("auto").startswith("{")
    assert "page.mirrored" in logged("text")
    assert not logged("text").startswith("{")


@pytest.mark.parametrize(
    "key", ["password", "api_key", "private_key", "client_id", "token", "Authorization", "trigger_token", "email", "phone",
            "payload", "notes"]
)  # fmt: skip
def test_secrets_and_personal_data_are_taken_out_by_key(key: str) -> None:
    """Whoever logs them."""
    words: dict[str, object] = {key: "hush", "nested": {key: "hush"}, "listed": [{key: "hush"}]}

    line = logged("json", **words)

    assert "hush" not in line


@pytest.mark.parametrize(
    "text",
    ["redis://user:hush@host:6379/0", "Authorization: Basic aHVzaDpodXNo", "bearer hushhushhush", "ITG.hushhush42"],
)
def test_credentials_inside_texts_are_taken_out(text: str) -> None:
    """An error message may quote an address or a header."""
    line = logged(reason=f"refused: {text}")

    assert "hush" not in line
    assert "aHVzaDpodXNo" not in line
    assert "refused" in line


def test_long_values_are_cut() -> None:
    """A whole answer is no log line."""
    assert len(logged(reason="x" * 5000)) < 700


def test_a_traceback_shows_no_local_variables() -> None:
    """They hold keys and records."""
    stream = io.StringIO()
    logs.configure("info", "text", stream)
    secret_value = "hush"
    try:
        raise ValueError(len(secret_value))
    except ValueError:
        structlog.get_logger().exception("drain.bug")

    assert "ValueError: 4" in stream.getvalue()
    assert "'hush'" not in stream.getvalue()


def test_levels_are_kept_and_what_a_command_says_itself_is_left_out() -> None:
    """A command's errors are said once."""
    stream = io.StringIO()
    logs.configure("warning", "json", stream, unsaid=("source.lost",))
    log = structlog.get_logger()
    log.info("page.mirrored")
    log.error("source.lost")
    log.warning("stop.held")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["stop.held"]

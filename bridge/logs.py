"""Logs: JSON in production, readable on a terminal, always to standard error, with no secret and no personal data."""

import logging
import re
import sys
from collections.abc import Collection, MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog

Format = Literal["auto", "json", "text"]
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
LONGEST = 500
MOST_TRACEBACK = 20_000
HIDDEN = "***"

# Keys whose values are never shown, whoever logs them: credentials, and what people are called and write.
_SECRET = re.compile(
    r"(^|_)(password|passwd|secret|token|api_?key|private_?key|public_?key|client_?id|authorization|auth|cookie|key)s?$"
)
_PERSONAL = re.compile(r"(^|_)(email|phone|body|payload|record|words|notes|before|after)s?$")
# Credentials inside texts: the password of a URL, a bearer or basic header, a key of IT Glue.
_IN_TEXT = (
    (re.compile(r"(\w+://[^/\s:@]*:)[^/\s@]+@"), r"\1" + HIDDEN + "@"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE), r"\1 " + HIDDEN),
    (re.compile(r"\bITG\.[A-Za-z0-9._-]{8,}"), "ITG." + HIDDEN),
)


def configure(
    level: str = "info", form: Format = "auto", stream: TextIO | None = None, *, unsaid: Collection[str] = ()
) -> None:
    """Set up logging for this process; `auto` is text on a terminal, else JSON. Events `unsaid` are left out."""
    out = stream if stream is not None else _StandardError()
    as_text = form == "text" or (form == "auto" and out.isatty())
    shown: Any = (
        structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
        if as_text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            _Without(unsaid),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # never a formatter that shows local variables: they hold secrets
            redact,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", out)),
        cache_logger_on_first_use=False,
    )
    # What libraries log is warnings at most: their debug lines hold whole requests.
    root = logging.getLogger()
    for before in [each for each in root.handlers if isinstance(each, _OwnLines)]:
        root.removeHandler(before)
    handler = _OwnLines(out)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(max(LEVELS[level], logging.WARNING))


class _OwnLines(logging.StreamHandler[Any]):
    """What we set up ourselves, known by its class: setting logging up again replaces it."""


class _StandardError:
    """Standard error as it is when something is written, whatever it was when logging was set up."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()


class _Without:
    """Leaves out events that a command says in its own words."""

    def __init__(self, events: Collection[str]) -> None:
        self._events = frozenset(events)

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event.get("event") in self._events:
            raise structlog.DropEvent
        return event


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what must not stand in a log: a processor of structlog."""
    for key, value in event.items():
        event[key] = _clean(key, value)
    return event


def _clean(key: str, value: Any) -> Any:
    word = key.casefold().replace("-", "_")
    if word not in {"event", "level", "timestamp"} and (_SECRET.search(word) or _PERSONAL.search(word)):
        return HIDDEN if value is not None else None
    if isinstance(value, str):
        return _text(value, MOST_TRACEBACK if word == "exception" else LONGEST)
    if isinstance(value, dict):
        return {name: _clean(str(name), one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", one) for one in value]
    return value


def _text(value: str, longest: int) -> str:
    for pattern, shown in _IN_TEXT:
        value = pattern.sub(shown, value)
    return value if len(value) <= longest else f"{value[:longest]}… ({len(value)} characters)"

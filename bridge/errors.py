"""Errors, grouped by how one recovers.

BridgeError
├── TransientError          again later, with backoff; spends an attempt
│   ├── RateLimitError      again after `retry_after` seconds; spends no attempt
│   ├── SideDownError       the whole side fails (no connection, 5xx everywhere, maintenance page): it is paused
│   └── UnknownOutcomeError a write was sent and its answer is not known; never sent again before it is resolved
├── PermanentError          again only after a person acts
│   ├── AuthError           the side pauses, credentials are read again
│   ├── RejectedError       the other side judged this one record
│   ├── MappingError        held, until the record, the settings or a decision changes
│   └── SignatureError      a webhook that is not genuine
├── SourceError             a source did not give what a person's command needs; holds the error that says why
├── IncompleteReadError     nothing may be concluded from absence; again later, spends no attempt
└── SettingsError           refuses to start; names key and line
"""


class BridgeError(Exception):
    """Something the bridge expects; the message names the thing and the remedy, and holds no secret."""


class TransientError(BridgeError):
    """Try again later, with backoff."""


class RateLimitError(TransientError):
    """The other side asked for a pause: `retry_after` seconds, None where it named none."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SideDownError(TransientError):
    """The whole side fails; nobody's attempts are spent. `sent` is False where no byte of a request left us."""

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class UnknownOutcomeError(TransientError):
    """A write left us and its answer is not known: it may be done, may come late, may be lost."""


class PermanentError(BridgeError):
    """Trying again changes nothing until a person acts."""


class AuthError(PermanentError):
    """The key, the credentials or the permission of a whole side is refused."""


class RejectedError(PermanentError):
    """The other side judged one record: `status`, and what it said, per attribute where it named one."""

    def __init__(self, message: str, status: int, pointers: tuple[tuple[str | None, str], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.pointers = pointers


class MappingError(PermanentError):
    """A record cannot be mapped: `code` is the hold code, spelled as in `docs/errors.md`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SignatureError(PermanentError):
    """A webhook is not genuine."""


class SourceError(BridgeError):
    """A source did not give what a person's command needs: `source` is its name, `error` what became of the read."""

    def __init__(self, source: str, error: BridgeError) -> None:
        super().__init__(str(error))
        self.source = source
        self.error = error


class IncompleteReadError(BridgeError):
    """A read could not be proven complete; nothing may be concluded from what it did not show."""


class SettingsError(BridgeError):
    """The settings cannot be used: `code` names the page in `docs/errors.md`, `line` the line of the file."""

    def __init__(self, code: str, message: str, *, file: str | None = None, line: int | None = None) -> None:
        where = f"{file}:{line} " if file and line else f"{file} " if file else ""
        super().__init__(f"{where}{message}")
        self.code = code
        self.file = file
        self.line = line

"""What goes wrong, said to a person: one message each, with its number, its place, its cause and the remedy."""

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from bridge.catalogue import ENTRIES
from bridge.cli import output, shapes
from bridge.errors import AuthError, BridgeError, IncompleteReadError, RateLimitError, SettingsError, SourceError
from bridge.quota import QuotaUnavailableError, QuotaWaitError

ITGLUE = "itglue"
_WITHOUT_REMEDY = {"B135", "B137"}  # what the system says of a file names none


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: its number, its message, and where it stands in a file."""

    code: str
    text: str
    file: str | None = None
    line: int | None = None


class CommandError(BridgeError):
    """A command cannot do what was asked; `problems` are all the reasons."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(each.text for each in problems))
        self.problems = problems


def fail(code: str, text: str) -> CommandError:
    """Give the error of a command that one problem stops."""
    return CommandError(Problem(code, text))


def of_usage(error: typer.TyperException) -> list[Problem]:
    """Say what is wrong with a command line."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "glue-bridge"
    return [Problem("B400", f"{error.format_message()} ({path} --help shows how)")]


def of(error: Exception) -> list[Problem] | None:
    """Say what an error means; None for one that is a fault of ours and needs its traceback."""
    if isinstance(error, CommandError):
        return list(error.problems)
    if isinstance(error, SettingsError):
        return [_of_settings(each) for each in getattr(error, "problems", (error,))]
    if isinstance(error, SourceError):
        return of_side(error.error, error.source)
    if isinstance(error, BridgeError):
        return of_side(error, ITGLUE)
    if isinstance(error, OSError):
        return [_of_system(error)] if error.errno is not None else None
    return _of_database(error)


def _of_settings(error: SettingsError) -> Problem:
    text = str(error)
    if error.file and not error.line and text.count(error.file) > 1:
        text = text.removeprefix(f"{error.file} ")  # the message names it with its path
    if error.code in _WITHOUT_REMEDY:
        text = f"{text}. {ENTRIES[error.code].fix}"
    return Problem(error.code, text, error.file, error.line)


@contextmanager
def side(name: str) -> Iterator[None]:
    """Say of what fails inside that it was this side: `itglue`, or a source by its name."""
    try:
        yield
    except CommandError:
        raise
    except BridgeError as error:
        raise CommandError(*of_side(error, name)) from error


def of_side(error: BridgeError, name: str) -> list[Problem]:
    """Say what an error of one of the two sides means."""
    if isinstance(error, SettingsError):
        return of(error) or []
    named = getattr(error, "code", None)
    said = str(error).removeprefix(f"{name}: ")
    if isinstance(named, str) and named in ENTRIES:
        return [Problem(named, f"{name}: {said}")]
    code = _code(error, itglue=name == ITGLUE)
    return [Problem(code, f"{name}: {said}. {ENTRIES[code].fix}")]


def _code(error: BridgeError, *, itglue: bool) -> str:
    if isinstance(error, QuotaUnavailableError):
        return "B137" if os.strerror(errno.ENOSPC) in str(error) else "B143"
    if isinstance(error, RateLimitError):
        return "B223" if itglue or isinstance(error, QuotaWaitError) else "B211"
    if isinstance(error, IncompleteReadError):
        return "B224"
    if isinstance(error, AuthError):
        return "B221" if itglue else "B202"
    return "B222" if itglue else "B201"


def code_of_system(error: OSError) -> str:
    """Give the number of what the system says of a file."""
    return "B137" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "B135"


def of_output(error: OSError) -> Problem:
    """Say that what was asked for could not be printed."""
    said = f"what this prints cannot be written where it goes: {error.strerror}. It is not whole: make room there"
    return Problem(code_of_system(error), f"{said}, and run the command again")


def _of_system(error: OSError) -> Problem:
    where = f"{error.filename}: " if error.filename else ""
    code = code_of_system(error)
    return Problem(code, f"{where}{error.strerror}. {ENTRIES[code].fix}")


def _of_database(error: Exception) -> list[Problem] | None:
    from sqlalchemy import exc

    if not isinstance(error, exc.DatabaseError | exc.TimeoutError):
        return None
    said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if any(words in said for words in ("no such table", "no such column", "UNIQUE constraint", "syntax error")):
        return None
    code = "B137" if "full" in said else "B135"
    return [Problem(code, f"{said}. {ENTRIES[code].fix}")]


def report(problems: Sequence[Problem], *, as_json: bool = False) -> None:
    """Print errors to standard error; with `--json` as JSON to standard output too."""
    if as_json:
        found = [shapes.Failure(code=each.code, message=each.text, file=each.file, line=each.line) for each in problems]
        try:
            output.emit(shapes.Errors(errors=found))
            output.flush()
        except OSError:
            output.give_up()  # they stand on standard error all the same
    for each in problems:
        output.finding("error", each.code, each.text, to=sys.stderr)

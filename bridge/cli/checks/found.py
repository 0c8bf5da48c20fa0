"""One line of `check`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bridge.cli import output, shapes
from bridge.cli.failures import Problem
from bridge.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: level is ok, warn or error; subject says of what, code names the page of `docs/errors.md`."""

    level: str
    subject: str
    text: str
    code: str | None = None
    file: str | None = None
    line: int | None = None

    def show(self) -> None:
        """Print it for people."""
        if self.code is None:
            output.finding(self.level, self.subject, self.text)
            return
        named = self.text.startswith((self.subject, str(self.file))) or self.subject == "settings"
        output.finding(self.level, self.code, self.text if named else f"{self.subject}: {self.text}")

    def as_json(self) -> shapes.Finding:
        """Give it for scripts."""
        return shapes.Finding(
            level=self.level, code=self.code, subject=self.subject, text=self.text, file=self.file, line=self.line
        )


def ok(subject: str, text: str) -> Found:
    """Say that something is as it should be."""
    return Found("ok", subject, text)


def of_problems(problems: Iterable[Problem], subject: str, level: str = "error") -> Iterator[Found]:
    """Give problems as findings."""
    for each in problems:
        yield Found(level, subject, each.text.removeprefix(f"{subject}: "), each.code, each.file, each.line)


def of_settings(error: SettingsError, level: str = "error") -> Found:
    """Give an error of the settings as a finding."""
    return Found(level, "settings", str(error), error.code, error.file, error.line)

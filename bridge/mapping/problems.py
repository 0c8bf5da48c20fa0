"""Settings problems, reported all at once and with the nearest known word."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bridge.errors import SettingsError

_MOST_KNOWN = 24


class SettingsErrors(SettingsError):  # noqa: N818 - it is many of them
    """Every problem that was found in the settings; `problems` are the single ones, in the order of the file."""

    def __init__(self, problems: Sequence[SettingsError]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.file or "", each.line or 0)))
        first = self.problems[0]
        super().__init__(first.code, "\n".join(str(each) for each in self.problems))
        self.file, self.line = first.file, first.line


def raise_all(problems: Sequence[SettingsError]) -> None:
    """Raise what was found, if anything was."""
    if problems:
        raise SettingsErrors(problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """Give `; nearest: "…"` for a misspelt word, `; known: …` where nothing is near and they are few."""
    names = sorted(known)
    near = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    if near:
        return f'; nearest: "{near[0]}"'
    return f"; known: {', '.join(names)}" if 0 < len(names) <= _MOST_KNOWN else ""

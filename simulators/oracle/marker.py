"""The marker: the Ref in the last line of the notes of a configuration that the bridge made."""

import re
from typing import Final, NamedTuple

_LINE_END: Final = re.compile(r"<br\s*/?>|<hr\s*/?>|</?(?:p|div)\b[^>]*>|\n", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]+>")
_LED_OVER: Final = re.compile(r"(?:<(?:br|hr|p|div)\b[^>]*>|\s)+$", re.IGNORECASE)


class Marked(NamedTuple):
    """Notes taken apart: the Ref's id (None without a marker), and the text before the marker's line."""

    id: str | None
    before: str


def read(notes: str | None, source: str) -> Marked:
    """Take the notes of a configuration apart; only the last line that has text can be the marker's."""
    whole = notes or ""
    starts = [0, *(found.end() for found in _LINE_END.finditer(whole))]
    last = next((start for start in reversed(starts) if _TAG.sub("", whole[start:]).strip()), None)
    if last is not None:
        found = re.search(rf"(?<![\w:.-]){re.escape(source)}:configuration:(\d+)(?![\w:])", whole[last:])
        if found is not None:
            return Marked(found[1], _LED_OVER.sub("", whole[:last]))
    return Marked(None, _LED_OVER.sub("", whole))

"""Value maps: a source's words for types, statuses and makers, turned into IT Glue's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.desired import Excluded, Held, Name
from bridge.mapping.attributes import READ_ONLY_NAMES, TEXT, Attribute
from bridge.mapping.clean import one_line, plain
from bridge.mapping.rules import Line

ANY = "*"
# What IT Glue requires, or is not to be guessed; of a contact the type may be blank.
HOLDS = {
    "organization_types": "no_type", "configuration_types": "no_type",
    "organization_statuses": "no_status", "configuration_statuses": "no_status",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapLine:
    """One line of an effective value map: where it stands, the names it fits in lower case, what it gives."""

    where: str
    names: frozenset[str]
    to: str

    @classmethod
    def of(cls, line: Line, where: str) -> "MapLine":
        """Prepare a line of the file."""
        return cls(where, frozenset(_folded(each) for each in line.names), line.to)


def _folded(name: str) -> str:
    return one_line(name).casefold()


class ValueMap:
    """One ordered value map of a block.

    `rule` is its key in the block (`types`), `table` the block's key. A blank value that no line names fits `*`; for
    `!same` there is nothing to be the same as, so it holds a type or a status and leaves out anything else.
    """

    def __init__(self, table: str, attribute: Attribute, lines: Sequence[MapLine]) -> None:
        self.rule = f"[{table}].{attribute.rule}"
        self.attribute = attribute
        self.hold = HOLDS.get(attribute.names, "no_value")
        self.lines = tuple(lines)

    def one(self, value: Any, parent: Name | None = None) -> Name | Held | Excluded | None:
        """Map one name, blank included."""
        name = one_line(plain(value) or "")
        return self._result(self._fits((name.casefold(),)), name, f'"{name}"' if name else "a blank value", parent)

    def several(self, references: Iterable[Any]) -> Name | Held | Excluded | None:
        """Map a record with several types: the first line that fits any of them; `!same` is that of the lowest id."""
        named = [(each, one_line(plain(each) or "")) for each in references]
        named = [(each, name) for each, name in named if name]
        if not named:
            return self.one(None)
        lowest = min(named, key=lambda each: _order(each[0]))[1]
        said = ", ".join(f'"{name}"' for _, name in named)
        return self._result(self._fits([name.casefold() for _, name in named]), lowest, said, None)

    def _fits(self, names: Sequence[str]) -> MapLine | None:
        return next(
            (line for line in self.lines if ANY in line.names or any(name in line.names for name in names)), None
        )

    def _result(self, line: MapLine | None, name: str, said: str, parent: Name | None) -> Name | Held | Excluded | None:
        word = self.attribute.word.replace("_", " ")
        if line is None:
            if not name and self.hold == "no_value":
                return None
            return Held(self.hold, f"no line of {self.rule} fits {word} {said}")
        if line.to == "!skip":
            return Excluded(f"{line.where} {self.rule}")
        if line.to == "!hold":
            if not name and self.hold == "no_value" and "" not in line.names:
                return None
            return Held(self.hold, f"{line.where} {self.rule} holds {word} {said}")
        own = self.attribute.names in READ_ONLY_NAMES
        missing = "" if own else self.hold
        # What IT Glue's list of operating systems lacks goes to the notes.
        otherwise = ("operating_system_notes", name) if self.attribute.names == "operating_systems" and name else None
        if line.to != "!same":
            return Name(self.attribute.names, line.to, False, parent, missing, otherwise)
        if not name:
            blank = f'the source has no {word}; a line of {self.rule} may name it as ""'
            return None if self.hold == "no_value" else Held(self.hold, blank)
        if len(name) > TEXT:
            return Held("bad_value", f"{word} is {len(name)} characters, IT Glue takes {TEXT}")
        return Name(self.attribute.names, name, not own, parent, missing, otherwise)


def _order(reference: Any) -> tuple[int, int, str]:
    own = str(reference.get("id") or "") if isinstance(reference, dict) else ""
    return (0, int(own), "") if own.isascii() and own.isdigit() else (1, 0, own)

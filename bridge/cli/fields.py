"""`glue-bridge fields`: what a source offers for a mapping, with an example of each."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import fail, side
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, settings_of
from bridge.mapping.clean import plain
from bridge.mapping.days import as_of
from bridge.mapping.problems import nearest
from bridge.mapping.words import DEAR, WORDS

SAMPLE = 200


@dataclass(slots=True)
class _Field:
    """One word, or one caption of a word: on how many records it is filled in, and with what."""

    word: str
    filled: int = 0
    example: Any = None
    dear: bool = False

    def see(self, value: Any) -> None:
        if value is None or value in ("", [], {}):
            return
        self.filled += 1
        if self.example is None:
            self.example = value


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(fields)


def fields(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A source by its name, such as cw.", show_default=False)
    ],
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="A kind of record, such as configuration.", show_default=False)
    ],
    sample: Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="Look at so many records.")] = SAMPLE,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """List the words that a mapping may use for a kind of record, custom fields and questions by caption.

    The newest records of the source are looked at, in a request or two; each word is shown as it is written in an
    expression, with the number of records that have a value, and one of the values. Password fields are never shown.

    For example:
      glue-bridge fields cw configuration
      glue-bridge fields cw ticket --sample 1000

    JSON: {"source", "kind", "records", "fields": [{"word", "filled", "example", "request_per_record"}]}
    """
    from bridge import app

    configured = settings_of(settings)
    if source not in configured.sources:
        raise fail("B406", f'there is no source "{source}"{nearest(source, configured.sources)}')
    # As `from = "cw.configurations"` writes it.
    kind = next((each for each in WORDS if f"{each}s" == kind), kind)
    if kind not in WORDS:
        raise fail("B406", f'there is no kind "{kind}"{nearest(kind, WORDS)}')
    now = time.time()
    with app.connector_of(configured, source) as connector, side(source):
        records, found = _look(kind, (as_of(kind, each.words, now) for each in connector.sample(kind, sample)))
    if as_json:
        listed = [
            {"word": each.word, "filled": each.filled, "example": each.example, "request_per_record": each.dear}
            for each in found
        ]
        output.emit(shapes.Fields(source=source, kind=kind, records=records, fields=listed))
        return 0
    if not records:
        output.say(f"{source} shows no {kind}: only the words that every {kind} has are listed.")
    rows = [["word", "filled", "example"], *([each.word, str(each.filled), _shown(each)] for each in found)]
    output.table(rows, indent=0, right=(1,))
    return 0


def _look(kind: str, records: Iterable[Mapping[str, Any]]) -> tuple[int, list[_Field]]:
    """Give how many records there were, and what they offer: the words in their order, then the captions by name."""
    words = {
        name: _Field(name, dear=name in DEAR[kind]) for name, word in WORDS[kind].items() if word.shape != "captions"
    }
    captions: dict[str, _Field] = {}
    seen = 0
    for record in records:
        seen += 1
        for name, word in WORDS[kind].items():
            if word.shape != "captions":
                words[name].see(record.get(name))
                continue
            for caption, value in (record.get(name) or {}).items():
                written = f"{name}[{_quoted(caption)}]"
                captions.setdefault(written, _Field(written)).see(value)
    return seen, [*words.values(), *(captions[each] for each in sorted(captions, key=str.casefold))]


def _quoted(caption: str) -> str:
    """Write a caption as a text of an expression."""
    mark = '"' if "'" in caption else "'"
    escaped = caption.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    return f"{mark}{escaped}{mark}"


def _shown(found: _Field) -> str:
    if found.dear:
        return "(costs a request per record)"
    written = plain(found.example)
    return "" if written is None else output.value(" ".join(written.split()), 60)

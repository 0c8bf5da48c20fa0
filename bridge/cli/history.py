"""What was written to a record, as somebody reads it at night: when, what, by whom, what became of it, old to new."""

import re
from collections.abc import Mapping
from typing import Any

from bridge.cli import output
from bridge.cli.labels import Labels, shown

_DONE = {
    "create": "made", "create_name": "made", "adopt": "adopted", "update": "updated", "archive": "archived",
    "restore": "restored", "undo": "put back",
}  # fmt: skip
_OUTCOMES = {
    None: "sent, not answered yet",
    "written": "done",
    "refused": "not carried out",
    "unknown": "its answer was lost, and is being looked up",
    "resolved": "done, found out after its answer was lost",
}
_VERSION = re.compile(r"version (\d+); .+")


def show(write: Mapping[str, Any], labels: Labels) -> None:
    """Print one write, as `explain --json` gives it."""
    goal = f" {write['itglue_id']}" if write["itglue_id"] else ""
    outcome = _OUTCOMES.get(write["outcome"], write["outcome"])
    at = output.moment(output.seconds(write["at"]))
    output.say(f"    {at}  {_DONE.get(write['verb'], write['verb'])}{goal}: {outcome}")
    run = f" in run {write['run']}" if write["run"] else ""
    output.say(f"      by {write['who']}{run}, {_why(write['why'])}")
    new = write["verb"] in {"create", "create_name"}
    rows = [
        [word, shown(word, one, labels) if new else
         f"{shown(word, write['before'].get(word), labels)} -> {shown(word, one, labels)}"]
        for word, one in write["after"].items()
    ]  # fmt: skip
    output.table(rows, indent=6)


def _why(text: str) -> str:
    """Say which state of the record was written; its version is in milliseconds, 0 where the source has none."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return f"because {text}"
    at = int(found[1]) / 1000
    return f"for the record as changed in the PSA {output.moment(at)}" if at else "for the record as it was read"

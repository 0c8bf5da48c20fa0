"""What a block does in IT Glue with a record that is gone at the source."""

import re
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from bridge.errors import SettingsError
from bridge.mapping.durations import Seconds

_SECONDS: TypeAdapter[float] = TypeAdapter(Seconds)
_FORMS = {
    "organizations": '"keep", "status Inactive" or "status Inactive after 14d"; IT Glue cannot archive an organization',
    "locations": '"keep"; IT Glue can neither archive a location nor give it a status',
    "contacts": '"keep"; IT Glue can neither archive a contact nor give it a status',
    "configurations": '"keep", "archive", "archive after 14d" or "archive when not active"',
    "flexible_assets": '"keep", "archive", "archive after 14d" or "archive when not open and closed_days >= 30"',
}


@dataclass(frozen=True, slots=True)
class Gone:
    """A policy: `verb` is keep, archive or status; `after` the grace in seconds.

    `status` is the name that an organization gets. `when` is a condition under which a record counts as gone though
    the source still has it.
    """

    verb: str = "keep"
    after: float = 0
    status: str | None = None
    when: str | None = None


def parse_gone(text: str, itglue_type: str) -> Gone:
    """Read a policy such as `archive after 14d`; raise SettingsError for what the kind cannot do."""
    words = " ".join(text.split())
    if words == "keep":
        return Gone()
    if itglue_type == "organizations":
        if found := re.fullmatch(r"status (.+?)(?: after (\S+))?", words):
            return Gone("status", _grace(found[2], text), found[1].strip("'\""))
    elif itglue_type not in ("locations", "contacts"):
        if found := re.fullmatch(r"archive(?: after (\S+))?", words):
            return Gone("archive", _grace(found[1], text))
        if found := re.fullmatch(r"archive when (.+)", words):
            return Gone("archive", when=found[1])
    raise SettingsError("B127", f"{text!r} is no policy for what is gone; write {_FORMS[itglue_type]}")


def _grace(text: str | None, policy: str) -> float:
    if text is None:
        return 0
    try:
        return _SECONDS.validate_python(text)
    except ValidationError as error:
        raise SettingsError("B127", f"{policy!r}: {text!r} is no length of time; write 14d, 12h or 30m") from error

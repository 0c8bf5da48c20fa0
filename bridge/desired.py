"""What a mapped record asks of IT Glue."""

from dataclasses import dataclass, field
from typing import Any

from bridge.records import Ref


@dataclass(frozen=True, slots=True)
class Name:
    """A name that IT Glue knows by id: a type, a status, a manufacturer, a model, an operating system.

    `kind` is the IT Glue resource word (`configuration_types`, `models`, …); `parent` is the manufacturer of a model;
    `make` says that a missing one is created (`!same`), else a missing one holds the record with `hold`, unless
    `otherwise` names an attribute and the value that it gets instead (an operating system that IT Glue does not list),
    or `hold` is blank: then it is left out and said (a country that IT Glue does not list).
    """

    kind: str
    name: str
    make: bool
    parent: "Name | None" = None
    hold: str = "no_value"
    otherwise: tuple[str, Any] | None = None


@dataclass(slots=True)
class Desired:
    """The wish of one record, before names and references have become ids.

    `attributes` are IT Glue's attribute words with underscores; None means that the source has no value. `names` and
    `refs` fill further attributes (`configuration_type_id`, `organization_id`, `location_id`, …) once they are
    resolved. `notes` are remarks for people about single attributes, such as a MAC address that was skipped.

    Of a flexible asset, traits are attributes `traits.<name of the field>`; `tags` are those of Tag fields by the same
    word, each a Ref, or digits: an id of IT Glue. `empty` says of a summary that there is nothing to sum up.
    """

    attributes: dict[str, Any]
    names: dict[str, Name] = field(default_factory=dict)
    refs: dict[str, Ref] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, tuple[Ref | str, ...]] = field(default_factory=dict)
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Excluded:
    """A rule keeps the record out; `rule` names it, for example `[organizations].only`."""

    rule: str


@dataclass(frozen=True, slots=True)
class Held:
    """A person has to act before the record can be written; `code` is a hold code of `docs/errors.md`."""

    code: str
    reason: str

"""`[sources.NAME]`: the PSA instances; what a connector reads of them is its own model's matter."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, SecretStr, ValidationError

from bridge.errors import SettingsError
from bridge.mapping.problems import nearest, raise_all
from bridge.settings.place import Place
from bridge.settings.secret import Secret, is_reference

# Keys of every source; a connector's model gets `type` and `native` where it has fields for them.
COMMON = ("type", "native", "zone")

Model = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Source:
    """One configured PSA instance; `zone` decides the day of its times, `table` holds secrets by reference only."""

    name: str
    type: str
    native: bool
    zone: str
    place: Place = field(repr=False)
    model: Model = field(repr=False)
    table: Mapping[str, Any] = field(repr=False)

    def secrets(self) -> Iterator[Secret]:
        """Give the secrets of this source."""
        return (value for value in self.table.values() if isinstance(value, Secret))

    def connector(self) -> BaseModel:
        """Give the connector's settings with every secret read anew; raise SettingsErrors where one is missing.

        Called again after a refused login, so that a rotation needs no restart.
        """
        table, missing = self._read()
        raise_all(list(missing.values()))
        try:
            return self.model.model_validate(table)
        except ValidationError as error:
            raise_all(self.place.complaints(error, table, self.model, ("sources", self.name)))
            raise

    def problems(self) -> list[SettingsError]:
        """Check the shape of the table; a secret that is not there yet is no problem of the shape."""
        table, missing = self._read()
        try:
            self.model.model_validate(table)
        except ValidationError as error:
            return self.place.complaints(error, table, self.model, ("sources", self.name), missing)
        return []

    def _read(self) -> tuple[dict[str, Any], dict[str, SettingsError]]:
        """Give the table with the secrets' values, and what is wrong with those that have none."""
        missing: dict[str, SettingsError] = {}
        table: dict[str, Any] = {}
        for key, value in self.table.items():
            try:
                table[key] = value.read() if isinstance(value, Secret) else value
            except SettingsError as error:
                missing[key] = error
                table[key] = value.name
        return table, missing

    def open_part(self) -> dict[str, Any]:
        """Give what may be shown and digested: everything but the secrets."""
        own = {key: value for key, value in self.table.items() if not isinstance(value, Secret)}
        return own | {"type": self.type, "native": self.native, "zone": self.zone}


def read_sources(
    tables: Mapping[str, Mapping[str, Any]],
    models: Mapping[str, type[BaseModel]],
    place: Place,
    secret: Callable[[str, tuple[str | int, ...]], Secret],
    *,
    clear_text: bool,
) -> tuple[dict[str, Source], list[SettingsError]]:
    """Read every `[sources.NAME]`; give the sound ones and the problems of the others."""
    sources: dict[str, Source] = {}
    problems: list[SettingsError] = []
    for name, table in tables.items():
        source, found = _read(name, table, models, place, secret, clear_text=clear_text)
        problems += found
        if source is not None:
            sources[name] = source
            problems += source.problems()
    return sources, [*problems, *_marks(sources, place)]


def _read(
    name: str,
    table: Mapping[str, Any],
    models: Mapping[str, type[BaseModel]],
    place: Place,
    secret: Callable[[str, tuple[str | int, ...]], Secret],
    *,
    clear_text: bool,
) -> tuple[Source | None, list[SettingsError]]:
    path = ("sources", name)
    problems: list[SettingsError] = []
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        problems.append(place.error("B104", f"a source's name is letters, digits, - and _, not {name!r}", path))
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in models:
        said = f'no PSA "{kind}"{nearest(str(kind), models)}' if kind is not None else f"sources.{name}.type is missing"
        return None, [*problems, place.error("B106", said, (*path, "type"))]
    model = models[kind]
    native, zone = table.get("native", False), table.get("zone", "UTC")
    if not isinstance(native, bool) and "native" not in model.model_fields:
        problems.append(place.error("B104", "native is true or false", (*path, "native")))
    if not _is_zone(zone):
        problems.append(place.error("B104", f'no time zone "{zone}"; for example Europe/London', (*path, "zone")))
    own: dict[str, Any] = {}
    for key, value in table.items():
        if key in COMMON and key not in model.model_fields:
            continue
        hidden = key in model.model_fields and _is_secret(model.model_fields[key].annotation)
        if hidden and isinstance(value, str):
            own[key] = secret(value, (*path, key))
            if not is_reference(value) and not clear_text:
                said = f"sources.{name}.{key} is in clear text; write env:NAME or file:path"
                problems.append(place.error("B103", said, (*path, key)))
        elif is_reference(value):
            try:
                own[key] = secret(value, (*path, key)).read()
            except SettingsError as error:
                problems.append(error)
        else:
            own[key] = value
    return Source(name, kind, native is True, str(zone), place, model, own), problems


def _marks(sources: Mapping[str, Source], place: Place) -> list[SettingsError]:
    """Two instances of one type: PSA ids in IT Glue belong to one of them, and only a person knows which."""
    problems = []
    for kind in sorted({source.type for source in sources.values()}):
        same = [source for source in sources.values() if source.type == kind]
        marked = [source.name for source in same if source.native]
        if len(same) > 1 and len(marked) != 1:
            said = f"sources {', '.join(source.name for source in same)} are all {kind}"
            problems.append(
                place.error(
                    "B107",
                    f"{said}: set native = true on the one that IT Glue's own sync is or was connected to"
                    + (f", not on {len(marked)}" if marked else ""),
                    ("sources", same[-1].name),
                )
            )
    return problems


def _is_secret(annotation: Any) -> bool:
    return annotation in (SecretStr, Secret) or any(_is_secret(each) for each in get_args(annotation))


def _is_zone(name: Any) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError):
        return False
    return True

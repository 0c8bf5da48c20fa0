"""Where settings stand: the file, its lines, and errors that name both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bridge.errors import SettingsError
from bridge.mapping.problems import nearest
from bridge.settings.locate import Path as KeyPath
from bridge.settings.wording import sentence

_NOTHING = object()
_CODES: dict[KeyPath, str] = {("version",): "B120", ("defaults",): "B121"}


@dataclass(frozen=True, slots=True)
class Place:
    """A settings file and the line of each of its keys."""

    file: Path
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int | None:
        """Give the line of a key, or of the nearest table or list around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def where(self, path: KeyPath) -> str:
        """Say where a key stands: `bridge.toml:26`."""
        line = self.line(path)
        return f"{self.file.name}:{line}" if line else self.file.name

    def error(self, code: str, message: str, path: KeyPath = ()) -> SettingsError:
        """Make an error that names file and line."""
        return SettingsError(code, message, file=self.file.name, line=self.line(path))

    def complaints(
        self,
        error: ValidationError,
        data: Any,
        model: type[BaseModel],
        start: KeyPath = (),
        unread: Collection[str] = (),
    ) -> list[SettingsError]:
        """Turn what a model refused into errors of the file.

        `start` is where the model's table stands; what is said of the keys `unread` is left out.
        """
        errors = [each for each in error.errors(include_url=False) if not (each["loc"] and each["loc"][0] in unread)]
        return [self._complaint(each, data, model, start) for each in errors if not _is_echo(each, errors)]

    def _complaint(self, each: Any, data: Any, model: type[BaseModel], start: KeyPath) -> SettingsError:
        kind: str = each["type"]
        own = _in_file(each["loc"], data, last=kind in ("missing", "extra_forbidden"))
        path = (*start, *own)
        said = dotted(path)
        if kind == "extra_forbidden":
            near = nearest(str(path[-1]), _known(model, own[:-1]))
            return self.error("B101", f"unknown key {said}{near}", path)
        if kind == "missing":
            return self.error("B105", f"{said} is missing", path[:-1])
        message = sentence(each)
        code = kind if kind[:1] == "B" and kind[1:].isdigit() else _CODES.get(path, "B104")
        return self.error(code, f"{said}: {message}" if said else message, path)


def dotted(path: KeyPath) -> str:
    """Write a key path: `configurations.types[1]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _is_echo(each: Any, errors: Sequence[Any]) -> bool:
    """Say whether a list only seems too short because its items were refused, or a secret is no object of ours."""
    own = each["loc"]
    return each["type"] == "is_instance_of" or (
        each["type"] == "too_short"
        and any(len(other["loc"]) > len(own) and other["loc"][: len(own)] == own for other in errors)
    )


def _in_file(loc: KeyPath, data: Any, *, last: bool) -> KeyPath:
    """Keep the parts of an error's place that the file has; a model adds parts of its own for alternatives."""
    path: list[str | int] = []
    held: Any = data
    for number, part in enumerate(loc):
        inner = held.get(part, _NOTHING) if isinstance(held, Mapping) else _NOTHING
        if isinstance(held, list | tuple) and isinstance(part, int) and part < len(held):
            inner = held[part]
        if inner is not _NOTHING:
            held = inner
        elif not (last and number == len(loc) - 1):
            continue
        path.append(part)
    return tuple(path)


def _known(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Give the keys that a table knows."""
    held: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int) or held is None:
            continue
        fields = {info.alias or name: info.annotation for name, info in held.model_fields.items()}
        held = _model_in(fields.get(part))
    return [] if held is None else [info.alias or name for name, info in held.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(_model_in, get_args(annotation)) if found is not None), None)

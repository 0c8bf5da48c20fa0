"""bridge.toml read and checked, every problem at once and each with its line."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from bridge.errors import SettingsError
from bridge.mapping.effective import DEFAULTS
from bridge.mapping.problems import nearest, raise_all
from bridge.settings.closed import close
from bridge.settings.locate import Path as KeyPath
from bridge.settings.locate import locate
from bridge.settings.model import Settings
from bridge.settings.place import Place, dotted
from bridge.settings.secret import Secret, is_reference, referenced
from bridge.settings.sources import read_sources
from bridge.settings.store import holds_password, mix_of

# Addresses may stand in the file unless they carry a password.
_SECRETS = (
    ("itglue", "key"),
    ("service", "web", "trigger_token"),
    ("service", "web", "password"),
)
_ADDRESSES = (("store", "database"), ("store", "redis"), ("service", "heartbeat"), ("service", "alerts", "url"))


def load_settings(
    path: Path,
    source_models: Mapping[str, type[BaseModel]],
    *,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read a settings file; `source_models` are the connectors' models by source type.

    Raises SettingsErrors with every problem. A secret that is not there yet is none: `Settings.missing` names it, and
    reading it raises B102. `environment` stands in for the process's own.
    """
    place, data = _read(path)
    read = _References(place, environment)
    problems = read.replace(data)
    tables = {name: table for name, table in _tables(data.get("sources")).items() if isinstance(table, dict)}
    clear_text = data.get("clear_text_secrets") is True
    sources, found = read_sources(tables, source_models, place, read.secret, clear_text=clear_text)
    problems += found
    if isinstance(data.get("sources"), dict):
        data["sources"] |= {name: {} for name in tables}
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise_all([*problems, *place.complaints(error, data, Settings)])
        raise
    if settings.defaults not in DEFAULTS:
        said = f'no built-in mapping "{settings.defaults}"{nearest(settings.defaults, DEFAULTS)}'
        problems.append(place.error("B121", said, ("defaults",)))
    if mix := mix_of(settings.store, place.file.parent):
        problems.append(place.error("B109", mix, ("store",)))
    raise_all(problems)
    return settings.placed(place, sources)


def _tables(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _read(path: Path) -> tuple[Place, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(
            "B100", f"{path} cannot be read ({error.strerror}); glue-bridge init writes one", file=path.name
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError("B100", f"{path} is not UTF-8 text", file=path.name) from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        message = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise SettingsError("B100", f"is not valid TOML: {message}", file=path.name, line=line) from error
    return Place(path.resolve(), locate(text.replace("\r\n", "\n"))), data


class _References:
    """Puts a Secret where the file names one."""

    def __init__(self, place: Place, environment: Mapping[str, str] | None) -> None:
        self.place = place
        self.environment = environment

    def secret(self, text: str, path: KeyPath) -> Secret:
        if not is_reference(text):
            return Secret(lambda: text, "clear text")

        def missing(message: str) -> SettingsError:
            return self.place.error("B102", f"{dotted(path)}: {message}", path)

        return referenced(text, self.place.file.parent, environment=self.environment, error=missing)

    def replace(self, data: dict[str, Any]) -> list[SettingsError]:
        problems = []
        allowed = data.get("clear_text_secrets") is True
        for path in (*_SECRETS, *_ADDRESSES):
            held: Any = data
            for part in path[:-1]:
                held = _tables(held).get(part)
            value = _tables(held).get(path[-1])
            if not isinstance(value, str) or not value:
                continue
            open_address = path in _ADDRESSES and not holds_password(value)
            if not (is_reference(value) or allowed or open_address):
                said = f"{dotted(path)} is in clear text; write env:NAME or file:path"
                problems.append(self.place.error("B103", said, path))
            held[path[-1]] = self.secret(value, path)
        url = _tables(data.get("itglue")).get("url")
        if isinstance(url, str) and is_reference(url):
            try:
                data["itglue"]["url"] = self.secret(url, ("itglue", "url")).read()
            except SettingsError as error:
                problems.append(error)
        return problems


def schema(source_models: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """Give the JSON Schema of bridge.toml, for editors."""
    whole = Settings.model_json_schema(by_alias=True)
    close(whole["$defs"])
    kinds = []
    for kind, model in sorted(source_models.items()):
        own = model.model_json_schema(ref_template=f"#/$defs/{kind}_{{model}}")
        for name, definition in own.pop("$defs", {}).items():
            whole["$defs"][f"{kind}_{name}"] = definition
        own["properties"] |= {
            "type": {"const": kind},
            "native": {"type": "boolean", "default": False},
            "zone": {"type": "string", "default": "UTC"},
        }
        own["required"] = sorted({*own.get("required", ()), "type"})
        kinds.append(own)
    whole["properties"]["sources"] = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"anyOf": kinds} if kinds else {},
    }
    whole["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    whole["title"] = "bridge.toml"
    return dict(_standard(whole))


def _standard(part: Any) -> Any:
    """Leave out what pydantic notes of constraints that it cannot place; it checks them itself."""
    if isinstance(part, dict):
        return {word: _standard(value) for word, value in part.items() if word not in {"gt", "ge", "lt", "le"}}
    return [_standard(each) for each in part] if isinstance(part, list) else part

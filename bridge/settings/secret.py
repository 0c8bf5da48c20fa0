"""Secrets that stand elsewhere: read when needed, read again after a rotation, never shown."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from bridge.errors import SettingsError

ENVIRONMENT_FILE = ".env"
_PREFIXES = ("env:", "file:")
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")


def is_reference(text: object) -> bool:
    """Say whether a value names a secret, `env:NAME` or `file:path`, rather than being one."""
    return isinstance(text, str) and text.startswith(_PREFIXES)


def read_env_file(path: Path) -> dict[str, str]:
    """Read `NAME=value` lines of a .env file; quotes around a value are taken off; no file is no names."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    found = (_LINE.fullmatch(line) for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {each[1]: _unquoted(each[2]) for each in found if each}


def open_to_others(path: Path) -> bool:
    """Say whether a file may be read or written by others than its owner; False where there is none."""
    try:
        return bool(path.stat().st_mode & 0o077)
    except OSError:
        return False


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value.split(" #", 1)[0].rstrip()


class Secret:
    """A credential: `read()` gives its value as it stands there and then, so that a rotation needs no restart.

    It is callable too, for code that wants no more than a function that gives text.
    """

    __slots__ = ("_read", "name")

    def __init__(self, read: Callable[[], str], name: str) -> None:
        self._read = read
        self.name = name

    def read(self) -> str:
        """Give the value; raise SettingsError B102 where there is none."""
        return self._read()

    __call__ = read

    def __repr__(self) -> str:
        return f"Secret({self.name})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.no_info_after_validator_function(_clear, core_schema.str_schema(min_length=1))
        return core_schema.union_schema(
            [core_schema.is_instance_schema(cls), text],
            serialization=core_schema.plain_serializer_function_ser_schema(lambda secret: secret.name),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return {"type": "string", "description": "env:NAME or file:path"}


def _clear(text: str) -> Secret:
    return Secret(lambda: text, "clear text")


def referenced(
    text: str, folder: Path, *, environment: Mapping[str, str] | None = None, error: Callable[[str], SettingsError]
) -> Secret:
    """Give the secret that `env:NAME` or `file:path` names.

    A name is looked up in the process's environment, then in the .env file of `folder`; a path starts there.
    """
    where, _, rest = text.partition(":")
    own = os.environ if environment is None else environment

    def from_environment() -> str:
        value = own.get(rest) or read_env_file(folder / ENVIRONMENT_FILE).get(rest)
        if not value:
            raise error(f"{rest} is neither in the environment nor in {folder / ENVIRONMENT_FILE}")
        return value

    def from_file() -> str:
        path = folder / rest
        try:
            value = path.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise error(f"{path} cannot be read: {problem.strerror}") from problem
        if not value:
            raise error(f"{path} is empty")
        return value

    return Secret(from_environment if where == "env" else from_file, text)

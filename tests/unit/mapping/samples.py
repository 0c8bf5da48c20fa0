"""Records and settings that the mapping's tests start from."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from bridge.mapping import Mapping, compile_mapping
from bridge.records import Ref
from bridge.settings import Settings, load_settings

TOP = 'version = 1\ndefaults = "2026-11"\n'
TABLES = (
    '\n[itglue]\nkey = "env:ITGLUE_KEY"\n[sources.psa]\ntype = "psa"\nurl = "https://psa.test"\ntoken = "env:TOKEN"\n'
)
ENVIRONMENT = {"ITGLUE_KEY": "ITG.secret", "TOKEN": "hush"}

REF = Ref("psa", "configuration", "4711")
COMPANY = Ref("psa", "organization", "311")


class PsaSettings(BaseModel):
    """What a connector's own model looks like."""

    model_config = ConfigDict(extra="forbid")

    type: str = "psa"
    url: str
    token: SecretStr
    native: bool = False


def settings_of(folder: Path, toml: str, zone: str = "UTC") -> Settings:
    """Load settings in which `toml` stands below a sound head, from its third line on."""
    path = folder / "bridge.toml"
    path.write_text(f'{TOP}{toml}{TABLES}zone = "{zone}"\n', encoding="utf-8")
    return load_settings(path, {"psa": PsaSettings}, environment=ENVIRONMENT)


def mapping_of(folder: Path, toml: str, zone: str = "UTC") -> Mapping:
    """Compile the mapping of such settings."""
    return compile_mapping(settings_of(folder, toml, zone))


def configuration(**words: Any) -> dict[str, Any]:
    """Give the words of a laptop, some of them changed."""
    return {
        "name": "KRK-LT-14",
        "organization": {"id": "311", "name": "Acme Ltd"},
        "type": "Laptop",
        "status": "Active",
        "custom": {},
        "questions": {},
    } | words


def organization(**words: Any) -> dict[str, Any]:
    """Give the words of a company, some of them changed."""
    return {
        "name": "Acme Ltd",
        "identifier": "ACME",
        "types": [{"id": "1", "name": "Client"}],
        "status": "Active",
        "custom": {},
    } | words


def location(**words: Any) -> dict[str, Any]:
    """Give the words of a site, some of them changed."""
    return {"name": "Head office", "organization": {"id": "311", "name": "Acme Ltd"}, "custom": {}} | words


def contact(**words: Any) -> dict[str, Any]:
    """Give the words of a person, some of them changed."""
    return {
        "first_name": "Jo",
        "last_name": "Doe",
        "organization": {"id": "311", "name": "Acme Ltd"},
        "emails": [],
        "phones": [],
        "custom": {},
    } | words

"""What an operator sets: bridge.toml, .env and where the secrets stand."""

from bridge.mapping.problems import SettingsErrors
from bridge.settings.file import load_settings, schema
from bridge.settings.model import Settings
from bridge.settings.secret import Secret
from bridge.settings.sources import Source

__all__ = ["Secret", "Settings", "SettingsErrors", "Source", "load_settings", "schema"]

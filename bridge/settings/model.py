"""The whole of bridge.toml."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import Field, PrivateAttr

from bridge.errors import SettingsError
from bridge.mapping.effective import KINDS
from bridge.mapping.effective import Path as KeyPath
from bridge.mapping.rules import (
    ConfigurationRules,
    ContactRules,
    FlexibleAssetRules,
    LaterRules,
    LocationRules,
    OrganizationRules,
    OverrideRules,
    RolloutRules,
    Rules,
    SuggestionRules,
)
from bridge.settings.itglue import ITGlueSettings
from bridge.settings.place import Place
from bridge.settings.protocol import Protocol
from bridge.settings.secret import ENVIRONMENT_FILE, Secret
from bridge.settings.service import ServiceSettings
from bridge.settings.sources import Source
from bridge.settings.stops import Stops
from bridge.settings.store import StoreSettings

_LATER = ("tickets",)


class Settings(Rules):
    """What an operator set, checked; made by `load_settings`."""

    version: Literal[1]
    defaults: str
    mode: Literal["plan", "apply"] = "plan"
    clear_text_secrets: bool = False
    itglue: ITGlueSettings
    source_names: dict[str, dict[str, Any]] = Field(alias="sources", min_length=1, exclude=True)
    """Empty tables: what stands in them may be secret, and is the sources' own matter."""
    rollout: RolloutRules | None = None
    stops: Stops = Stops()
    organizations: OrganizationRules = OrganizationRules()
    locations: LocationRules = LocationRules()
    contacts: ContactRules = ContactRules()
    configurations: ConfigurationRules = ConfigurationRules()
    tickets: LaterRules | None = None
    flexible_assets: tuple[FlexibleAssetRules, ...] = ()
    suggestions: tuple[SuggestionRules, ...] = ()
    override: tuple[OverrideRules, ...] = ()
    protocol: Protocol = Protocol()
    store: StoreSettings = StoreSettings()
    service: ServiceSettings = ServiceSettings()

    _place: Place = PrivateAttr(default=Place(Path("bridge.toml")))
    _sources: dict[str, Source] = PrivateAttr(default_factory=dict)

    def placed(self, place: Place, sources: dict[str, Source]) -> "Settings":
        """Give these settings their file and their sources."""
        self._place, self._sources = place, sources
        return self

    @property
    def sources(self) -> dict[str, Source]:
        """Give the PSA instances by name."""
        return self._sources

    @property
    def native_source(self) -> str | None:
        """Name the source whose PSA ids IT Glue knows; None where no source is marked."""
        return next((source.name for source in self._sources.values() if source.native), None)

    @property
    def file(self) -> Path:
        """Give the path of bridge.toml."""
        return self._place.file

    @property
    def folder(self) -> Path:
        """Give the folder of bridge.toml, where relative paths start."""
        return self._place.file.parent

    @property
    def environment_file(self) -> Path:
        """Give the path of the .env file, which need not be there."""
        return self.folder / ENVIRONMENT_FILE

    @property
    def data_folder(self) -> Path:
        """Give the data folder."""
        return self.store.folder(self.folder)

    @property
    def database_url(self) -> str:
        """Give the database's URL."""
        return self.store.database_url(self.folder)

    @property
    def redis_url(self) -> str | None:
        """Give the URL of an external Redis; None for the embedded one."""
        return self.store.redis_url()

    def where(self, path: KeyPath) -> str:
        """Say where a key stands: `bridge.toml:26`."""
        return self._place.where(path)

    def error(self, code: str, message: str, path: KeyPath) -> SettingsError:
        """Make the error of a key."""
        return self._place.error(code, message, path)

    def later(self) -> dict[str, KeyPath]:
        """Name the tables of kinds that this release does not sync."""
        return {name: (name,) for name in _LATER if getattr(self, name)}

    def zones(self) -> dict[str, str]:
        """Give the time zone of each source."""
        return {name: source.zone for name, source in self._sources.items()}

    def secrets(self) -> Iterator[Secret]:
        """Give every secret that the settings name."""
        web, alerts = self.service.web, self.service.alerts
        own = (self.itglue.key, self.store.database, self.store.redis, self.service.heartbeat, web.trigger_token)
        more = (web.password, alerts.url if alerts else None)
        yield from (secret for secret in (*own, *more) if secret is not None)
        for source in self._sources.values():
            yield from source.secrets()

    def missing(self) -> list[SettingsError]:
        """Give an error for each secret that cannot be read here and now."""
        problems = []
        for secret in self.secrets():
            try:
                secret.read()
            except SettingsError as error:
                problems.append(error)
        return problems

    @property
    def digest(self) -> str:
        """Give the digest of all that decides a plan, secrets and places left out."""
        parts = {"defaults", "rollout", *KINDS, "tickets", "flexible_assets", "suggestions", "override"}
        content: dict[str, Any] = self.model_dump(mode="json", include=parts)
        content["itglue"] = {"url": self.itglue.base_url, "native_sync": self.itglue.native_sync}
        content["sources"] = {name: source.open_part() for name, source in self._sources.items()}
        return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str), digest_size=16).hexdigest()

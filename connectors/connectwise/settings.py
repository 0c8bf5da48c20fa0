"""What an operator sets for a ConnectWise source, `[sources.NAME]` with `type = "connectwise"`."""

import ipaddress
import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

# api/connectwise.md 1: people know the left ones, the API answers on the right ones. Sandboxes are not confirmed.
API_HOSTS = {
    **{f"{region}.myconnectwise.net": f"api-{region}.myconnectwise.net" for region in ("na", "eu", "au", "aus", "za")},
    "staging.connectwisedev.com": "api-staging.connectwisedev.com",
}
USER_HOSTS = {api: user for user, api in API_HOSTS.items()}
# api/connectwise.md 7.4: hosts seen in the key_url of callbacks, beside a self-hosted server's own.
SANDBOX_HOSTS = frozenset(
    f"{prefix}sandbox-{region}.myconnectwise.net" for region in ("na", "eu", "au") for prefix in ("", "api-")
)

# The path that people copy along with the host: an API root, with or without codebase, or a page of the application.
_PASTED = re.compile(r"/*(?:v\d[\w.]*(?:/.*)?|apis(?:/.*)?|login(?:/.*)?)?", re.IGNORECASE)

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?", re.IGNORECASE)
_WRITE = "write the address of the PSA, for example https://na.myconnectwise.net"


class Site(BaseModel):
    """Where a ConnectWise server answers, as origins without a path: its API, and its pages for people."""

    model_config = ConfigDict(frozen=True)

    api: str
    pages: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Read an address in every form that people have it; raise ValueError, naming the remedy, for any other."""
        text = url.strip()
        try:
            parts = urlsplit(text if "://" in text else f"https://{text}")
            host, number = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise ValueError(_WRITE) from None
        if parts.username is not None or parts.password is not None:
            raise ValueError("an address carries no user name; write it in company, public_key and private_key")
        if parts.scheme not in {"https", "http"} or not _is_host(host) or number == 0:
            raise ValueError(_WRITE)
        if f"{host}.myconnectwise.net" in API_HOSTS:
            raise ValueError(f"write the whole address: https://{host}.myconnectwise.net")
        if parts.scheme == "http" and not is_loopback(host):
            raise ValueError("ConnectWise is read over https only; write https:// before the host")
        if parts.query or parts.fragment or not _PASTED.fullmatch(parts.path):
            raise ValueError(f"{parts.path or '/'} does not belong into the address; leave only https://{host}")
        port = f":{number}" if number is not None else ""
        bracketed = f"[{host}]" if ":" in host else host
        if port:
            return cls(api=f"{parts.scheme}://{bracketed}{port}", pages=f"{parts.scheme}://{bracketed}{port}")
        return cls(
            api=f"{parts.scheme}://{API_HOSTS.get(host, bracketed)}",
            pages=f"{parts.scheme}://{USER_HOSTS.get(host, bracketed)}",
        )


class ConnectWiseSettings(BaseModel):
    """One ConnectWise instance; secrets come already resolved."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    type: Literal["connectwise"] = "connectwise"
    url: str
    company: str = Field(min_length=1)
    public_key: SecretStr
    private_key: SecretStr
    client_id: SecretStr
    native: bool = False
    """Whether IT Glue's own sync is connected to this instance."""
    verify: bool = True
    ca_file: Path | None = None
    """Certificates to trust, for a self-hosted server with a private authority."""
    page_size: int = Field(default=1000, ge=1, le=1000)
    """api/connectwise.md 3.4: more than 1000 is cut without a word."""
    deadline: float = Field(default=45.0, gt=0)

    @field_validator("company")
    @classmethod
    def _is_a_login_company(cls, company: str) -> str:
        name = company.strip()
        if not name or not re.fullmatch(r"[\w.&' -]+", name):
            raise ValueError("write the company as on the login page, without the public key")
        return name

    @field_validator("public_key", "private_key", "client_id")
    @classmethod
    def _is_not_blank(cls, secret: SecretStr) -> SecretStr:
        value = secret.get_secret_value().strip()
        if not value:
            raise ValueError("is empty")
        return SecretStr(value)

    @model_validator(mode="after")
    def _names_a_site(self) -> Self:
        Site.of(self.url)
        return self

    @property
    def site(self) -> Site:
        """Give where the server answers."""
        return Site.of(self.url)

    @property
    def trust(self) -> bool | str:
        """Give what the transport verifies certificates against."""
        return str(self.ca_file) if self.ca_file is not None and self.verify else self.verify

    @property
    def secrets(self) -> tuple[str, ...]:
        """Give every text that must never stand in an error or a log line."""
        return tuple(key.get_secret_value() for key in (self.private_key, self.client_id, self.public_key))


def _is_host(name: str) -> bool:
    """Say whether a name can be that of a server: an IP address, or labels of letters, digits, - and _."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        try:
            labels = name.encode("idna").decode().split(".")
        except UnicodeError:
            return False
        return all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    return True


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine, as a simulator's is."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

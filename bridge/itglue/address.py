"""Where an IT Glue account answers; its key travels to https addresses and to this machine only."""

import ipaddress
import re
from urllib.parse import urlsplit

REGIONS = {"us": "https://api.itglue.com", "eu": "https://api.eu.itglue.com", "au": "https://api.au.itglue.com"}
_API_HOSTS = {urlsplit(each).hostname for each in REGIONS.values()}
_HOST = re.compile(
    r"(?!.*[.]\d+$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?([.][a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE
)


def address(where: str) -> str:
    """Give the address of a region or of an own host, without a slash at its end; raise ValueError with the remedy."""
    if where.lower() in REGIONS:
        return REGIONS[where.lower()]
    text = where.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not (_HOST.fullmatch(host) or _is_ip(host)) or port == 0 or parts.scheme not in {"https", "http"}:
        raise ValueError("write a region (us, eu or au), or an address such as https://api.itglue.com")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"an address carries no user name; write https://{host}, and the key in `key`")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError(f"the key travels unencrypted to this machine only; write https://{host}")
    if parts.query or parts.fragment or ((host in _API_HOSTS) and parts.path.strip("/")):
        raise ValueError(f"write the address alone, without a page: https://{host}")
    if host.endswith(".itglue.com") and host not in _API_HOSTS:
        raise ValueError(f"{host} has pages for people; write the account's region: us, eu or au")
    return text.rstrip("/")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)

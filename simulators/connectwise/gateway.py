"""Which application a path reaches: company info, callback keys, the API of a codebase, or none (reference 1, 7.4)."""

import re
from dataclasses import dataclass
from typing import Literal

ALWAYS = "v4_6_release"

_CODEBASE = re.compile(r"v(?:4_6_release|\d{4}_\d{1,2})", re.IGNORECASE)
_CALLBACK_KEY = ["system", "callbackkey", "index.rails"]
# On cloud the user-facing hosts do not serve the API, those with `api-` do (section 1).
_USER_HOST = re.compile(r"(?:(?:na|eu|au|aus|za)\.myconnectwise\.net|staging\.connectwisedev\.com)(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads; `codebase` is in lower case, empty for the bare root."""

    place: Literal["company_info", "callback_key", "api", "misrouted", "nowhere"]
    segments: list[str]
    codebase: str = ""


def target_of(path: str) -> Target:
    """Read a decoded path; doubled and trailing slashes do not matter."""
    segments = [segment for segment in path.split("/") if segment]
    words = [segment.lower() for segment in segments[:3]]
    if words[:2] == ["login", "companyinfo"] and len(segments) == 3:
        return Target("company_info", segments[2:])
    if words[:2] == ["apis", "3.0"]:
        return _api(segments[2:], "")
    if [segment.lower() for segment in segments[1:]] == _CALLBACK_KEY and _CODEBASE.fullmatch(segments[0]):
        return Target("callback_key", segments, words[0])
    if words[1:3] == ["apis", "3.0"]:
        if _CODEBASE.fullmatch(segments[0]):
            return _api(segments[3:], words[0])
        return Target("misrouted", segments)
    return Target("nowhere", segments)


def is_codebase(text: str) -> bool:
    """Say whether a text can be the codebase of a version, such as v2025_1."""
    return bool(re.fullmatch(r"v\d{4}_\d{1,2}", text))


def is_user_host(host: str) -> bool:
    """Say whether a host is one of the cloud's that serve people, not the API."""
    return bool(_USER_HOST.fullmatch(host.lower()))


def _api(segments: list[str], codebase: str) -> Target:
    doubled = [segment.lower() for segment in segments[:3]]
    if doubled[:2] == ["apis", "3.0"] or doubled[1:] == ["apis", "3.0"]:
        return Target("misrouted", segments)
    return Target("api", segments, codebase)

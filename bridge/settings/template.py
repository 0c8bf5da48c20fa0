"""The bridge.toml that `glue-bridge init` writes: it plans, and writes nothing yet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bridge.mapping.default_2026_11 import NAME


@dataclass(frozen=True, slots=True)
class Answers:
    """What init asked: the source's keys with secrets as `env:NAME`, the IT Glue region or address.

    `native` says that IT Glue's own sync is, or was, connected to this instance; `rollout` names the organizations to
    begin with.
    """

    source_type: str
    source: Mapping[str, str | int | bool] = field(default_factory=dict)
    source_name: str = "psa"
    native: bool = False
    zone: str | None = None
    region: str = "us"
    url: str | None = None
    key: str = "env:ITGLUE_KEY"
    rollout: Sequence[str] = ()


def starter(answers: Answers) -> str:
    """Give the text of a commented bridge.toml."""
    address = f"url    = {_toml(answers.url)}" if answers.url else f"region = {_toml(answers.region)}"
    own: dict[str, str | int | bool] = {"type": answers.source_type, **answers.source, "native": answers.native}
    if answers.zone:
        own["zone"] = answers.zone
    width = max(map(len, own))
    source = "\n".join(f"{key:<{width}} = {_toml(value)}" for key, value in own.items())
    rollout = ", ".join(map(_toml, answers.rollout))
    return _TEXT.format(
        defaults=NAME, address=address, key=_toml(answers.key), name=answers.source_name, source=source, rollout=rollout
    )


def _toml(value: str | int | bool) -> str:
    # A JSON string is a TOML string; the one exception is DEL, which JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


_TEXT = """\
# What the bridge reads, what it writes, and how. Every key: docs/mapping.md.
# Try it with: glue-bridge check, then match, then plan.
version  = 1
defaults = "{defaults}"        # built-in mapping of this release; this file names only what differs
mode     = "plan"           # "apply" lets the service write

[itglue]
{address}
key    = {key}   # make the key with Password Access off
# The account allows 3000 requests in 5 minutes; others need some of them.
quota  = {{ requests = 3000, per = "5m", keep_for_others = "30%" }}

[sources.{name}]
{source}

# Organizations that are written, by the PSA's exact name or by Ref; all others are only planned. "*" is everyone.
[rollout]
organizations = [{rollout}]

[organizations]
# Which companies take part. Words: name, identifier, status, types, territory, custom['...'], ...
# only     = "status in ['Active'] and 'Client' in types"
# First line that fits wins; !same finds or makes the same name in IT Glue, !hold asks you, !skip leaves out.
types    = ["* -> !same"]
statuses = ["* -> !same"]
create   = "ask"            # ask (glue-bridge match) | yes | never
gone     = "keep"           # or "status Inactive"; IT Glue cannot archive an organization

[configurations]
# only   = "type not in ['Consumable', 'Spare']"
match    = ["serial_number", "mac_address", "name"]
types    = ["* -> !same"]
statuses = ["* -> !same"]
once     = ["notes"]        # written at creation, afterwards IT Glue's own
# fill   = ["asset_tag"]    # written only while empty in IT Glue
gone     = "keep"           # or "archive after 14d"
# set    = {{ warranty_expires_at = "{{{{ custom['Warranty End'] or warranty_expires_at }}}}" }}
"""

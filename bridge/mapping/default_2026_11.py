"""The built-in default mapping 2026-11: data that never changes, so that an upgrade plans nothing."""

from typing import Any

NAME = "2026-11"

BLOCKS: dict[str, dict[str, Any]] = {
    "organizations": {
        "only": None,
        "match": ["name"],
        "create": "ask",
        "gone": "keep",
        "types": [{"from": ["*"], "to": "!same"}],
        "statuses": [{"from": ["*"], "to": "!same"}],
        "once": [],
        "fill": [],
        "ignore": [],
        "clear": [],
        "marker": False,
        "set": {
            "name": "{{ name }}",
            "short_name": "{{ identifier }}",
        },
    },
    "configurations": {
        "only": None,
        "match": ["serial_number", "mac_address", "name"],
        "create": "yes",
        "gone": "keep",
        "types": [{"from": ["*"], "to": "!same"}],
        "statuses": [{"from": ["*"], "to": "!same"}],
        "manufacturers": [{"from": ["*"], "to": "!same"}],
        "models": [{"from": ["*"], "to": "!same"}],
        "operating_systems": [{"from": ["*"], "to": "!same"}],
        "once": ["notes"],
        "fill": [],
        "ignore": [],
        "clear": [],
        "marker": True,
        "set": {
            "name": "{{ name }}",
            "serial_number": "{{ serial_number }}",
            "asset_tag": "{{ asset_tag }}",
            "mac_address": "{{ mac_address }}",
            "primary_ip": "{{ primary_ip }}",
            "default_gateway": "{{ default_gateway }}",
            "manufacturer": "{{ manufacturer }}",
            "model": "{{ model }}",
            "operating_system": "{{ os }}",
            "installed_at": "{{ installed_at }}",
            "installed_by": "{{ installed_by }}",
            "purchased_at": "{{ purchased_at }}",
            "warranty_expires_at": "{{ warranty_expires_at }}",
            "notes": "{{ notes }}",
        },
    },
}

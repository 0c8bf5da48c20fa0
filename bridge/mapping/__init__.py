"""The mapping: what a source record asks of IT Glue; pure."""

from bridge.mapping.block import Block, Owners
from bridge.mapping.blocks import Mapping, Row, compile_mapping, organization_of
from bridge.mapping.gone import Gone
from bridge.mapping.problems import SettingsErrors
from bridge.mapping.rollout import in_rollout, resolve

__all__ = [
    "Block",
    "Gone",
    "Mapping",
    "Owners",
    "Row",
    "SettingsErrors",
    "compile_mapping",
    "in_rollout",
    "organization_of",
    "resolve",
]

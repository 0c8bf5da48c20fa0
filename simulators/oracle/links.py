"""The links that were found: which record of IT Glue stands for which record of the source."""

from collections import defaultdict
from dataclasses import dataclass, field

from .assettypes import AssetType
from .evidence import Made


@dataclass
class Links:
    """IT Glue ids by source id, and what was said of the targets without one, the last moment last.

    `further` holds those of the other kinds, by kind. A verdict is `ambiguous`, `unmatched` (nothing is there, so it may be
    created), `parent_held` or `shared_organization`. `types` are the blocks' flexible asset types.
    """

    made: Made
    organizations: dict[str, str] = field(default_factory=dict)
    configurations: dict[str, str] = field(default_factory=dict)
    further: dict[str, dict[str, str]] = field(default_factory=dict)
    verdicts: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    types: dict[str, AssetType] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, str]:
        """Give the links of a kind."""
        if kind in {"organization", "configuration"}:
            return self.organizations if kind == "organization" else self.configurations
        return self.further.setdefault(kind, {})

    def verdict(self, ref: str) -> str:
        """Give the last verdict on a target without a link, empty if it was never looked for."""
        said = self.verdicts.get(ref)
        return said[-1][1] if said else ""

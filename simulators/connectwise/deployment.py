"""The tenant's installation: codebase, versions, what it says of itself without keys (reference 1)."""

from typing import Any

from simulators.connectwise.access import COMPANY
from simulators.connectwise.gateway import ALWAYS
from simulators.connectwise.moments import SERVER_ZONE_NAME
from simulators.kernel import Kernel


class Deployment:
    """Where the tenant is at home, in the cloud or on its own server, with its upgrades so far."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._codebase: str = kernel.switches["codebase"]
        self._superseded: set[str] = set()

    @property
    def cloud(self) -> bool:
        """Whether the vendor hosts it."""
        return bool(self._kernel.switches["deployment"] == "cloud")

    @property
    def codebase(self) -> str:
        """The first word of its paths; on-premise it never changes."""
        return self._codebase if self.cloud else ALWAYS

    @property
    def version(self) -> str:
        """The product's release, such as v2025.1."""
        return self._codebase.replace("_", ".")

    def is_stale(self, codebase: str) -> bool:
        """Say whether a codebase in lower case was left behind by an upgrade."""
        return codebase in self._superseded

    def upgrade(self) -> None:
        """Go over to the codebase that the switch names."""
        self._superseded.add(self._codebase)
        self._codebase = self._kernel.switches["codebase"]
        self._superseded.discard(self._codebase)

    def company_info(self, company: str) -> dict[str, Any] | None:
        """Return what `/login/companyinfo` tells of a company; None if it is not the tenant's."""
        if company != COMPANY:
            return None
        return {
            "CompanyName": COMPANY,
            "Codebase": f"{self.codebase}/",
            "VersionCode": self.version,
            "VersionNumber": "v4.6.99001",
            "CompanyID": "ACM",
            "IsCloud": self.cloud,
        }

    def system_info(self) -> dict[str, Any]:
        """Return what `/system/info` tells."""
        info: dict[str, Any] = {
            "version": f"{self.version}.99001",
            "isCloud": self.cloud,
            "serverTimeZone": SERVER_ZONE_NAME,
            "licenseBits": [{"name": "Agreement", "activeFlag": True}],
        }
        return {**info, "cloudRegion": "NA"} if self.cloud else info

"""The times that the protocols rest on, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """All of them settings; the defaults are those of a production service."""

    write_window: float = 60.0  # E: how long a request can still execute
    list_lag: float = 300.0  # V: how long a new record can be missing from a list
    deadline: float = 45.0  # of one request
    intend_age: float = 5.0  # from the intent to the first byte
    lease: float = 120.0
    backoff_min: float = 10.0
    backoff_max: float = 3600.0
    attempts: int = 10
    sweep: float = 5.0
    freshness: float = 900.0  # of a complete index read, for "none there, so create"
    confirm_gap: float = 60.0  # between two fetches that must agree
    gone_gap: float = 72_000.0  # between two snapshots that must agree

    @property
    def quiet(self) -> float:
        """How long after a create nothing of it can appear any more."""
        return self.write_window + self.list_lag

    def backoff(self, attempts: int) -> float:
        """How long to wait after this many failed attempts."""
        return min(self.backoff_max, self.backoff_min * 2.0 ** max(attempts - 1, 0))

"""The times of a proof: PROTOCOLS' own, or short ones in the same proportions.

The short lease is 5 s: with less, a machine that runs other tests beside kills workers that are only slow.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Times:
    """`[protocol]` in seconds, named as the settings name them."""

    write_window: float
    list_lag: float
    deadline: float
    intend_age: float
    lease: float
    backoff_min: float
    backoff_max: float
    sweep: float
    freshness: float
    confirm_gap: float
    gone_gap: float
    poll: float
    id_snapshot: float = 86_400.0
    snapshot: float = 604_800.0
    refresh: float = 86_400.0
    attempts: int = 10
    work: float = 0.0
    """What the work itself may take beside these times, on a busy machine."""

    def toml(self) -> str:
        """Write the table."""
        words = ("write_window", "list_lag", "deadline", "intend_age", "lease", "backoff_min", "backoff_max", "sweep",
                 "freshness", "confirm_gap", "gone_gap", "id_snapshot", "snapshot", "refresh", "attempts")  # fmt: skip
        lines = "".join(f"{word} = {getattr(self, word):g}\n" for word in words)
        kinds = ("organization", "location", "contact", "configuration", "ticket")
        polls = ", ".join(f"{kind} = {self.poll:g}" for kind in kinds)
        return f"[protocol]\n{lines}polls = {{ {polls} }}\n"

    @property
    def noticed_within(self) -> float:
        """How long what left the source may show: two reads of all ids, a fetch, a write, for each of both a killed worker."""
        read = 2 * self.id_snapshot + self.gone_gap + self.confirm_gap
        return read + 2 * self.lease + self.write_window + self.backoff_max + self.sweep + self.work

    def quiet_within(self, *, bulk_refused: bool = False) -> float:
        """Give how long after the last fault every run has to be finished (I5)."""
        return (4 if bulk_refused else 2) * (self.write_window + self.list_lag) + self.backoff_max + self.sweep


SHORT = Times(
    write_window=1.0, list_lag=2.0, deadline=0.5, intend_age=0.2, lease=5.0, backoff_min=0.1, backoff_max=1.0,
    sweep=0.2, freshness=60.0, confirm_gap=0.5, gone_gap=1.0, poll=0.5, id_snapshot=1.5, work=20.0,
)  # fmt: skip
REAL = Times(
    write_window=60.0, list_lag=300.0, deadline=45.0, intend_age=5.0, lease=120.0, backoff_min=10.0, backoff_max=3600.0,
    sweep=5.0, freshness=900.0, confirm_gap=60.0, gone_gap=72_000.0, poll=60.0,
)  # fmt: skip
# PROTOCOLS' own for all that a write rests on. Reads are closer together, a day is a minute, and no pause outlasts one.
LONG = replace(
    REAL, backoff_max=60.0, confirm_gap=10.0, gone_gap=30.0, poll=10.0, id_snapshot=60.0,
)  # fmt: skip

"""How much more memory a large provider takes than a small one."""

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.stage import COMPANIES, UNLIMITED, stage

SMALL, LARGE = 10_000, 200_000


def memory() -> Iterator[Figure]:
    """Sync a small and a large provider; poll and planning are one command, applying is another."""
    small, large = (_peaks(devices) for devices in (SMALL, LARGE))
    ratios = {command: large[command] / small[command] for command in small}
    print("    " + ", ".join(f"{command} {ratio:.2f}" for command, ratio in ratios.items()))
    yield Figure.of("peak_memory_ratio", max(ratios.values()), "times", "<=", 1.2)


def _peaks(devices: int) -> dict[str, float]:
    with stage("first_sync", companies=COMPANIES, devices=devices, limits=False) as here:
        here.configure(itglue=UNLIMITED)
        planned, applied = here.sync()
        print(
            f"    {devices:,} devices: plan {planned.peak:.0f} MB in {planned.seconds:.0f} s, "
            f"apply {applied.peak:.0f} MB in {applied.seconds:.0f} s",
            flush=True,
        )
    return {"plan": planned.peak, "apply": applied.peak}

"""The numbers of DESIGN 9: `python -m benchmarks [ROW ...]`, all rows without one."""

import argparse
import sys
import traceback

from benchmarks import asset_requests, install, latency, memory, quota_use, rates, sync_requests
from benchmarks.figure import Figure, Row, keep, show

ROWS: dict[str, Row] = {
    "first_sync": sync_requests.first_sync,
    "all_new": sync_requests.all_new,
    "adoption": sync_requests.adoption,
    "flexible_assets": asset_requests.flexible_assets,
    "quota_use_1": quota_use.one,
    "quota_use_4": quota_use.four,
    "replan_records_per_second": rates.replan,
    "unchanged_records_per_second": rates.unchanged,
    "peak_memory_ratio": memory.memory,
    "change_to_write_p95_ms_idle": latency.idle,
    "change_to_write_p95_ms_backfill": latency.backfill,
    "install_to_first_plan": install.install,
}
# The figures that a row yields beside its own; any of them names the row.
FIGURES: dict[str, str] = {
    "requests_per_record_first_sync": "first_sync",
    "requests_unchanged": "first_sync",
    "writes_unchanged": "first_sync",
    "requests_per_changed_record": "first_sync",
    "requests_per_record_all_new": "all_new",
    "requests_per_record_adoption": "adoption",
    "duplicates_adoption": "adoption",
    "requests_per_asset_created": "flexible_assets",
    "requests_per_asset_updated": "flexible_assets",
}


def main() -> int:
    """Measure rows; 0 where every number is reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("row", nargs="*", help=f"one of {', '.join([*ROWS, *FIGURES])}")
    wanted = parser.parse_args().row or list(ROWS)
    unknown = [name for name in wanted if name not in ROWS and name not in FIGURES]
    if unknown:
        parser.error(f"no row {', '.join(unknown)}")
    measured: list[Figure] = []
    failed = False
    for name in dict.fromkeys(FIGURES.get(name, name) for name in wanted):
        print(name, flush=True)
        try:
            for figure in ROWS[name]():
                show([figure])
                keep([figure])
                measured.append(figure)
        except Exception:
            traceback.print_exc()
            failed = True
    print()
    show(measured)
    return 0 if not failed and all(figure.reached for figure in measured) else 1


if __name__ == "__main__":
    sys.exit(main())

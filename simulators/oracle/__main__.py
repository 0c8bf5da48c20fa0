"""Judge two running simulators: `python -m simulators.oracle CONNECTWISE_CONTROL_URL ITGLUE_CONTROL_URL`."""

import argparse
import sys
from dataclasses import replace

from .judge import judge
from .judged import FURTHER, SYNCED, TRAPS


def main() -> int:
    """Print the table; exit with 1 where an invariant is violated."""
    parser = argparse.ArgumentParser(prog="python -m simulators.oracle", description=__doc__)
    parser.add_argument("connectwise", help="control URL of the ConnectWise simulator")
    parser.add_argument("itglue", help="control URL of the IT Glue simulator")
    parser.add_argument("--source", default="cw", help="the source's name, as it stands in Refs")
    parser.add_argument("--repair-within", type=float, default=66.0, help="E and one sweep, in seconds")
    parser.add_argument(
        "--noticed-within", type=float, default=180_000.0, help="how long a summary may show what left it, in seconds"
    )
    parser.add_argument("--create", choices=("ask", "yes", "never"), default="ask", help="[organizations].create")
    parser.add_argument(
        "--also", choices=sorted(FURTHER), action="append", default=[], help="a further kind that is on"
    )
    options = parser.parse_args()
    settings = replace(
        TRAPS,
        source=options.source,
        organizations=replace(TRAPS.organizations, create=options.create),
        enabled=SYNCED.union(options.also),
    )
    report = judge(
        options.connectwise, options.itglue, settings, repair_within=options.repair_within,
        noticed_within=options.noticed_within,
    )  # fmt: skip
    print(report.table())
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())

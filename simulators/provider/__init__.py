"""The believable managed service provider whose data the simulators serve.

`build(companies, devices, seed)` makes the one of `--provider`, with an earlier life in IT Glue and with traps. The three
data sets of the benchmarks have none: see `simulators.provider.datasets`.
"""

from simulators.provider.provider import Provider, build

__all__ = ["Provider", "build"]

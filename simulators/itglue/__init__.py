"""The IT Glue simulator, after the reference `api/itglue.md`."""

from simulators.itglue.service import ItGlue

__all__ = ["ItGlue"]

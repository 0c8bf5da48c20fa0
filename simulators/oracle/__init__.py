"""The oracle: judges the bridge by the five invariants, from the simulators' own history alone.

It is written from the mapping reference by other hands than the bridge, and shares no line with it.
"""

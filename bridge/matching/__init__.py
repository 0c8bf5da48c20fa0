"""Which IT Glue record a source record is, if it is there already (PROTOCOLS 5)."""

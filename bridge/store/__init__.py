"""SQL: ownership, order, retries and failures live here, and nothing else does."""

"""IT Glue: its client, its reads and how its answers are judged."""

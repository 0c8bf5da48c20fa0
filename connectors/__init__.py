"""One folder per PSA, the same files in each: settings, client, payloads, normalize, webhook."""

"""The engine: knows nothing of any PSA."""

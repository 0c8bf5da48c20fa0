"""What an operator sets: bridge.toml, .env and where the secrets stand."""

"""`python -m bridge` is `glue-bridge`."""

from bridge.cli import main

if __name__ == "__main__":
    main()

"""What `glue-bridge check` looks at, one module for each side."""

"""ConnectWise Manage, also called ConnectWise PSA, read over its REST API (api/connectwise.md)."""

"""Keeps the processes of the service alive."""

"""Draining a lane: claim, map, plan, apply, settle."""

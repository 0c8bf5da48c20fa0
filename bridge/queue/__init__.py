"""The doorbell: messages that say only that a lane has work."""

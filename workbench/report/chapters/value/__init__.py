"""The chapter on value."""

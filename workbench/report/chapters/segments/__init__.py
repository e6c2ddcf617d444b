"""The chapter on segments."""

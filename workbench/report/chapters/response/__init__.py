"""The chapter on response."""

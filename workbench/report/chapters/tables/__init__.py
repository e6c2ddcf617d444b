"""The chapter of tables."""

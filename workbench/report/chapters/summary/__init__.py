"""The chapter on summary."""

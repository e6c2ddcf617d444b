"""The chapter on sample."""

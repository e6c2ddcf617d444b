"""The chapter on tiers."""

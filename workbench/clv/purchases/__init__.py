"""Orders to purchase histories."""

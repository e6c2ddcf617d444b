"""Where waves and systems outside meet: reading from them into ``raw/``, and writing results to them."""

"""The chapter on loyalty."""

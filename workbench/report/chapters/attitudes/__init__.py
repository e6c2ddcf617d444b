"""The chapter on segments by attitudes."""

"""Offers for single customers: by what goes together, by when its time has come, or simply by what is popular."""
